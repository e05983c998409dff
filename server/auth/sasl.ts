// SASL mechanisms, server side, as resumable steps: PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login, for
// Outlook), OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's forerunner of it); SCRAM is in scram.ts. Pure: nothing is
// checked here against accounts, and every byte is hostile. exchange.ts brings them together.
import type { MechanismName } from '#lib/settings/mechanisms.ts';
import type { Mechanism } from './mechanism.ts';
import { decodeSaslName, decodeText } from './sasl-text.ts';
import { type ScramOptions, startScram } from './scram.ts';

export type { Credentials, Mechanism, Step } from './mechanism.ts';

/** Bytes of one decoded response; more is an error. */
export const responseLimitBytes = 8192;
/** Characters of the base64 line that holds the longest response. */
export const responseLineLimit = Math.ceil(responseLimitBytes / 3) * 4;

/** A fresh exchange of the mechanism; SCRAM is bound to `channel`. */
export function startMechanism(
  name: MechanismName,
  channel: Omit<ScramOptions, 'isPlus'> = { binding: null, isPlusOffered: false },
): Mechanism {
  return limit(starters[name](channel));
}

/**
 * The bytes of a base64 response line. "=" is the empty initial response (RFC 4422 §4.3a, RFC 4959 §3). null
 * for what is not base64 (RFC 4648 §4, padding included) or too long.
 */
export function decodeResponse(line: string): Buffer | null {
  if (line === '=') return Buffer.alloc(0);
  if (line.length > responseLineLimit || line.length % 4 !== 0) return null;
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(line)) return null;
  return Buffer.from(line, 'base64');
}

const starters: Record<MechanismName, (channel: Omit<ScramOptions, 'isPlus'>) => Mechanism> = {
  'SCRAM-SHA-256-PLUS': (channel) => startScram({ ...channel, isPlus: true }),
  'SCRAM-SHA-256': (channel) => startScram({ ...channel, isPlus: false }),
  PLAIN: startPlain,
  LOGIN: startLogin,
  OAUTHBEARER: startOauthBearer,
  XOAUTH2: startXoauth2,
};

const empty = Buffer.alloc(0);

function limit(mechanism: Mechanism): Mechanism {
  const { step } = mechanism;
  mechanism.step = (response) => {
    if (response && response.length > responseLimitBytes) return { error: 'Response too long' };
    return step(response);
  };
  return mechanism;
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const fields: Buffer[] = [];
  let start = 0;
  for (let at = bytes.indexOf(0); at >= 0; at = bytes.indexOf(0, start)) {
    fields.push(bytes.subarray(start, at));
    start = at + 1;
  }
  fields.push(bytes.subarray(start));
  return fields;
}

/** RFC 4616 §2: [authzid] NUL authcid NUL passwd. */
function startPlain(): Mechanism {
  const malformed = { error: 'Malformed PLAIN response' };
  return {
    name: 'PLAIN',
    failureChallenge: null,
    successChallenge: null,
    step(response) {
      if (!response) return { challenge: empty };
      const fields = splitAtNul(response);
      const [authzid, username, password] = fields.map(decodeText);
      if (fields.length !== 3 || !username || !password) return malformed;
      if (authzid === null || authzid === undefined) return malformed;
      return { credentials: { kind: 'password', authzid, username, password } };
    },
  };
}

function startLogin(): Mechanism {
  let username: string | null = null;
  return {
    name: 'LOGIN',
    failureChallenge: null,
    successChallenge: null,
    step(response) {
      if (!response) return { challenge: Buffer.from('Username:') };
      const text = decodeText(response);
      if (!text) return { error: 'Malformed LOGIN response' };
      if (username === null) {
        username = text;
        return { challenge: Buffer.from('Password:') };
      }
      return { credentials: { kind: 'password', authzid: '', username, password: text } };
    },
  };
}

/** RFC 6750 §2.1; also what an "Authorization: Bearer" header may hold. */
const bearer = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i;

/** "key=value" pairs between ^A, of which "auth" is the token. null where it is missing or doubled. */
function readToken(pairs: string[]): string | null {
  const found = pairs.filter((pair) => /^auth=/i.test(pair));
  if (found.length !== 1) return null;
  return bearer.exec(found[0]?.slice('auth='.length) ?? '')?.[1] ?? null;
}

/** RFC 7628 §3.1: gs2-header ^A *(key=value ^A) ^A, gs2-header = n|y "," ["a=" authzid] ",". */
function startOauthBearer(): Mechanism {
  const malformed = { error: 'Malformed OAUTHBEARER response' };
  return {
    name: 'OAUTHBEARER',
    failureChallenge: Buffer.from('{"status":"invalid_token"}'),
    successChallenge: null,
    step(response) {
      if (!response) return { challenge: empty };
      const text = decodeText(response);
      const match = text === null ? null : /^[ny],(?:a=([^,]*))?,\x01/.exec(text);
      if (!text || !match || !text.endsWith('\x01\x01')) return malformed;
      const username = decodeSaslName(match[1] ?? '');
      const pairs = text.slice(match[0].length, -2).split('\x01');
      const token = readToken(pairs);
      if (username === null || !token || !pairs.every((pair) => /^[A-Za-z]+=/.test(pair))) {
        return malformed;
      }
      return { credentials: { kind: 'token', username, token } };
    },
  };
}

/** "user=" name ^A "auth=Bearer " token ^A ^A. */
function startXoauth2(): Mechanism {
  const malformed = { error: 'Malformed XOAUTH2 response' };
  return {
    name: 'XOAUTH2',
    failureChallenge: Buffer.from('{"status":"400","schemes":"Bearer"}'),
    successChallenge: null,
    step(response) {
      if (!response) return { challenge: empty };
      const text = decodeText(response);
      const match = text === null ? null : /^user=([^\x01]+)\x01/.exec(text);
      if (!text || !match?.[1] || !text.endsWith('\x01\x01')) return malformed;
      const token = readToken(text.slice(match[0].length, -2).split('\x01'));
      if (!token) return malformed;
      return { credentials: { kind: 'token', username: match[1], token } };
    },
  };
}
