// Renaming a user or a shared mailbox, or moving one to another domain: the account keeps its id, so mail, folders, rights and app passwords stay what
// they are, and what names the address follows (references.ts). All of it is one transaction. In the history it is the change of
// the account, beside those of an alias that goes or comes: what follows has none of its own, since it goes back with it.
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { requireAddress } from '#lib/accounts/address.ts';
import { addAlias, findAlias, removeAlias } from '#lib/accounts/alias.ts';
import { moveAccount } from '#lib/accounts/move-account.ts';
import { requireShare } from '#lib/accounts/share.ts';
import {
  requireDomainOfAddress,
  requireSharedOf,
  requireUserOf,
  type Staff,
} from '#lib/accounts/staff.ts';
import { write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { runFrom } from '#lib/history/origin.ts';
import { lockHistory } from '#lib/history/revise.ts';
import { writeJoined } from '#lib/joined.ts';
import { poke } from '#lib/poke.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import { references } from './references.ts';

export type Rename = {
  /** The new one */
  address: string;
  /** The old one becomes an alias, so that mail to it arrives. */
  keepsOld: boolean;
};

/** Of a user whom the staff may change, to a domain of theirs. Refusals as of renameAccount(), 'forbidden' (the quota is too much there). */
export async function renameUserOf(staff: Staff, id: string, rename: Rename): Promise<Account> {
  const user = await requireUserOf(staff, id);
  if (user.kind === 'person') return renameOf(staff, user, rename);
  throw new Refusal('forbidden', `${user.address} is a shared mailbox: it is renamed as one.`);
}

/** Of a shared mailbox of the staff's domains; likewise. Its members stay, and what they send from follows. */
export async function renameSharedOf(
  staff: Staff,
  address: string,
  rename: Rename,
): Promise<Account> {
  return renameOf(staff, await requireSharedOf(staff, address), rename);
}

async function renameOf(staff: Staff, account: Account, rename: Rename): Promise<Account> {
  const domain = await requireDomainOfAddress(staff, rename.address);
  if (domain.id !== account.domainId) await requireShare(staff, domain, account);
  return renameAccount(account.id, rename, staff.address);
}

/**
 * Gives an account another address; its sessions end. An alias of that address which leads to it alone makes way. Refusals as of
 * moveAccount(), 'limit' where the old domain has no room for the alias.
 */
export async function renameAccount(
  id: string,
  { address, keepsOld }: Rename,
  by: string,
): Promise<Account> {
  const to = requireAddress(address);
  const account = await runFrom({}, () => writeJoined(() => rename(id, { to, keepsOld }, by)));
  // Who has its folders open, or sends for it.
  poke(`account:${id}`);
  return account;
}

async function rename(
  accountId: string,
  { to, keepsOld }: { to: string; keepsOld: boolean },
  by: string,
): Promise<Account> {
  // Of two processes that rename it, the second one finds the address that the first has given.
  await write(lockHistory);
  const before = await readAccount(accountId);
  if (!before) throw new Refusal('not-found', 'This account is not here any more.');
  const from = before.address;
  const alias = await findAlias(to);
  if (alias?.targets.join() === from) await removeAlias(to, by);
  const account = await moveAccount(accountId, to, by);
  const followed: string[] = [];
  await runFrom({ isPart: true }, async () => {
    for (const follow of references) followed.push(...(await follow({ accountId, from, to, by })));
  });
  if (keepsOld) await addAlias({ address: from, targets: [to], comment: 'Earlier address' }, by);
  if (followed.length > 0) {
    // No "user …": it may name other domains, and not everybody who sees changes of the account sees those (lib/trail/list.ts).
    const text = `${to} followed by ${followed.join(', ')}`;
    await write((tx) => recordChangeIn(tx, by, `renaming of ${from}`, text));
  }
  return account;
}
