// RFC 8601 §5: a field that claims to be our own finding, but came in from outside, is removed, or a sender
// could write "dkim=pass" himself.
import { scanFields, unfold } from '#lib/mail/header.ts';

const fieldName = 'authentication-results';

/** The header without Authentication-Results fields that carry our name; every other byte as it was. */
export function removeForgedResults(header: Buffer, hostname: string): Buffer {
  const kept: Buffer[] = [];
  let from = 0;
  scanFields(header, (start, nameEnd, valueStart, end) => {
    if (nameEnd - start !== fieldName.length) return;
    if (header.toString('latin1', start, nameEnd).toLowerCase() !== fieldName) return;
    if (
      !isOurs(header.toString('latin1', valueStart, Math.min(end, valueStart + 1000)), hostname)
    ) {
      return;
    }
    kept.push(header.subarray(from, start));
    from = end;
    return;
  });
  if (from === 0) return header;
  return Buffer.concat([...kept, header.subarray(from)]);
}

/** Whether the authserv-id, in any quotes and case, is our host name. */
function isOurs(rawValue: string, hostname: string): boolean {
  const value = unfold(rawValue).replace(/["\\]/g, '').trim();
  // A comment before the name, which may nest and be endless, serves only to hide what stands behind it.
  if (value.startsWith('(')) return true;
  const id = value.split(/[;\s]/)[0]?.replace(/\.$/, '') ?? '';
  return id.toLowerCase() === hostname.toLowerCase();
}
