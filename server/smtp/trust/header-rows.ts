// A header as mailauth takes it: its fields with their octets, found in one pass (the one of mailauth copies
// what it has at each folded line).
import type { HeaderRow } from 'mailauth/lib/dkim/dkim-verifier.js';
import { scanFields } from '#lib/mail/header.ts';

/** Fields of signatures are a few lines; a longer one is up to something and hidden from the verifier. */
const maxSignatureBytes = 8 * 1024;
const signatureFields = new Set([
  'dkim-signature',
  'arc-seal',
  'arc-message-signature',
  'arc-authentication-results',
]);
/** Fields that are parsed as a whole. */
const parsedFields = new Set(['from', 'content-type']);
const maxParsedBytes = 32 * 1024;

/** The rows in order; a line that is no field belongs to the field before it. */
export function splitRows(header: Buffer): HeaderRow[] {
  const starts: { key: string; casedKey: string; start: number; end: number }[] = [];
  scanFields(header, (start, nameEnd, _valueStart, end) => {
    const last = starts.at(-1);
    if (nameEnd === start) {
      // The empty line ends the header.
      if (last && !isEmptyLine(header, start)) last.end = end;
      return;
    }
    const casedKey = header.toString('latin1', start, nameEnd);
    starts.push({ key: casedKey.toLowerCase(), casedKey, start, end });
    return;
  });
  return starts.map(({ key, casedKey, start, end }) => ({
    key: isHidden(key, end - start) ? `x-too-long-${key}` : key,
    casedKey,
    line: header.subarray(start, withoutNewline(header, start, end)),
  }));
}

function isHidden(key: string, bytes: number): boolean {
  if (signatureFields.has(key)) return bytes > maxSignatureBytes;
  return parsedFields.has(key) && bytes > maxParsedBytes;
}

function isEmptyLine(header: Buffer, start: number): boolean {
  return header[start] === 0x0a || (header[start] === 0x0d && header[start + 1] === 0x0a);
}

function withoutNewline(header: Buffer, start: number, end: number): number {
  let at = end;
  if (at > start && header[at - 1] === 0x0a) at--;
  if (at > start && header[at - 1] === 0x0d) at--;
  return at;
}
