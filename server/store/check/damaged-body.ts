// A body that cannot be served: each message that points to it is named, and with --repair taken out of the
// way; what is left of the body is kept below <data>/damaged.
import { db, sql, write } from '#lib/db.ts';
import { blobPath } from '../bodies/blob-files.ts';
import { toBuffer } from '../bodies/blobs.ts';
import type { BodyRow, Kept } from './body-row.ts';
import { type Found, readPages } from './finding.ts';
import { moveAside, saveAside, setMessageAside } from './set-aside.ts';

type UserRow = {
  accountId: string;
  mailboxId: string;
  uid: bigint | number;
  mailbox: string;
};

const pageSize = 200;

/** The body's messages one by one, then the body. */
export async function* lookAtDamagedBody(row: BodyRow, kept: Kept): AsyncGenerator<Found> {
  const { id, hash } = row;
  const state = kept === 'missing' ? 'lost' : 'damaged';
  const pages = readPages<UserRow>(
    (
      last,
    ) => sql`SELECT m."accountId", m."mailboxId", m."uid", b."name" AS "mailbox" FROM "Message" m
      JOIN "Mailbox" b ON b."accountId" = m."accountId" AND b."id" = m."mailboxId"
      WHERE m."blobId" = ${id} AND (m."accountId", m."mailboxId", m."uid") >
        (${last?.accountId ?? ''}, ${last?.mailboxId ?? ''}, ${Number(last?.uid ?? 0)})
      ORDER BY m."accountId", m."mailboxId", m."uid" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    for (const { accountId, mailboxId, mailbox, uid } of rows) {
      yield {
        kind: `message-body-${state}`,
        accountId,
        mailbox,
        uid: Number(uid),
        blobId: id,
        text: `The body of message ${uid} is ${state}.`,
        mend: () => setMessageAside(accountId, mailboxId, Number(uid)),
      };
    }
  }
  yield {
    kind: `body-${state}`,
    blobId: id,
    text: `Body ${hash.slice(0, 12)}… (${row.sizeBytes} bytes, ${row.place}) is ${state}.`,
    mend: () => removeBody(row, kept),
  };
  yield* lookAtQueued(id, state);
}

/** The row goes once nothing points to it; its bytes are kept. */
async function removeBody({ id, hash, place }: BodyRow, kept: Kept): Promise<string | null> {
  const users = await db.$queryRaw<{ n: bigint | number }[]>`SELECT
    (SELECT COUNT(*) FROM "Message" WHERE "blobId" = ${id}) +
    (SELECT COUNT(*) FROM "QueueMessage" WHERE "blobId" = ${id}) AS "n"`;
  if (Number(users[0]!.n) > 0) return null;
  let path = '';
  if (kept !== 'missing') path = await keepBytes(id, hash, place);
  await write(async (tx) => {
    await tx.$executeRaw`DELETE FROM "Blob" WHERE "id" = ${id}
      AND NOT EXISTS (SELECT 1 FROM "Message" WHERE "blobId" = ${id})
      AND NOT EXISTS (SELECT 1 FROM "QueueMessage" WHERE "blobId" = ${id})`;
    for (const table of [sql`"BlobBytes"`, sql`"Rendering"`, sql`"RenderingText"`]) {
      await tx.$executeRaw`DELETE FROM ${table} WHERE "blobId" = ${id}
        AND NOT EXISTS (SELECT 1 FROM "Blob" WHERE "Blob"."id" = ${id})`;
    }
  });
  return path === '' ? 'Its row is gone.' : `What is left of it is ${path}.`;
}

async function keepBytes(id: number, hash: string, place: string): Promise<string> {
  if (place === 'file') return moveAside(blobPath(hash), `body-${hash}`);
  const [row] = await db.$queryRaw<{ bytes: Uint8Array }[]>`SELECT "bytes" FROM "BlobBytes"
    WHERE "blobId" = ${id}`;
  return row ? saveAside(`body-${hash}`, toBuffer(row.bytes)) : '';
}

/** Mail that waits to be sent with that body: nobody can send it, and only a person can say so to its sender. */
async function* lookAtQueued(blobId: number, state: string): AsyncGenerator<Found> {
  const rows = await db.$queryRaw<{ id: string }[]>`SELECT "id" FROM "QueueMessage"
    WHERE "blobId" = ${blobId} ORDER BY "id"`;
  for (const { id } of rows) {
    yield {
      kind: 'queued-body-lost',
      blobId,
      text: `The body of queued message ${id} is ${state}; drop it with "drey queue rm" and tell its sender.`,
    };
  }
}
