// What the contacts page asks of the server, and how an address leads to a new message.
import type { Contact } from '#lib/contacts/contact.ts';
import type { DirectoryPerson } from '#lib/contacts/directory.ts';
import type { ImportResult } from '#lib/contacts/import-file.ts';

export type ContactRow = {
  id: string;
  name: string;
  nickname: string;
  organization: string;
  addresses: string[];
};
export type GroupRow = { id: string; name: string; count: number };
export type ListAnswer = {
  /** That fit */
  total: number;
  /** In the whole book */
  all: number;
  start: number;
  rows: ContactRow[];
  groups: GroupRow[];
};
export type { Contact, DirectoryPerson, ImportResult };

export const contactsPath = '/api/mail/contacts';
/** Rows asked for at once. */
export const rowsAtOnce = 100;

/** The page where a message to these addresses begins (RFC 6068 in a parameter). */
export function hrefToWrite(addresses: readonly string[]): string {
  const to = addresses.map((address) => encodeURIComponent(address).replace(/%40/g, '@'));
  return `/mail?mailto=${encodeURIComponent(`mailto:${to.join(',')}`)}`;
}
