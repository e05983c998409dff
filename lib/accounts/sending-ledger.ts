// What users send, counted in the transaction that takes their mail: limits a day and the brake on a login that
// was stolen. Settings "sending.*"; own limits stand on the account (Account.dailyMessages, dailyRecipients).
//
// Invariant: the row of the day is locked before it is read, so that two connections, of two machines too, never
// both take the last place; a message that is refused is not counted. It is taken before mailboxes and accounts.
import { createHash } from 'node:crypto';
import { now } from '../clock.ts';
import { cutRows, insertRows, join, sql, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import type { Settings } from '../settings/index.ts';

export type SendingHold = '' | 'burst' | 'admin';

export type Submission = {
  accountId: string;
  /** Addresses outside that it goes to, each once. */
  outside: string[];
  /** Without the letters that tell of a hold a burst is not taken, but asked for again with them. */
  mayHold: boolean;
};

export type Counted = {
  hold: SendingHold;
  /** In words, where this submission is what made the burst; else empty. */
  burst: string;
  /** Those of `outside` that the account had not written to. */
  newRecipients: Set<string>;
};

/** This submission makes a burst; it is not counted. Asked for again with the letters that tell of it. */
export class BurstNoticed extends Error {
  readonly why: string;

  constructor(why: string) {
    super('an unusual burst');
    this.why = why;
  }
}

const dayMs = 24 * 3_600_000;
/** The days that tell what is usual. */
const historyDays = 30;

/** Days since 1970 (UTC). */
export function sendingDay(at: Date = now()): number {
  return Math.floor(at.getTime() / dayMs);
}

/** What stands for an address in KnownRecipient. */
export function hashRecipient(address: string): string {
  return createHash('sha256').update(address.toLowerCase()).digest('hex').slice(0, 32);
}

/**
 * Counts submissions, in their order. For each: what it comes to, or a Refusal 'throttled' (over a limit), 'forbidden' (the
 * account is no more), or BurstNoticed; then it has left nothing.
 */
export async function countSubmissions(
  tx: Tx,
  submissions: Submission[],
  settings: Settings,
): Promise<(Counted | Refusal | BurstNoticed)[]> {
  const outcomes: (Counted | Refusal | BurstNoticed)[] = [];
  const accounts = [...new Set(submissions.map(({ accountId }) => accountId))].sort();
  for (const accountId of accounts) {
    const own = submissions.flatMap((one, index) =>
      one.accountId === accountId ? [{ ...one, index }] : [],
    );
    const page = await openPage(tx, accountId, settings);
    if (!page) {
      const gone = new Refusal('forbidden', 'This account is not here any more.');
      for (const { index } of own) outcomes[index] = gone;
      continue;
    }
    await page.learn(own.flatMap(({ outside }) => outside));
    for (const { index, ...submission } of own) outcomes[index] = await page.count(submission);
    await page.save();
  }
  return outcomes;
}

type Numbers = { messages: number; newRecipients: number };

export type Limits = {
  sendingHold: string;
  dailyMessages: bigint | number | null;
  dailyRecipients: bigint | number | null;
};

/** The limits in force; 0 = none. */
export function limitsOf(own: Limits, settings: Settings) {
  return {
    messageLimit: Number(own.dailyMessages ?? settings['sending.messagesPerDay']),
    recipientLimit: Number(own.dailyRecipients ?? settings['sending.newRecipientsPerDay']),
  };
}

async function openPage(tx: Tx, accountId: string, settings: Settings): Promise<Page | null> {
  const today = await lockSendingDay(tx, accountId);
  // Only now, under the lock: another connection may just have made the burst.
  const [account] = await tx.$queryRaw<Limits[]>`
    SELECT "sendingHold", "dailyMessages", "dailyRecipients" FROM "Account" WHERE "id" = ${accountId}`;
  if (!account || !today) return null;
  return new Page(tx, accountId, today.day, settings, {
    hold: account.sendingHold as SendingHold,
    ...limitsOf(account, settings),
    today,
  });
}

/**
 * The account's row of today, locked until the step ends: what is taken from the user, and what lets his mail go, come
 * one after the other. Null where there is no such account.
 */
export async function lockSendingDay(
  tx: Tx,
  accountId: string,
): Promise<(Numbers & { day: number }) | null> {
  const day = sendingDay();
  const [row] = await tx.$queryRaw<Record<keyof Numbers, bigint | number>[]>`
    INSERT INTO "SendingDay" ("accountId", "day", "messages", "newRecipients")
    SELECT "id", CAST(${day} AS INTEGER), 0, 0 FROM "Account" WHERE "id" = ${accountId}
    ON CONFLICT ("accountId", "day") DO UPDATE SET "messages" = "SendingDay"."messages"
    RETURNING "messages", "newRecipients"`;
  return row
    ? { day, messages: Number(row.messages), newRecipients: Number(row.newRecipients) }
    : null;
}

type Facts = { hold: SendingHold; messageLimit: number; recipientLimit: number; today: Numbers };

/** What one account sends today, in one transaction. */
class Page {
  private readonly added: Numbers = { messages: 0, newRecipients: 0 };
  /** By hash: the day it was last written to. */
  private readonly known = new Map<string, number>();
  private readonly written = new Set<string>();
  /** Read when it may matter. */
  private history: Numbers[] | null = null;
  private window: Numbers | null = null;
  private readonly tx: Tx;
  private readonly accountId: string;
  private readonly day: number;
  private readonly settings: Settings;
  private readonly facts: Facts;

  constructor(tx: Tx, accountId: string, day: number, settings: Settings, facts: Facts) {
    this.tx = tx;
    this.accountId = accountId;
    this.day = day;
    this.settings = settings;
    this.facts = facts;
  }

  /** Reads which of the addresses are known. */
  async learn(addresses: string[]): Promise<void> {
    const hashes = [...new Set(addresses.map(hashRecipient))];
    for (const part of cutRows(hashes.map((hash) => sql`${hash}`))) {
      const rows = await this.tx.$queryRaw<{ recipient: string; day: bigint | number }[]>`
        SELECT "recipient", "day" FROM "KnownRecipient"
        WHERE "accountId" = ${this.accountId} AND "recipient" IN (${join(part)})`;
      for (const { recipient, day } of rows) this.known.set(recipient, Number(day));
    }
  }

  async count({
    outside,
    mayHold,
  }: Omit<Submission, 'accountId'>): Promise<Counted | Refusal | BurstNoticed> {
    const { added, facts } = this;
    const fresh = outside.filter((address) => !this.known.has(hashRecipient(address)));
    const excess = describeExcess(
      { ...facts, today: addUp(facts.today, added) },
      { messages: 1, newRecipients: fresh.length },
    );
    if (excess) return new Refusal('throttled', excess);
    const burst = facts.hold === '' ? await this.findBurst(fresh.length) : '';
    if (burst && !mayHold) return new BurstNoticed(burst);
    if (burst) facts.hold = 'burst';
    added.messages++;
    added.newRecipients += fresh.length;
    for (const address of outside) {
      const hash = hashRecipient(address);
      if (this.known.get(hash) !== this.day) this.written.add(hash);
      this.known.set(hash, this.day);
    }
    return { hold: facts.hold, burst, newRecipients: new Set(fresh) };
  }

  private async readHistory(): Promise<Numbers[]> {
    this.history ??= await readHistory(this.tx, this.accountId, this.day);
    return this.history;
  }

  /** Why one message more, with so many new recipients, is an unusual burst; empty where it is none. */
  private async findBurst(newRecipients: number): Promise<string> {
    const { settings } = this;
    const limits: Numbers = {
      messages: settings['sending.burstMessages'],
      newRecipients: settings['sending.burstRecipients'],
    };
    const minutes = settings['sending.burstMinutes'];
    const next: Numbers = { messages: 1, newRecipients };
    const names = { messages: 'messages', newRecipients: 'new recipients' } as const;
    const isOver = (name: keyof Numbers, count: number) => limits[name] > 0 && count > limits[name];
    for (const name of ['messages', 'newRecipients'] as const) {
      if (limits[name] === 0) continue;
      // What two days had is an upper bound, what today had where the time lies in it; nearly always it tells enough.
      const most = this.facts.today[name] + this.added[name] + next[name];
      const earlier = isWithinToday(minutes) ? 0 : ((await this.readHistory())[0]?.[name] ?? 0);
      if (!isOver(name, most + earlier)) continue;
      this.window ??= await countSince(this.tx, this.accountId, minutes);
      const counted = this.window[name] + this.added[name] + next[name];
      const usual = usualOf((await this.readHistory()).map((day) => day[name]));
      if (isOver(name, counted) && counted > usual * settings['sending.burstFactor']) {
        return `${counted} ${names[name]} within ${minutes} minutes`;
      }
    }
    return '';
  }

  async save(): Promise<void> {
    const { tx, accountId, day, added } = this;
    if (added.messages === 0) return;
    await tx.$executeRaw`UPDATE "SendingDay" SET "messages" = "messages" + ${added.messages},
      "newRecipients" = "newRecipients" + ${added.newRecipients}
      WHERE "accountId" = ${accountId} AND "day" = ${day}`;
    const rows = [...this.written].sort().map((hash) => sql`(${accountId}, ${hash}, ${day})`);
    await insertRows(
      tx,
      sql`INSERT INTO "KnownRecipient" ("accountId", "recipient", "day")`,
      rows,
      sql`ON CONFLICT ("accountId", "recipient") DO UPDATE SET "day" = excluded."day"`,
    );
  }
}

function addUp(one: Numbers, other: Numbers): Numbers {
  return {
    messages: one.messages + other.messages,
    newRecipients: one.newRecipients + other.newRecipients,
  };
}

/** What would be too much, in words for the user; null where it fits. */
export function describeExcess(
  { today, messageLimit, recipientLimit }: Omit<Facts, 'hold'>,
  more: Numbers,
): string | null {
  if (messageLimit > 0 && today.messages + more.messages > messageLimit) {
    return `You have sent as many messages today as you may (${messageLimit}), try again tomorrow`;
  }
  if (recipientLimit > 0 && today.newRecipients + more.newRecipients > recipientLimit) {
    return `You may write to ${recipientLimit} new recipients a day, and wrote to ${today.newRecipients} today; try again tomorrow`;
  }
  return null;
}

/** The busiest day but one: a single day out of the ordinary, perhaps a burst itself, does not count. */
export function usualOf(days: number[]): number {
  return days.toSorted((a, b) => b - a)[1] ?? 0;
}

/** Whether so many minutes ago it was today already. */
function isWithinToday(minutes: number): boolean {
  return now().getTime() % dayMs >= minutes * 60_000;
}

/** Former days, yesterday first. */
async function readHistory(tx: Tx, accountId: string, day: number): Promise<Numbers[]> {
  const rows = await tx.sendingDay.findMany({
    where: { accountId, day: { gte: day - historyDays, lt: day } },
  });
  return Array.from({ length: historyDays }, (_, index): Numbers => {
    const row = rows.find((one) => one.day === day - 1 - index);
    return { messages: row?.messages ?? 0, newRecipients: row?.newRecipients ?? 0 };
  });
}

/** When an administrator last said that all is well, within the time of a burst: what was before does not count. */
export async function startOfBurst(tx: Tx, accountId: string, minutes: number): Promise<Date> {
  const since = new Date(now().getTime() - minutes * 60_000);
  const released = await tx.trailEvent.findFirst({
    where: { accountId, kind: 'changed', reason: releasedReason, at: { gte: since } },
    orderBy: { at: 'desc' },
    select: { at: true },
  });
  return released?.at ?? since;
}

export const releasedReason = 'sending-released';
/** Reason of the event "queued" for an address that the account had not written to. */
export const newRecipientReason = 'new-recipient';

/** The trail has what was taken, from every process. */
async function countSince(tx: Tx, accountId: string, minutes: number): Promise<Numbers> {
  const since = await startOfBurst(tx, accountId, minutes);
  const [row] = await tx.$queryRaw<Record<keyof Numbers, bigint | number>[]>`
    SELECT COUNT(CASE WHEN "kind" = 'received' THEN 1 END) AS "messages",
      COUNT(CASE WHEN "kind" = 'queued' AND "reason" = ${newRecipientReason} THEN 1 END) AS "newRecipients"
    FROM "TrailEvent" WHERE "accountId" = ${accountId} AND "at" > ${since}`;
  return { messages: Number(row?.messages ?? 0), newRecipients: Number(row?.newRecipients ?? 0) };
}
