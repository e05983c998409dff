// Threads by subject, for answers that name no message (RFC 5256 §3, REFERENCES step 5, with more caution):
// "Re: offer" joins the newest conversation "offer" of the last weeks between the same two people, so that two
// strangers who both write "Re: hello" stay apart, and a newsletter meets only itself.
import { createHash } from 'node:crypto';
import { now } from '#lib/clock.ts';
import { cutRows, db, join, sql, write } from '#lib/db.ts';
import { parseAddressList } from '#lib/mail/address.ts';
import { threadSubject } from '#lib/mail/subject.ts';
import { dayOf } from './day.ts';
import { foldText } from './fold.ts';
import { nextTurn } from './turn.ts';

/** An answer to a subject that nobody used for so long begins a thread of its own. */
export const subjectDays = 30;

/** What marks these rows among the message ids, whose hashes are hexadecimal. */
const mark = 's';
const maxRecipients = 5;
const maxAddressText = 2000;
/** Subjects that say nothing (folded). */
const empty = new Set(['(no subject)', 'no subject', 'kein betreff', '(kein betreff)', 'untitled']);

type Facts = Record<'subject' | 'fromText' | 'toText' | 'ccText', string>;

/** Whether the subject is that of an answer or a forward. */
export function hasSubjectOfAnswer({ subject }: Facts): boolean {
  return threadSubject(subject).isReply;
}

/**
 * References of a message's conversations by subject: one for the sender and each of the first recipients, the
 * same in both directions. None where the subject is empty or somebody is missing.
 */
export function listSubjectReferences({ subject, fromText, toText, ccText }: Facts): string[] {
  if (subject === '' || fromText === '' || (toText === '' && ccText === '')) return [];
  const base = foldText(threadSubject(subject).base);
  if (base === '' || empty.has(base)) return [];
  const [sender] = readAddresses(fromText);
  if (!sender) return [];
  const recipients = new Set([...readAddresses(toText), ...readAddresses(ccText)]);
  recipients.delete(sender);
  return [...recipients].slice(0, maxRecipients).map((recipient) => {
    const pair = [sender, recipient].sort().join('\n');
    const hash = createHash('sha256').update(`${base}\n${pair}`).digest('hex');
    return `${mark}${hash.slice(0, 32)}`;
  });
}

function readAddresses(text: string): string[] {
  if (text === '') return [];
  return parseAddressList(text.slice(0, maxAddressText))
    .filter(({ local, domain }) => local !== '' && domain !== '')
    .map(({ local, domain }) => foldText(`${local}@${domain}`));
}

const rowsPerLook = 1000;

/**
 * A timed job: removes subjects whose time is over, and every reference of accounts that are no more; in
 * pieces. Returns how many rows went.
 */
export async function pruneThreadReferences(): Promise<{ references: number }> {
  let references = 0;
  for (let accountId = await nextAccount(''); accountId; accountId = await nextAccount(accountId)) {
    const account = await db.account.findUnique({ where: { id: accountId }, select: { id: true } });
    references += await pruneAccount(accountId, account !== null);
    await nextTurn();
  }
  return { references };
}

/** The account behind `last` that has references; each look is one step along the key. */
async function nextAccount(last: string): Promise<string | null> {
  const rows = await db.$queryRaw<{ accountId: string | null }[]>`
    SELECT MIN("accountId") AS "accountId" FROM "ThreadReference" WHERE "accountId" > ${last}`;
  return rows[0]?.accountId ?? null;
}

async function pruneAccount(accountId: string, isThere: boolean): Promise<number> {
  const today = dayOf(now());
  let removed = 0;
  for (let last = isThere ? mark : ''; ; ) {
    const rows = await db.$queryRaw<{ reference: string; day: bigint | number }[]>`
      SELECT "reference", "day" FROM "ThreadReference"
      WHERE "accountId" = ${accountId} AND "reference" > ${last}
      ORDER BY "reference" LIMIT ${rowsPerLook}`;
    const end = rows.at(-1)?.reference;
    if (end === undefined) return removed;
    // A day to come: a clock was wrong.
    const old = rows.filter(({ day }) => day < today - subjectDays || day > today + 1);
    const gone = (isThere ? old : rows).map(({ reference }) => sql`${reference}`);
    for (const part of cutRows(gone)) {
      await write(
        (tx) => tx.$executeRaw`DELETE FROM "ThreadReference"
        WHERE "accountId" = ${accountId} AND "reference" IN (${join(part)})`,
      );
    }
    removed += gone.length;
    last = end;
    await nextTurn();
  }
}
