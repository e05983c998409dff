// A TLS report as other servers send it (RFC 8460 §4) read into what is kept of it: a row a policy. Texts are hostile.
import { z } from 'zod';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { BadReport } from './xml.ts';

export type TlsFailure = { result: string; host: string; count: number };

export type TlsPolicyResult = {
  domain: string;
  policyType: string;
  successes: number;
  failures: number;
  details: TlsFailure[];
};

export type TlsReport = {
  organization: string;
  reportId: string;
  beginAt: Date;
  endAt: Date;
  policies: TlsPolicyResult[];
};

const maxPolicies = 50;
const maxDetails = 20;
/** Read at one go. */
const maxLength = 2 * 1024 * 1024;
const maxCount = 2_000_000_000;

const text = z.string().transform((value) =>
  value
    .slice(0, 255)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .trim(),
);
const count = z
  .number()
  .nonnegative()
  .transform((value) => Math.min(maxCount, Math.trunc(value)));
const time = z
  .string()
  .max(40)
  .transform((value) => new Date(value))
  .refine((at) => !Number.isNaN(at.getTime()));
const failure = z.object({
  'result-type': text,
  'receiving-mx-hostname': text.optional(),
  'failed-session-count': count,
});
const policy = z.object({
  policy: z.object({ 'policy-type': text, 'policy-domain': text }),
  summary: z.object({
    'total-successful-session-count': count,
    'total-failure-session-count': count,
  }),
  'failure-details': z.array(z.unknown()).optional(),
});
const report = z.object({
  'organization-name': text.optional(),
  'contact-info': text.optional(),
  'date-range': z.object({ 'start-datetime': time, 'end-datetime': time }),
  'report-id': text,
  policies: z.array(policy).min(1),
});

/** Throws BadReport. */
export function readTlsReport(document: string): TlsReport {
  if (document.length > maxLength) throw new BadReport('the report is too large');
  const read = report.safeParse(parse(document));
  if (!read.success) throw new BadReport('not a TLS report');
  const { data } = read;
  const organization = data['organization-name'] || data['contact-info'] || '';
  if (!organization || !data['report-id']) throw new BadReport('who reports is missing');
  return {
    organization,
    reportId: data['report-id'],
    beginAt: data['date-range']['start-datetime'],
    endAt: data['date-range']['end-datetime'],
    policies: data.policies.slice(0, maxPolicies).map((one) => ({
      domain: toAsciiDomain(one.policy['policy-domain'].replace(/\.$/, '')) ?? '',
      policyType: one.policy['policy-type'].slice(0, 40),
      successes: one.summary['total-successful-session-count'],
      failures: one.summary['total-failure-session-count'],
      details: readFailures(one['failure-details'] ?? []),
    })),
  };
}

/** One that cannot be read takes nothing from the others. */
function readFailures(details: unknown[]): TlsFailure[] {
  return details.slice(0, maxDetails).flatMap((one) => {
    const read = failure.safeParse(one);
    if (!read.success) return [];
    const { data } = read;
    const host = data['receiving-mx-hostname'] ?? '';
    return [{ result: data['result-type'], host, count: data['failed-session-count'] }];
  });
}

function parse(document: string): unknown {
  try {
    return JSON.parse(document);
  } catch {
    throw new BadReport('not a TLS report');
  }
}
