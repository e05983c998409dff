// Answers while somebody is away (RFC 3834): composed before the transaction that stores the message, put into the queue
// by it, so that a message is answered once or, where it is refused, not at all.
//
// Invariants: the answer has the null return path, so nothing answers it; it goes to the envelope sender alone; nobody
// gets a second one within the interval, whatever the number of connections and machines.
import { createHash } from 'node:crypto';
import { listOwnAddresses } from '#lib/accounts/route.ts';
import { now } from '#lib/clock.ts';
import { db, join, type Tx } from '#lib/db.ts';
import { whyUnanswered } from '#lib/filters/answerable.ts';
import { isAway, readVacation, type Vacation } from '#lib/filters/vacation.ts';
import { newId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { canonicalAddress, splitAddress, stripDetail } from '#lib/mail/address.ts';
import type { MessageFacts } from '#lib/mail/facts.ts';
import { safeHeaderText } from '#lib/mail/header.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { readSetting, serverHostname } from '#lib/settings/index.ts';
import type { NewEvent } from '#lib/trail/record.ts';
import { queuePrefix } from '#server/delivery/trace.ts';
import { insertBlob, type StagedBody, stageBytes } from '#server/store/bodies/blobs.ts';

export type Answer = {
  accountId: string;
  address: string;
  sender: string;
  intervalDays: number;
  body: StagedBody;
  prefix: Buffer;
  traceId: string;
};
export type Asked = { sender: string; facts: MessageFacts; traceId: string; isJunk: boolean };
type Receiver = { accountId: string; address: string };

const log = logOf('filters');
const dayMs = 24 * 3_600_000;
/** People told by one account within a day: a flood of invented senders ends here. */
const maxAnswersADay = 200;
/** Ids of References that go on. */
const maxReferences = 20;

/** The answers that a message gets. Never fails: mail is not lost for want of an answer. */
export async function prepareAnswers(
  message: Asked,
  receivers: readonly Receiver[],
): Promise<Answer[]> {
  const { sender, isJunk } = message;
  if (isJunk || sender === '' || receivers.length === 0) return [];
  try {
    const ids = receivers.map(({ accountId }) => accountId);
    const rows = await db.$queryRaw<{ accountId: string }[]>`SELECT "accountId" FROM "Vacation"
      WHERE "accountId" IN (${join(ids)}) AND "isOn" = ${true}`;
    if (rows.length === 0 || !(await readSetting('delivery.vacationAnswers'))) return [];
    const away = new Set(rows.map(({ accountId }) => accountId));
    const asked = receivers.filter(({ accountId }) => away.has(accountId));
    const answers = await Promise.all(asked.map((receiver) => prepareAnswer(message, receiver)));
    return answers.filter((answer) => answer !== null);
  } catch (error) {
    log.error({ err: error, traceId: message.traceId }, 'no answer could be made');
    return [];
  }
}

async function prepareAnswer(message: Asked, receiver: Receiver): Promise<Answer | null> {
  const { sender, facts, traceId } = message;
  const vacation = await readVacation(receiver.accountId);
  if (!isAway(vacation, now())) return null;
  if (whyUnanswered(sender, facts.header, await knowOwn(receiver)) !== null) return null;
  if (!(await isMeant(vacation, receiver, sender))) return null;
  const known = await db.vacationAnswer.findUnique({
    where: { accountId_sender: { accountId: receiver.accountId, sender: hashOf(sender) } },
  });
  // Asked once more inside the step.
  if (known && known.at > since(vacation.intervalDays)) return null;
  const hostname = await serverHostname();
  const answerTrace = { hostname, protocol: 'local', receivedAt: now() };
  return {
    ...receiver,
    sender,
    intervalDays: vacation.intervalDays,
    body: await stageBytes(await compose(message, receiver, vacation, hostname)),
    prefix: queuePrefix(answerTrace, traceId, []),
    traceId,
  };
}

/** Tells own addresses; one with a detail (ada+shop@) counts as the one without. */
async function knowOwn({ accountId, address }: Receiver): Promise<(canonical: string) => boolean> {
  const delimiter = await readSetting('smtp.recipientDelimiter');
  const own = new Set([address, ...(await listOwnAddresses(accountId))]);
  return (canonical) => {
    const { local, domain } = splitAddress(canonical);
    return own.has(canonical) || own.has(`${stripDetail(local, delimiter).base}@${domain}`);
  };
}

async function isMeant(
  { audience }: Vacation,
  { accountId, address }: Receiver,
  sender: string,
): Promise<boolean> {
  const canonical = canonicalAddress(sender) ?? sender;
  if (audience === 'domain') return splitAddress(canonical).domain === splitAddress(address).domain;
  if (audience === 'anyone') return true;
  const rows = await db.$queryRaw<{ found: number }[]>`SELECT 1 AS "found" FROM "ContactAddress"
    WHERE "accountId" = ${accountId} AND LOWER("address") = ${canonical.toLowerCase()} LIMIT 1`;
  return rows.length > 0;
}

async function compose(
  { sender, facts }: Asked,
  { accountId, address }: Receiver,
  vacation: Vacation,
  hostname: string,
): Promise<Buffer> {
  const account = await db.account.findUnique({
    where: { id: accountId },
    select: { displayName: true },
  });
  const references = [...facts.references, facts.messageId].filter((id) => id !== '');
  // RFC 3834 §3.1.5: "Auto: " and the subject that is answered.
  const subject = vacation.subject || `Auto: ${facts.subject}`;
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer');
  const composer = new MailComposer({
    from: { name: account?.displayName ?? '', address },
    to: { name: '', address: sender },
    subject: safeHeaderText(subject).slice(0, 500),
    date: now(),
    messageId: `<${newId()}@${hostname}>`,
    // RFC 3834 §3.1.6
    inReplyTo: facts.messageId || undefined,
    references: references.slice(-maxReferences),
    headers: { 'Auto-Submitted': 'auto-replied', 'X-Auto-Response-Suppress': 'All' },
    text: vacation.text.toWellFormed(),
    textEncoding: 'base64',
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

/** Puts answers into the queue, inside the caller's step; the events that tell of them. The caller pokes. */
export async function insertAnswers(tx: Tx, answers: readonly Answer[]): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const answer of answers) {
    if (!(await takeTurn(tx, answer))) continue;
    const { accountId, address, sender, body, prefix, traceId } = answer;
    await enqueue(tx, {
      blobId: await insertBlob(tx, body),
      prefix,
      sizeBytes: prefix.length + body.sizeBytes,
      sender: '',
      accountId: null,
      recipients: [{ recipient: sender, notify: 'NEVER' }],
      traceId,
    });
    const text = `${address} is away: ${body.facts.subject}`;
    events.push({ traceId, kind: 'queued', accountId, sender: '', recipient: sender, text });
  }
  return events;
}

/** Notes that the sender is told now; false where he was, or where too many were today. */
async function takeTurn(tx: Tx, { accountId, sender, intervalDays }: Answer): Promise<boolean> {
  const hash = hashOf(sender);
  const today = await tx.vacationAnswer.count({
    where: { accountId, at: { gt: since(1) } },
  });
  if (today >= maxAnswersADay) return false;
  const changed = await tx.$executeRaw`
    INSERT INTO "VacationAnswer" ("accountId", "sender", "at") VALUES (${accountId}, ${hash}, ${now()})
    ON CONFLICT ("accountId", "sender") DO UPDATE SET "at" = excluded."at"
    WHERE "VacationAnswer"."at" <= ${since(intervalDays)}`;
  return changed > 0;
}

function since(days: number): Date {
  return new Date(now().getTime() - days * dayMs);
}

function hashOf(sender: string): string {
  return createHash('sha256').update(sender.toLowerCase()).digest('hex').slice(0, 32);
}
