// Users: accounts of people. Who signs in how is in user-sign-in.ts.
import { z } from 'zod';
import {
  type Account,
  type AccountChange,
  addAccount,
  updateAccount,
} from '../../accounts/account.ts';
import { accountStates, listAccounts } from '../../accounts/account-list.ts';
import { closableProtocols } from '../../accounts/closed-protocols.ts';
import { deleteAccount, restoreAccount } from '../../accounts/deleted-account.ts';
import { roles } from '../../accounts/role.ts';
import { giveRole, listCharges } from '../../accounts/role-change.ts';
import { requireShare } from '../../accounts/share.ts';
import { idsOf, requireDomainOfAddress, requireUserAt, type Staff } from '../../accounts/staff.ts';
import { Refusal } from '../../errors.ts';
import { dropHeldMail, holdSending, lockSender, releaseSending } from '../../queue/sending-hold.ts';
import { renameUserOf } from '../../renaming/rename-user.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import {
  address,
  domainName,
  keepsOldAddress,
  limitBytes,
  limitCount,
  pageOf,
  paging,
  requireKeyCursor,
  time,
} from '../fields.ts';

const displayName = z.string().max(200);
const closed = z.array(z.enum(closableProtocols)).max(closableProtocols.length);
const user = z
  .object({
    address: z.string(),
    displayName: z.string(),
    role: z.enum(roles),
    isDisabled: z.boolean(),
    isLocked: z.boolean().describe('nothing opens it until a password is set'),
    mustChange: z.boolean().describe('the web asks for another password first'),
    closedProtocols: closed.describe('what mail programs may not use'),
    hasPassword: z.boolean(),
    hasSecondFactor: z.boolean(),
    quotaBytes: z.number().nullable().describe('null: as storage.defaultQuotaBytes; 0: none'),
    quotaMessages: z.number().nullable().describe('null: as storage.defaultQuotaMessages; 0: none'),
    dailyMessages: z.number().nullable(),
    dailyRecipients: z.number().nullable(),
    sendingHold: z.string().describe('why outgoing mail is held; empty: it is not'),
    deletedAt: time.nullable().describe('restorable for storage.deletedUserDays from then on'),
    createdAt: time,
  })
  .meta({ id: 'User' });
const usage = z
  .object({
    usedBytes: z.number(),
    usedMessages: z.number(),
    lastLoginAt: time.nullable(),
  })
  .meta({ id: 'UserUsage' });
const quota = {
  quotaBytes: limitBytes.nullable().optional(),
  quotaMessages: limitCount.nullable().optional(),
};
const daily = z.int().min(0).max(1_000_000).nullable().optional();
const parameters = z.object({ address });

/** The user of that address whom the staff may change. Refusal 'not-found', also for a shared mailbox; 'forbidden'. */
export async function requirePerson(staff: Staff, wanted: string): Promise<Account> {
  const account = await requireUserAt(staff, wanted);
  if (account.kind === 'person') return account;
  throw new Refusal('not-found', `There is no user ${wanted} here.`);
}

const sendingSteps = {
  hold: holdSending,
  release: releaseSending,
  lock: lockSender,
  drop: dropHeldMail,
};

