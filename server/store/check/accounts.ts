// Each account: its counters equal its mailboxes (those of deleted messages do not count), and the mailboxes
// go together: names, parents, UIDVALIDITY, special uses.
import { now } from '#lib/clock.ts';
import { db, sql, type Tx, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import {
  findCanonicalName,
  isRecoverable,
  originalName,
  parentNames,
  recoverableRoot,
} from '../mailbox-name.ts';
import { takeUidValidity } from '../uid-validity.ts';
import { type Found, type Look, readPages } from './finding.ts';

type AccountRow = { id: string; address: string } & Record<
  'usedBytes' | 'usedMessages' | 'bytes' | 'messages',
  bigint | number
>;
type MailboxRow = { id: string; name: string; specialUse: string | null; createdAt: Date } & Record<
  'uidValidity',
  bigint | number
>;

const pageSize = 100;
const maxUidValidity = 0xffff_ffff;
// keep.ts: the twins carry a mark.
const counted = sql`COALESCE(b."specialUse", '') <> ${recoverableRoot}`;

/** Counters of all accounts, and the mailboxes of each. */
export const lookAtAccounts: Look = async function* () {
  const pages = readPages<AccountRow>(
    (last) => sql`SELECT a."id", a."address", a."usedBytes", a."usedMessages",
        COALESCE(SUM(b."sizeBytes"), 0) AS "bytes", COALESCE(SUM(b."messages"), 0) AS "messages"
      FROM "Account" a LEFT JOIN "Mailbox" b ON b."accountId" = a."id" AND ${counted}
      WHERE a."id" > ${last?.id ?? ''} GROUP BY a."id" ORDER BY a."id" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    for (const row of rows) {
      yield* judgeCounters(row);
      yield* lookAtNames(row.id);
    }
  }
};

function* judgeCounters(row: AccountRow): Generator<Found> {
  const used = `${Number(row.usedMessages)} messages, ${Number(row.usedBytes)} bytes`;
  const real = `${Number(row.messages)} messages, ${Number(row.bytes)} bytes`;
  if (used === real) return;
  yield {
    kind: 'account-counters',
    accountId: row.id,
    text: `${row.address} counts ${used}; its mailboxes hold ${real}.`,
    mend: () => write((tx) => countAgain(tx, row.id)),
  };
}

async function countAgain(tx: Tx, id: string): Promise<string> {
  await tx.$executeRaw`UPDATE "Account" SET
    "usedBytes" = (SELECT COALESCE(SUM(b."sizeBytes"), 0) FROM "Mailbox" b
      WHERE b."accountId" = ${id} AND ${counted}),
    "usedMessages" = (SELECT COALESCE(SUM(b."messages"), 0) FROM "Mailbox" b
      WHERE b."accountId" = ${id} AND ${counted})
    WHERE "id" = ${id}`;
  return 'The mailboxes were added up again.';
}

/** An account has some thousand mailboxes at most: they are looked at together. */
async function* lookAtNames(accountId: string): AsyncGenerator<Found> {
  // The retired ones first: a mailbox that is deleted meanwhile must not meet itself.
  const retired = await db.$queryRaw<{ uid: bigint | number }[]>`SELECT "uid" FROM "Tombstone"
    WHERE "accountId" = ${accountId} AND "mailboxId" = '' ORDER BY "uid" DESC LIMIT 10`;
  const mailboxes = await db.$queryRaw<MailboxRow[]>`
    SELECT "id", "name", "specialUse", "createdAt", "uidValidity" FROM "Mailbox"
    WHERE "accountId" = ${accountId} ORDER BY "createdAt", "id"`;
  const names = new Set(mailboxes.map(({ name }) => name));
  const validities = new Set(retired.map(({ uid }) => Number(uid)));
  const uses = new Set<string>();
  for (const mailbox of mailboxes) {
    const { id, name, specialUse } = mailbox;
    const place = { accountId, mailbox: name };
    yield* judgeName(place, id, names);
    const validity = Number(mailbox.uidValidity);
    if (validity < 1 || validity > maxUidValidity || validities.has(validity)) {
      yield {
        kind: 'uidvalidity',
        ...place,
        text: `UIDVALIDITY ${validity} is another mailbox's or was, or has not 32 bits.`,
        mend: () => write((tx) => renewValidity(tx, accountId, id)),
      };
    }
    validities.add(validity);
    if (specialUse !== null && specialUse !== recoverableRoot && uses.has(specialUse)) {
      yield {
        kind: 'special-use-twice',
        ...place,
        text: `${specialUse} is another mailbox's too.`,
        mend: () => write((tx) => dropUse(tx, accountId, id)),
      };
    }
    if (specialUse !== null) uses.add(specialUse);
  }
  // Every account that has mailboxes has had this one from the beginning, and it cannot be deleted.
  if (mailboxes.length > 0 && !names.has('INBOX')) {
    yield {
      kind: 'inbox-missing',
      accountId,
      text: 'The account has mailboxes, but no INBOX.',
      mend: () => write((tx) => makeMailbox(tx, accountId, 'INBOX')),
    };
  }
  yield* lookAtSubscriptions(accountId);
}

