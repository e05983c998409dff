// The directory of the domain: users, shared mailboxes, groups, entries of administrators, the LDAP server.
import { searchDirectory } from '#lib/contacts/directory.ts';
import { searchLdap } from '#lib/contacts/ldap-search.ts';
import { readRoute } from '../answer.ts';

const pageSize = 100;

/** GET ?q=&page= → {people, total, ldap}; LDAP entries come with the first page of a search. */
export const GET = readRoute(async (account, request) => {
  const query = new URL(request.url).searchParams;
  const search = (query.get('q') ?? '').slice(0, 200);
  const asked = Number(query.get('page') ?? 1);
  const page = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1000) : 1;
  const [found, ldap] = await Promise.all([
    searchDirectory(account, search, { page, pageSize }),
    page === 1 && search.trim() !== '' ? searchLdap(search, pageSize) : [],
  ]);
  return { ...found, ldap };
});