export const userEndpoints: Endpoint[] = [
  endpoint({
    method: 'GET',
    path: '/users',
    permission: 'people',
    title: 'List users',
    help: 'By address.',
    query: z.strictObject({
      ...paging,
      search: z.string().max(300).optional().describe('in address or name'),
      domain: domainName.optional(),
      state: z.enum(accountStates).optional().describe('without: all but deleted ones'),
    }),
    answer: pageOf(user),
    isPaged: true,
    run: async ({ staff, query }) => {
      const { limit, cursor, ...filter } = query;
      const where = { ...filter, kind: 'person' as const, domainIds: idsOf(staff.scope) };
      const asked = { after: requireKeyCursor(cursor), pageSize: limit };
      const { rows, next } = await listAccounts({ ...where, ...asked });
      return { items: rows, next };
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users',
    permission: 'users',
    title: 'Add a user',
    help: 'What is left out is as the defaults of new users have it.',
    body: z.strictObject({
      address,
      password: z.string().min(1).max(1024),
      displayName: displayName.optional(),
      mustChange: z.boolean().optional().describe('the web asks for another password first'),
      closedProtocols: closed.optional(),
      role: z.enum(['user', 'admin']).optional().describe('"admin" by super admins alone'),
      ...quota,
    }),
    answer: user,
    isSlow: true,
    run: async ({ staff, body }) => {
      await requireShare(staff, await requireDomainOfAddress(staff, body.address), body);
      if (body.role === 'admin' && staff.role !== 'admin') {
        throw new Refusal('forbidden', 'Only a super admin gives roles.', 'role');
      }
      return addAccount(body, staff.address);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}',
    permission: 'people',
    title: 'Read a user',
    parameters,
    answer: user,
    run: ({ staff, parameters }) => requirePerson(staff, parameters.address),
  }),
  endpoint({
    method: 'PATCH',
    path: '/users/{address}',
    permission: 'users',
    title: 'Change a user',
    help: 'Disabling ends the sessions. What goes out in a day is for super admins.',
    parameters,
    body: z.strictObject({
      displayName: displayName.optional(),
      isDisabled: z.boolean().optional(),
      mustChange: z.boolean().optional(),
      closedProtocols: closed.optional().describe('closing one ends the sessions'),
      ...quota,
      dailyMessages: daily,
      dailyRecipients: daily,
    }),
    answer: user,
    run: async ({ staff, parameters, body }) => {
      const before = await requirePerson(staff, parameters.address);
      const domain = await requireDomainOfAddress(staff, before.address);
      await requireShare(staff, domain, body, before);
      requireDaily(staff, body);
      return updateAccount(before.id, body, staff.address);
    },
  }),
  endpoint({
    method: 'DELETE',
    path: '/users/{address}',
    permission: 'users',
    title: 'Delete a user',
    help: 'Restorable for storage.deletedUserDays.',
    parameters,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await deleteAccount(id, staff.address);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/restore',
    permission: 'users',
    title: 'Bring a deleted user back',
    parameters,
    body: z.strictObject({}),
    answer: user,
    run: async ({ staff, parameters }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return restoreAccount(id, staff.address);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/rename',
    permission: 'users',
    title: 'Give a user another address',
    help: 'Also of another domain. Mail, rights and what names the address follow; the sessions end.',
    parameters,
    body: z.strictObject({ address, keepsOld: keepsOldAddress }),
    answer: user,
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      return renameUserOf(staff, id, body);
    },
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}/usage',
    permission: 'people',
    title: 'Read what a user uses',
    parameters,
    answer: usage,
    run: ({ staff, parameters }) => requirePerson(staff, parameters.address),
  }),
  endpoint({
    method: 'GET',
    path: '/users/{address}/role',
    permission: null,
    title: 'Read the role of a user',
    parameters,
    answer: z.object({ role: z.enum(roles), domains: z.array(z.string()) }),
    run: async ({ staff, parameters }) => {
      const { id, role } = await requirePerson(staff, parameters.address);
      return { role, domains: await listCharges(id) };
    },
  }),
  endpoint({
    method: 'PUT',
    path: '/users/{address}/role',
    permission: null,
    title: 'Give a user a role',
    help: 'The sessions end.',
    parameters,
    body: z.strictObject({
      role: z.enum(roles),
      domains: z.array(domainName).max(5000).default([]).describe('of a role over domains'),
    }),
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await giveRole(id, body, staff.address);
    },
  }),
  endpoint({
    method: 'POST',
    path: '/users/{address}/sending',
    permission: 'users',
    title: 'Hold outgoing mail of a user, let it go, lock the account, or drop what is held',
    parameters,
    body: z.strictObject({ action: z.enum(['hold', 'release', 'lock', 'drop']) }),
    run: async ({ staff, parameters, body }) => {
      const { id } = await requirePerson(staff, parameters.address);
      await sendingSteps[body.action](id, staff.address);
    },
  }),
];

/** What goes out of the server in a day is the server's affair. Refusal 'forbidden'. */
function requireDaily(staff: Staff, { dailyMessages, dailyRecipients }: AccountChange): void {
  if (staff.role === 'admin') return;
  const field = dailyMessages !== undefined ? 'dailyMessages' : 'dailyRecipients';
  if (dailyMessages === undefined && dailyRecipients === undefined) return;
  throw new Refusal('forbidden', 'Only a super admin changes what goes out in a day.', field);
}
