// The two lists of senders that "Report spam" and "Not spam" keep where no scanner learns from them: rules like others,
// that their owner sees, changes and removes.
import { now } from '../clock.ts';
import { type Tx, write } from '../db.ts';
import { canonicalAddress } from '../mail/address.ts';
import { type Condition, maxConditions, readRule } from './rule.ts';

export type SenderList = 'junk' | 'wanted';

/** The ids of their rules: one of each kind an account. */
const ruleIds: Record<SenderList, string> = { junk: 'junk-senders', wanted: 'wanted-senders' };
const names: Record<SenderList, string> = { junk: 'Junk senders', wanted: 'Wanted senders' };

/**
 * Puts senders on one list and takes them off the other; of a full list the oldest go. Who was on the junk list and is
 * wanted now is on none: an undo leaves what was. How many are new.
 */
export async function listSenders(
  accountId: string,
  list: SenderList,
  senders: readonly string[],
): Promise<number> {
  const addresses = [...new Set(senders.flatMap((text) => canonicalAddress(text) ?? []))];
  if (addresses.length === 0) return 0;
  return write(async (tx) => {
    const other: SenderList = list === 'junk' ? 'wanted' : 'junk';
    const kept = await readList(tx, accountId, other);
    const left = kept.filter((address) => !addresses.includes(address));
    if (left.length < kept.length) await keepList(tx, accountId, other, left);
    const known = await readList(tx, accountId, list);
    const undone = list === 'wanted' ? kept.filter((address) => addresses.includes(address)) : [];
    const added = addresses.filter((one) => !known.includes(one) && !undone.includes(one));
    if (added.length > 0) {
      await keepList(tx, accountId, list, [...known, ...added].slice(-maxConditions));
    }
    return added.length;
  });
}

async function readList(tx: Tx, accountId: string, list: SenderList): Promise<string[]> {
  const where = { accountId_id: { accountId, id: ruleIds[list] } };
  const row = await tx.filterRule.findUnique({ where });
  const rule = row ? readRule(row) : null;
  return (rule?.conditions ?? []).flatMap((each) => ('value' in each ? [each.value] : []));
}

async function keepList(
  tx: Tx,
  accountId: string,
  list: SenderList,
  addresses: string[],
): Promise<void> {
  const where = { accountId_id: { accountId, id: ruleIds[list] } };
  if (addresses.length === 0) {
    await tx.filterRule.deleteMany({ where: { accountId, id: ruleIds[list] } });
    return;
  }
  const conditions = JSON.stringify(
    addresses.map((value): Condition => ({ field: 'from', test: 'is', isNot: false, value })),
  );
  const data = {
    name: names[list],
    match: 'any',
    conditions,
    actions: JSON.stringify([{ do: list }]),
  };
  // Before all others: whose mail is junk is not filed, whose mail is wanted may be.
  const position = list === 'junk' ? -2 : -1;
  await tx.filterRule.upsert({
    where,
    create: {
      ...{ accountId, id: ruleIds[list], position, createdAt: now(), ...data },
      isLast: list === 'junk',
    },
    update: data,
  });
}
