// How people are named in a row, a header or a chip. Pure.
import type { Person } from '#lib/webmail/list/message-list.ts';

/** Name, or the address where there is none. */
export function nameOf(person: Person | undefined): string {
  return person?.name || person?.address || '(unknown)';
}

/** "Ann, Bob and 3 more" */
export function namesOf(people: readonly Person[], most = 3): string {
  if (people.length === 0) return '(nobody)';
  const shown = people.slice(0, most).map(shortName).join(', ');
  return people.length > most ? `${shown} and ${people.length - most} more` : shown;
}

function shortName(person: Person): string {
  return person.name || person.address.replace(/@.*/, '') || person.address;
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

/** Suggestions for typed text: the beginning of a word of the name or of the address, best first. */
export function suggestPeople(
  people: readonly Person[],
  typed: string,
  taken: readonly Person[],
  most = 8,
): Person[] {
  const wanted = typed.trim().toLowerCase();
  if (wanted === '') return [];
  const isTaken = (person: Person) =>
    taken.some((each) => each.address.toLowerCase() === person.address);
  const matches = people.filter((person) => {
    if (isTaken(person)) return false;
    const name = person.name.toLowerCase();
    return (
      person.address.startsWith(wanted) ||
      name.startsWith(wanted) ||
      name.split(/[\s.-]+/).some((word) => word.startsWith(wanted)) ||
      (wanted.length > 2 && person.address.includes(wanted))
    );
  });
  return matches.slice(0, most);
}
