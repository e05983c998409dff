// The timed job that reports on TLS to other domains (RFC 8460): once a day to each that asks, about the day before.
// Exactly once among all processes: the mail enters the queue in the transaction that also writes the row which says
// that the day of the domain is done; where that row is, nobody reports again. A POST follows that row: at most once.
import { now } from '#lib/clock.ts';
import { db, type Tx, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { resolveTxt } from '#server/dns/resolver.ts';
import { dayOf } from '#server/store/day.ts';
import { sendDue, sendOnce } from '../daily-report.ts';
import { findDane } from './dane.ts';
import { formatTlsa } from './dane-match.ts';
import { askHttps } from './outside-https.ts';
import { composeReportMail, packReport, type ReportFacts, readReportUris } from './tls-report.ts';
import { flushTls } from './tls-report-count.ts';

/** `result` of the row that says: this day of the domain is done. */
export const doneMark = 'reported';

const keepDays = 14;
const maxRows = 1000;
const log = logOf('delivery');

/** Sends what is due; removes old results. */
export async function sendTlsReports(signal: AbortSignal): Promise<Record<string, number>> {
  await flushTls();
  const today = dayOf(now());
  const old = { day: { lt: today - keepDays } };
  if ((await db.tlsResult.count({ where: old })) > 0) {
    await write((tx) => tx.tlsResult.deleteMany({ where: old }));
  }
  const settings = await readSettings();
  if (!settings['delivery.tlsReports']) return {};
  return sendDue({ name: 'TLS', list, reportOn }, signal);
}

async function list(day: { gte: number; lt: number }, take: number) {
  const select = { day: true, domain: true } as const;
  return Promise.all([
    db.tlsResult.findMany({ where: { day }, select, distinct: ['day', 'domain'], take }),
    db.tlsResult.findMany({ where: { day, result: doneMark }, select }),
  ]);
}

/** True where a report has left. */
async function reportOn(domain: string, day: number): Promise<boolean> {
  const answer = await resolveTxt(`_smtp._tls.${domain}`);
  if (answer.status === 'failed') return false;
  const { mail, https } = readReportUris(answer.status === 'ok' ? answer.records : []);
  const markDone = (tx: Tx) => mark(tx, domain, day);
  if (mail.length + https.length === 0) {
    await sendOnce([], '', '', markDone);
    return false;
  }
  const facts = await gather(domain, day);
  const packed = packReport(facts);
  const mails = mail.map((recipient) => ({
    recipient,
    bytes: composeReportMail(facts, packed, recipient, now()),
  }));
  const text = `TLS report to ${domain}`;
  const isOurs = await sendOnce(mails, facts.submitter, text, markDone);
  if (!isOurs) return false;
  for (const url of https) await post(url, packed, domain);
  return true;
}

async function mark(tx: Tx, domain: string, day: number): Promise<void> {
  const key = { day, domain, policyType: '', mx: '', result: doneMark };
  await tx.tlsResult.create({ data: { ...key, count: 1 } });
}

async function gather(domain: string, day: number): Promise<ReportFacts> {
  const [settings, submitter, rows, sts] = await Promise.all([
    readSettings(),
    serverHostname(),
    db.tlsResult.findMany({
      where: { domain, day, result: { not: doneMark } },
      orderBy: [{ policyType: 'asc' }, { count: 'desc' }],
      take: maxRows,
    }),
    db.stsPolicy.findUnique({ where: { id: domain } }),
  ]);
  const policies: ReportFacts['policies'] = {};
  if (sts) {
    const mx = sts.mx.split(' ').filter(Boolean);
    const age = Math.round((sts.expiresAt.getTime() - sts.fetchedAt.getTime()) / 1000);
    const lines = ['version: STSv1', `mode: ${sts.mode}`, ...mx.map((name) => `mx: ${name}`)];
    policies.sts = { lines: [...lines, `max_age: ${age}`], mx };
  }
  const hosts = rows.filter(({ policyType }) => policyType === 'tlsa').map(({ mx }) => mx);
  if (hosts.length > 0) {
    const mx = [...new Set(hosts)].slice(0, 20);
    const port = settings['delivery.mxPort'];
    const found = await Promise.all(mx.map((host) => findDane(host, port)));
    const records = found.flatMap((dane) => (dane.status === 'tlsa' ? dane.records : []));
    policies.tlsa = { lines: records.map(formatTlsa), mx };
  }
  const contact = settings['delivery.tlsReportContact'] || `postmaster@${submitter}`;
  return { domain, submitter, contact, day, id: newId(), sessions: rows, policies };
}

async function post(url: URL, packed: Buffer, domain: string): Promise<void> {
  const body = { type: 'application/tlsrpt+gzip', bytes: packed };
  const answer = await askHttps(url.hostname, `${url.pathname}${url.search}`, body);
  const why = 'text' in answer ? answer.text : answer.status >= 300 ? `${answer.status}` : '';
  if (why) log.warn({ domain, why }, 'a TLS report was not taken');
}
