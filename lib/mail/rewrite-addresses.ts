// Addresses in header fields, replaced by others (Postfix: canonical(5) on headers). A field where nothing is
// replaced keeps every byte; one where something is, is written anew from its names and addresses.
import { formatAddress, joinAddress, scanAddressList } from './address.ts';
import { foldField, parseHeaderFields, readRawText } from './header.ts';
import { decodeWords } from './words.ts';

/** A longer field is left alone: rather not rewritten than cut. */
const maxFieldLength = 256 * 1024;
const maxEntries = 4000;

/** The header with the addresses of the fields named (lower case) as `rewrite` wants them; null keeps one. */
export function rewriteAddresses(
  header: Buffer,
  names: readonly string[],
  rewrite: (address: string) => string | null,
): Buffer {
  const pieces: Buffer[] = [];
  let from = 0;
  for (const field of parseHeaderFields(header)) {
    if (!names.includes(field.key) || field.rawValue.length > maxFieldLength) continue;
    const value = rewriteList(readRawText(field.rawValue), rewrite);
    if (value === null) continue;
    pieces.push(header.subarray(from, field.start), Buffer.from(foldField(field.name, value)));
    from = field.end;
  }
  return from === 0 ? header : Buffer.concat([...pieces, header.subarray(from)]);
}

/** The list written anew, or null where it stays as it is. */
function rewriteList(text: string, rewrite: (address: string) => string | null): string | null {
  const items = scanAddressList(text);
  if (items.length > maxEntries) return null;
  let isChanged = false;
  let written = '';
  let isFirst = true;
  for (const item of items) {
    if (item.kind === 'end') {
      written += ';';
      isFirst = false;
      continue;
    }
    written += isFirst ? '' : ', ';
    isFirst = item.kind === 'group';
    if (item.kind === 'group') {
      // A name alone comes out as a phrase; the empty address leaves " <>" behind it.
      written += `${formatAddress({ name: decodeWords(item.name) || 'undisclosed', address: '' }).replace(/ <>$/, '')}: `;
      continue;
    }
    const address = item.domain === '' ? item.local : joinAddress(item.local, item.domain);
    const to = item.domain === '' ? null : rewrite(address);
    if (to !== null) isChanged = true;
    written += formatAddress({ name: decodeWords(item.name), address: to ?? address });
  }
  return isChanged ? written : null;
}
