// The numbers that arriving messages take: UIDs, MODSEQs, counters of mailboxes, quota of accounts and domains.
// Read and locked once for many messages, reckoned in memory, written back once: within one step of a transaction.
//
// Invariants: the order of locks is mailboxes (by account and id), accounts, domains with limits (quota.ts), as
// everywhere in the store; a request that is refused has taken nothing.
import { cutRows, join, sql, type Tx } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import { coverUids, type LogEntry, logChanges } from './change-log.ts';
import { isRecoverable } from './mailbox-name.ts';
import {
  lastUid,
  type Mailbox,
  type MailboxRow,
  mailboxColumns,
  toMailbox,
} from './mailbox-row.ts';
import { findExcess, lockQuotas, type Quota } from './quota/quota.ts';
import { startLoop } from './turn.ts';

/** A message that wants a place. */
export type Arrival = {
  accountId: string;
  mailboxId: string;
  sizeBytes: number;
  isSeen: boolean;
  /** A UID it had elsewhere: taken where no UID of the mailbox has reached it yet, else the next one is given. */
  uid?: number;
  /** Counts, but is not refused where the room is used up. */
  mayExceedQuota?: boolean;
};

export type Place = { uid: number; modseq: number; uidValidity: number };

type Moved = Record<'messages' | 'unseen' | 'sizeBytes' | 'modseqs' | 'uids', number>;
/** `log`: an entry for each MODSEQ that was taken. */
type MailboxEntry = { mailbox: Mailbox; moved: Moved; log: LogEntry[] };
/** `quota` runs ahead with what was taken; accounts of one domain share the domain's. */
type AccountEntry = { quota: Quota; moved: Moved };

export type Ledger = {
  /**
   * Places for all arrivals of a request, whose messages in one mailbox are one change and have ascending UIDs.
   * Refusal 'not-found', 'forbidden' (deleted messages' mailbox), 'over-quota', 'limit', 'invalid' (a UID that is none).
   */
  take(arrivals: Arrival[]): Place[];
  /** Writes what was taken. */
  save(): Promise<void>;
};

/** Reads and locks the rows that messages for these mailboxes will move. */
export async function openLedger(
  tx: Tx,
  wanted: { accountId: string; mailboxId: string }[],
): Promise<Ledger> {
  const mailboxes = new Map<string, MailboxEntry>();
  const accounts = new Map<string, AccountEntry>();
  const keys = new Map(wanted.map((one) => [keyOf(one.accountId, one.mailboxId), one]));
  // In order, so that two processes never wait for each other.
  const sorted = [...keys].sort(([one], [other]) => (one < other ? -1 : 1));
  for (const part of cutRows(sorted.map(([, one]) => sql`(${one.accountId}, ${one.mailboxId})`))) {
    const rows = await tx.$queryRaw<MailboxRow[]>`SELECT ${mailboxColumns} FROM "Mailbox"
      WHERE ("accountId", "id") IN (VALUES ${join(part)})
      ORDER BY "accountId", "id" ${lockRows()}`;
    for (const row of rows) {
      const mailbox = toMailbox(row);
      mailboxes.set(keyOf(row.accountId, row.id), { mailbox, moved: nothing(), log: [] });
    }
  }
  const quotas = await lockQuotas(
    tx,
    [...mailboxes.values()].map(({ mailbox }) => mailbox.accountId),
  );
  for (const [id, quota] of quotas) accounts.set(id, { quota, moved: nothing() });
  return {
    take: (arrivals) => takePlaces(mailboxes, accounts, arrivals),
    save: () => saveMoved(tx, mailboxes, accounts),
  };
}

function nothing(): Moved {
  return { messages: 0, unseen: 0, sizeBytes: 0, modseqs: 0, uids: 0 };
}

function keyOf(accountId: string, mailboxId: string): string {
  return `${accountId} ${mailboxId}`;
}

function takePlaces(
  mailboxes: Map<string, MailboxEntry>,
  accounts: Map<string, AccountEntry>,
  arrivals: Arrival[],
): Place[] {
  const found = arrivals.map((arrival) => {
    const entry = mailboxes.get(keyOf(arrival.accountId, arrival.mailboxId));
    const account = accounts.get(arrival.accountId);
    if (!entry || !account) throw new Refusal('not-found', 'There is no such mailbox.');
    if (isRecoverable(entry.mailbox.name)) {
      throw new Refusal('forbidden', 'Only deleted messages go there, by being deleted.');
    }
    return { arrival, account, ...entry };
  });
  const uids = chooseUids(found);
  takeRoom(found);
  logArrivals(found, uids);
  return found.map(({ arrival, account, mailbox, moved }, index) => {
    const uid = uids[index]!;
    moved.uids = uid + 1 - mailbox.uidNext;
    const place = {
      uid,
      modseq: mailbox.highestModseq + moved.modseqs,
      uidValidity: mailbox.uidValidity,
    };
    for (const each of [moved, account.moved]) {
      each.messages++;
      each.sizeBytes += arrival.sizeBytes;
      if (!arrival.isSeen) each.unseen++;
    }
    return place;
  });
}

