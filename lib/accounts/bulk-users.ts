// One thing done to many users: each by the function that does it to one, so that the same is refused and the trail says the
// same; what is refused is told at the end and does not keep the others from it.
import { z } from 'zod';
import { isRefusal, Refusal } from '../errors.ts';
import { type Account, updateAccount } from './account.ts';
import { type AccountFilter, countAccounts, walkAccounts } from './account-list.ts';
import { addTargets } from './alias.ts';
import { type BulkReport, noteRefusal } from './bulk-report.ts';
import { deleteAccount, restoreAccount } from './deleted-account.ts';
import { requireShare } from './share.ts';
import { idsOf, requireDomainOfAddress, requireUserOf, type Staff } from './staff.ts';

/** Users of one call. */
export const maxBulkUsers = 10_000;
/** Waiting together they share a commit (lib/db.ts). */
const atOnce = 32;

const limit = z.number().int().min(0).nullable();

export const userActionSchema = z.discriminatedUnion('do', [
  z.object({ do: z.enum(['disable', 'enable', 'must-change', 'delete', 'restore']) }),
  z.object({ do: z.literal('quota'), quotaBytes: limit, quotaMessages: limit.optional() }),
  /** Into a group: an alias that is there */
  z.object({ do: z.literal('join'), alias: z.string().trim().min(1, 'Give the alias.').max(320) }),
]);
export type UserAction = z.infer<typeof userActionSchema>;

/**
 * Does it to the users of `ids` or of the filter, as far as they are the staff's to change. Refusal 'limit' for more than
 * 10,000, 'not-found' (the alias), 'invalid'.
 */
export async function changeUsers(
  staff: Staff,
  wanted: { ids: string[] } | { filter: AccountFilter },
  action: UserAction,
): Promise<BulkReport> {
  if (action.do === 'join') await requireDomainOfAddress(staff, action.alias);
  const ids =
    'ids' in wanted ? wanted.ids.slice(0, maxBulkUsers) : await findIds(staff, wanted.filter);
  const report: BulkReport = { done: 0, refused: 0, reasons: [] };
  const joining: string[] = [];
  const changeOne = async (id: string) => {
    // Of whom is not the staff's to know nothing is told.
    let address = '';
    try {
      const account = await requireUserOf(staff, id);
      ({ address } = account);
      if (account.kind !== 'person') throw new Refusal('not-found', 'There is no such user.');
      if (action.do === 'join') joining.push(requireThere(account).address);
      else await perform(staff, account, action);
      report.done++;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      noteRefusal(report, address, error.message);
    }
  };
  for (let start = 0; start < ids.length; start += atOnce) {
    await Promise.all(ids.slice(start, start + atOnce).map(changeOne));
  }
  if (action.do === 'join') report.done = await addTargets(action.alias, joining, staff.address);
  return report;
}

async function findIds(staff: Staff, wanted: AccountFilter): Promise<string[]> {
  const filter: AccountFilter = { ...wanted, kind: 'person', domainIds: idsOf(staff.scope) };
  const { total } = await countAccounts(filter);
  if (total > maxBulkUsers) {
    throw new Refusal('limit', `At most ${maxBulkUsers} users at a time: narrow the filter.`);
  }
  const ids: string[] = [];
  for await (const { id } of walkAccounts(filter)) ids.push(id);
  return ids.slice(0, maxBulkUsers);
}

/** Refusal 'conflict' (deleted). */
function requireThere(account: Account): Account {
  if (account.deletedAt) throw new Refusal('conflict', 'This user is deleted.');
  return account;
}

async function perform(
  staff: Staff,
  account: Account,
  action: Exclude<UserAction, { do: 'join' }>,
): Promise<void> {
  const { id } = account;
  const by = staff.address;
  const isClosing = action.do === 'disable' || action.do === 'delete';
  if (isClosing && id === staff.id) throw new Refusal('forbidden', 'This is yourself.');
  switch (action.do) {
    case 'disable':
    case 'enable':
      await updateAccount(id, { isDisabled: action.do === 'disable' }, by);
      return;
    case 'must-change':
      await updateAccount(id, { mustChange: true }, by);
      return;
    case 'quota': {
      const { do: _do, ...limits } = action;
      const domain = await requireDomainOfAddress(staff, account.address);
      await requireShare(staff, domain, limits, account);
      await updateAccount(id, limits, by);
      return;
    }
    case 'delete':
      return deleteAccount(id, by);
    case 'restore':
      await restoreAccount(id, by);
  }
}
