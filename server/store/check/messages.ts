// Each message and each tombstone by itself: flags and keywords that may
// be, a body of the right size, never a message and its tombstone at once.
import { sql, type Tx, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { isLogged } from '../change-log.ts';
import { allBits } from '../flag-bits.ts';
import { joinKeywords, splitKeywords } from '../keywords.ts';
import { changeMailbox } from '../mailbox-row.ts';
import { type Found, type Look, readPages } from './finding.ts';
import { setMessageAside } from './set-aside.ts';

type MessageRow = Record<
  'uid' | 'modseq' | 'blobId' | 'prefixBytes' | 'sizeBytes' | 'flags',
  bigint | number
> & {
  accountId: string;
  mailboxId: string;
  mailbox: string;
  emailId: string;
  threadId: string;
  keywords: string;
  blobBytes: bigint | number | null;
  goneAt: bigint | number | null;
  /** What the log says of its MODSEQ. */
  logged: string | null;
};

const pageSize = 500;

/** Messages of mailboxes that exist (others: leftovers.ts). */
export const lookAtMessages: Look = async function* () {
  const pages = readPages<MessageRow>(
    (
      last,
    ) => sql`SELECT m."accountId", m."mailboxId", m."uid", m."modseq", m."emailId", m."threadId",
        m."blobId", LENGTH(m."prefix") AS "prefixBytes", m."sizeBytes", m."flags", m."keywords",
        b."name" AS "mailbox", l."sizeBytes" AS "blobBytes", t."modseq" AS "goneAt",
        c."uids" AS "logged"
      FROM "Message" m
      JOIN "Mailbox" b ON b."accountId" = m."accountId" AND b."id" = m."mailboxId"
      LEFT JOIN "Blob" l ON l."id" = m."blobId"
      LEFT JOIN "Tombstone" t ON t."accountId" = m."accountId" AND t."mailboxId" = m."mailboxId"
        AND t."uid" = m."uid"
      LEFT JOIN "MailboxChange" c ON c."accountId" = m."accountId" AND c."mailboxId" = m."mailboxId"
        AND c."modseq" = m."modseq"
      WHERE (m."accountId", m."mailboxId", m."uid") >
        (${last?.accountId ?? ''}, ${last?.mailboxId ?? ''}, ${Number(last?.uid ?? 0)})
      ORDER BY m."accountId", m."mailboxId", m."uid" LIMIT ${pageSize}`,
    pageSize,
  );
  for await (const rows of pages) for (const row of rows) yield* judgeMessage(row);
};

function* judgeMessage(row: MessageRow): Generator<Found> {
  const { accountId, mailboxId, mailbox } = row;
  const uid = Number(row.uid);
  const place = { accountId, mailbox, uid };
  const blobId = Number(row.blobId);
  const change = (set: Sqls): (() => Promise<string | null>) => {
    return () => write((tx) => changeMessage(tx, accountId, mailboxId, uid, set));
  };
  if (row.blobBytes === null) {
    yield {
      kind: 'message-without-body',
      ...place,
      blobId,
      text: `Message ${uid} points to body ${blobId}, which does not exist.`,
      mend: () => setMessageAside(accountId, mailboxId, uid),
    };
    // Its size cannot be told; the rest is not worth mending.
    return;
  }
  const sizeBytes = Number(row.prefixBytes) + Number(row.blobBytes);
  if (Number(row.sizeBytes) !== sizeBytes) {
    yield {
      kind: 'message-size',
      ...place,
      text: `Message ${uid} has ${sizeBytes} bytes, its row says ${row.sizeBytes}.`,
      mend: change(sql`"sizeBytes" = LENGTH("prefix") +
        (SELECT "Blob"."sizeBytes" FROM "Blob" WHERE "Blob"."id" = "blobId")`),
    };
  }
  // Beyond the mailbox's numbers: mailboxes.ts tells once, and raises those.
  const modseq = Number(row.modseq);
  if (modseq < 1) {
    yield {
      kind: 'message-modseq',
      ...place,
      text: `Message ${uid} has MODSEQ ${modseq}.`,
      mend: change(sql`"flags" = "flags"`),
    };
  }
  if (row.logged !== null && !isLogged(row.logged, uid)) {
    yield {
      kind: 'message-not-logged',
      ...place,
      text: `The journal does not say that message ${uid} changed with MODSEQ ${modseq}.`,
      mend: change(sql`"flags" = "flags"`),
    };
  }
  if (row.goneAt !== null) {
    yield {
      kind: 'message-and-tombstone',
      ...place,
      text: `Message ${uid} is there and among the expunged ones.`,
      mend: () => write((tx) => raiseMessage(tx, accountId, mailboxId, uid)),
    };
  }
  yield* judgeWords(row, place, change);
}

type Sqls = ReturnType<typeof sql>;

function* judgeWords(
  row: MessageRow,
  place: { accountId: string; mailbox: string; uid: number },
  change: (set: Sqls) => () => Promise<string | null>,
): Generator<Found> {
  const flags = Number(row.flags);
  if ((flags & ~allBits) !== 0) {
    yield {
      kind: 'flags-unknown',
      ...place,
      text: `Message ${place.uid} has flag bits that mean nothing (${flags}).`,
      mend: change(sql`"flags" = "flags" & ${allBits}`),
    };
  }
  const keywords = mendKeywords(row.keywords);
  if (keywords !== row.keywords) {
    yield {
      kind: 'keywords-malformed',
      ...place,
      text: `The keywords of message ${place.uid} are not sorted atoms.`,
      mend: change(sql`"keywords" = ${keywords}`),
    };
  }
  if (row.threadId === '' || row.emailId === '') {
    yield {
      kind: 'message-without-id',
      ...place,
      text: `Message ${place.uid} has no ${row.threadId === '' ? 'THREADID' : 'EMAILID'}.`,
      mend: change(sql`"threadId" = CASE WHEN "threadId" = '' THEN ${newId()} ELSE "threadId" END,
        "emailId" = CASE WHEN "emailId" = '' THEN ${newId()} ELSE "emailId" END`),
    };
  }
}

/** The words that may stand in a row, as they must stand there. */
function mendKeywords(text: string): string {
  const words = splitKeywords(text).filter((word) => {
    try {
      return joinKeywords([word]) === word;
    } catch {
      return false;
    }
  });
  return joinKeywords(words.slice(0, 100));
}

/** Changes a row as any other change does: with the mailbox's next MODSEQ, so that sessions see it. */
async function changeMessage(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uid: number,
  set: Sqls,
): Promise<string | null> {
  const { highestModseq } = await changeMailbox(tx, accountId, mailboxId, {
    changed: [uid],
  });
  const changed = await tx.$executeRaw`UPDATE "Message" SET ${set}, "modseq" = ${highestModseq}
    WHERE "accountId" = ${accountId} AND "mailboxId" = ${mailboxId} AND "uid" = ${uid}`;
  return changed > 0 ? `Message ${uid} was set right.` : null;
}

/** The row is the mail: the tombstone goes, and sessions are told of the message again. */
async function raiseMessage(
  tx: Tx,
  accountId: string,
  mailboxId: string,
  uid: number,
): Promise<string | null> {
  await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "accountId" = ${accountId}
    AND "mailboxId" = ${mailboxId} AND "uid" = ${uid}`;
  await changeMessage(tx, accountId, mailboxId, uid, sql`"flags" = "flags"`);
  return `Message ${uid} stays; its tombstone is gone.`;
}
