// One DKIM-Signature field (RFC 6376 §3.5, RFC 8463) over a header that was read and a body that was hashed.
// The signing itself, some 0.7 ms with RSA, runs in Node's pool of threads.
import { createHash, type KeyObject, sign } from 'node:crypto';
import type { HeaderField } from '#lib/mail/header.ts';
import { relaxField } from './relaxed.ts';

export type Signer = {
  domain: string;
  selector: string;
  algorithm: 'rsa' | 'ed25519';
  key: KeyObject;
};

/** Named once more than they occur, so that nobody can add another (RFC 6376 §8.15). */
const oversigned = [
  'from',
  'to',
  'cc',
  'subject',
  'date',
  'message-id',
  'reply-to',
  'in-reply-to',
  'references',
  'mime-version',
  'content-type',
  'content-transfer-encoding',
];
/** Named as often as they occur: what lists and servers may add on the way must not break the signature. */
const signedIfThere = new Set([
  'sender',
  'content-disposition',
  'content-id',
  'content-description',
  'content-language',
  'auto-submitted',
  'importance',
  'autocrypt',
  'openpgp',
  // RFC 8058 §4: one-click unsubscribing is believed only where both are signed.
  'list-unsubscribe',
  'list-unsubscribe-post',
  'list-id',
  'list-help',
  'list-subscribe',
  'list-post',
  'list-owner',
  'list-archive',
]);
/** A header with more of them is no mail that somebody wrote. */
const maxNames = 200;

/** The relaxed header fields that a signature covers, and their names for "h=". */
export type Covered = { names: string[]; text: string };

/** What is signed of a header, `also` further names; null where there are too many fields, or not one From. */
export function coverFields(fields: HeaderField[], also = ''): Covered | null {
  const byKey = new Map<string, HeaderField[]>();
  for (const field of fields) {
    const { key } = field;
    if (!oversigned.includes(key) && !signedIfThere.has(key) && key !== also) continue;
    const same = byKey.get(field.key);
    if (same) same.push(field);
    else byKey.set(field.key, [field]);
  }
  if (byKey.get('from')?.length !== 1) return null;
  const names: string[] = [];
  const lines: string[] = [];
  for (const key of new Set([...oversigned, ...byKey.keys()])) {
    // RFC 6376 §5.4.2: of several fields the last one first.
    for (const field of (byKey.get(key) ?? []).toReversed()) {
      names.push(key);
      lines.push(`${relaxField(key, field.rawValue)}\r\n`);
    }
    if (oversigned.includes(key)) names.push(key);
    if (names.length > maxNames) return null;
  }
  return { names, text: lines.join('') };
}

/** The finished field with its CRLF. `bodyHash`: the relaxed body's in base64. */
export function makeSignature(
  signer: Signer,
  covered: Covered,
  bodyHash: string,
  at: Date,
): Promise<string> {
  const tags = ['v=1;', ...listTags(signer, covered, bodyHash, at)];
  return signField(signer, 'DKIM-Signature', tags, covered.text);
}

/** The tags that a DKIM-Signature shares with the ARC-Message-Signature (RFC 8617 §4.1.2). */
export function listTags(
  { algorithm, domain, selector }: Signer,
  covered: Covered,
  bodyHash: string,
  at: Date,
): string[] {
  return [
    `a=${algorithm}-sha256;`,
    'c=relaxed/relaxed;',
    `d=${domain};`,
    `s=${selector};`,
    `t=${Math.floor(at.getTime() / 1000)};`,
    ...splitNames(covered.names),
    `bh=${bodyHash};`,
  ];
}

/** A field that ends with a signature over `text`, relaxed fields with their line ends, and over itself. */
export async function signField(
  { algorithm, key }: Signer,
  name: string,
  tags: string[],
  text: string,
): Promise<string> {
  const field = `${name}: ${fold(tags, name.length + ': '.length)}\r\n\tb=`;
  // RFC 6376 §3.7: itself at last, with an empty "b=" and without a line end.
  const own = relaxField(name.toLowerCase(), field.slice(field.indexOf(':') + 1));
  const signature = await signText(algorithm, key, text + own);
  const lines = signature.match(/.{1,72}/g) ?? [];
  return `${field}${lines.join('\r\n\t ')}\r\n`;
}

/** "h=from:from:" "to:to:" …, where "h=" may be folded. */
function splitNames(names: string[]): string[] {
  const parts: string[] = [];
  let part = 'h=';
  for (const [index, name] of names.entries()) {
    if (part.length + name.length > 66) {
      parts.push(part);
      part = '';
    }
    part += index + 1 < names.length ? `${name}:` : `${name};`;
  }
  return [...parts, part];
}

const lineLength = 76;

function fold(words: string[], indent: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const room = lineLength - (lines.length === 0 ? indent : 1);
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\r\n\t');
}

function signText(algorithm: 'rsa' | 'ed25519', key: KeyObject, text: string): Promise<string> {
  const bytes = Buffer.from(text, 'latin1');
  // RFC 8463 §3: Ed25519 signs the hash, not the text.
  const isRsa = algorithm === 'rsa';
  const data = isRsa ? bytes : createHash('sha256').update(bytes).digest();
  return new Promise((resolve, reject) => {
    sign(isRsa ? 'sha256' : null, data, key, (error, signature) => {
      if (error) reject(error);
      else resolve(signature.toString('base64'));
    });
  });
}
