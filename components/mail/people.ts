// How people are named in a row, a header or a chip. Pure.
import type { Person } from '#lib/webmail/list/message-list.ts';

/** Name, or the address where there is none; a question mark where nothing is known. */
export function nameOf(person: Person | undefined): string {
  return person?.name || person?.address || '?';
}

/** "Ann Lee <ann@example.org>" for a tooltip or the clipboard. */
export function fullName(person: Person): string {
  return person.name ? `${person.name} <${person.address}>` : person.address;
}

const addressPattern = /^[^\s@<>",;()]{1,64}@[^\s@<>",;()]{1,255}$/;

/** What looks like an address; the server decides. */
export function looksLikeAddress(text: string): boolean {
  return addressPattern.test(text.trim());
}

/** People out of typed or pasted text: parted by comma, semicolon or line, names in front of <…>. */
export function splitPeople(text: string): Person[] {
  const pieces = text.match(/(?:"(?:[^"\\]|\\.)*"|[^,;\n"])+/g) ?? [];
  return pieces.flatMap((piece) => {
    const match = /^\s*(.*?)\s*<([^<>]*)>\s*$/.exec(piece);
    const address = (match ? match[2]! : piece).trim();
    if (address === '') return [];
    const name = (match?.[1] ?? '').replace(/^"|"$/g, '').replace(/\\(.)/g, '$1').trim();
    return [{ name, address }];
  });
}
