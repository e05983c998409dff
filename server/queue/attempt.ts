// One attempt at recipients of one message that share a route: read, connect, send, then one write() that
// ends or reschedules every recipient together with its report and its trail events. Recipients here: local-attempt.ts.
import { findFailureBurst } from '#lib/accounts/sending.ts';
import { lockSendingDay } from '#lib/accounts/sending-ledger.ts';
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { removeRecipients } from '#lib/queue/entries.ts';
import { isHard, suppressIn } from '#lib/queue/suppression.ts';
import { readSettings, type Settings, serverHostname } from '#lib/settings/index.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import { isSenderProven } from '#server/delivery/backscatter.ts';
import {
  type HoldNotice,
  insertHold,
  pokeHold,
  prepareHoldNotice,
} from '#server/delivery/hold-notice.ts';
import { timeoutsOf } from '#server/delivery/outbound/patience.ts';
import { deliverRemote } from '#server/delivery/outbound/remote.ts';
import { cleanText, type Result } from '#server/delivery/outbound/reply.ts';
import { findTargets, isNamed, type Route } from '#server/delivery/outbound/route.ts';
import { prepareOutgoing } from '#server/delivery/outgoing.ts';
import {
  type Destination,
  findDestination,
  insertReport,
  nowhere,
  pokeReport,
  type Report,
} from '#server/delivery/report.ts';
import { waivesPolicies } from '#server/delivery/tls/tls-policy-mx.ts';
import { findRoutePolicy } from '#server/delivery/tls/tls-policy-rule.ts';
import { bounces, messagesSent } from '#server/metrics/index.ts';
import { observeStage } from '#server/metrics/timing.ts';
import { readBlob } from '#server/store/bodies/blobs.ts';
import { deliverHere, isPassedOn } from './local-attempt.ts';
import { decide, type Schedule } from './outcome.ts';
import { beginOf, type Message, prepareReports, type Row, type Verdict } from './reports.ts';
import { scheduleOf } from './schedule.ts';
import { findUntried } from './untried.ts';

export type Job = {
  messageId: string;
  recipientIds: string[];
  route: Route;
  owner: string;
  signal: AbortSignal;
  /** From here on somebody outside is asked; and then a host has answered. */
  onOutside?: () => void;
  onConnected?: () => void;
};

const log = logOf('queue');

/** Runs the job to its stored end; what was answered. Throws when the signal ended it: then nothing was stored. */
export async function runJob(job: Job): Promise<Result[]> {
  const message = await db.queueMessage.findUnique({ where: { id: job.messageId } });
  const rows = await db.queueRecipient.findMany({
    where: { id: { in: job.recipientIds }, state: 'sending', leaseOwner: job.owner },
  });
  if (!message || rows.length === 0) return [];
  const settings = await readSettings();
  let bytes = Buffer.alloc(0);
  let results: Map<string, Result>;
  try {
    const body = await readBlob(message.blobId);
    bytes = Buffer.concat([message.prefix, body]);
    results = await findUntried(message, rows, job.route);
    const open = rows.filter((row) => !results.has(row.recipient));
    const [here, outside] = await divide(job.route, open);
    const answers = [
      ...(here.length > 0 ? await deliverHere({ ...job, message, rows: here, body }) : []),
      ...(outside.length > 0 ? await send(job, message, outside, bytes, settings) : []),
    ];
    for (const [recipient, result] of answers) results.set(recipient, result);
  } catch (error) {
    if (job.signal.aborted) throw error;
    log.error({ err: error, traceId: message.traceId }, 'an attempt failed by a fault of ours');
    const text = 'internal fault, see the log';
    const fault: Result = { kind: 'deferred', code: 0, status: '4.3.0', text, host: '' };
    results = new Map(rows.map((row) => [row.recipient, fault]));
  }
  // What is in a mailbox has left the queue already.
  const left = rows.filter((row) => results.has(row.recipient));
  if (left.length > 0) await finish(job, message, left, bytes, results, settings);
  return [...results.values()];
}

/** Those to be resolved here, and those that leave. In a domain whose mailboxes are elsewhere some are aliases. */
async function divide({ isLocal, isElsewhere }: Route, rows: Row[]): Promise<[Row[], Row[]]> {
  if (isLocal) return [rows, []];
  if (!isElsewhere) return [[], rows];
  const passed = await Promise.all(rows.map(({ recipient }) => isPassedOn(recipient)));
  return [rows.filter((_, index) => !passed[index]), rows.filter((_, index) => passed[index])];
}

