// Another address for an account, in its domain or another one. What signs in stays, but for keys of SCRAM: their salt follows
// from the address (scram.ts), so they are made anew with the next password that fits. Whatever else names the address:
// lib/renaming.
import { isUniqueViolation, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type Account, toAccount } from './account.ts';
import { domainOf, requireAddress } from './address.ts';
import { type Domain, requireDomain } from './domain.ts';
import { requireRoomForUser } from './domain-limits.ts';
import { endPasswordLinksIn } from './one-time-token.ts';
import { recordedOf } from './recorded.ts';
import { forgetKnownIn } from './throttle.ts';
import { endWebSessionsIn } from './web-session-end.ts';

/**
 * Gives a user or a shared mailbox another address and ends all sessions of its own. Refusal 'invalid', 'not-found' (account,
 * domain), 'exists' (the address is somebody's), 'limit' (the other domain is full), 'conflict' (deleted).
 */
export async function moveAccount(id: string, wanted: string, by: string): Promise<Account> {
  const address = requireAddress(wanted);
  const domain = await requireDomain(domainOf(address));
  try {
    const recorded = await recordedOf(id);
    return await revise(by, recorded, id, (tx) => moveIn(tx, id, { address, domain }, by));
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Refusal('exists', `${address} is somebody's already.`, 'address');
  }
}

async function moveIn(
  tx: Tx,
  id: string,
  { address, domain }: { address: string; domain: Domain },
  by: string,
): Promise<Account> {
  const before = await tx.account.findUnique({ where: { id } });
  if (!before) throw new Refusal('not-found', 'This account is not here any more.');
  if (before.deletedAt) {
    throw new Refusal('conflict', `${before.address} is deleted: restore it first.`);
  }
  if (before.address === address) {
    throw new Refusal('invalid', 'This is the address that it has.', 'address');
  }
  if (await tx.account.findUnique({ where: { address } })) {
    throw new Refusal('exists', `${address} is somebody's already.`, 'address');
  }
  if (await tx.alias.findUnique({ where: { address } })) {
    throw new Refusal('exists', `${address} is an alias already.`, 'address');
  }
  if (before.domainId !== domain.id) {
    if (before.kind === 'person') await requireRoomForUser(tx, domain);
    await requireRoomForMail(tx, domain, before);
  }
  await endWebSessionsIn(tx, id);
  await endPasswordLinksIn(tx, id);
  // Whoever gets the old address next is not known from where this user came.
  await forgetKnownIn(tx, before.address);
  await tx.appPassword.updateMany({ where: { accountId: id }, data: { scram: '' } });
  const data = { address, domainId: domain.id, scram: '', epoch: { increment: 1 } };
  const row = await tx.account.update({ where: { id }, data });
  // Under both names, since the trail of either domain looks for its own.
  const what = before.kind === 'person' ? 'user' : 'shared mailbox';
  await recordChangeIn(tx, by, `${what} ${before.address}`, `renamed to ${address}`);
  await recordChangeIn(tx, by, `${what} ${address}`, `renamed from ${before.address}`);
  return toAccount(row);
}

/** Refusal 'limit' where the domain could not hold what the user has. */
async function requireRoomForMail(
  tx: Tx,
  { id: domainId, name, quotaBytes, quotaMessages }: Domain,
  account: { usedBytes: bigint | number; usedMessages: bigint | number },
): Promise<void> {
  const { _sum: used } = await tx.account.aggregate({
    where: { domainId },
    _sum: { usedBytes: true, usedMessages: true },
  });
  const bytes = Number(used.usedBytes ?? 0) + Number(account.usedBytes);
  const messages = Number(used.usedMessages ?? 0) + Number(account.usedMessages);
  const isOver = (limit: number, wanted: number) => limit > 0 && wanted > limit;
  if (!isOver(quotaBytes, bytes) && !isOver(quotaMessages, messages)) return;
  throw new Refusal('limit', `${name} has no room for the mail in it.`, 'address');
}
