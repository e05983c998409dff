// Recipients of a queued message whose domain is here: it was held, or scheduled, or its domain came to this server
// meanwhile. The address is resolved again, now: into mailboxes, and where an alias leads outside into the queue.
//
// Invariant: the copies, the forwards, the report of success and the end of the queue row are one transaction, so that a
// crash leaves either all of them or the row alone.
import { resolveRecipient } from '#lib/accounts/route.ts';
import { now } from '#lib/clock.ts';
import { type Db, type Tx, write } from '#lib/db.ts';
import { isRefusal, type Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { removeRecipients } from '#lib/queue/entries.ts';
import { readSetting, readSettings, type Settings } from '#lib/settings/index.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { isMarkedJunk } from '#server/delivery/delayed.ts';
import { type Answer, insertAnswers, prepareAnswers } from '#server/delivery/filters/away.ts';
import { type Filing, fileArrivals, filePlainly } from '#server/delivery/filters/filing.ts';
import { countForwards } from '#server/delivery/filters/forwards.ts';
import type { Result } from '#server/delivery/outbound/reply.ts';
import {
  findDestination,
  insertReport,
  pokeReport,
  prepareReport,
  type Report,
  wantsSuccess,
} from '#server/delivery/report.ts';
import { forwardPrefixAfter, mailboxPrefixAfter } from '#server/delivery/trace.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { insertBlob, type StagedBody, stageBytes } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';

type Message = NonNullable<Awaited<ReturnType<Db['queueMessage']['findUnique']>>>;
type Row = Awaited<ReturnType<Db['queueRecipient']['findMany']>>[number];
type Mailbox = { accountId: string; address: string };

type Work = { message: Message; rows: Row[]; body: Buffer; owner: string };

const log = logOf('queue');

/** Delivers what can be; the results of the others, by recipient. */
export async function deliverHere({
  message,
  rows,
  body,
  owner,
}: Work): Promise<Map<string, Result>> {
  const staged = await stageBytes(body);
  const left = new Map<string, Result>();
  await Promise.all(
    rows.map(async (row) => {
      const result = await deliverRow(message, row, staged, body, owner);
      if (result) left.set(row.recipient, result);
    }),
  );
  return left;
}

/** Whether mail for an address of ours goes as it is to the server that has its mailbox. */
export async function isPassedOn(recipient: string): Promise<boolean> {
  const found = await resolveRecipient(recipient, await readSetting('smtp.recipientDelimiter'));
  if (found.status !== 'local' || found.mailboxes.length > 0) return false;
  return found.forwards.length === 1 && found.forwards[0] === recipient.toLowerCase();
}

/** Null when the row has ended, or is not ours any more. */
async function deliverRow(
  message: Message,
  row: Row,
  body: StagedBody,
  bytes: Buffer,
  owner: string,
): Promise<Result | null> {
  const delimiter = await readSetting('smtp.recipientDelimiter');
  const found = await resolveRecipient(row.recipient, delimiter);
  if (found.status !== 'local') return explain(found.status);
  const { mailboxes, forwards } = found;
  const storing = {
    ...{ message, row, body, owner, mailboxes, forwards },
    answers: await answer(message, row, body, mailboxes),
    report: await prepareSuccess(message, row, mailboxes, bytes),
    settings: await readSettings(),
  };
  let outcome = await storeFiled(storing, fileArrivals);
  // A mailbox that a rule chose may be gone since: once more without rules.
  if (isRefusal(outcome, 'not-found')) outcome = await storeFiled(storing, filePlainly);
  if (isRefusal(outcome)) return defer('4.2.2', outcome.message);
  if (outcome === 'lost') {
    log.warn({ traceId: message.traceId }, 'a lease ended during a delivery; nothing was stored');
    return null;
  }
  for (const { accountId, mailboxId } of outcome) pokeMailbox(accountId, mailboxId);
  if (storing.report) pokeReport(storing.report);
  poke('queue');
  return null;
}

/** What waited is answered too, unless it is a forward of somebody's: that was answered on its first arrival. */
function answer(message: Message, row: Row, body: StagedBody, mailboxes: Mailbox[]) {
  const { sender, traceId } = message;
  const isJunk = isMarkedJunk(message.prefix);
  const isForwarded = /^Delivered-To:/im.test(Buffer.from(message.prefix).toString('latin1'));
  if (isForwarded || row.notify === 'NEVER') return Promise.resolve([]);
  return prepareAnswers({ sender, facts: body.facts, traceId, isJunk }, mailboxes);
}

async function storeFiled(
  storing: Omit<Storing, 'filings'>,
  file: typeof fileArrivals,
): Promise<NewCopy[] | 'lost' | Refusal> {
  const { message, body, mailboxes } = storing;
  const arriving = {
    facts: body.facts,
    sizeBytes: body.sizeBytes,
    prefix: Buffer.from(message.prefix),
    isJunk: isMarkedJunk(message.prefix),
  };
  const filings = await file(arriving, mailboxes);
  return write((tx) => store(tx, { ...storing, filings }));
}

/** Copies for the places that their owners chose. */
function makeCopies(
  { message, row, body, mailboxes }: Storing,
  filings: Map<string, Filing>,
): NewCopy[] {
  return mailboxes.flatMap(({ accountId, address }) =>
    (filings.get(accountId)?.places ?? []).map((place) => ({
      ...{ accountId, body, internalDate: now(), ...place },
      prefix: mailboxPrefixAfter(message.prefix, {
        sender: message.sender,
        address,
        originalTo: row.recipient,
      }),
    })),
  );
}

function explain(status: 'disabled' | 'unknown' | 'not-local'): Result {
  if (status === 'disabled') return fail('5.2.1', 'This mailbox is disabled');
  if (status === 'unknown') return fail('5.1.1', 'There is no such mailbox here');
  // Its domain went just now: the next look finds the way outside.
  return defer('4.3.0', 'The domain is not received here any more');
}

const resultHere = { code: 0, host: '' };

function fail(status: string, text: string): Result {
  return { ...resultHere, kind: 'failed', status, text };
}

function defer(status: string, text: string): Result {
  return { ...resultHere, kind: 'deferred', status, text };
}

async function prepareSuccess(
  message: Message,
  row: Row,
  mailboxes: Mailbox[],
  bytes: Buffer,
): Promise<Report | null> {
  if (mailboxes.length === 0 || !wantsSuccess(row.notify, message)) return null;
  const about = mailboxes.map(({ address }) => ({
    recipient: address,
    originalTo: row.originalTo || (address === row.recipient ? null : row.recipient),
    action: 'delivered' as const,
    status: '2.0.0',
  }));
  const destination = await findDestination(message.sender);
  return prepareReport('delivered', message, destination, about, bytes);
}

type Storing = {
  message: Message;
  row: Row;
  body: StagedBody;
  owner: string;
  mailboxes: Mailbox[];
  /** Addresses outside that an alias leads to. */
  forwards: string[];
  filings: Map<string, Filing>;
  answers: Answer[];
  report: Report | null;
  settings: Settings;
};

async function store(tx: Tx, storing: Storing): Promise<NewCopy[] | 'lost' | Refusal> {
  const { message, row, owner, forwards, report } = storing;
  // Changed, and so locked: a runner that thinks our lease is over waits for us, or we find that it has the row.
  const { count } = await tx.queueRecipient.updateMany({
    where: { id: row.id, state: 'sending', leaseOwner: owner },
    data: { attempts: row.attempts + 1 },
  });
  if (count === 0) return 'lost';
  const filings = await settleForwards(tx, storing);
  const copies = makeCopies(storing, filings);
  const [stored] = await appendAllIn(tx, [copies]);
  if (!Array.isArray(stored)) {
    // The attempt is counted where its outcome is decided.
    await tx.queueRecipient.update({ where: { id: row.id }, data: { attempts: row.attempts } });
    return stored as Refusal;
  }
  await removeRecipients(tx, message.id, [row.id]);
  const leaving: [string, string[]][] = forwards.length > 0 ? [[row.recipient, forwards]] : [];
  for (const { accountId, address } of storing.mailboxes) {
    const own = filings.get(accountId)?.forwards ?? [];
    if (own.length > 0) leaving.push([address, own]);
  }
  for (const [by, recipients] of leaving) await enqueueForwards(tx, storing, by, recipients);
  const answered = await insertAnswers(tx, storing.answers);
  if (report) await insertReport(tx, report);
  await recordEventsIn(tx, [
    ...copies.map((copy, index) => describeCopy(storing, filings, copy, stored[index]?.uid)),
    ...leaving.flatMap(([by, recipients]) =>
      recipients.map((recipient) => describeForward(storing, by, recipient)),
    ),
    ...answered,
  ]);
  return copies;
}

/** Forwards of users as they may leave; what may not stays here. */
async function settleForwards(tx: Tx, { filings, settings }: Storing): Promise<typeof filings> {
  const asked = [...filings].flatMap(([accountId, { forwards }]) =>
    forwards.length > 0 ? [{ accountId, forwards }] : [],
  );
  const may = await countForwards(tx, asked, settings);
  const settled = new Map(filings);
  for (const [index, { accountId }] of asked.entries()) {
    const filing = filings.get(accountId) as Filing;
    if (!may[index]) settled.set(accountId, { ...filing, forwards: [] });
    else if (filing.isForwardOnly) settled.set(accountId, { ...filing, places: [] });
  }
  return settled;
}

async function enqueueForwards(
  tx: Tx,
  { message, row, body }: Storing,
  by: string,
  forwards: string[],
): Promise<void> {
  const prefix = forwardPrefixAfter(message.prefix, by);
  await enqueue(tx, {
    blobId: await insertBlob(tx, body),
    prefix,
    sizeBytes: prefix.length + body.sizeBytes,
    sender: message.sender,
    accountId: message.accountId,
    // RFC 3461 §5.2.7: the parameters go along with the address that an alias leads to.
    recipients: forwards.map((recipient) => ({
      recipient,
      originalTo: row.originalTo,
      notify: row.notify,
    })),
    envid: message.envid,
    ret: message.ret,
    isSmtpUtf8: message.isSmtpUtf8,
    isTlsRequired: message.isTlsRequired,
    traceId: message.traceId,
  });
}

function describeCopy(
  { message, row, mailboxes }: Storing,
  filings: Map<string, Filing>,
  { accountId, mailboxId }: NewCopy,
  uid: number | undefined,
): NewEvent {
  const address = mailboxes.find((one) => one.accountId === accountId)?.address ?? '';
  const words = address === row.recipient ? [] : [`to the mailbox of ${address}`];
  const note = filings.get(accountId)?.note;
  if (note) words.push(note);
  return {
    traceId: message.traceId,
    kind: 'delivered',
    accountId,
    sender: message.sender,
    recipient: row.recipient,
    text: words.join(', '),
    detail: { mailboxId, uid, isJunk: isMarkedJunk(message.prefix) || undefined },
  };
}

function describeForward({ message }: Storing, by: string, recipient: string): NewEvent {
  return {
    traceId: message.traceId,
    kind: 'queued',
    accountId: message.accountId,
    sender: message.sender,
    recipient,
    text: `forwarded by ${by}`,
  };
}
