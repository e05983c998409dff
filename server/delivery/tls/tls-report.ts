// One TLS report to one domain about one day (RFC 8460 §4, §5.3): the JSON, and the mail that carries it. Pure.
import { gzipSync } from 'node:zlib';
import { formatDate } from '#lib/mail/date.ts';
import { foldField } from '#lib/mail/header.ts';

export type CountedSession = { policyType: string; mx: string; result: string; count: number };

export type ReportFacts = {
  domain: string;
  /** Our host name. */
  submitter: string;
  /** Address that is asked about the report. */
  contact: string;
  /** Days since 1970. */
  day: number;
  id: string;
  sessions: CountedSession[];
  /** Lines of the policies that were applied, by type; and the hosts that they name. */
  policies: Record<string, { lines: string[]; mx: string[] }>;
};

const dayMs = 86_400_000;
const types = ['tlsa', 'sts', 'no-policy-found'];
const maxDetails = 500;

/** The report as gzipped JSON (RFC 8460 §4.4). */
export function packReport(facts: ReportFacts): Buffer {
  const { domain, submitter, contact, day, id, sessions } = facts;
  const start = new Date(day * dayMs);
  const end = new Date((day + 1) * dayMs - 1000);
  const report = {
    'organization-name': submitter,
    'date-range': { 'start-datetime': formatTime(start), 'end-datetime': formatTime(end) },
    'contact-info': contact,
    'report-id': id,
    policies: types.flatMap((type) => {
      const ours = sessions.filter(({ policyType }) => policyType === type);
      if (ours.length === 0) return [];
      const { lines = [], mx = [] } = facts.policies[type] ?? {};
      const failures = ours.filter(({ result }) => result !== 'success');
      return {
        policy: {
          'policy-type': type,
          'policy-string': lines,
          'policy-domain': domain,
          ...(mx.length > 0 ? { 'mx-host': mx } : {}),
        },
        summary: {
          'total-successful-session-count': sum(ours.filter(({ result }) => result === 'success')),
          'total-failure-session-count': sum(failures),
        },
        ...(failures.length > 0
          ? { 'failure-details': failures.slice(0, maxDetails).map(describeFailure) }
          : {}),
      };
    }),
  };
  return gzipSync(JSON.stringify(report));
}

function describeFailure({ result, mx, count }: CountedSession) {
  return {
    'result-type': result,
    ...(mx ? { 'receiving-mx-hostname': mx } : {}),
    'failed-session-count': count,
  };
}

function sum(sessions: CountedSession[]): number {
  return sessions.reduce((total, { count }) => total + count, 0);
}

/** RFC 3339, whole seconds. */
function formatTime(at: Date): string {
  return at.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** The mail to `to` (RFC 8460 §5.3), with CRLF. */
export function composeReportMail(
  facts: ReportFacts,
  packed: Buffer,
  to: string,
  at: Date,
): Buffer {
  const { domain, submitter, contact, day, id } = facts;
  const startSeconds = (day * dayMs) / 1000;
  // RFC 8460 §5.1
  const name = `${submitter}!${domain}!${startSeconds}!${startSeconds + dayMs / 1000 - 1}!${id}.json.gz`;
  const boundary = `report-${id}`;
  return Buffer.from(
    [
      foldField('Date', formatDate(at)),
      foldField('From', `<${contact}>`),
      foldField('To', `<${to}>`),
      foldField(
        'Subject',
        `Report Domain: ${domain} Submitter: ${submitter} Report-ID: <${id}@${submitter}>`,
      ),
      foldField('Message-ID', `<${id}@${submitter}>`),
      foldField('TLS-Report-Domain', domain),
      foldField('TLS-Report-Submitter', submitter),
      // RFC 8460 §3, RFC 8689 §5: what tells of broken TLS must not wait for it.
      foldField('TLS-Required', 'No'),
      foldField('Auto-Submitted', 'auto-generated'),
      'MIME-Version: 1.0\r\n',
      `Content-Type: multipart/report; report-type="tlsrpt";\r\n boundary="${boundary}"\r\n`,
      `\r\n--${boundary}\r\n`,
      'Content-Type: text/plain; charset=us-ascii\r\n\r\n',
      `This is a report about the TLS connections from ${submitter}\r\n`,
      `to the mail servers of ${domain} on ${new Date(day * dayMs).toISOString().slice(0, 10)} (UTC).\r\n`,
      `\r\n--${boundary}\r\n`,
      'Content-Type: application/tlsrpt+gzip\r\n',
      'Content-Transfer-Encoding: base64\r\n',
      `Content-Disposition: attachment;\r\n filename="${name}"\r\n\r\n`,
      packed.toString('base64').replace(/.{76}(?=.)/g, '$&\r\n'),
      `\r\n--${boundary}--\r\n`,
    ].join(''),
  );
}

/** Where a domain wants its reports (RFC 8460 §3): of TXT records of _smtp._tls, a few. Empty: nowhere. */
export function readReportUris(records: string[]): { mail: string[]; https: URL[] } {
  const ours = records.filter((text) => /^v=TLSRPTv1\s*;/.test(text));
  const rua = ours.length === 1 ? (/;\s*rua\s*=\s*([^;]+)/.exec(ours[0]!)?.[1] ?? '') : '';
  const mail: string[] = [];
  const https: URL[] = [];
  for (const uri of rua.split(',').slice(0, maxUris)) {
    const url = URL.parse(uri.trim());
    if (url?.protocol === 'mailto:') {
      const address = decode(url.pathname);
      if (/^[A-Za-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(address)) {
        mail.push(address.toLowerCase());
      }
    }
    // A port or login of its choosing would make us knock anywhere.
    const isPlain = url?.port === '' && url.username === '' && url.password === '';
    if (url?.protocol === 'https:' && isPlain) https.push(url);
  }
  return { mail, https };
}

const maxUris = 5;

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