/** A name below the root of deleted messages is as good as the name it was made from. */
function isCanonical(name: string): boolean {
  if (name === recoverableRoot) return true;
  const own = isRecoverable(name) ? originalName(name) : name;
  return findCanonicalName(own) === own;
}

function* judgeName(
  place: { accountId: string; mailbox: string },
  id: string,
  names: Set<string>,
): Generator<Found> {
  const { accountId, mailbox: name } = place;
  if (!isCanonical(name)) {
    yield {
      kind: 'mailbox-name',
      ...place,
      text: `${JSON.stringify(name)} is no canonical name of a mailbox.`,
      mend: () => write((tx) => renameCanonically(tx, accountId, id, name)),
    };
    return;
  }
  // Nobody sees the twins as a tree.
  if (isRecoverable(name)) return;
  for (const parent of parentNames(name)) {
    if (names.has(parent)) continue;
    // Told once, however many are below it.
    names.add(parent);
    yield {
      kind: 'parent-missing',
      ...place,
      text: `There is no mailbox "${parent}" above "${name}".`,
      mend: () => write((tx) => makeMailbox(tx, accountId, parent)),
    };
  }
}

async function makeMailbox(tx: Tx, accountId: string, name: string): Promise<string> {
  const uidValidity = await takeUidValidity(tx, accountId);
  await tx.mailbox.create({
    data: { accountId, id: newId(), name, uidValidity, specialUse: null, createdAt: now() },
  });
  return `The mailbox "${name}" was made.`;
}

async function renameCanonically(
  tx: Tx,
  accountId: string,
  id: string,
  name: string,
): Promise<string> {
  const wanted = findCanonicalName(name) ?? 'Recovered';
  for (let number = 1; ; number++) {
    const to = number === 1 ? wanted : `${wanted} ${number}`;
    const taken = await tx.mailbox.count({ where: { accountId, name: to } });
    if (taken > 0) continue;
    await tx.$executeRaw`UPDATE "Mailbox" SET "name" = ${to}
      WHERE "accountId" = ${accountId} AND "id" = ${id}`;
    return `The mailbox is "${to}" now.`;
  }
}

/** Programs that know the mailbox read it anew: the only honest way, since the number stood for two. */
async function renewValidity(tx: Tx, accountId: string, id: string): Promise<string> {
  await tx.$executeRaw`UPDATE "Mailbox" SET "uidValidity" = 1 WHERE "accountId" = ${accountId}
    AND ("uidValidity" < 1 OR "uidValidity" > ${maxUidValidity})`;
  const uidValidity = await takeUidValidity(tx, accountId);
  await tx.$executeRaw`UPDATE "Mailbox" SET "uidValidity" = ${uidValidity}
    WHERE "accountId" = ${accountId} AND "id" = ${id}`;
  return `UIDVALIDITY is ${uidValidity} now; mail programs read the mailbox anew.`;
}

async function dropUse(tx: Tx, accountId: string, id: string): Promise<string> {
  await tx.$executeRaw`UPDATE "Mailbox" SET "specialUse" = NULL
    WHERE "accountId" = ${accountId} AND "id" = ${id}`;
  return 'The older mailbox keeps the special use.';
}

async function* lookAtSubscriptions(accountId: string): AsyncGenerator<Found> {
  const rows = await db.$queryRaw<{ name: string }[]>`SELECT "name" FROM "Subscription"
    WHERE "accountId" = ${accountId} ORDER BY "name"`;
  for (const { name } of rows) {
    if (isCanonical(name)) continue;
    const canonical = findCanonicalName(name);
    yield {
      kind: 'subscription-name',
      accountId,
      text: `The subscription ${JSON.stringify(name)} is no canonical name.`,
      mend: () =>
        write(async (tx) => {
          await tx.subscription.deleteMany({ where: { accountId, name } });
          if (canonical === null) return 'The subscription is gone.';
          await tx.$executeRaw`INSERT INTO "Subscription" ("accountId", "name")
            VALUES (${accountId}, ${canonical}) ON CONFLICT DO NOTHING`;
          return `The subscription is to "${canonical}".`;
        }),
    };
  }
}
