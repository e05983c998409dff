// What is told of an attempt, and whom: the sender, by one report of each kind at most, and the postmaster where an
// administrator wants to know (Postfix: notify_classes). Composed before the step that stores the outcome.
import { postmasterAddress } from '#lib/accounts/postmaster.ts';
import type { db } from '#lib/db.ts';
import type { BounceRecipient } from '#lib/mail/dsn.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { NoticeClass } from '#lib/settings/notices.ts';
import type { Result } from '#server/delivery/outbound/reply.ts';
import {
  type Destination,
  findDestination,
  prepareReport,
  type Report,
} from '#server/delivery/report.ts';
import type { Decision, Schedule } from './outcome.ts';

export type Message = NonNullable<Awaited<ReturnType<typeof db.queueMessage.findUnique>>>;
export type Row = Awaited<ReturnType<typeof db.queueRecipient.findMany>>[number];
export type Verdict = { row: Row; result: Result; decision: Decision; attempts: number };

/** Where lifetime and delay begin: RFC 4865 §4, what was asked to wait is not late. */
export function beginOf(row: Row, { releaseAt }: Message): Date {
  return releaseAt && releaseAt > row.createdAt ? releaseAt : row.createdAt;
}

type Outcome = {
  message: Message;
  verdicts: Verdict[];
  /** Of the sender */
  destination: Destination;
  bytes: Buffer;
  schedule: Schedule;
  settings: Settings;
  at: Date;
};

/** One report of each kind at most, each about all recipients it concerns. */
export async function prepareReports(outcome: Outcome): Promise<Report[]> {
  const { message, verdicts, destination, bytes, at } = outcome;
  const failed = verdicts.filter(({ decision }) => decision.kind === 'bounce');
  const delayed = verdicts.filter(
    ({ decision }) => decision.kind === 'retry' && decision.tellsDelay,
  );
  const relayed = verdicts.filter(
    ({ decision }) => decision.kind === 'delivered' && decision.tellsSuccess,
  );
  const isReachable = destination.mailboxes.length + destination.outside.length > 0;
  const lost = verdicts.filter(
    ({ decision }) =>
      (decision.kind === 'bounce' && !isReachable) ||
      (decision.kind === 'drop' && decision.why === 'null-sender'),
  );
  const late = delayed.map((verdict) => {
    const until = new Date(beginOf(verdict.row, message).getTime() + outcome.schedule.lifetimeMs);
    return describe(verdict, 'delayed', at, until);
  });
  const reports: Report[] = [];
  if (isReachable && relayed.length > 0) {
    const about = relayed.map((verdict) => describe(verdict, 'relayed', at));
    reports.push(await prepareReport('delivered', message, destination, about, bytes));
  }
  if (isReachable && failed.length > 0) {
    const about = failed.map((verdict) => describe(verdict, 'failed', at));
    reports.push(await prepareReport('failed', message, destination, about, bytes));
  }
  if (isReachable && late.length > 0) {
    // Only to own users, also where their address forwards.
    const own = { ...destination, outside: [] };
    reports.push(await prepareReport('delayed', message, own, late, bytes));
  }
  const fail = (list: Verdict[]) => list.map((verdict) => describe(verdict, 'failed', at));
  return [
    ...reports,
    ...(await tellPostmaster(outcome, 'bounce', 'failed', isReachable ? fail(failed) : [])),
    ...(await tellPostmaster(outcome, '2bounce', 'failed', fail(lost))),
    ...(await tellPostmaster(outcome, 'delay', 'delayed', isReachable ? late : [])),
  ];
}

/** The same report once more for the postmaster, with the header alone, where the settings want it. */
async function tellPostmaster(
  { message, bytes, settings }: Outcome,
  wanted: NoticeClass,
  kind: 'failed' | 'delayed',
  about: BounceRecipient[],
): Promise<Report[]> {
  if (about.length === 0 || !settings['delivery.noticeClasses'].includes(wanted)) return [];
  const address = settings['delivery.noticeAddress'] || (await postmasterAddress(settings));
  // A notice that cannot be delivered makes no other one.
  const isOwnNotice = message.sender === '' && about.some(({ recipient }) => recipient === address);
  if (isOwnNotice) return [];
  const brief = { ...message, ret: 'HDRS' };
  const postmaster = await findDestination(address);
  return [await prepareReport(kind, brief, postmaster, about, bytes, address)];
}

function describe(
  { row, result, decision }: Verdict,
  action: 'failed' | 'delayed' | 'relayed',
  at: Date,
  until: Date | null = null,
): BounceRecipient {
  const isExpired = decision.kind === 'bounce' && decision.isExpired;
  const said = [result.code || '', result.status, result.text].filter(Boolean).join(' ');
  return {
    recipient: row.recipient,
    originalTo: row.originalTo || null,
    action,
    // RFC 3463 §3.5: 4.4.7, the delivery time has expired.
    status: isExpired ? '4.4.7' : result.status,
    diagnostic: isExpired ? `delivery time expired, last: ${said}` : said,
    remoteMta: result.host || null,
    lastAttempt: at,
    retryUntil: until,
  };
}
