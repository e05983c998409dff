// Entries of the directories of domains that administrators keep: whoever has no mailbox here.
import { z } from 'zod';
import {
  addDirectoryEntry,
  readDirectoryEntry,
  removeDirectoryEntry,
  updateDirectoryEntry,
} from '../../contacts/directory-entry.ts';
import { listEntryPage } from '../../contacts/directory-list.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { address, domainName, id, pageOf, paging, requireKeyCursor } from '../fields.ts';

const more = {
  organization: z.string().max(200),
  phone: z.string().max(60),
  note: z.string().max(500),
};
const name = z.string().max(200);
const entry = z
  .object({
    id: z.string(),
    domain: z.string().describe('whose directory it stands in'),
    name: z.string(),
    address: z.string(),
    organization: z.string(),
    phone: z.string(),
    note: z.string(),
  })
  .meta({ id: 'DirectoryEntry' });
const parameters = z.object({ id });

export const directoryEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/directory',
    permission: null,
    title: 'List entries of the directories, by name',
    query: z.strictObject({
      ...paging,
      search: z.string().max(300).optional(),
      domain: domainName.optional(),
    }),
    answer: pageOf(entry),
    isPaged: true,
    run: async ({ query: { limit, cursor, ...filter } }) => {
      const asked = { after: requireKeyCursor(cursor), pageSize: limit };
      const { rows, next } = await listEntryPage({ ...filter, ...asked });
      return { items: rows, next };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/directory',
    permission: null,
    title: 'Add an entry to the directory of a domain',
    body: z.strictObject({
      ...z.object(more).partial().shape,
      domain: domainName,
      name: name.default(''),
      address,
    }),
    answer: entry,
    run: async ({ staff, body: { domain, ...fields } }) =>
      readDirectoryEntry(await addDirectoryEntry(domain, fields, staff.address)),
  }),
  endpoint({
    method: 'GET',
    path: '/directory/{id}',
    permission: null,
    title: 'Read an entry of a directory',
    parameters,
    answer: entry,
    run: ({ parameters }) => readDirectoryEntry(parameters.id),
  }),
  endpoint({
    method: 'PATCH',
    path: '/directory/{id}',
    permission: null,
    title: 'Change an entry of a directory',
    parameters,
    body: z.strictObject({ ...more, name, address }).partial(),
    answer: entry,
    run: async ({ staff, parameters: { id }, body }) => {
      await updateDirectoryEntry(id, { ...(await readDirectoryEntry(id)), ...body }, staff.address);
      return readDirectoryEntry(id);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/directory/{id}',
    permission: null,
    title: 'Remove an entry of a directory',
    parameters,
    run: ({ staff, parameters }) => removeDirectoryEntry(parameters.id, staff.address),
  }),
];
