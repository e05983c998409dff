// Names of mailboxes. Canonical: Unicode NFC, "/" between levels, the first level "INBOX" in upper case
// however it was written (RFC 3501 §5.1). A name is data; it never becomes a path.
// "#deleted" in any case is the root of the mailboxes of deleted messages (recoverable.ts); RFC 3501 §5.1.2
// keeps names with "#" for such namespaces.
import { Refusal } from '#lib/errors.ts';

/** Above the mailboxes that hold what was expunged; itself no mailbox. */
export const recoverableRoot = '#deleted';

const maxLevelBytes = 255;
const maxNameBytes = 1000;
const maxLevels = 20;
// Control characters, line and paragraph separators, and what only changes the direction of text.
const forbidden =
  /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]/;

/** Most names, which every command of IMAP asks for, need no thought: one level, no other spelling. */
const plainName = /^(?!inbox$)[\w .-]{1,255}$/i;

/** The one spelling of a name. Refusal 'invalid' with the rule that it breaks. */
export function canonicalName(name: string): string {
  if (name === 'INBOX' || plainName.test(name)) return name;
  if (!name.isWellFormed() || forbidden.test(name)) {
    throw new Refusal('invalid', 'A mailbox name may not hold control characters.');
  }
  const below = /^#deleted(?:\/(.*))?$/is.exec(name);
  // The limits are those of the mailbox that the messages came from.
  if (below) return below[1] ? recoverableName(canonicalName(below[1])) : recoverableRoot;
  const levels = name.normalize('NFC').split('/');
  // RFC 3501 §6.3.3: "foo/" says that names below will be created; the mailbox is "foo".
  if (levels.length > 1 && levels.at(-1) === '') levels.pop();
  if (levels.includes(''))
    throw new Refusal('invalid', 'A level of a mailbox name may not be empty.');
  if (levels.length > maxLevels) {
    throw new Refusal('invalid', `A mailbox name has at most ${maxLevels} levels.`);
  }
  if (levels.some((level) => Buffer.byteLength(level) > maxLevelBytes)) {
    throw new Refusal('invalid', `A level of a mailbox name has at most ${maxLevelBytes} bytes.`);
  }
  if (/^inbox$/i.test(levels[0] ?? '')) levels[0] = 'INBOX';
  const canonical = levels.join('/');
  if (Buffer.byteLength(canonical) > maxNameBytes) {
    throw new Refusal('invalid', `A mailbox name has at most ${maxNameBytes} bytes.`);
  }
  return canonical;
}

/** The canonical name, or null where there can be no mailbox of that name. */
export function findCanonicalName(name: string): string | null {
  try {
    return canonicalName(name);
  } catch {
    return null;
  }
}

/** Names of all levels above, outermost first: "a/b/c" has "a" and "a/b". */
export function parentNames(name: string): string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_level, index) => levels.slice(0, index + 1).join('/'));
}

/** True for a name somewhere below `parent`. */
export function isBelow(name: string, parent: string): boolean {
  return name.startsWith(`${parent}/`);
}

/** True for the root of the mailboxes of deleted messages and for every name below it. Takes a canonical name. */
export function isRecoverable(name: string): boolean {
  return name === recoverableRoot || isBelow(name, recoverableRoot);
}

/** The same for a name in any spelling. */
export function isReserved(name: string): boolean {
  const canonical = findCanonicalName(name);
  return canonical !== null && isRecoverable(canonical);
}

/** Name of the mailbox that holds what was expunged from the mailbox of that name. */
export function recoverableName(name: string): string {
  return `${recoverableRoot}/${name}`;
}

/** Name of the mailbox whose deleted messages are in the mailbox of that name; the reverse of `recoverableName`. */
export function originalName(name: string): string {
  return name.slice(recoverableRoot.length + 1);
}