/** The request's messages in a mailbox take one MODSEQ. */
function logArrivals(found: MailboxEntry[], uids: readonly number[]): void {
  const arrived = new Map<MailboxEntry['log'], number[]>();
  for (const [index, { mailbox, moved, log }] of found.entries()) {
    const known = arrived.get(log);
    if (known) known.push(uids[index]!);
    else {
      arrived.set(log, [uids[index]!]);
      moved.modseqs++;
      const { accountId, id: mailboxId } = mailbox;
      const modseq = mailbox.highestModseq + moved.modseqs;
      log.push({ accountId, mailboxId, modseq, ranges: [], hasGone: false });
    }
  }
  for (const [log, ascending] of arrived) log.at(-1)!.ranges = coverUids(ascending);
}

/** Counts the arrivals where all of them fit, else none. */
function takeRoom(found: { arrival: Arrival; account: AccountEntry }[]): void {
  for (const { arrival, account } of found) use(account.quota, arrival.sizeBytes, 1);
  for (const { arrival, account } of found) {
    const excess = arrival.mayExceedQuota ? null : findExcess(account.quota, 0, 0);
    if (!excess) continue;
    for (const { arrival, account } of found) use(account.quota, -arrival.sizeBytes, -1);
    throw new Refusal('over-quota', excess);
  }
}

function use(quota: Quota, sizeBytes: number, messages: number): void {
  for (const room of quota.domain ? [quota, quota.domain] : [quota]) {
    room.usedBytes += sizeBytes;
    room.usedMessages += messages;
  }
}

/** The UID of each arrival: the one it asks for or the next of its mailbox, whichever is higher. Moves nothing. */
function chooseUids(found: (MailboxEntry & { arrival: Arrival })[]): number[] {
  const nextUids = new Map<MailboxEntry['moved'], number>();
  return found.map(({ arrival, mailbox, moved }) => {
    if (arrival.uid !== undefined && !(Number.isInteger(arrival.uid) && arrival.uid > 0)) {
      throw new Refusal('invalid', 'A UID is a number from 1 on.');
    }
    const uid = Math.max(nextUids.get(moved) ?? mailbox.uidNext + moved.uids, arrival.uid ?? 0);
    if (uid >= lastUid) throw new Refusal('limit', 'The mailbox has no UIDs left.');
    nextUids.set(moved, uid + 1);
    return uid;
  });
}

async function saveMoved(
  tx: Tx,
  mailboxes: Map<string, MailboxEntry>,
  accounts: Map<string, AccountEntry>,
): Promise<void> {
  const mailboxRows = [...mailboxes.values()].flatMap(({ mailbox, moved }) =>
    moved.messages === 0
      ? []
      : [
          sql`(${mailbox.accountId}, ${mailbox.id}, ${numbers(moved, ['messages', 'unseen', 'sizeBytes', 'modseqs', 'uids'])})`,
        ],
  );
  const loop = startLoop();
  // Both databases name the columns of VALUES "column1", "column2", …
  for (const part of cutRows(mailboxRows)) {
    await tx.$executeRaw`UPDATE "Mailbox" SET "uidNext" = "uidNext" + v.column7,
      "messages" = "messages" + v.column3, "unseen" = "unseen" + v.column4,
      "sizeBytes" = "sizeBytes" + v.column5, "highestModseq" = "highestModseq" + v.column6
      FROM (VALUES ${join(part)}) AS v
      WHERE "Mailbox"."accountId" = v.column1 AND "Mailbox"."id" = v.column2`;
    await loop.pause();
  }
  await logChanges(
    tx,
    [...mailboxes.values()].flatMap(({ log }) => log),
  );
  const accountRows = [...accounts].flatMap(([id, { moved }]) =>
    moved.messages === 0 ? [] : [sql`(${id}, ${numbers(moved, ['messages', 'sizeBytes'])})`],
  );
  for (const part of cutRows(accountRows)) {
    await tx.$executeRaw`UPDATE "Account" SET "usedMessages" = "usedMessages" + v.column2,
      "usedBytes" = "usedBytes" + v.column3
      FROM (VALUES ${join(part)}) AS v WHERE "Account"."id" = v.column1`;
    await loop.pause();
  }
}

/** PostgreSQL takes a parameter in VALUES for text, unless told. */
function numbers(moved: Moved, names: (keyof Moved)[]) {
  return join(names.map((name) => sql`CAST(${moved[name]} AS BIGINT)`));
}
