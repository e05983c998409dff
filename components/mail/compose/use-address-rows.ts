// The addresses of a book, a page at a time: one's own contacts, one of their groups, or the directory.
'use client';
import { useEffect, useState } from 'react';
import {
  contactsPath,
  type DirectoryPerson,
  type GroupRow,
  type ListAnswer,
} from '../contacts/contact-data.ts';
import { errorText, getJson } from '../state/request.ts';

export type AddressRow = { name: string; address: string; note: string };
type Page = { rows: AddressRow[]; total: number; groups?: GroupRow[] };
type Known = { rows: AddressRow[]; hasMore: boolean };

/** Beside these and the empty text for all contacts a book is the id of a group. */
export const directory = 'directory';
const pageSize = 100;
const pauseMs = 120;

/** `rows` is null until the first answer. */
export function useAddressRows(book: string, search: string) {
  const key = `${book} ${search}`;
  const [asked, setAsked] = useState({ key, page: 1 });
  const page = asked.key === key ? asked.page : 1;
  const [known, setKnown] = useState<Known | null>(null);
  const [groups, setGroups] = useState<GroupRow[]>([]);
  const [error, setError] = useState('');
  useEffect(() => {
    const ending = new AbortController();
    const load = async () => {
      try {
        const read = book === directory ? readDirectory : readContacts;
        const answer = await read(book, search, page, ending.signal);
        setError('');
        if (answer.groups) setGroups(answer.groups);
        setKnown((before) => ({
          rows: distinct([...(page > 1 ? (before?.rows ?? []) : []), ...answer.rows]),
          hasMore: page * pageSize < answer.total,
        }));
      } catch (failure) {
        if (!ending.signal.aborted) setError(errorText(failure));
      }
    };
    const timer = setTimeout(() => void load(), search === '' ? 0 : pauseMs);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [book, search, page]);
  return {
    rows: known?.rows ?? null,
    hasMore: known?.hasMore ?? false,
    showMore: () => setAsked({ key, page: page + 1 }),
    groups,
    error,
  };
}

async function readContacts(
  group: string,
  q: string,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  const place = { q, group, start: (page - 1) * pageSize, count: pageSize };
  const { rows, total, groups } = await getJson<ListAnswer>(contactsPath, place, signal);
  const people = rows.flatMap(({ name, addresses, organization }) =>
    addresses.map((address) => ({ name, address, note: organization })),
  );
  return { rows: people, total, groups };
}

async function readDirectory(
  _book: string,
  q: string,
  page: number,
  signal: AbortSignal,
): Promise<Page> {
  type Answer = { people: DirectoryPerson[]; total: number; ldap: DirectoryPerson[] };
  const { people, total, ldap } = await getJson<Answer>('/api/mail/directory', { q, page }, signal);
  const rows = [...people, ...ldap].map(({ name, address, organization }) => {
    return { name, address, note: organization };
  });
  return { rows, total };
}

function distinct(rows: AddressRow[]): AddressRow[] {
  return [...new Map(rows.map((row) => [row.address, row])).values()];
}
