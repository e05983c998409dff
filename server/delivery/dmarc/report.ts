// One DMARC report to one domain about one day (RFC 9990 §3.1, §3.5.2): the XML, and the mail that carries it. Pure.
import { gzipSync } from 'node:zlib';
import { formatDate } from '#lib/mail/date.ts';
import { foldField } from '#lib/mail/header.ts';
import type { CountedResult } from './count.ts';
import type { Policy } from './policy.ts';

export type ReportFacts = {
  /** Where the policy stands. */
  domain: string;
  policy: Policy;
  /** Our host name. */
  submitter: string;
  /** Address that is asked about the report. */
  contact: string;
  /** Days since 1970. */
  day: number;
  /** Letters and digits. */
  id: string;
  records: (CountedResult & { count: number })[];
};

const daySeconds = 86_400;

/** The report as gzipped XML (RFC 9990 appendix A). */
export function packReport(facts: ReportFacts): Buffer {
  const { domain, policy, submitter, contact, day, id, records } = facts;
  const begin = day * daySeconds;
  return gzipSync(
    [
      '<?xml version="1.0" encoding="UTF-8"?>\n',
      '<feedback xmlns="urn:ietf:params:xml:ns:dmarc-2.0">\n',
      put('version', '1.0'),
      '<report_metadata>\n',
      put('org_name', submitter),
      put('email', contact),
      put('report_id', id),
      `<date_range>${put('begin', `${begin}`)}${put('end', `${begin + daySeconds - 1}`)}</date_range>\n`,
      put('generator', 'Drey'),
      '</report_metadata>\n<policy_published>\n',
      put('domain', domain),
      put('discovery_method', 'treewalk'),
      ...(['p', 'sp', 'np', 'fo', 'adkim', 'aspf'] as const).map((tag) =>
        policy[tag] ? put(tag, policy[tag]) : '',
      ),
      put('testing', policy.isTest ? 'y' : 'n'),
      '</policy_published>\n',
      ...records.map(formatRecord),
      '</feedback>\n',
    ].join(''),
  );
}

function formatRecord(record: ReportFacts['records'][number]): string {
  const { source, count, disposition, override, headerFrom, envelopeFrom, dkim } = record;
  const passed = (isAligned: boolean) => (isAligned ? 'pass' : 'fail');
  return [
    '<record>\n<row>\n',
    put('source_ip', source),
    put('count', `${count}`),
    '<policy_evaluated>\n',
    put('disposition', disposition),
    put('dkim', passed(record.isDkimAligned)),
    put('spf', passed(record.isSpfAligned)),
    override ? `<reason>${put('type', override)}</reason>\n` : '',
    '</policy_evaluated>\n</row>\n<identifiers>\n',
    put('header_from', headerFrom),
    put('envelope_from', envelopeFrom),
    '</identifiers>\n<auth_results>\n',
    ...dkim.map(
      ({ domain, selector, result }) =>
        `<dkim>${put('domain', domain)}${put('selector', selector)}${put('result', result)}</dkim>\n`,
    ),
    formatSpf(record),
    '</auth_results>\n</record>\n',
  ].join('');
}

function formatSpf({ spf, envelopeFrom }: CountedResult): string {
  if (!spf.domain) return '';
  const scope = envelopeFrom ? put('scope', 'mfrom') : '';
  return `<spf>${put('domain', spf.domain)}${scope}${put('result', spf.result)}</spf>\n`;
}

/** What XML 1.0 §2.2 does not have is left out: domains and selectors come from mail. */
function put(name: string, text: string): string {
  const plain = text
    .toWellFormed()
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '')
    .replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  return `<${name}>${plain}</${name}>\n`;
}

/** The mail to `to` (RFC 9990 §3.5.2), with CRLF. */
export function composeReportMail(
  facts: ReportFacts,
  packed: Buffer,
  to: string,
  at: Date,
): Buffer {
  const { domain, submitter, contact, day, id } = facts;
  const begin = day * daySeconds;
  const name = `${submitter}!${domain}!${begin}!${begin + daySeconds - 1}!${id}.xml.gz`;
  const boundary = `report-${id}`;
  return Buffer.from(
    [
      foldField('Date', formatDate(at)),
      foldField('From', `<${contact}>`),
      foldField('To', `<${to}>`),
      foldField('Subject', `Report Domain: ${domain} Submitter: ${submitter} Report-ID: <${id}>`),
      foldField('Message-ID', `<${id}@${submitter}>`),
      foldField('Auto-Submitted', 'auto-generated'),
      'MIME-Version: 1.0\r\n',
      `Content-Type: multipart/mixed; boundary="${boundary}"\r\n`,
      `\r\n--${boundary}\r\n`,
      'Content-Type: text/plain; charset=us-ascii\r\n\r\n',
      `This is a DMARC aggregate report: which servers sent mail in the name of\r\n${domain}\r\n`,
      `to ${submitter} on ${new Date(begin * 1000).toISOString().slice(0, 10)} (UTC).\r\n`,
      `\r\n--${boundary}\r\n`,
      'Content-Type: application/gzip\r\n',
      'Content-Transfer-Encoding: base64\r\n',
      `Content-Disposition: attachment;\r\n filename="${name}"\r\n\r\n`,
      packed.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n'),
      `\r\n--${boundary}--\r\n`,
    ].join(''),
  );
}
