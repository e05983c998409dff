// "#deleted" and what is below it belong to the server. Mailboxes that users gave such names before that was
// so lose the sign: "#deleted/x" becomes "deleted/x", or "deleted 2/x" where there is a "deleted" already.
// Messages, ids and UIDVALIDITY stay, and a subscription goes along.
import { db, type Tx, write } from '#lib/db.ts';
import { poke } from '#lib/poke.ts';
import { holdNames } from '../hold-names.ts';
import { isBelow, recoverableRoot } from '../mailbox-name.ts';

type Old = { accountId: string; id: string; name: string };

const pattern = `${recoverableRoot}%`;

/** Renames such mailboxes of one account; does nothing where there are none. */
export async function releaseNames(tx: Tx, accountId: string): Promise<number> {
  const old = (
    await tx.$queryRaw<Old[]>`SELECT "accountId", "id", "name" FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND LOWER("name") LIKE ${pattern}
    AND ("specialUse" IS NULL OR "specialUse" <> ${recoverableRoot})`
  ).filter(isReserved);
  if (old.length === 0) return 0;
  const rows = await tx.$queryRaw<{ name: string }[]>`SELECT "name" FROM "Mailbox"
    WHERE "accountId" = ${accountId}`;
  const taken = rows.map((row) => row.name);
  const roots = new Set(old.map(({ name }) => rootOf(name)));
  for (const root of [...roots].sort().reverse()) {
    const free = findFree(taken);
    taken.push(free);
    for (const { id, name } of old.filter((one) => rootOf(one.name) === root)) {
      const renamed = free + name.slice(root.length);
      await tx.$executeRaw`UPDATE "Mailbox" SET "name" = ${renamed}
        WHERE "accountId" = ${accountId} AND "id" = ${id}`;
      await tx.$executeRaw`UPDATE "Subscription" SET "name" = ${renamed}
        WHERE "accountId" = ${accountId} AND "name" = ${name}`;
    }
  }
  return old.length;
}

/** The same for all accounts. */
export async function releaseAllNames(): Promise<number> {
  const old = await db.$queryRaw<Old[]>`SELECT "accountId", "id", "name" FROM "Mailbox"
    WHERE LOWER("name") LIKE ${pattern}
    AND ("specialUse" IS NULL OR "specialUse" <> ${recoverableRoot})`;
  let released = 0;
  for (const accountId of new Set(old.filter(isReserved).map((one) => one.accountId))) {
    released += await write(async (tx) => {
      await holdNames(tx, accountId);
      return releaseNames(tx, accountId);
    });
    poke(`account:${accountId}`);
  }
  return released;
}

function rootOf(name: string): string {
  return name.slice(0, recoverableRoot.length);
}

function isReserved({ name }: Old): boolean {
  const lower = name.toLowerCase();
  return lower === recoverableRoot || isBelow(lower, recoverableRoot);
}

function findFree(taken: string[]): string {
  const root = recoverableRoot.slice(1);
  for (let count = 1; ; count++) {
    const name = count === 1 ? root : `${root} ${count}`;
    if (!taken.some((one) => one === name || isBelow(one, name))) return name;
  }
}
