// What somebody may do with a mailbox: the letters of RFC 4314 §2.1, and how entries of an access control
// list come together. Pure.
//
// Invariant: rights are a text of these letters, each once, in the order of `allRights`.
import { Refusal } from '../errors.ts';

export type Rights = string;

/** What an owner may do. */
export const allRights = 'lrswipkxtea';
/** What a membership gives (Member): to read, and to write. */
export const readerRights = 'lrs';
export const writerRights = 'lrswipkxte';
/** Everybody who has a login here. */
export const anyone = 'anyone';

// RFC 4314 §2.1.1: letters of former times that stand for several.
const virtual: Record<string, string> = { c: 'kx', d: 'te' };

/** Letters as a client wrote them; null where there is one that does not exist (RFC 4314 §3.1: answer BAD). */
export function parseRights(text: string): Rights | null {
  let letters = '';
  for (const letter of text) {
    const members = virtual[letter] ?? letter;
    if (!allRights.includes(members[0]!) || members === '') return null;
    letters += members;
  }
  return sortRights(letters);
}

/** As a reply names them: with "c" and "d" where one of their members is there (RFC 4314 §2.1.1). */
export function formatRights(rights: Rights): string {
  let text = rights;
  for (const [letter, members] of Object.entries(virtual)) {
    if ([...members].some((member) => rights.includes(member))) text += letter;
  }
  return text;
}

export function addRights(rights: Rights, more: Rights): Rights {
  return sortRights(rights + more);
}

export function removeRights(rights: Rights, less: Rights): Rights {
  return [...rights].filter((letter) => !less.includes(letter)).join('');
}

function sortRights(letters: string): Rights {
  return [...allRights].filter((letter) => letters.includes(letter)).join('');
}

/** True where `rights` hold every letter of `needed`. */
export function hasRights(rights: Rights, needed: string): boolean {
  return [...needed].every((letter) => rights.includes(letter));
}

export function hasAnyRight(rights: Rights, wanted: string): boolean {
  return [...wanted].some((letter) => rights.includes(letter));
}

/** An entry of an access control list; "-" before the identifier takes away (RFC 4314 §2). */
export type RightsEntry = { identifier: string; rights: Rights };

/**
 * Rights of an account: what its membership and the entries give, without what negative entries take. Entries
 * of others are passed over; those of "anyone" count where the server allows them, but always when they take away.
 */
export function combineRights(
  accountId: string,
  membership: Rights,
  entries: readonly RightsEntry[],
  mayAnyone: boolean,
): Rights {
  let given = membership;
  let taken = '';
  for (const { identifier, rights } of entries) {
    if (identifier === accountId || (mayAnyone && identifier === anyone)) given += rights;
    else if (identifier === `-${accountId}` || identifier === `-${anyone}`) taken += rights;
  }
  return removeRights(sortRights(given), taken);
}

/** The rights that a membership gives. */
export function membershipRights(member: { mayWrite: boolean } | null): Rights {
  if (!member) return '';
  return member.mayWrite ? writerRights : readerRights;
}

/** Refusal 'forbidden' for somebody who may know of the mailbox, but not do this. */
export function refuseRight(): Refusal {
  return new Refusal('forbidden', 'You have no right to do this in this mailbox.');
}
