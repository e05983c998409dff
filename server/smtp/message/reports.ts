// Mail to the addresses that DMARC and TLS reports of other servers come to (setting content.reportAddresses): read
// before it is delivered, so that "250" means here too that it is kept.
import type { Resolution } from '#lib/accounts/route.ts';
import { parseAddressList, toAsciiDomain } from '#lib/mail/address.ts';
import type { Settings } from '#lib/settings/index.ts';
import { type Reporter, takeInReport } from '#server/delivery/reports/take-in.ts';
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Transaction } from '../session.ts';
import { readFindings } from '../trust/known-findings.ts';

/** Whether reports come to `address` (canonical, of a domain here). */
export function isReportAddress(address: string, settings: Settings): boolean {
  const everywhere = `${address.slice(0, address.lastIndexOf('@'))}@*`;
  const known = settings['content.reportAddresses'];
  return known.includes(address) || known.includes(everywhere);
}

/** A report address that nobody has is a recipient all the same: its mail is only read. */
export function openReportAddress(
  address: string | null,
  resolution: Resolution,
  settings: Settings,
): Resolution {
  if (resolution.status !== 'unknown' || address === null) return resolution;
  if (!isReportAddress(address, settings)) return resolution;
  return { status: 'local', mailboxes: [], forwards: [] };
}

/** Takes in the report of a mail to such addresses; what was found stands in the marks, and those who get nothing. */
export async function takeReports(transaction: Transaction, body: StagedBody): Promise<void> {
  const { recipients, settings, marks } = transaction;
  const named = [...recipients].filter(([address]) => isReportAddress(address, settings));
  if (named.length === 0) return;
  const { isReport, note } = await takeInReport(body, readReporter(transaction, body));
  if (isReport && !settings['content.deliversReports']) {
    for (const [, recipient] of named) recipient.isDiscarded = true;
  }
  const isKept = [...recipients.values()].some(({ isDiscarded }) => !isDiscarded);
  const outcome = isKept ? 'pass' : 'discard';
  const reason = isReport ? 'report' : 'no-report';
  marks.steps.push({ stage: 'data', check: 'reports', outcome, reason, note });
}

/** RFC 9990 §3.5.2: a report has to prove its author. Of users and trusted networks nobody asks. */
function readReporter(transaction: Transaction, body: StagedBody): Reporter {
  const author = parseAddressList(body.facts.fromText)[0];
  const domain = toAsciiDomain(author?.domain ?? '') ?? '';
  const findings = readFindings(transaction);
  if (!findings) return { domain, isProven: true };
  const { dmarc, spf, signatures } = findings;
  const proven = [spf, ...signatures].filter(({ result }) => result === 'pass');
  const isProven =
    dmarc.result === 'pass' || proven.some((each) => isOneAbove(each.domain.toLowerCase(), domain));
  return { domain, isProven };
}

function isOneAbove(one: string, other: string): boolean {
  if (one === '' || other === '') return false;
  return one === other || one.endsWith(`.${other}`) || other.endsWith(`.${one}`);
}
