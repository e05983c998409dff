// The numbers that arriving messages take: UIDs, MODSEQs, counters of mailboxes, quota of accounts. Read and
// locked once for many messages, reckoned in memory, written back once: within one step of a transaction.
//
// Invariants: the order of locks is mailboxes (by account and id), then accounts, as everywhere in the store;
// a request that is refused has taken nothing.
import { cutRows, join, raw, sql, type Tx } from '#lib/db.ts';
import { lockRows } from '#lib/dialect/index.ts';
import { Refusal } from '#lib/errors.ts';
import {
  lastUid,
  type Mailbox,
  type MailboxRow,
  mailboxColumnNames,
  toMailbox,
} from './mailbox-row.ts';
import { limitColumn } from './quota.ts';
import { nextTurn } from './turn.ts';

/** A message that wants a place. */
export type Arrival = {
  accountId: string;
  mailboxId: string;
  sizeBytes: number;
  isSeen: boolean;
  /** A UID it had elsewhere: taken where no UID of the mailbox has reached it yet, else the next one is given. */
  uid?: number;
};

export type Place = { uid: number; modseq: number; uidValidity: number };

type Moved = { messages: number; unseen: number; sizeBytes: number; modseqs: number; uids: number };
type MailboxEntry = { mailbox: Mailbox; moved: Moved };
type AccountEntry = { limitBytes: number; usedBytes: number; moved: Moved };

export type Ledger = {
  /**
   * Places for all arrivals of a request, whose messages in one mailbox are one change and have ascending UIDs.
   * Refusal 'not-found', 'over-quota', 'limit', 'invalid' (a UID that is none).
   */
  take(arrivals: Arrival[]): Place[];
  /** Writes what was taken. */
  save(): Promise<void>;
};

const columns = raw(mailboxColumnNames.map((name) => `"Mailbox"."${name}"`).join(', '));

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
    const rows = await tx.$queryRaw<(MailboxRow & AccountRow)[]>`
      SELECT ${columns}, "Account"."usedBytes", ${limitColumn} AS "limitBytes"
      FROM "Mailbox" JOIN "Account" ON "Account"."id" = "Mailbox"."accountId"
      WHERE ("Mailbox"."accountId", "Mailbox"."id") IN (VALUES ${join(part)})
      ORDER BY "Mailbox"."accountId", "Mailbox"."id" ${lockRows()}`;
    for (const row of rows) {
      mailboxes.set(keyOf(row.accountId, row.id), { mailbox: toMailbox(row), moved: nothing() });
      if (accounts.has(row.accountId)) continue;
      const [limitBytes, usedBytes] = [Number(row.limitBytes), Number(row.usedBytes)];
      accounts.set(row.accountId, { limitBytes, usedBytes, moved: nothing() });
    }
  }
  return {
    take: (arrivals) => takePlaces(mailboxes, accounts, arrivals),
    save: () => saveMoved(tx, mailboxes, accounts),
  };
}

type AccountRow = Record<'usedBytes' | 'limitBytes', bigint | number>;

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
    return { arrival, account, ...entry };
  });
  const needed = new Map<AccountEntry, number>();
  for (const { arrival, account } of found) {
    const sizeBytes = (needed.get(account) ?? 0) + arrival.sizeBytes;
    needed.set(account, sizeBytes);
    const usedBytes = account.usedBytes + account.moved.sizeBytes + sizeBytes;
    if (account.limitBytes > 0 && usedBytes > account.limitBytes) {
      throw new Refusal('over-quota', 'The mailbox is full.');
    }
  }
  const uids = chooseUids(found);
  for (const moved of new Set(found.map((one) => one.moved))) moved.modseqs++;
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
  // Both databases name the columns of VALUES "column1", "column2", …
  for (const part of cutRows(mailboxRows)) {
    await tx.$executeRaw`UPDATE "Mailbox" SET "uidNext" = "uidNext" + v.column7,
      "messages" = "messages" + v.column3, "unseen" = "unseen" + v.column4,
      "sizeBytes" = "sizeBytes" + v.column5, "highestModseq" = "highestModseq" + v.column6
      FROM (VALUES ${join(part)}) AS v
      WHERE "Mailbox"."accountId" = v.column1 AND "Mailbox"."id" = v.column2`;
    await nextTurn();
  }
  const accountRows = [...accounts].flatMap(([id, { moved }]) =>
    moved.messages === 0 ? [] : [sql`(${id}, ${numbers(moved, ['messages', 'sizeBytes'])})`],
  );
  for (const part of cutRows(accountRows)) {
    await tx.$executeRaw`UPDATE "Account" SET "usedMessages" = "usedMessages" + v.column2,
      "usedBytes" = "usedBytes" + v.column3
      FROM (VALUES ${join(part)}) AS v WHERE "Account"."id" = v.column1`;
    await nextTurn();
  }
}

/** PostgreSQL takes a parameter in VALUES for text, unless told. */
function numbers(moved: Moved, names: (keyof Moved)[]) {
  return join(names.map((name) => sql`CAST(${moved[name]} AS BIGINT)`));
}
