// The queue's two halves belong together, and each message has its body.
import { db, sql, write } from '#lib/db.ts';
import { type Look, readPages } from './finding.ts';

type MessageRow = Record<'prefixBytes' | 'sizeBytes' | 'recipients', bigint | number> & {
  id: string;
  blobId: number;
  blobBytes: bigint | number | null;
};

const pageSize = 200;

/** Queued messages and recipients. */
export const lookAtQueue: Look = async function* () {
  const pages = readPages<MessageRow>(
    (last) => sql`SELECT q."id", q."blobId", LENGTH(q."prefix") AS "prefixBytes", q."sizeBytes",
        l."sizeBytes" AS "blobBytes",
        (SELECT COUNT(*) FROM "QueueRecipient" r WHERE r."messageId" = q."id") AS "recipients"
      FROM "QueueMessage" q LEFT JOIN "Blob" l ON l."id" = q."blobId"
      WHERE q."id" > ${last?.id ?? ''} ORDER BY q."id" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) {
    for (const { id, blobId, blobBytes, prefixBytes, sizeBytes, recipients } of rows) {
      if (Number(recipients) === 0) {
        const text = `Queued message ${id} has no recipient left; the clean-up removes it.`;
        yield { kind: 'queued-without-recipients', text, isNote: true };
        continue;
      }
      if (blobBytes === null) {
        const text = `The body of queued message ${id} has no row; drop it with "drey queue rm" and tell its sender.`;
        yield { kind: 'queued-body-lost', blobId, text };
        continue;
      }
      const real = Number(prefixBytes) + Number(blobBytes);
      if (Number(sizeBytes) === real) continue;
      yield {
        kind: 'queued-size',
        blobId,
        text: `Queued message ${id} has ${real} bytes, its row says ${sizeBytes}.`,
        mend: () =>
          write(async (tx) => {
            await tx.$executeRaw`UPDATE "QueueMessage" SET "sizeBytes" = ${real} WHERE "id" = ${id}`;
            return 'Its size was set right.';
          }),
      };
    }
  }
  yield* lookAtRecipients();
};

async function* lookAtRecipients() {
  // Finished ones vanish with their message in one transaction, so there are never many.
  const rows = await db.$queryRaw<{ id: string; messageId: string }[]>`
    SELECT r."id", r."messageId" FROM "QueueRecipient" r
    WHERE NOT EXISTS (SELECT 1 FROM "QueueMessage" q WHERE q."id" = r."messageId")
    ORDER BY r."id" LIMIT 1000`;
  for (const { id, messageId } of rows) {
    yield {
      kind: 'recipient-without-message',
      text: `Queued recipient ${id} belongs to message ${messageId}, which does not exist.`,
      mend: () =>
        write(async (tx) => {
          await tx.$executeRaw`DELETE FROM "QueueRecipient" WHERE "id" = ${id}
            AND NOT EXISTS (SELECT 1 FROM "QueueMessage" WHERE "QueueMessage"."id" = ${messageId})`;
          return 'It was removed: there is nothing to send.';
        }),
    };
  }
}
