// A DMARC aggregate report as other servers send it (RFC 9990 §3.1, RFC 7489 appendix C) read into what is kept of it.
// Texts are hostile and cut; numbers are bounded; a report that is not about mail of one domain and time is none.
import { isIP } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { BadReport, readXml } from './xml.ts';

export type AggregateRecord = {
  source: string;
  count: number;
  disposition: 'none' | 'quarantine' | 'reject';
  isDkimAligned: boolean;
  isSpfAligned: boolean;
  headerFrom: string;
  /** "DKIM pass example.org s1, SPF fail example.net" */
  findings: string;
};

export type AggregateReport = {
  domain: string;
  organization: string;
  reportId: string;
  policy: string;
  beginAt: Date;
  endAt: Date;
  messages: number;
  records: AggregateRecord[];
  /** It had more records than are kept. */
  isCut: boolean;
};

/** A large domain has some thousand senders a day. */
const maxRecords = 5000;
const maxCount = 2_000_000_000;
const maxTextLength = 255;
const maxResults = 10;
const stepsPerTurn = 2000;
const maxReportDays = 40;

type Fields = Map<string, string>;

/** Reads the whole; other work gets its turn in between. Throws BadReport. */
export async function readAggregate(document: string): Promise<AggregateReport> {
  const facts: Fields = new Map();
  const records: AggregateRecord[] = [];
  let record: Fields | null = null;
  let results: Fields[] = [];
  let messages = 0;
  let isCut = false;
  let steps = 0;
  for (const { kind, path, text } of readXml(document)) {
    if (++steps % stepsPerTurn === 0) await nextTurn();
    if (path[0] !== 'feedback') throw new BadReport('not a DMARC report');
    if (path.length === 1) continue;
    if (path[1] !== 'record') {
      if (kind === 'close' && !facts.has(keyOf(path, 1))) facts.set(keyOf(path, 1), text);
      continue;
    }
    if (kind === 'open') {
      if (path.length === 2) {
        record = new Map();
        results = [];
      }
      if (path.length === 4 && path[2] === 'auth_results' && results.length < maxResults) {
        results.push(new Map([['kind', path[3] ?? '']]));
      }
    } else if (path.length === 2) {
      const read = record && toRecord(record, results);
      if (!read) throw new BadReport('a record without address or number');
      messages = Math.min(maxCount, messages + read.count);
      if (records.length < maxRecords) records.push(read);
      else isCut = true;
    } else if (path[2] === 'auth_results') {
      if (path.length === 5) results.at(-1)?.set(path[4] ?? '', text);
    } else record?.set(keyOf(path, 2), text);
  }
  return { ...toFacts(facts), messages, records, isCut };
}

function keyOf(path: readonly string[], from: number): string {
  return path.slice(from).join('.');
}

function toFacts(facts: Fields) {
  const domain = toAsciiDomain(facts.get('policy_published.domain')?.replace(/\.$/, '') ?? '');
  const beginAt = readTime(facts.get('report_metadata.date_range.begin'));
  const endAt = readTime(facts.get('report_metadata.date_range.end'));
  const reportId = cut(facts.get('report_metadata.report_id'));
  const organization = cut(
    facts.get('report_metadata.org_name') || facts.get('report_metadata.email'),
  );
  if (!domain) throw new BadReport('the domain is missing');
  if (!reportId || !organization) throw new BadReport('who reports is missing');
  const days = beginAt && endAt ? (endAt.getTime() - beginAt.getTime()) / 86_400_000 : -1;
  if (!beginAt || !endAt || days < 0 || days > maxReportDays) {
    throw new BadReport('the time is missing');
  }
  const tags = ['p', 'sp', 'np', 'adkim', 'aspf', 'testing'].flatMap((tag) => {
    const value = cut(facts.get(`policy_published.${tag}`)).slice(0, 20);
    return value ? [`${tag}=${value}`] : [];
  });
  return { domain, organization, reportId, beginAt, endAt, policy: tags.join(' ') };
}

function toRecord(fields: Fields, results: Fields[]): AggregateRecord | null {
  const source = fields.get('row.source_ip') ?? '';
  const written = fields.get('row.count') ?? '';
  if (isIP(source) === 0 || !/^\d{1,12}$/.test(written)) return null;
  const said = fields.get('row.policy_evaluated.disposition') ?? '';
  return {
    source: source.toLowerCase(),
    count: Math.min(maxCount, Number(written)),
    disposition: said === 'quarantine' || said === 'reject' ? said : 'none',
    isDkimAligned: fields.get('row.policy_evaluated.dkim') === 'pass',
    isSpfAligned: fields.get('row.policy_evaluated.spf') === 'pass',
    headerFrom: cut(fields.get('identifiers.header_from')).toLowerCase(),
    findings: results
      .map(describe)
      .join(', ')
      .slice(0, maxTextLength * 2),
  };
}

function describe(fields: Fields): string {
  const name = fields.get('kind') === 'dkim' ? 'DKIM' : 'SPF';
  const words = [fields.get('result'), fields.get('domain'), fields.get('selector')];
  return [name, ...words.map((word) => cut(word).slice(0, 100))].filter(Boolean).join(' ');
}

/** RFC 9990 §3.1.1.4: seconds since 1970. */
function readTime(text = ''): Date | null {
  return /^\d{1,11}$/.test(text) ? new Date(Number(text) * 1000) : null;
}

function cut(text = ''): string {
  return text
    .slice(0, maxTextLength)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim();
}
