// The deleted messages of an account, newest deletion first, over all its twins.
import { db, sql } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { foldText } from '../fold.ts';
import { originalName, recoverableRoot } from '../mailbox-name.ts';
import { nextTurn } from '../turn.ts';

export type DeletedMessage = {
  twinId: string;
  /** In the twin. */
  uid: number;
  /** Name of the mailbox it was in. */
  mailbox: string;
  deletedAt: Date;
  internalDate: Date;
  sizeBytes: number;
  /** Bits of FLAG. */
  flags: number;
  emailId: string;
  subject: string;
  from: string;
  to: string;
};

/** Which part of the list: behind the message `before` (the last one of the part before). */
export type DeletedQuery = {
  /** Text in subject, sender, recipients or name of the mailbox; case does not matter. */
  search?: string;
  limit: number;
  before?: Pick<DeletedMessage, 'deletedAt' | 'twinId' | 'uid'>;
};

const maxLimit = 1000;
const rowsPerLook = 250;

type Row = Omit<DeletedMessage, 'uid' | 'sizeBytes' | 'flags' | 'mailbox'> &
  Record<'uid' | 'sizeBytes' | 'flags', bigint | number>;

/** At most `limit` (1000) messages. Refusal 'not-found' where `before` is no position. */
export async function listDeleted(
  accountId: string,
  { search = '', limit, before }: DeletedQuery,
): Promise<DeletedMessage[]> {
  if (before && !(before.deletedAt instanceof Date && Number.isInteger(before.uid))) {
    throw new Refusal('not-found', 'There is no such place in the list.');
  }
  const wanted = foldText(search.trim());
  const twins = await db.$queryRaw<
    { id: string; name: string }[]
  >`SELECT "id", "name" FROM "Mailbox"
    WHERE "accountId" = ${accountId} AND "specialUse" = ${recoverableRoot} AND "messages" > 0`;
  const heads: Head[] = [];
  for (const twin of twins) {
    const rows = readTwin(accountId, twin, wanted, before);
    heads.push({ rows, next: (await rows.next()).value ?? null });
  }
  const found: DeletedMessage[] = [];
  while (found.length < Math.min(limit, maxLimit)) {
    const head = pickNewest(heads);
    if (!head?.next) break;
    found.push(head.next);
    head.next = (await head.rows.next()).value ?? null;
  }
  return found;
}

type Head = {
  rows: AsyncGenerator<DeletedMessage, undefined>;
  next: DeletedMessage | null;
};

function pickNewest(heads: Head[]): Head | undefined {
  let newest: Head | undefined;
  for (const head of heads) {
    if (head.next && (!newest?.next || isNewer(head.next, newest.next))) newest = head;
  }
  return newest;
}

function isNewer(one: DeletedMessage, other: DeletedMessage): boolean {
  const distance = one.deletedAt.getTime() - other.deletedAt.getTime();
  return distance > 0 || (distance === 0 && one.twinId > other.twinId);
}

async function* readTwin(
  accountId: string,
  twin: { id: string; name: string },
  wanted: string,
  before: DeletedQuery['before'],
): AsyncGenerator<DeletedMessage, undefined> {
  const mailbox = originalName(twin.name);
  // UIDs of a twin ascend with the time of deletion, so its rows come newest first.
  for (let belowUid = before?.twinId === twin.id ? before.uid : 2 ** 32; ; ) {
    const rows = await db.$queryRaw<Row[]>`SELECT "Message"."mailboxId" AS "twinId", "uid",
      "savedAt" AS "deletedAt", "internalDate", "sizeBytes", "flags", "emailId",
      COALESCE("subject", '') AS "subject", COALESCE("fromText", '') AS "from",
      COALESCE("toText", '') AS "to" FROM "Message"
      LEFT JOIN "Rendering" ON "Rendering"."blobId" = "Message"."blobId"
      WHERE "accountId" = ${accountId} AND "mailboxId" = ${twin.id} AND "uid" < ${belowUid}
      AND ${olderThan(before, twin.id)} ORDER BY "uid" DESC LIMIT ${rowsPerLook}`;
    for (const row of rows) {
      const text = [row.subject, row.from, row.to, mailbox].join('\n');
      if (wanted !== '' && !foldText(text).includes(wanted)) continue;
      const [uid, sizeBytes, flags] = [row.uid, row.sizeBytes, row.flags].map(Number);
      yield { ...row, mailbox, uid: uid!, sizeBytes: sizeBytes!, flags: flags! };
    }
    const last = rows.at(-1);
    if (!last || rows.length < rowsPerLook) return;
    belowUid = Number(last.uid);
    await nextTurn();
  }
}

function olderThan(before: DeletedQuery['before'], twinId: string) {
  if (!before) return sql`1 = 1`;
  // Of messages deleted in the same moment those of the greater twin come first.
  if (twinId <= before.twinId) return sql`"savedAt" <= ${before.deletedAt}`;
  return sql`"savedAt" < ${before.deletedAt}`;
}