async function send(
  job: Job,
  message: Message,
  rows: Row[],
  bytes: Buffer,
  settings: Settings,
): Promise<Map<string, Result>> {
  const { rule } = job.route;
  job.onOutside?.();
  const way = await findTargets(job.route);
  if ('failure' in way) {
    const { isPermanent, status, text } = way.failure;
    const kind = isPermanent ? 'failed' : 'deferred';
    const result: Result = { kind, code: 0, status, text: cleanText(text), host: '' };
    return new Map(rows.map((row) => [row.recipient, result]));
  }
  const tls = await findRoutePolicy({
    route: job.route,
    // RFC 8689 §4.2.2: a report goes also where TLS cannot be had.
    isTlsForced: message.isTlsRequired && message.sender !== '',
    isWaived: !message.isTlsRequired && waivesPolicies(bytes),
  });
  const login =
    rule?.username && isNamed(job.route)
      ? { username: rule.username, password: rule.password }
      : null;
  const leaving = await prepareOutgoing(
    message,
    bytes,
    isNamed(job.route) || job.route.isElsewhere,
  );
  return deliverRemote({
    targets: way.targets,
    ...tls,
    login,
    envelope: {
      sender: leaving.sender,
      recipients: rows.map(({ recipient, originalTo, notify }) => ({
        recipient,
        originalTo,
        notify,
      })),
      envid: message.envid,
      ret: message.ret,
      isSmtpUtf8: message.isSmtpUtf8,
      isTlsRequired: message.isTlsRequired,
    },
    bytes: leaving.render,
    hostname: rule?.helo || (await serverHostname()),
    connectTimeoutMs: settings['delivery.connectTimeoutSeconds'] * 1000,
    timeouts: timeoutsOf(settings),
    debugPeers: settings['log.debugPeers'],
    reuse: {
      maxMessages: settings['delivery.messagesPerConnection'],
      maxMs: settings['delivery.connectionSeconds'] * 1000,
    },
    signal: job.signal,
    onConnected: job.onConnected,
  });
}

/** Decides for every recipient, prepares the reports, and stores all of it at once. */
async function finish(
  job: Job,
  message: Message,
  rows: Row[],
  bytes: Buffer,
  results: Map<string, Result>,
  settings: Settings,
): Promise<void> {
  const at = now();
  const schedule = scheduleOf(settings, job.route.rule);
  const destination = isSenderProven(message)
    ? await findDestination(message.sender)
    : nowhere('unproven-sender');
  const verdicts = rows.map((row): Verdict => {
    const result = results.get(row.recipient);
    if (!result) throw new Error('An attempt gave no result for a recipient');
    const attempts = row.attempts + 1;
    const history = {
      ...row,
      createdAt: beginOf(row, message),
      attempts,
      sender: message.sender,
      isOwnSender: destination.isOwn,
      isSubmitted: message.accountId !== null,
    };
    return { row, result, attempts, decision: decide(result, history, schedule, at) };
  });
  const reports = await prepareReports({
    message,
    verdicts,
    destination,
    bytes,
    schedule,
    settings,
    at,
  }).catch((error): Report[] => {
    // What was delivered must be stored all the same; the rest is tried and reported later.
    log.error({ err: error, traceId: message.traceId }, 'a report could not be made');
    postponeReports(verdicts, schedule, at);
    return [];
  });
  const notice = await noticeFailures(message, verdicts, settings);
  // Only what a server has said of the address itself.
  const hard = verdicts.flatMap(({ row, result: { kind, code, status, text } }) =>
    kind === 'failed' && code >= 500 && isHard(status)
      ? [{ address: row.recipient, code, status, text }]
      : [],
  );
  const isOurs = await write(async (tx) => {
    if (notice) await lockSendingDay(tx, notice.accountId);
    // Delivered is a fact, whoever holds the lease now; everything else needs our own.
    const held = new Set(await listHeld(tx, job, rows));
    if (verdicts.some(({ row, decision }) => decision.kind !== 'delivered' && !held.has(row.id))) {
      const delivered = verdicts.filter(({ decision }) => decision.kind === 'delivered');
      await storeVerdicts(tx, message, destination, delivered);
      return false;
    }
    await storeVerdicts(tx, message, destination, verdicts);
    if (hard.length > 0) await suppressIn(tx, hard, settings['delivery.suppressionDays']);
    for (const report of reports) await insertReport(tx, report);
    if (notice) await insertHold(tx, notice);
    return true;
  });
  if (!isOurs) {
    log.warn({ traceId: message.traceId }, 'a lease ended during an attempt; its outcome is void');
    return;
  }
  for (const report of reports) pokeReport(report);
  if (notice) pokeHold(notice);
  for (const verdict of verdicts) count(verdict, at);
}

