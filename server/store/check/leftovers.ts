// Rows whose owner is no more: of accounts and mailboxes that do not exist, bytes without a body's row, queue
// rows without their other half. Mail among them is never thrown away: it gets an owner again.
import { createHash } from 'node:crypto';
import { now } from '#lib/clock.ts';
import { db, raw, type Sql, sql, type Tx, write } from '#lib/db.ts';
import { mailTables, ownTables } from '../account-tables.ts';
import { toBuffer } from '../bodies/blobs.ts';
import { takeUidValidity } from '../uid-validity.ts';
import { type Found, type Look, readPages } from './finding.ts';

const pageSize = 100;
const accountTables = ['Mailbox', 'Message', ...mailTables, ...ownTables];
const bodyTables = ['Rendering', 'RenderingText', 'BlobBytes'];

/** Everything that has lost its owner. */
export const lookAtLeftovers: Look = async function* () {
  for (const table of accountTables) yield* lookAtAccountRows(table);
  yield* lookAtLostMailboxes();
  yield* lookAtMailboxRows('Tombstone');
  yield* lookAtMailboxRows('MailboxChange');
  yield* lookAtMailboxRows('PopUid');
  yield* lookAtMailboxRows('MailboxRight');
  yield* lookAtMailboxRows('Annotation');
  yield* lookAtThreads();
  for (const table of bodyTables) yield* lookAtBodyRows(table);
};

/** Left for the hourly clean-up, which takes the mail of removed accounts away in pieces. */
async function* lookAtAccountRows(table: string): AsyncGenerator<Found> {
  const name = raw(`"${table}"`);
  const pages = readPages<{ accountId: string; n: bigint | number }>(
    (last) => sql`SELECT o."accountId", COUNT(*) AS "n" FROM ${name} o
      WHERE o."accountId" > ${last?.accountId ?? ''}
      AND NOT EXISTS (SELECT 1 FROM "Account" a WHERE a."id" = o."accountId")
      GROUP BY o."accountId" ORDER BY o."accountId" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    for (const { accountId, n } of rows) {
      yield {
        kind: 'rows-without-account',
        accountId,
        text: `${n} rows of ${table} belong to an account that is no more; the clean-up removes them.`,
        isNote: true,
        mend: () => removeAccountRows(table, accountId),
      };
    }
  }
}

async function removeAccountRows(table: string, accountId: string): Promise<string | null> {
  const gone = await write(
    (tx) => tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)} WHERE "accountId" = ${accountId}
      AND NOT EXISTS (SELECT 1 FROM "Account" WHERE "Account"."id" = ${accountId})`,
  );
  return gone > 0 ? `${gone} rows were removed.` : null;
}

type LostRow = { accountId: string; mailboxId: string; n: bigint | number };

/** Messages whose mailbox has no row: they get one again. */
async function* lookAtLostMailboxes(): AsyncGenerator<Found> {
  const pages = readPages<LostRow>((last) => lostRows('Message', last), pageSize);
  for await (const rows of pages) {
    for (const { accountId, mailboxId, n } of rows) {
      yield {
        kind: 'messages-without-mailbox',
        accountId,
        text: `${n} messages are in the mailbox ${mailboxId}, which does not exist.`,
        mend: () => write((tx) => makeMailboxAgain(tx, accountId, mailboxId)),
      };
    }
  }
}

function lostRows(table: string, last: LostRow | null): Sql {
  return sql`SELECT o."accountId", o."mailboxId", COUNT(*) AS "n" FROM ${raw(`"${table}"`)} o
    WHERE (o."accountId", o."mailboxId") > (${last?.accountId ?? ''}, ${last?.mailboxId ?? ''})
    AND o."mailboxId" <> ''
    AND NOT EXISTS (SELECT 1 FROM "Mailbox" b WHERE b."accountId" = o."accountId" AND b."id" = o."mailboxId")
    AND EXISTS (SELECT 1 FROM "Account" a WHERE a."id" = o."accountId")
    GROUP BY o."accountId", o."mailboxId" ORDER BY o."accountId", o."mailboxId" LIMIT ${pageSize}`;
}

