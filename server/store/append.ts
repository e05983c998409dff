// New messages in mailboxes: one row each, everything in one transaction (RFC 3502 §6.3.11: all or none).
// Whoever appends at the same time shares not only the commit but the statements: a statement costs more
// here than the row it writes.
import { isAscii } from 'node:buffer';
import { now } from '#lib/clock.ts';
import { insertRows, type Sql, sql, type Tx, writeTogether } from '#lib/db.ts';
import { isRefusal, type Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { insertBlobs, type StagedBody } from './bodies/blobs.ts';
import { FLAG, reshapedBit } from './flag-bits.ts';
import { pokeMailbox } from './journal.ts';
import { joinKeywords } from './keywords.ts';
import { type Ledger, openLedger, type Place } from './ledger.ts';
import { joinThreads } from './threads.ts';
import { startLoop } from './turn.ts';

export type NewMessage = {
  body: StagedBody;
  /** Trace header of this copy, whole lines with CRLF; stands before the body. */
  prefix: Buffer;
  /** Bits of FLAG. */
  flags: number;
  keywords: string[];
  internalDate: Date;
  /** For imports and restores: a UID to keep, if no UID of the mailbox has reached it; else the next one is given. */
  uid?: number;
  /** For restores and for warnings that the mailbox is nearly full: stored also where the quota is used up. */
  mayExceedQuota?: boolean;
};

/** A message and the mailbox it goes to. */
export type NewCopy = NewMessage & { accountId: string; mailboxId: string };

export type Stored = { uid: number; uidValidity: number; emailId: string; threadId: string };

export type Appended = {
  uidValidity: number;
  uids: number[];
  emailIds: string[];
  threadIds: string[];
};

const appendTogether = writeTogether<NewCopy[], Stored[]>(appendAllIn);

/** Adds at least one message, durable when it resolves. Refusal 'not-found', 'over-quota', 'invalid', 'limit'. */
export async function appendMessages(
  accountId: string,
  mailboxId: string,
  messages: NewMessage[],
): Promise<Appended> {
  const stored = await appendTogether(
    messages.map((message) => ({ ...message, accountId, mailboxId })),
  );
  pokeMailbox(accountId, mailboxId);
  return {
    uidValidity: stored[0]!.uidValidity,
    uids: stored.map(({ uid }) => uid),
    emailIds: stored.map(({ emailId }) => emailId),
    threadIds: stored.map(({ threadId }) => threadId),
  };
}

/**
 * Adds one message inside a step of the caller, who calls `pokeMailbox` after the commit. Inserts the blob
 * too. A Refusal ('not-found', 'over-quota') leaves nothing behind: the step may go on with others.
 */
export async function appendIn(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  message: NewMessage,
): Promise<Stored> {
  const [outcome] = await appendAllIn(tx, [[{ ...message, accountId, mailboxId }]]);
  if (!Array.isArray(outcome)) throw outcome;
  return outcome[0]!;
}

/**
 * Adds the copies of many requests inside a step of the caller, who pokes after the commit. Each request gets
 * all of its copies, in their order, or a Refusal and none; then it has left nothing.
 */
export async function appendAllIn(tx: Tx, requests: NewCopy[][]): Promise<(Stored[] | Refusal)[]> {
  const ledger = await openLedger(tx, requests.flat());
  const taken = requests.map((copies) => takePlaces(ledger, copies));
  const placed = taken.flatMap((copies) => (Array.isArray(copies) ? copies : []));
  if (placed.length > 0) {
    await ledger.save();
    const loop = startLoop();
    const blobIds = await insertBlobs(
      tx,
      placed.map(({ copy }) => copy.body),
    );
    await loop.pause();
    await joinThreads(tx, placed);
    await insertMessages(tx, placed, blobIds);
  }
  return taken.map((copies) => (Array.isArray(copies) ? copies.map(toStored) : copies));
}

type Placed = Place & {
  copy: NewCopy;
  accountId: string;
  facts: StagedBody['facts'];
  sizeBytes: number;
  keywords: string;
  emailId: string;
  /** Filled in by joinThreads. */
  threadId: string;
};

function takePlaces(ledger: Ledger, copies: NewCopy[]): Placed[] | Refusal {
  try {
    const keywords = copies.map((copy) => joinKeywords(copy.keywords));
    const arrivals = copies.map(({ prefix, body, flags, ...copy }) => ({
      accountId: copy.accountId,
      mailboxId: copy.mailboxId,
      sizeBytes: prefix.length + body.sizeBytes,
      isSeen: (flags & FLAG.seen) !== 0,
      uid: copy.uid,
      mayExceedQuota: copy.mayExceedQuota,
    }));
    return ledger.take(arrivals).map((place, index) => {
      const copy = copies[index]!;
      return {
        ...place,
        copy,
        accountId: copy.accountId,
        facts: copy.body.facts,
        sizeBytes: arrivals[index]!.sizeBytes,
        keywords: keywords[index]!,
        emailId: newId(),
        threadId: newId(),
      };
    });
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

function toStored({ uid, uidValidity, emailId, threadId }: Placed): Stored {
  return { uid, uidValidity, emailId, threadId };
}

function bitsOf({ flags, prefix, body }: NewCopy): number {
  const isReshaped = !body.facts.isInLineForm || !isAscii(prefix);
  return isReshaped ? flags | reshapedBit : flags;
}

async function insertMessages(
  tx: Tx,
  placed: Placed[],
  blobIds: Map<string, number>,
): Promise<void> {
  const savedAt = now();
  const toRow = ({
    copy,
    ...own
  }: Placed): Sql => sql`(${copy.accountId}, ${copy.mailboxId}, ${own.uid},
    ${own.modseq}, ${own.emailId}, ${own.threadId}, ${blobIds.get(copy.body.hash)}, ${copy.prefix}, ${own.sizeBytes},
    ${bitsOf(copy)}, ${own.keywords}, ${copy.internalDate}, ${savedAt})`;
  const into = sql`INSERT INTO "Message" ("accountId", "mailboxId", "uid", "modseq", "emailId", "threadId",
    "blobId", "prefix", "sizeBytes", "flags", "keywords", "internalDate", "savedAt")`;
  await insertRows(tx, into, placed.map(toRow));
}