/** A user whose mail fails in such numbers writes to a bought list, or is not who writes. */
async function noticeFailures(
  { accountId }: Message,
  verdicts: Verdict[],
  settings: Settings,
): Promise<HoldNotice | null> {
  const failed = verdicts.filter(
    ({ result, decision }) => result.kind === 'failed' && decision.kind !== 'retry',
  );
  if (accountId === null || failed.length === 0) return null;
  const why = await findFailureBurst(accountId, failed.length, settings);
  return why ? prepareHoldNotice(accountId, why) : null;
}

/** Turns decisions that need a report into a later attempt. */
function postponeReports(verdicts: Verdict[], schedule: Schedule, at: Date): void {
  for (const verdict of verdicts) {
    const { kind } = verdict.decision;
    if (kind !== 'bounce' && kind !== 'retry') continue;
    const next = new Date(at.getTime() + schedule.firstRetryMs);
    verdict.decision = { kind: 'retry', at: next, tellsDelay: false };
  }
}

async function listHeld(tx: Tx, job: Job, rows: Row[]): Promise<string[]> {
  const held = await tx.queueRecipient.findMany({
    where: { id: { in: rows.map((row) => row.id) }, state: 'sending', leaseOwner: job.owner },
    select: { id: true },
  });
  return held.map((row) => row.id);
}

async function storeVerdicts(
  tx: Tx,
  message: Message,
  destination: Destination,
  verdicts: Verdict[],
): Promise<void> {
  const ended = verdicts.filter(({ decision }) => decision.kind !== 'retry');
  await removeRecipients(
    tx,
    message.id,
    ended.map(({ row }) => row.id),
  );
  for (const verdict of verdicts) await storeVerdict(tx, message, destination, verdict);
}

async function storeVerdict(
  tx: Tx,
  message: Message,
  destination: Destination,
  verdict: Verdict,
): Promise<void> {
  const { row, result, decision, attempts } = verdict;
  if (decision.kind === 'retry') {
    await tx.queueRecipient.update({
      where: { id: row.id },
      data: {
        state: 'queued',
        attempts,
        nextAttemptAt: decision.at,
        leaseOwner: '',
        leaseUntil: null,
        isDelayTold: row.isDelayTold || decision.tellsDelay,
        lastCode: result.code,
        lastText: result.text,
        lastHost: result.host,
      },
    });
  }
  const event = {
    traceId: message.traceId,
    accountId: message.accountId,
    sender: message.sender,
    recipient: row.recipient,
    remote: result.host,
    reason: [result.code || '', result.status].filter(Boolean).join(' '),
    text: result.text,
  };
  const { tls, address, tookMs } = result;
  // What is not known is left out.
  const detail = { attempts, tls, address, tookMs };
  if (decision.kind === 'delivered') {
    await recordEventIn(tx, { ...event, kind: 'sent', detail });
  } else if (decision.kind === 'retry') {
    const next = decision.at.toISOString();
    await recordEventIn(tx, { ...event, kind: 'deferred', detail: { ...detail, next } });
  } else if (decision.kind === 'bounce' && !destination.why) {
    const { isExpired } = decision;
    await recordEventIn(tx, { ...event, kind: 'bounced', detail: { ...detail, isExpired } });
  } else {
    const why = decision.kind === 'drop' ? decision.why : destination.why;
    await recordEventIn(tx, { ...event, kind: 'dropped', detail: { ...detail, why } });
  }
}

function count({ row, result, decision }: Verdict, at: Date): void {
  messagesSent.inc({ result: result.kind });
  if (result.tookMs !== undefined) observeStage('attempt', result.tookMs);
  if (decision.kind === 'delivered') observeStage('queue', at.getTime() - row.createdAt.getTime());
  if (decision.kind === 'bounce') bounces.inc({ code_class: decision.isExpired ? '4' : '5' });
}
