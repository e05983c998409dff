// Deleted messages whose time is over go for good, and twins with nothing in them. A timed job: it works in
// small steps, may be cut short after any of them, and two processes may do it at once.
import { fromNow, now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { readSetting } from '#lib/settings/index.ts';
import { pokeMailbox } from '../journal.ts';
import { recoverableRoot } from '../mailbox-name.ts';
import { removeMailbox } from '../mailbox-removal.ts';
import type { Mailbox } from '../mailbox-row.ts';
import { lockAll } from './keep.ts';
import { eraseRows, selectLeaving } from './leaving.ts';
import { releaseAllNames } from './recoverable-names.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const twinsPerLook = 500;
const rowsPerStep = 500;

type Twin = { accountId: string; id: string; messages: bigint | number };

/** Removes what is older than the setting storage.undeleteDays, in all accounts; returns how many messages. */
export async function purgeDeleted(): Promise<{ messages: number }> {
  await releaseAllNames();
  const before = await readLimit();
  let messages = 0;
  let last: Twin = { accountId: '', id: '', messages: 0 };
  for (;;) {
    const twins = await db.$queryRaw<Twin[]>`SELECT "accountId", "id", "messages" FROM "Mailbox"
      WHERE "specialUse" = ${recoverableRoot} AND ("accountId" > ${last.accountId}
        OR ("accountId" = ${last.accountId} AND "id" > ${last.id}))
      ORDER BY "accountId", "id" LIMIT ${twinsPerLook}`;
    for (const twin of twins) messages += await purgeTwin(twin, before);
    const end = twins.at(-1);
    if (!end || twins.length < twinsPerLook) return { messages };
    last = end;
  }
}

/** The same for one account; with `isAll` everything that was deleted until now. */
export async function purgeAccount(
  accountId: string,
  { isAll = false }: { isAll?: boolean } = {},
): Promise<{ messages: number }> {
  const before = isAll ? fromNow(1) : await readLimit();
  const twins = await db.$queryRaw<Twin[]>`SELECT "accountId", "id", "messages" FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "specialUse" = ${recoverableRoot} ORDER BY "id"`;
  let messages = 0;
  for (const twin of twins) messages += await purgeTwin(twin, before);
  return { messages };
}

async function readLimit(): Promise<Date> {
  const days = await readSetting('storage.undeleteDays');
  // Sessions that have not been told of an expunge go on reading.
  return fromNow(-(days === 0 ? hourMs : days * dayMs));
}

async function purgeTwin(twin: Twin, before: Date): Promise<number> {
  let messages = 0;
  for (let isMore = Number(twin.messages) > 0; isMore; ) {
    const { old, isFull } = await findOld(twin, before);
    const erased = old.length > 0 ? await erase(twin, old) : 0;
    messages += erased;
    isMore = isFull && erased > 0;
  }
  await removeEmpty(twin);
  return messages;
}

/** The first UIDs of a twin that are older; they ascend with the time of deletion. `isFull`: there may be more. */
async function findOld(twin: Twin, before: Date): Promise<{ old: number[]; isFull: boolean }> {
  const rows = await db.$queryRaw<{ uid: bigint | number; savedAt: Date }[]>`
    SELECT "uid", "savedAt" FROM "Message"
    WHERE "accountId" = ${twin.accountId} AND "mailboxId" = ${twin.id}
    ORDER BY "uid" LIMIT ${rowsPerStep}`;
  await pullBack(
    twin,
    rows.filter((row) => row.savedAt > fromNow(hourMs)).map((row) => Number(row.uid)),
  );
  const end = rows.findIndex((row) => row.savedAt >= before);
  const old = (end < 0 ? rows : rows.slice(0, end)).map((row) => Number(row.uid));
  return { old, isFull: old.length === rowsPerStep };
}

/** Deletions of a clock that had run ahead would never end, and keep what is behind them. */
async function pullBack({ accountId, id }: Twin, uids: number[]): Promise<void> {
  const [first, last] = [uids[0], uids.at(-1)];
  if (first === undefined || last === undefined) return;
  await write(
    (tx) => tx.$executeRaw`UPDATE "Message" SET "savedAt" = ${now()}
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${id}
    AND "uid" BETWEEN ${first} AND ${last} AND "savedAt" > ${fromNow(hourMs)}`,
  );
}

/** Removes those that are still there, whatever happened since they were found. */
async function erase({ accountId, id }: Twin, uids: number[]): Promise<number> {
  const erased = await write(async (tx) => {
    if (!(await lockIfThere(tx, accountId, id))) return 0;
    const rows = await selectLeaving(tx, accountId, id, uids, false);
    if (rows.length > 0) await eraseRows(tx, accountId, id, rows);
    return rows.length;
  });
  if (erased > 0) pokeMailbox(accountId, id);
  return erased;
}

async function removeEmpty({ accountId, id }: Twin): Promise<void> {
  const isEmpty = { accountId, id, messages: 0 };
  if ((await db.mailbox.count({ where: isEmpty })) === 0) return;
  const isRemoved = await write(async (tx) => {
    const twin = await lockIfThere(tx, accountId, id);
    if (!twin || twin.messages > 0) return false;
    await removeMailbox(tx, twin);
    return true;
  });
  if (isRemoved) pokeMailbox(accountId, id);
}

/** Null where another run has removed it. */
async function lockIfThere(tx: Tx, accountId: string, id: string): Promise<Mailbox | null> {
  const [twin] = await lockAll(tx, accountId, [id]);
  return twin ?? null;
}
