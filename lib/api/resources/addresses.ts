// Aliases, shared mailboxes with their members, and addresses that are written anew.
import { z } from 'zod';
import { updateAccount } from '../../accounts/account.ts';
import {
  addAlias,
  findAlias,
  posterKinds,
  removeAlias,
  updateAlias,
} from '../../accounts/alias.ts';
import { listAliasPage } from '../../accounts/alias-list.ts';
import { deleteAccount, restoreAccount } from '../../accounts/deleted-account.ts';
import { listMembers, removeMember, setMember } from '../../accounts/member.ts';
import {
  addRewrite,
  listRewrites,
  removeRewrite,
  rewriteScopes,
  updateRewrite,
} from '../../accounts/rewrite.ts';
import { addSharedMailbox, listSharedMailboxes } from '../../accounts/shared.ts';
import {
  idsOf,
  requireDomainOfAddress,
  requireMemberOf,
  requirePersonOf,
  requireSharedOf,
  type Staff,
} from '../../accounts/staff.ts';
import { Refusal } from '../../errors.ts';
import { renameSharedOf } from '../../renaming/rename-user.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  address,
  comment,
  cutPage,
  id,
  keepsOldAddress,
  pageOf,
  paging,
  requireKeyCursor,
  time,
  wholeList,
} from '../fields.ts';

const search = z.string().max(300).optional();
const posters = z.enum(posterKinds).describe('who may write to it');
const targets = z.array(address).min(1).max(500);
/** "@example.org" is the catch-all of a domain */
const aliasAddress = z
  .string()
  .min(2)
  .max(320)
  .describe('"@example.org": the catch-all of a domain');
const alias = z
  .object({
    address: z.string(),
    targets: z.array(z.string()),
    comment: z.string(),
    posters,
    isPattern: z.boolean().describe('"*" in it stands for anything'),
    isDisabled: z.boolean(),
    createdAt: time,
  })
  .meta({ id: 'Alias' });
const ofAlias = z.object({ address: aliasAddress });

async function requireAlias(staff: Staff, wanted: string) {
  await requireDomainOfAddress(staff, wanted);
  const found = await findAlias(wanted);
  if (found) return found;
  throw new Refusal('not-found', `There is no alias ${wanted} here.`);
}

const aliasEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/aliases',
    permission: 'aliases',
    title: 'List aliases',
    query: z.strictObject({ ...paging, search, target: address.optional() }),
    answer: pageOf(alias),
    isPaged: true,
    run: async ({ staff, query }) => {
      const { limit, cursor, ...filter } = query;
      const where = { ...filter, domainIds: idsOf(staff.scope) };
      const asked = { after: requireKeyCursor(cursor), pageSize: limit };
      const { rows, next } = await listAliasPage({ ...where, ...asked });
      return { items: rows, next };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/aliases',
    permission: 'aliases',
    title: 'Add an alias',
    body: z.strictObject({
      address: aliasAddress,
      targets,
      comment: comment.optional(),
      posters: posters.optional(),
    }),
    answer: alias,
    run: async ({ staff, body }) => {
      await requireDomainOfAddress(staff, body.address);
      await addAlias(body, staff.address);
      return findAlias(body.address);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/aliases/{address}',
    permission: 'aliases',
    title: 'Read an alias',
    parameters: ofAlias,
    answer: alias,
    run: ({ staff, parameters }) => requireAlias(staff, parameters.address),
  }),
  endpoint({
    method: 'PATCH',
    path: '/aliases/{address}',
    permission: 'aliases',
    title: 'Change an alias',
    parameters: ofAlias,
    body: z.strictObject({
      targets: targets.optional(),
      comment: comment.optional(),
      posters: posters.optional(),
      isDisabled: z.boolean().optional(),
    }),
    answer: alias,
    run: async ({ staff, parameters, body }) => {
      const known = await requireAlias(staff, parameters.address);
      await updateAlias(known.address, body, staff.address);
      return findAlias(known.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/aliases/{address}',
    permission: 'aliases',
    title: 'Remove an alias',
    parameters: ofAlias,
    run: async ({ staff, parameters }) => {
      const known = await requireAlias(staff, parameters.address);
      await removeAlias(known.address, staff.address);
    },
  }),
];

const shared = z
  .object({
    address: z.string(),
    displayName: z.string(),
    isDisabled: z.boolean(),
    quotaBytes: z.number().nullable(),
    quotaMessages: z.number().nullable(),
    deletedAt: time.nullable().describe('restorable for storage.deletedUserDays from then on'),
    createdAt: time,
  })
  .meta({ id: 'SharedMailbox' });
const member = z
  .object({ address: z.string(), mayWrite: z.boolean(), maySend: z.boolean() })
  .meta({ id: 'Member' });
const ofShared = z.object({ address });
const ofMember = ofShared.extend({ member: address });

const sharedEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/shared',
    permission: 'shared',
    title: 'List shared mailboxes',
    query: z.strictObject({
      ...paging,
      search,
      state: z.enum(['deleted']).optional().describe('without: all but deleted ones'),
    }),
    answer: pageOf(shared),
    isPaged: true,
    run: async ({ staff, query }) => {
      const domainIds = idsOf(staff.scope);
      const areDeleted = query.state === 'deleted';
      const found = await listSharedMailboxes({ search: query.search, domainIds, areDeleted });
      return cutPage(found, (each) => each.address, query);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/shared',
    permission: 'shared',
    title: 'Add a shared mailbox',
    body: z.strictObject({ address, displayName: z.string().max(200).optional() }),
    answer: shared,
    run: async ({ staff, body }) => {
      await requireDomainOfAddress(staff, body.address);
      return addSharedMailbox(body, staff.address);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/shared/{address}',
    permission: 'shared',
    title: 'Read a shared mailbox',
    parameters: ofShared,
    answer: shared,
    run: ({ staff, parameters }) => requireSharedOf(staff, parameters.address),
  }),
  endpoint({
    method: 'PATCH',
    path: '/shared/{address}',
    permission: 'shared',
    title: 'Change a shared mailbox',
    parameters: ofShared,
    body: z.strictObject({
      displayName: z.string().max(200).optional(),
      isDisabled: z.boolean().optional(),
    }),
    answer: shared,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requireSharedOf(staff, parameters.address);
      return updateAccount(id, body, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/shared/{address}',
    permission: 'shared',
    title: 'Delete a shared mailbox',
    help: 'Restorable for storage.deletedUserDays.',
    parameters: ofShared,
    run: async ({ staff, parameters }) => {
      const { id } = await requireSharedOf(staff, parameters.address);
      await deleteAccount(id, staff.address);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/shared/{address}/restore',
    permission: 'shared',
    title: 'Bring a deleted shared mailbox back',
    parameters: ofShared,
    body: z.strictObject({}),
    answer: shared,
    run: async ({ staff, parameters }) => {
      const { id } = await requireSharedOf(staff, parameters.address);
      return restoreAccount(id, staff.address);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/shared/{address}/rename',
    permission: 'shared',
    title: 'Give a shared mailbox another address',
    help: 'Also of another domain. Mail, members and what names the address follow.',
    parameters: ofShared,
    body: z.strictObject({ address, keepsOld: keepsOldAddress }),
    answer: shared,
    run: ({ staff, parameters, body }) => renameSharedOf(staff, parameters.address, body),
  }),
  endpoint({
    method: 'GET',
    path: '/shared/{address}/members',
    permission: 'shared',
    title: 'List the members of a shared mailbox',
    parameters: ofShared,
    answer: pageOf(member),
    run: async ({ staff, parameters }) => {
      const { id } = await requireSharedOf(staff, parameters.address);
      return wholeList((await listMembers([id])).get(id) ?? []);
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/shared/{address}/members/{member}',
    permission: 'shared',
    title: 'Make somebody a member, or change what a member may',
    parameters: ofMember,
    body: z.strictObject({
      mayWrite: z.boolean().default(false),
      maySend: z.boolean().default(false),
    }),
    run: async ({ staff, parameters, body }) => {
      const mailbox = await requireSharedOf(staff, parameters.address);
      const { id } = await requirePersonOf(staff, parameters.member);
      await setMember(mailbox.id, id, body, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/shared/{address}/members/{member}',
    permission: 'shared',
    title: 'Remove a member',
    parameters: ofMember,
    run: async ({ staff, parameters }) => {
      const { id } = await requireSharedOf(staff, parameters.address);
      const { accountId } = await requireMemberOf(id, parameters.member);
      await removeMember(id, accountId, staff.address);
    },
  }),
];

const rewriteFields = {
  scope: z.enum(rewriteScopes),
  pattern: z.string().min(1).max(320).describe('an address or "@example.org"'),
  replacement: z.string().min(1).max(320).describe('"@example.org" keeps the local part'),
};
const rewrite = z
  .object({
    id: z.string(),
    ...rewriteFields,
    comment: z.string(),
    createdAt: time,
  })
  .meta({ id: 'Rewriting' });
const ofRewrite = z.object({ id });

async function requireRewrite(wanted: string) {
  const found = (await listRewrites()).find((each) => each.id === wanted);
  if (found) return found;
  throw new Refusal('not-found', 'There is no such rewriting.');
}

const rewriteEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/rewrites',
    permission: null,
    title: 'List rewritings of addresses',
    query: z.strictObject(paging),
    answer: pageOf(rewrite),
    isPaged: true,
    run: async ({ query }) =>
      cutPage(await listRewrites(), ({ scope, pattern }) => `${scope} ${pattern}`, query),
  }),
  endpoint({
    method: 'POST',
    path: '/rewrites',
    permission: null,
    title: 'Add a rewriting',
    body: z.strictObject({ ...rewriteFields, comment: comment.optional() }),
    answer: rewrite,
    run: ({ staff, body }) => addRewrite(body, staff.address),
  }),
  endpoint({
    method: 'GET',
    path: '/rewrites/{id}',
    permission: null,
    title: 'Read a rewriting',
    parameters: ofRewrite,
    answer: rewrite,
    run: ({ parameters }) => requireRewrite(parameters.id),
  }),
  endpoint({
    method: 'PATCH',
    path: '/rewrites/{id}',
    permission: null,
    title: 'Change a rewriting',
    parameters: ofRewrite,
    body: z.strictObject({ ...rewriteFields, comment }).partial(),
    answer: rewrite,
    run: ({ staff, parameters, body }) => updateRewrite(parameters.id, body, staff.address),
  }),
  endpoint({
    method: 'DELETE',
    path: '/rewrites/{id}',
    permission: null,
    title: 'Remove a rewriting',
    parameters: ofRewrite,
    run: ({ staff, parameters }) => removeRewrite(parameters.id, staff.address),
  }),
];

export const addressEndpoints: Endpoint[] = [
  ...aliasEndpoints,
  ...sharedEndpoints,
  ...rewriteEndpoints,
];
