// The timed job that reports on DMARC to other domains (RFC 9990): once a day to each that asks, about the day before.
// Exactly once among all processes: the mail enters the queue in the transaction that also writes the row which says
// that the day of the domain is done; where that row is, nobody reports again.
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { newTraceId } from '#lib/id.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { dayOf } from '#server/store/day.ts';
import { type ReportMail, sendDue, sendOnce } from '../daily-report.ts';
import { type CountedResult, flushDmarc } from './count.ts';
import { findPolicy, listAgreed, type ReportAddress } from './policy.ts';
import { composeReportMail, packReport, type ReportFacts } from './report.ts';

/** `id` of the row that says: this day of the domain is done. */
export const doneMark = 'reported';

const keepDays = 4;
/** Records of one report, those of most messages first. */
const maxRecords = 10_000;

/** Sends what is due; removes old counts. */
export async function sendDmarcReports(signal: AbortSignal): Promise<Record<string, number>> {
  await flushDmarc();
  const today = dayOf(now());
  const old = { day: { lt: today - keepDays } };
  if ((await db.dmarcResult.count({ where: old })) > 0) {
    await write((tx) => tx.dmarcResult.deleteMany({ where: old }));
  }
  if (!(await readSettings())['delivery.dmarcReports']) return {};
  return sendDue({ name: 'DMARC', list, reportOn }, signal);
}

async function list(day: { gte: number; lt: number }, take: number) {
  const select = { day: true, domain: true } as const;
  return Promise.all([
    db.dmarcResult.findMany({ where: { day }, select, distinct: ['day', 'domain'], take }),
    db.dmarcResult.findMany({ where: { day, id: doneMark }, select }),
  ]);
}

/** True where a report has left. */
async function reportOn(domain: string, day: number): Promise<boolean> {
  const { policy, isUnknown } = await findPolicy(domain);
  if (isUnknown) return false;
  const agreed = await listAgreed(domain, policy?.rua ?? []);
  if (agreed.isUnknown) return false;
  const markDone = (tx: Tx) => mark(tx, domain, day);
  if (!policy || agreed.addresses.length === 0) {
    await sendOnce([], '', '', markDone);
    return false;
  }
  const { facts, messages } = await gather(domain, day);
  const mails = composeAll({ ...facts, policy }, agreed.addresses);
  const text = `DMARC report to ${domain} (${messages} messages)`;
  const isOurs = await sendOnce(mails, facts.submitter, text, markDone);
  return isOurs && mails.length > 0;
}

/** One mail an address; where it takes less, the half of the records with the most messages, and so on. */
function composeAll(facts: ReportFacts, addresses: ReportAddress[]): ReportMail[] {
  const packed = packReport(facts);
  return addresses.flatMap(({ address, maxBytes }) => {
    let bytes = composeReportMail(facts, packed, address, now());
    let { records } = facts;
    while (maxBytes !== null && bytes.length > maxBytes && records.length > 1) {
      records = records.slice(0, Math.floor(records.length / 2));
      const part = { ...facts, records };
      bytes = composeReportMail(part, packReport(part), address, now());
    }
    return maxBytes !== null && bytes.length > maxBytes ? [] : [{ recipient: address, bytes }];
  });
}

async function mark(tx: Tx, domain: string, day: number): Promise<void> {
  await tx.dmarcResult.create({ data: { day, domain, id: doneMark, facts: '{}', count: 1 } });
}

async function gather(
  domain: string,
  day: number,
): Promise<{ facts: Omit<ReportFacts, 'policy'>; messages: number }> {
  const [settings, submitter, rows] = await Promise.all([
    readSettings(),
    serverHostname(),
    db.dmarcResult.findMany({
      where: { domain, day, id: { not: doneMark } },
      orderBy: [{ count: 'desc' }, { id: 'asc' }],
      take: maxRecords,
    }),
  ]);
  const records = rows.map(({ facts, count }) => ({
    ...(JSON.parse(facts) as CountedResult),
    count,
  }));
  const contact = settings['delivery.dmarcReportContact'] || `postmaster@${submitter}`;
  return {
    facts: { domain, submitter, contact, day, id: newTraceId(), records },
    messages: rows.reduce((total, { count }) => total + count, 0),
  };
}
