// The ARC set (RFC 8617) of mail that is passed on: what this server has found when the message came, and the RSA
// signatures of the domain that forwards, over the message as it leaves and over all sets before.
//
// Invariant: whether the chain was whole is what was found on arrival; where that is not known nothing is sealed.
import { readSigningKeys } from '#lib/accounts/dkim-key.ts';
import { now } from '#lib/clock.ts';
import { type HeaderField, parseHeaderFields, splitHeader } from '#lib/mail/header.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { recallFields } from '../sign/known.ts';
import { hashBody, relaxField } from '../sign/relaxed.ts';
import { coverFields, listTags, type Signer, signField } from '../sign/signature.ts';
import { readStamp } from './forwarder.ts';

type Chain = { cv: 'none' | 'pass' | 'fail'; instance: number; before: string };

/** RFC 8617 §4.2.1 */
const maxInstance = 50;
const kinds = ['arc-authentication-results', 'arc-message-signature', 'arc-seal'];

/** The message with a further set before it; as it is where there is nothing to seal, or no key. `form` as in signOwn. */
export async function sealForwarded(
  message: { prefix: Uint8Array },
  domain: string,
  bytes: Buffer,
  form: string,
): Promise<Buffer> {
  const results = readStamp(message.prefix, await serverHostname());
  if (results === null) return bytes;
  const key = (await readSigningKeys(domain)).find(({ algorithm }) => algorithm === 'rsa');
  if (!key) return bytes;
  const { header, bodyStart } = splitHeader(bytes);
  const fields = parseHeaderFields(header);
  const chain = readChain(fields, results);
  if (!chain) return bytes;
  const set = await recallFields(`seal ${domain} ${form}`, [key], () =>
    makeSet(key, chain, fields, results, bytes.subarray(bodyStart)),
  );
  return set === '' ? bytes : Buffer.concat([Buffer.from(set, 'latin1'), bytes]);
}

/** The chain that a further set goes on; null where none may, or what was found of it is not known. */
export function readChain(fields: HeaderField[], results: string): Chain | null {
  const sets = fields.filter(({ key }) => kinds.includes(key));
  if (sets.length === 0) return { cv: 'none', instance: 1, before: '' };
  const [, found, why] = /;\s+arc=([a-z]+)( \()?/.exec(results) ?? [];
  const numbered = sets.map((field) => ({ field, instance: readInstance(field) }));
  const last = numbered.reduce((most, { instance }) => Math.max(most, instance), 0);
  if (last >= maxInstance) return null;
  if (found === 'pass') {
    const before = Array.from({ length: last }, (_, index) =>
      kinds.map((kind) => {
        const one = numbered.find((set) => set.instance === index + 1 && set.field.key === kind);
        return one ? `${relaxField(kind, one.field.rawValue)}\r\n` : '';
      }),
    );
    return { cv: 'pass', instance: last + 1, before: before.flat().join('') };
  }
  // Without a reason it was the DNS that did not answer: others may find the chain whole.
  if (found !== 'fail' || !why) return null;
  // RFC 8617 §5.1: what somebody has declared broken is not sealed again.
  const isDeclared = numbered.some(
    ({ field, instance }) =>
      field.key === 'arc-seal' && instance === last && /\bcv\s*=\s*fail\b/i.test(field.rawValue),
  );
  // §5.1.2: the seal of a broken chain covers its own set only.
  return isDeclared ? null : { cv: 'fail', instance: last + 1, before: '' };
}

function readInstance({ rawValue }: HeaderField): number {
  const [, digits] = /(?:^|;)\s*i\s*=\s*(\d{1,2})\s*(?:;|$)/.exec(rawValue) ?? [];
  return Number(digits ?? 0);
}

async function makeSet(
  signer: Signer,
  { cv, instance, before }: Chain,
  fields: HeaderField[],
  results: string,
  body: Buffer,
): Promise<string> {
  // §4.1.2: DKIM-Signature too, Authentication-Results and the sets themselves not.
  const covered = coverFields(fields, 'dkim-signature');
  if (!covered) return '';
  const at = now();
  const found = ` i=${instance}; ${results}`;
  const tags = [`i=${instance};`, ...listTags(signer, covered, await hashBody(body), at)];
  const signature = await signField(signer, 'ARC-Message-Signature', tags, covered.text);
  const own =
    `${relaxField('arc-authentication-results', found)}\r\n` +
    `${relaxField('arc-message-signature', readValue(signature))}\r\n`;
  const { algorithm, domain, selector } = signer;
  const seal = await signField(
    signer,
    'ARC-Seal',
    [
      ...[`i=${instance};`, `a=${algorithm}-sha256;`, `t=${Math.floor(at.getTime() / 1000)};`],
      ...[`cv=${cv};`, `d=${domain};`, `s=${selector};`],
    ],
    before + own,
  );
  return `${seal}${signature}ARC-Authentication-Results:${found}\r\n`;
}

function readValue(field: string): string {
  return field.slice(field.indexOf(':') + 1, -'\r\n'.length);
}
