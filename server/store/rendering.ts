// What is computed of a blob once, on arrival (lib/mail/facts.ts), as rows: what FETCH answers with, what
// lists show, what SEARCH looks into.
import type { Tx } from '#lib/db.ts';
import { FACTS_VERSION, type MessageFacts } from '#lib/mail/facts.ts';

/** Inserts the rendering of a new blob; does nothing where there is one. */
export async function insertRendering(tx: Tx, blobId: string, facts: MessageFacts): Promise<void> {
  await tx.$executeRaw`INSERT INTO "Rendering" ("blobId", "version", "envelope", "bodyStructure", "body",
      "header", "parts", "baseSubject", "subject", "fromText", "toText", "ccText", "sentAt", "messageId",
      "preview", "hasAttachments")
    VALUES (${blobId}, ${FACTS_VERSION}, ${facts.envelope}, ${facts.bodyStructure},
      ${facts.body}, ${facts.header}, ${JSON.stringify(facts.parts)},
      ${toText(facts.baseSubject.toLowerCase())}, ${toText(facts.subject)}, ${toText(facts.fromText)},
      ${toText(facts.toText)}, ${toText(facts.ccText)}, ${facts.sentAt}, ${toText(facts.messageId)},
      ${toText(facts.preview)}, ${facts.hasAttachments})
    ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`INSERT INTO "RenderingText" ("blobId", "header", "body")
    VALUES (${blobId}, ${toText(facts.headerText)}, ${toText(facts.bodyText)}) ON CONFLICT DO NOTHING`;
}

/** Text that both databases can keep: PostgreSQL has no NUL, UTF-8 no lone surrogate. */
function toText(text: string): string {
  return text.replaceAll('\u0000', '').toWellFormed();
}
