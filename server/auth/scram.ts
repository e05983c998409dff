// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, server side (RFC 5802, RFC 7677), as resumable steps. Pure: the keys are
// asked for with a step of its own, and whether the account may sign in is decided by whom gets the proof.
//
// What fails is told only as a failed login: RFC 5802 §7 lets a server keep its reasons.
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { prepare } from '#lib/accounts/saslprep.ts';
import type { ScramKeys } from '#lib/accounts/scram.ts';
import type { ChannelBinding } from './channel-binding.ts';
import type { Mechanism, Step } from './mechanism.ts';
import { decodeSaslName, decodeText } from './sasl-text.ts';

/** Of the client's nonce; more makes only our answer long. */
const nonceLimit = 256;

type First = {
  gs2: string;
  /** Of channel binding, null where the client binds nothing */
  bindingType: string | null;
  /** The client could bind, and believes that we cannot */
  isDowngraded: boolean;
  authzid: string;
  username: string;
  nonce: string;
  bare: string;
};

export type ScramOptions = {
  isPlus: boolean;
  binding: ChannelBinding | null;
  /** Whether -PLUS was offered on this connection. */
  isPlusOffered: boolean;
  /** Only tests choose it. */
  nonce?: string;
};

export function startScram(options: ScramOptions): Mechanism {
  const { isPlus, binding, isPlusOffered } = options;
  const name = isPlus ? 'SCRAM-SHA-256-PLUS' : 'SCRAM-SHA-256';
  const ownNonce = options.nonce ?? randomBytes(18).toString('base64');
  let first: First | null = null;
  let serverFirst = '';
  const mechanism: Mechanism = {
    name,
    failureChallenge: null,
    successChallenge: null,
    step(response) {
      if (!response) return { challenge: Buffer.alloc(0) };
      if (first) return readFinal(first, response);
      const read = readFirst(response);
      const fault = read && findFault(read);
      if (!read || fault) return { error: fault ?? `Malformed ${name} response` };
      first = read;
      const { username } = read;
      return { keysOf: username, take: (keys) => tellKeys(read, keys) };
    },
  };

  /** RFC 5802 §6: the flag must fit the mechanism, and what we have offered. */
  function findFault({ bindingType, isDowngraded }: First): string | null {
    if (isPlus !== (bindingType !== null)) return 'The channel binding does not fit the mechanism';
    if (isDowngraded && isPlusOffered) return 'This server does support channel binding';
    if (bindingType !== null && !binding?.read(bindingType)) {
      return 'This type of channel binding is not supported';
    }
    return null;
  }

  function tellKeys({ nonce }: First, { salt, iterations }: ScramKeys): Step {
    serverFirst = `r=${nonce}${ownNonce},s=${salt.toString('base64')},i=${iterations}`;
    return { challenge: Buffer.from(serverFirst) };
  }

  function readFinal(begun: First, response: Buffer): Step {
    const text = decodeText(response);
    // RFC 5802 §7: channel-binding "," nonce ["," extensions] "," proof
    const match = text?.match(
      /^(c=([A-Za-z0-9+/=]+),r=([^,]+)(?:,[A-Za-z]=[^,]*)*),p=([A-Za-z0-9+/=]+)$/,
    );
    if (!match) return { error: `Malformed ${name} response` };
    const [, withoutProof = '', bound = '', nonce = '', encodedProof = ''] = match;
    const proof = Buffer.from(encodedProof, 'base64');
    const isOurs = nonce === begun.nonce + ownNonce && isBoundHere(begun, bound);
    const signed = `${begun.bare},${serverFirst},${withoutProof}`;
    const { username, authzid } = begun;
    const isProven = (keys: ScramKeys) => {
      const isRight = verify(keys, signed, proof);
      const signature = createHmac('sha256', keys.serverKey).update(signed).digest('base64');
      mechanism.successChallenge = Buffer.from(`v=${signature}`);
      return isRight && isOurs;
    };
    return { credentials: { kind: 'proof', authzid, username, isProven } };
  }

  /** RFC 5802 §6: the header again as the client sent it, and the data of this very connection. */
  function isBoundHere({ gs2, bindingType }: First, bound: string): boolean {
    const data = bindingType === null ? Buffer.alloc(0) : binding?.read(bindingType);
    if (!data) return false;
    const expected = Buffer.concat([Buffer.from(gs2), data]);
    const given = Buffer.from(bound, 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  return mechanism;
}

/** gs2-header client-first-message-bare; null for what is malformed, or asks for an extension (m=). */
function readFirst(response: Buffer): First | null {
  const text = decodeText(response);
  const match = text?.match(
    /^(((?:n|y|p=([A-Za-z0-9.-]{1,80}))),(?:a=([^,]+))?,)(n=([^,]+),r=([\x21-\x2b\x2d-\x7e]+)(?:,[A-Za-z]=[^,]*)*)$/,
  );
  if (!match) return null;
  const [, gs2 = '', flag, bindingType = null, authzid = '', bare = '', name = '', nonce = ''] =
    match;
  const username = decodeName(name);
  const other = authzid === '' ? '' : decodeName(authzid);
  if (username === null || other === null || nonce.length > nonceLimit) return null;
  return { gs2, bindingType, isDowngraded: flag === 'y', authzid: other, username, nonce, bare };
}

function decodeName(text: string): string | null {
  const name = decodeSaslName(text);
  return name === null ? null : prepare(name);
}

/** RFC 5802 §3: ClientKey = ClientProof XOR HMAC(StoredKey, AuthMessage); its hash is what we keep. */
function verify({ storedKey }: ScramKeys, signed: string, proof: Buffer): boolean {
  const signature = createHmac('sha256', storedKey).update(signed).digest();
  const clientKey = Buffer.alloc(signature.length);
  for (let at = 0; at < clientKey.length; at++) clientKey[at] = signature[at]! ^ (proof[at] ?? 0);
  const hashed = createHash('sha256').update(clientKey).digest();
  return proof.length === signature.length && timingSafeEqual(hashed, storedKey);
}
