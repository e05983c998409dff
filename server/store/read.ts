// Messages as they are fetched: the row of this copy, the rendering of its body, the bytes. Every query is
// led by the account; a UID that is not there is left out, never an error (RFC 3501 §6.4.8). What was expunged
// is found in the twin of its mailbox, so that a session which was not told yet can go on reading (RFC 2180 §4.1).
import { db, raw } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { FACTS_VERSION } from '#lib/mail/facts.ts';
import { type Part, shiftPart } from '#lib/mail/mime.ts';
import { readBlob, readSmallBlobs, toBuffer } from './bodies/blobs.ts';
import { renderOutdated } from './bodies/render-outdated.ts';
import { withKept } from './deleted/read-kept.ts';
import { type Entry, toEntry } from './journal.ts';
import { nextTurn } from './turn.ts';
import { chunkUids } from './uid-condition.ts';

const renderedPerQuery = 200;
const maxPortionBytes = 8 * 1024 * 1024;

export type StoredMessage = Entry & {
  emailId: string;
  threadId: string;
  blobId: number;
  /** Trace header of this copy; the message's bytes are this and then the blob. */
  prefix: Buffer;
  /** Prefix and blob together. */
  sizeBytes: number;
  internalDate: Date;
  savedAt: Date;
};

export type RenderedMessage = StoredMessage & {
  /** Finished IMAP texts. */
  envelope: Buffer;
  bodyStructure: Buffer;
  body: Buffer;
  /** Header block of the blob with its empty line; the prefix stands before it. */
  header: Buffer;
  preview: string;
};

type MessageRow = Record<'uid' | 'modseq' | 'flags' | 'sizeBytes', bigint | number> &
  Record<'keywords' | 'emailId' | 'threadId', string> & { blobId: number } & Record<
    'internalDate' | 'savedAt',
    Date
  > & { prefix: Uint8Array };
type RenderedRow = MessageRow &
  Record<'envelope' | 'bodyStructure' | 'body' | 'header', Uint8Array | null> & {
    preview: string | null;
    version: number | null;
  };

const messageColumns = raw(
  [
    ...['uid', 'modseq', 'flags', 'keywords', 'emailId', 'threadId', 'blobId', 'prefix'],
    ...['sizeBytes', 'internalDate', 'savedAt'],
  ]
    .map((column) => `"Message"."${column}"`)
    .join(', '),
);

function toStored(row: MessageRow): StoredMessage {
  return {
    ...toEntry(row),
    emailId: row.emailId,
    threadId: row.threadId,
    blobId: Number(row.blobId),
    prefix: toBuffer(row.prefix),
    sizeBytes: Number(row.sizeBytes),
    internalDate: row.internalDate,
    savedAt: row.savedAt,
  };
}

/**
 * The rows of those UIDs that exist, by UID. One that was expunged and is kept is given as it was, with \\Deleted
 * and the MODSEQ of its expunge.
 */
export function readMessages(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<StoredMessage[]> {
  return withKept(accountId, mailboxId, uids, selectMessages);
}

async function selectMessages(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<StoredMessage[]> {
  const messages: StoredMessage[] = [];
  for (const chunk of chunkUids(uids)) {
    if (messages.length > 0) await nextTurn();
    const rows = await db.$queryRaw<MessageRow[]>`SELECT ${messageColumns} FROM "Message"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}
      ORDER BY "uid"`;
    for (const row of rows) messages.push(toStored(row));
  }
  return messages;
}

/** The same with what was rendered on arrival. Wide rows: ask for some hundred UIDs at a time. */
export function readRendered(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<RenderedMessage[]> {
  return withKept(accountId, mailboxId, uids, selectRendered);
}

async function selectRendered(
  accountId: string,
  mailboxId: string,
  uids: number[],
): Promise<RenderedMessage[]> {
  const messages: RenderedMessage[] = [];
  for (const chunk of chunkUids(uids, renderedPerQuery)) {
    if (messages.length > 0) await nextTurn();
    const select = () => db.$queryRaw<
      RenderedRow[]
    >`SELECT ${messageColumns}, "Rendering"."envelope",
      "Rendering"."bodyStructure", "Rendering"."body", "Rendering"."header", "Rendering"."preview",
      "Rendering"."version"
      FROM "Message" LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}
      ORDER BY "uid"`;
    let rows = await select();
    const outdated = rows.filter((row) => row.version !== FACTS_VERSION).map((row) => row.blobId);
    if (outdated.length > 0) {
      await renderOutdated(new Set(outdated));
      rows = await select();
    }
    for (const row of rows) {
      messages.push({
        ...toStored(row),
        envelope: toBuffer(row.envelope),
        bodyStructure: toBuffer(row.bodyStructure),
        body: toBuffer(row.body),
        header: toBuffer(row.header),
        preview: row.preview ?? '',
      });
    }
  }
  return messages;
}

/**
 * `readRendered` in portions of bounded size, in the order of UIDs: a hostile header has up to 10 MB, and a
 * folder may be full of them. Each portion is to be used and dropped before the next one is asked for.
 */
export async function* readRenderedPortions(
  accountId: string,
  mailboxId: string,
  uids: number[],
): AsyncGenerator<RenderedMessage[]> {
  for (const chunk of chunkUids(uids, renderedPerQuery)) {
    const rows = await db.$queryRaw<Record<'uid' | 'bytes', bigint | number>[]>`SELECT "uid",
      LENGTH("header") + LENGTH("envelope") + LENGTH("bodyStructure") AS "bytes" FROM "Message"
      LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND ${chunk.condition}
      ORDER BY "uid"`;
    let portion: number[] = [];
    let bytes = 0;
    for (const row of rows) {
      if (portion.length > 0 && bytes + Number(row.bytes) > maxPortionBytes) {
        yield await readRendered(accountId, mailboxId, portion);
        portion = [];
        bytes = 0;
      }
      portion.push(Number(row.uid));
      bytes += Number(row.bytes);
    }
    if (portion.length > 0) yield await readRendered(accountId, mailboxId, portion);
    await nextTurn();
  }
}

/** The octets of a message exactly as they came, behind its prefix. Refusal 'not-found'. */
export async function readBytes(
  message: Pick<StoredMessage, 'blobId' | 'prefix'>,
): Promise<Buffer> {
  const body = await readBlob(message.blobId);
  return message.prefix.length === 0 ? body : Buffer.concat([message.prefix, body]);
}

/** `readBytes` of those of the messages that can be read together, by UID. */
export async function readBytesTogether(
  messages: Pick<StoredMessage, 'uid' | 'blobId' | 'prefix' | 'sizeBytes'>[],
): Promise<Map<number, Buffer>> {
  const blobs = await readSmallBlobs(
    messages.map(({ blobId, prefix, sizeBytes }) => {
      return { blobId, sizeBytes: sizeBytes - prefix.length };
    }),
  );
  const found = new Map<number, Buffer>();
  for (const { uid, blobId, prefix } of messages) {
    const body = blobs.get(blobId);
    if (body) found.set(uid, prefix.length === 0 ? body : Buffer.concat([prefix, body]));
  }
  return found;
}

/** The MIME parts; offsets count from the prefix's first byte. Refusal 'not-found'. */
export async function readParts(message: Pick<StoredMessage, 'blobId' | 'prefix'>): Promise<Part> {
  const rendering = await db.rendering.findUnique({
    where: { blobId: message.blobId },
    select: { parts: true },
  });
  if (!rendering) throw new Refusal('not-found', 'There is no such body.');
  return shiftPart(JSON.parse(rendering.parts) as Part, message.prefix.length);
}
