// What the daily reports to other domains have in common, DMARC (RFC 9990) and TLS (RFC 8460): when they are due, that
// one process alone sends one, and how its mail enters the queue.
import { now } from '#lib/clock.ts';
import { isUniqueViolation, type Tx, write } from '#lib/db.ts';
import { newTraceId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import { insertBlob, type StagedBody, stageBytes } from '#server/store/bodies/blobs.ts';
import { dayOf } from '#server/store/day.ts';
import { queuePrefix } from './trace.ts';

const dayMs = 86_400_000;
/** Where the DNS does not say who wants a report, it is asked again for so many days. */
const tryDays = 2;
const maxDomains = 10_000;
const log = logOf('delivery');
/** Counts of the day before have reached the rows of all processes by then. */
const firstMs = 10 * 60_000;
/** RFC 8460 §4.1: not all reports of the world at midnight. */
const spreadMs = 4 * 3_600_000;

type DayOfDomain = { day: number; domain: string };

export type DailyReport = {
  /** For the log: "TLS" */
  name: string;
  /** What was counted on these days, and what of it is done. At most `limit` of the first. */
  list(
    days: { gte: number; lt: number },
    limit: number,
  ): Promise<[all: DayOfDomain[], done: DayOfDomain[]]>;
  /** True where a report has left. */
  reportOn(domain: string, day: number): Promise<boolean>;
};

export type ReportMail = { recipient: string; bytes: Buffer };

/** Sends what is due of the days before. */
export async function sendDue(
  { name, list, reportOn }: DailyReport,
  signal: AbortSignal,
): Promise<{ reports: number }> {
  const at = now();
  const today = dayOf(at);
  const [all, done] = await list({ gte: today - tryDays, lt: today }, maxDomains);
  const marks = new Set(done.map(({ day, domain }) => `${day} ${domain}`));
  let reports = 0;
  for (const { day, domain } of all) {
    if (signal.aborted) break;
    if (marks.has(`${day} ${domain}`) || !isReady(domain, day, at)) continue;
    try {
      if (await reportOn(domain, day)) reports++;
    } catch (error) {
      log.error({ err: error, domain }, `a ${name} report could not be sent`);
    }
  }
  return { reports };
}

/** Whether the report to `domain` about `day` may leave: each day at the same time for a domain. */
function isReady(domain: string, day: number, at: Date): boolean {
  return at.getTime() >= (day + 1) * dayMs + firstMs + (hashOf(domain) % spreadMs);
}

/**
 * Queues the mails and lets `mark` note in the same commit that the day is done; false where another process was first:
 * `mark` then violates a unique key.
 */
export async function sendOnce(
  mails: ReportMail[],
  hostname: string,
  text: string,
  mark: (tx: Tx) => Promise<unknown>,
): Promise<boolean> {
  const traceId = newTraceId();
  const prefix = queuePrefix({ hostname, protocol: 'local', receivedAt: now() }, traceId, []);
  const staged = await Promise.all(
    mails.map(async ({ recipient, bytes }) => ({ recipient, body: await stageBytes(bytes) })),
  );
  try {
    await write(async (tx) => {
      await mark(tx);
      for (const mail of staged) await insertMail(tx, mail, prefix, traceId, text);
    });
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
  if (mails.length > 0) poke('queue');
  return true;
}

async function insertMail(
  tx: Tx,
  { recipient, body }: { recipient: string; body: StagedBody },
  prefix: Buffer,
  traceId: string,
  text: string,
): Promise<void> {
  await enqueue(tx, {
    blobId: await insertBlob(tx, body),
    prefix,
    sizeBytes: prefix.length + body.sizeBytes,
    // Nobody is told when a report comes back.
    sender: '',
    accountId: null,
    recipients: [{ recipient, notify: 'NEVER' }],
    traceId,
  });
  await recordEventIn(tx, { traceId, kind: 'queued', recipient, text });
}

/** A number that is the same for a name each day. */
function hashOf(text: string): number {
  let hash = 0;
  for (const character of text) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash;
}