async function makeMailboxAgain(tx: Tx, accountId: string, id: string): Promise<string | null> {
  if ((await tx.mailbox.count({ where: { accountId, id } })) > 0) return null;
  let name = 'Recovered';
  for (let number = 2; (await tx.mailbox.count({ where: { accountId, name } })) > 0; number++) {
    name = `Recovered ${number}`;
  }
  const uidValidity = await takeUidValidity(tx, accountId);
  // The numbers and counters follow when the mailboxes are looked at.
  await tx.mailbox.create({
    data: { accountId, id, name, uidValidity, specialUse: null, createdAt: now() },
  });
  return `They are in the mailbox "${name}" now.`;
}

async function* lookAtMailboxRows(table: string): AsyncGenerator<Found> {
  const pages = readPages<LostRow>((last) => lostRows(table, last), pageSize);
  for await (const rows of pages) {
    for (const { accountId, mailboxId, n } of rows) {
      yield {
        kind: 'rows-without-mailbox',
        accountId,
        text: `${n} rows of ${table} belong to the mailbox ${mailboxId}, which does not exist.`,
        mend: async () => {
          const gone = await write(
            (tx) => tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)}
              WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId}
              AND NOT EXISTS (SELECT 1 FROM "Mailbox"
                WHERE "Mailbox"."accountId" = ${accountId} AND "Mailbox"."id" = ${mailboxId})`,
          );
          return gone > 0 ? `${gone} rows were removed.` : null;
        },
      };
    }
  }
}

async function* lookAtThreads(): AsyncGenerator<Found> {
  const [row] = await db.$queryRaw<{ n: bigint | number }[]>`SELECT COUNT(*) AS "n"
    FROM "ThreadReference" WHERE "threadId" = '' OR "reference" = ''`;
  if (Number(row?.n ?? 0) === 0) return;
  yield {
    kind: 'thread-reference-empty',
    text: `${row!.n} references to threads name none.`,
    mend: async () => {
      const gone = await write(
        (tx) =>
          tx.$executeRaw`DELETE FROM "ThreadReference" WHERE "threadId" = '' OR "reference" = ''`,
      );
      return `${gone} rows were removed; the next message of the thread makes them again.`;
    },
  };
}

async function* lookAtBodyRows(table: string): AsyncGenerator<Found> {
  const name = raw(`"${table}"`);
  const pages = readPages<{ blobId: number }>(
    (last) => sql`SELECT o."blobId" FROM ${name} o WHERE o."blobId" > ${last?.blobId ?? 0}
      AND NOT EXISTS (SELECT 1 FROM "Blob" l WHERE l."id" = o."blobId")
      ORDER BY o."blobId" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    for (const { blobId } of rows) {
      const isBytes = table === 'BlobBytes';
      yield {
        kind: isBytes ? 'bytes-without-body' : 'rendering-without-body',
        blobId,
        text: `A row of ${table} belongs to body ${blobId}, which has no row.`,
        mend: () => (isBytes ? restoreBody(blobId) : removeBodyRow(table, blobId)),
      };
    }
  }
}

async function removeBodyRow(table: string, blobId: number): Promise<string> {
  await write(
    (tx) => tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)} WHERE "blobId" = ${blobId}
      AND NOT EXISTS (SELECT 1 FROM "Blob" WHERE "Blob"."id" = ${blobId})`,
  );
  return 'It was removed.';
}

/** The bytes say all that the row said. Where the body is known under another number, messages go there. */
async function restoreBody(id: number): Promise<string | null> {
  const [found] = await db.$queryRaw<{ bytes: Uint8Array }[]>`SELECT "bytes" FROM "BlobBytes"
    WHERE "blobId" = ${id}`;
  if (!found) return null;
  const bytes = toBuffer(found.bytes);
  const hash = createHash('sha256').update(bytes).digest('hex');
  return write(async (tx) => {
    const twin = await tx.blob.findUnique({ where: { hash } });
    if (twin) {
      await tx.$executeRaw`UPDATE "Message" SET "blobId" = ${twin.id} WHERE "blobId" = ${id}`;
      await tx.$executeRaw`UPDATE "QueueMessage" SET "blobId" = ${twin.id} WHERE "blobId" = ${id}`;
      for (const table of bodyTables) {
        await tx.$executeRaw`DELETE FROM ${raw(`"${table}"`)} WHERE "blobId" = ${id}`;
      }
      return `The body is ${twin.id}; what pointed here points there.`;
    }
    await tx.$executeRaw`INSERT INTO "Blob" ("id", "hash", "sizeBytes", "place", "createdAt")
      VALUES (${id}, ${hash}, ${bytes.length}, 'row', ${now()})`;
    return 'The row of the body was made again from its bytes.';
  });
}
