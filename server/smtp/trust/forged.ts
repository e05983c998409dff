// RFC 8601 §5: a field that claims to be our own finding, but came in from outside, is removed, or a sender
// could write "dkim=pass" himself. ARC-Authentication-Results stay: one of ours comes back with mail that was passed on,
// its seal says whether it is one, and taking it out would break the chain (RFC 8617 §5.2).
import { scanFields, unfold } from '#lib/mail/header.ts';

const fieldName = 'authentication-results';

/** Octets of a value that are looked at for the name. */
const maxValueBytes = 1000;

/** The header without Authentication-Results fields that carry our name; every other byte as it was. */
export function removeForgedResults(header: Buffer, hostname: string): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  scanFields(header, (start, nameEnd, valueStart, end) => {
    const field =
      nameEnd > start
        ? { name: header.toString('latin1', start, nameEnd), valueStart }
        : readFoldedName(header, start, end);
    if (!field || field.name.toLowerCase() !== fieldName) return;
    const limit = Math.min(end, field.valueStart + maxValueBytes);
    if (!isOurs(header.toString('latin1', field.valueStart, limit), hostname)) return;
    kept.push(header.subarray(from, start));
    from = end;
    return;
  });
  if (from === 0) return header;
  return Buffer.concat([...kept, header.subarray(from)]);
}

/** A name whose colon is on the next line is no field (RFC 5322 §2.2), but some readers take it for one. */
function readFoldedName(
  header: Buffer,
  start: number,
  end: number,
): { name: string; valueStart: number } | null {
  const text = header.toString('latin1', start, Math.min(end, start + fieldName.length + 100));
  const match = /^([!-9;-~]+)[ \t\r\n]*:/.exec(text);
  return match ? { name: match[1] as string, valueStart: start + match[0].length } : null;
}

/** Whether the authserv-id, in any quotes and case, is our host name. */
function isOurs(rawValue: string, hostname: string): boolean {
  const value = unfold(rawValue)
    .replace(/["\\]/g, '')
    .replace(/^[\s;]*/, '')
    .trim();
  // A comment before the name, which may nest and be endless, serves only to hide what stands behind it.
  if (value.startsWith('(')) return true;
  const id = value.split(/[;\s(]/)[0]?.replace(/\.$/, '') ?? '';
  return id.toLowerCase() === hostname.toLowerCase();
}
