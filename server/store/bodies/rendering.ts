// What is computed of a blob once, on arrival (lib/mail/facts.ts), as rows: what FETCH answers with, what
// lists show, what SEARCH looks into.
import { cutRows, insertRows, join, sql, type Tx, write } from '#lib/db.ts';
import { FACTS_VERSION, type MessageFacts } from '#lib/mail/facts.ts';
import { foldText } from '../fold.ts';
import { findFacts } from './facts-worker.ts';

const earliest = Date.UTC(1900, 0);
const latest = Date.UTC(9999, 0);

export type Rendered = { blobId: number; facts: MessageFacts };

/** Inserts the renderings of new blobs; does nothing where there is one. */
export async function insertRenderings(tx: Tx, rendered: Rendered[]): Promise<void> {
  const into = sql`INSERT INTO "Rendering" ("blobId", "version", "hasAttachments", "sentAt", "messageId",
    "baseSubject", "subject", "fromText", "toText", "ccText", "preview", "envelope", "bodyStructure", "body",
    "parts", "header")`;
  const rows = rendered.map(
    ({ blobId, facts }) => sql`(${blobId}, ${FACTS_VERSION}, ${facts.hasAttachments},
      ${toDate(facts.sentAt)}, ${toText(facts.messageId)}, ${toText(facts.baseSubject.toLowerCase())},
      ${toText(facts.subject)}, ${toText(facts.fromText)}, ${toText(facts.toText)}, ${toText(facts.ccText)},
      ${toText(facts.preview)}, ${facts.envelope}, ${facts.bodyStructure}, ${facts.body},
      ${JSON.stringify(facts.parts)}, ${facts.header})`,
  );
  await insertRows(tx, into, rows, onceOnly);
  const intoText = sql`INSERT INTO "RenderingText" ("blobId", "header", "body")`;
  const texts = rendered.map(
    ({ blobId, facts }) =>
      sql`(${blobId}, ${foldText(toText(facts.headerText))}, ${foldText(toText(facts.bodyText))})`,
  );
  await insertRows(tx, intoText, texts, onceOnly);
}

const onceOnly = sql`ON CONFLICT DO NOTHING`;

/**
 * Computes the rendering of a blob anew, where an older version of lib/mail/facts.ts made it or none did.
 * `bytes` are the blob's.
 */
export async function renderAgain(blobId: number, bytes: Buffer): Promise<void> {
  await replaceRenderings([{ blobId, facts: await findFacts(bytes) }]);
}

/** Puts new renderings in place of what there is; of blobs that are gone meanwhile nothing is kept. */
export async function replaceRenderings(rendered: Rendered[]): Promise<void> {
  // In order, so that two processes never wait for each other.
  const sorted = rendered.toSorted((one, other) => one.blobId - other.blobId);
  await write(async (tx) => {
    const alive = new Set<number>();
    for (const part of cutRows(sorted.map(({ blobId }) => sql`${blobId}`))) {
      const rows = await tx.$queryRaw<{ id: number }[]>`SELECT "id" FROM "Blob"
        WHERE "id" IN (${join(part)})`;
      for (const { id } of rows) alive.add(Number(id));
      await tx.$executeRaw`DELETE FROM "Rendering" WHERE "blobId" IN (${join(part)})`;
      await tx.$executeRaw`DELETE FROM "RenderingText" WHERE "blobId" IN (${join(part)})`;
    }
    await insertRenderings(
      tx,
      sorted.filter(({ blobId }) => alive.has(blobId)),
    );
  });
}

/** A moment that both databases can keep: a hostile Date field may name any year. */
function toDate(date: Date | null): Date | null {
  const time = date?.getTime() ?? Number.NaN;
  return time >= earliest && time < latest ? date : null;
}

/** Text that both databases can keep: PostgreSQL has no NUL, UTF-8 no lone surrogate. */
function toText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
