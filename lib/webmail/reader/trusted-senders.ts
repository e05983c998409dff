// Senders whose pictures an account lets load at once: an address, or "@domain".
import { now } from '../../clock.ts';
import { db, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { canonicalAddress } from '../../mail/address.ts';

const mostSenders = 5000;

/** Whether the sender, or its whole domain, is trusted. */
export async function isTrustedSender(accountId: string, address: string): Promise<boolean> {
  const sender = canonicalAddress(address);
  if (!sender) return false;
  const names = [sender, sender.slice(sender.lastIndexOf('@'))];
  const row = await db.trustedSender.findFirst({ where: { accountId, sender: { in: names } } });
  return row !== null;
}

/** All of them, by name. */
export async function listTrustedSenders(accountId: string): Promise<string[]> {
  const rows = await db.trustedSender.findMany({
    where: { accountId },
    orderBy: { sender: 'asc' },
    take: mostSenders,
  });
  return rows.map(({ sender }) => sender);
}

/** Trusts an address or "@domain". Refusal 'invalid', 'limit'. */
export async function trustSender(accountId: string, sender: string): Promise<void> {
  const name = checkSender(sender);
  await write(async (tx) => {
    const where = { accountId, sender: name };
    const known = await tx.trustedSender.findUnique({ where: { accountId_sender: where } });
    if (known) return;
    if ((await tx.trustedSender.count({ where: { accountId } })) >= mostSenders) {
      throw new Refusal('limit', 'You trust too many senders already.');
    }
    await tx.trustedSender.create({ data: { ...where, createdAt: now() } });
  });
}

/** Trusts an address or "@domain" no more. Refusal 'invalid'. */
export async function distrustSender(accountId: string, sender: string): Promise<void> {
  const where = { accountId, sender: checkSender(sender) };
  await write(async (tx) => void (await tx.trustedSender.deleteMany({ where })));
}

function checkSender(sender: string): string {
  const isDomain = sender.startsWith('@');
  const canonical = canonicalAddress(isDomain ? `x${sender}` : sender);
  if (!canonical) throw new Refusal('invalid', 'This is not an address.', 'sender');
  return isDomain ? canonical.slice(canonical.lastIndexOf('@')) : canonical;
}
