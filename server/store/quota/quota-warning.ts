// The timed job that tells people before mail is refused: the user once at 80 % and once at 95 % of the limits
// of the account, the administrators at those of a domain. It looks at the counters; whoever adds mail pays nothing.
//
// Invariant: the level that was told stands on the row and moves in the transaction that stores the warning, only
// from the level that was read: two processes tell it once, and a crash tells it neither twice nor never.
import { now } from '#lib/clock.ts';
import { db, type Sql, sql, type Tx, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { newId, newTraceId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { deliveredToField, returnPathField } from '#lib/mail/compose.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { appendAllIn, type NewMessage } from '../append.ts';
import { stageBytes } from '../bodies/blobs.ts';
import { pokeMailbox } from '../journal.ts';
import { ensureMailboxes, findMailbox } from '../mailboxes.ts';
import { limitColumns, type Room, type RoomRow, toRoom } from './quota.ts';
import { composeQuotaMail, percentOf } from './quota-mail.ts';

/** Who is told, and when again: at `percent` upwards, forgotten below `until`, so that use around it tells once. */
const levels = [
  { percent: 95, until: 90 },
  { percent: 80, until: 75 },
];
/** Rows looked at together. */
const pageSize = 500;

const log = logOf('store');

/** The level that stands on the row from now on; higher than `warned` = there is something to tell. */
export function nextLevel(percent: number, warned: number): number {
  const reached = levels.find((level) => percent >= level.percent)?.percent ?? 0;
  if (reached >= warned) return reached;
  // Falling: a level stays until use is clearly below it.
  return levels.find((level) => level.percent <= warned && percent >= level.until)?.percent ?? 0;
}

type Reader = { accountId: string; address: string };
type Subject = {
  id: string;
  table: 'Account' | 'Domain';
  /** The domain the warning comes from. */
  domain: string;
  warned: number;
  room: Room;
  readers: Reader[];
};

/** Tells whoever has crossed a level since the last run. */
export async function warnOfQuotas(): Promise<{ warned: number; lowered: number }> {
  const done = { warned: 0, lowered: 0 };
  if (!(await readSetting('storage.quotaWarnings'))) return done;
  for (const list of [listAccounts(), listDomains()]) {
    for await (const subject of list) {
      const level = nextLevel(percentOf(subject.room), subject.warned);
      if (level === subject.warned) continue;
      try {
        if (level > subject.warned) await tell(subject, level);
        else await write((tx) => moveLevel(tx, subject, level));
        done[level > subject.warned ? 'warned' : 'lowered']++;
      } catch (error) {
        if (isRefusal(error, 'conflict')) continue;
        // The others shall hear of theirs.
        log.error({ err: error, id: subject.id }, 'a quota warning failed');
      }
    }
  }
  return done;
}

type SubjectRow = RoomRow & { id: string; name: string; warnedPercent: bigint | number };

/** True where a row is at 80 % of one of its limits, or was: the others need no look. */
const isOfInterest = sql`("warnedPercent" > 0
  OR ("limitBytes" > 0 AND "usedBytes" >= "limitBytes" / 100 * 80)
  OR ("limitMessages" > 0 AND "usedMessages" >= "limitMessages" * 80 / 100))`;

async function* listPages(select: (afterId: string) => Sql): AsyncGenerator<SubjectRow> {
  for (let afterId = ''; ; ) {
    const rows = await db.$queryRaw<SubjectRow[]>(select(afterId));
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < pageSize) return;
    afterId = last.id;
  }
}

async function* listAccounts(): AsyncGenerator<Subject> {
  const rows = listPages(
    (afterId) => sql`SELECT * FROM (SELECT "id", "address" AS "name", "warnedPercent",
      "usedBytes", "usedMessages", ${limitColumns} FROM "Account" WHERE NOT "isDisabled") AS a
    WHERE "id" > ${afterId} AND ${isOfInterest} ORDER BY "id" LIMIT ${pageSize}`,
  );
  for await (const row of rows) {
    yield {
      id: row.id,
      table: 'Account',
      domain: row.name.slice(row.name.lastIndexOf('@') + 1),
      warned: Number(row.warnedPercent),
      room: toRoom(row),
      readers: [{ accountId: row.id, address: row.name }],
    };
  }
}

async function* listDomains(): AsyncGenerator<Subject> {
  const rows = listPages(
    (afterId) => sql`SELECT * FROM (SELECT "Domain"."id", "Domain"."name", "Domain"."warnedPercent",
      "Domain"."quotaBytes" AS "limitBytes", "Domain"."quotaMessages" AS "limitMessages",
      CAST(COALESCE(SUM("Account"."usedBytes"), 0) AS BIGINT) AS "usedBytes",
      CAST(COALESCE(SUM("Account"."usedMessages"), 0) AS BIGINT) AS "usedMessages"
      FROM "Domain" LEFT JOIN "Account" ON "Account"."domainId" = "Domain"."id"
      WHERE "Domain"."quotaBytes" > 0 OR "Domain"."quotaMessages" > 0
        OR "Domain"."warnedPercent" > 0
      GROUP BY "Domain"."id") AS d
    WHERE "id" > ${afterId} AND ${isOfInterest} ORDER BY "id" LIMIT ${pageSize}`,
  );
  let readers: Reader[] | null = null;
  for await (const row of rows) {
    readers ??= await listAdministrators();
    yield {
      id: row.id,
      table: 'Domain',
      domain: row.name,
      warned: Number(row.warnedPercent),
      room: toRoom(row),
      readers,
    };
  }
}

async function listAdministrators(): Promise<Reader[]> {
  const rows = await db.account.findMany({
    where: { role: 'admin', isDisabled: false },
    select: { id: true, address: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id, address }) => ({ accountId: id, address }));
}

/** One mail to every reader and the new level, together. */
async function tell(subject: Subject, level: number): Promise<void> {
  const hostname = await serverHostname();
  const copies = await Promise.all(
    subject.readers.map(async (reader) => ({
      ...reader,
      mailboxId: await findInbox(reader.accountId),
      ...(await makeWarning(subject, reader, hostname)),
    })),
  );
  const traceId = newTraceId();
  await write(async (tx) => {
    // The mailboxes first, then the rows of accounts and domains: the order of locks everywhere.
    const stored = copies.length > 0 ? (await appendAllIn(tx, [copies]))[0] : [];
    if (!Array.isArray(stored)) throw stored;
    await moveLevel(tx, subject, level);
    const events = copies.map(
      ({ accountId, mailboxId, address, body }, index): NewEvent => ({
        traceId,
        kind: 'delivered',
        accountId,
        sender: `postmaster@${subject.domain}`,
        recipient: address,
        reason: `quota-${level}`,
        text: body.facts.subject,
        detail: { mailboxId, uid: stored[index]!.uid },
      }),
    );
    await recordEventsIn(tx, events);
  });
  for (const { accountId, mailboxId } of copies) pokeMailbox(accountId, mailboxId);
}

async function findInbox(accountId: string): Promise<string> {
  await ensureMailboxes(accountId);
  return (await findMailbox(accountId, 'INBOX'))!.id;
}

async function makeWarning(
  { table, domain, room }: Subject,
  { address }: Reader,
  hostname: string,
): Promise<NewMessage> {
  const bytes = composeQuotaMail({
    to: address,
    domain,
    about: table === 'Account' ? 'mailbox' : 'domain',
    room,
    messageId: `<${newId()}@${hostname}>`,
    now: now(),
  });
  return {
    body: await stageBytes(bytes),
    // RFC 5321 §4.4, RFC 3834 §3.3: from nobody, so that nothing answers.
    prefix: Buffer.from(returnPathField('') + deliveredToField(address)),
    flags: 0,
    keywords: [],
    internalDate: now(),
    // A few KB: it must also arrive at 99.9 %.
    mayExceedQuota: true,
  };
}

/** Refusal 'conflict' where somebody else has moved it meanwhile. */
async function moveLevel(tx: Tx, { id, table, warned }: Subject, level: number): Promise<void> {
  const where = { id, warnedPercent: warned };
  const data = { warnedPercent: level };
  const { count } =
    table === 'Account'
      ? await tx.account.updateMany({ where, data })
      : await tx.domain.updateMany({ where, data });
  if (count === 0) throw new Refusal('conflict', 'Another process has told it.');
}
