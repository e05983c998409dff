// What becomes of a message is counted for the daily DMARC report to the domain of its author (RFC 9990), where that
// asks for reports. What was refused counts too; what is refused for now comes again.
import { toAsciiDomain } from '#lib/mail/address.ts';
import { type CountedResult, countDmarc } from '#server/delivery/dmarc/count.ts';
import { isVouchedFor } from '../checks/message/dmarc.ts';
import type { Client, Transaction } from '../session.ts';
import type { Findings } from '../trust/findings.ts';
import { readFindings } from '../trust/known-findings.ts';
import type { Refused } from '../verdict.ts';
import { isReportAddress } from './reports.ts';

/** RFC 9990 §3.1.4 allows a hundred; each kind of mail is a row. */
const maxSignatures = 10;

/** Counts a message that was judged for good. */
export function countForReport(
  client: Client,
  transaction: Transaction,
  refused: Refused | null,
): void {
  const findings = readFindings(transaction);
  const reported = findings?.dmarc.reported;
  const { settings, recipients } = transaction;
  if (!findings || !reported || !settings['delivery.dmarcReports']) return;
  // No report about reports, or two servers would have something to tell each other every day.
  if ([...recipients.keys()].some((address) => isReportAddress(address, settings))) return;
  countDmarc(reported.policyDomain, describe(client, transaction, findings, refused));
}

function describe(
  { remote }: Client,
  { sender, marks, settings }: Transaction,
  { dmarc, spf, signatures, arc }: Findings,
  refused: Refused | null,
): CountedResult {
  const step = marks.steps.find(({ check }) => check === 'dmarc');
  const disposition =
    dmarc.result === 'pass'
      ? 'pass'
      : refused?.reason === 'dmarc'
        ? 'reject'
        : step?.outcome === 'junk'
          ? 'quarantine'
          : 'none';
  const isTest = dmarc.reported?.isTest === true;
  const hasFailed = dmarc.result === 'fail';
  const isMilder = hasFailed && disposition !== dmarc.policy;
  const isVouched = isMilder && isVouchedFor(arc, settings['content.trustedSealers']);
  return {
    source: remote,
    disposition,
    isDkimAligned: dmarc.reported?.isDkimAligned === true,
    isSpfAligned: dmarc.reported?.isSpfAligned === true,
    override: isVouched
      ? 'trusted_forwarder'
      : isMilder
        ? 'local_policy'
        : isTest && hasFailed
          ? 'policy_test_mode'
          : '',
    headerFrom: dmarc.domain,
    envelopeFrom: toAsciiDomain(sender.slice(sender.lastIndexOf('@') + 1)) ?? '',
    dkim: signatures
      .toSorted((one, other) => rank(one.result) - rank(other.result))
      .slice(0, maxSignatures)
      .map(({ domain, selector, result }) => ({
        domain: domain.slice(0, 255),
        selector: selector.slice(0, 100),
        result,
      })),
    spf: { domain: spf.domain.slice(0, 255), result: spf.result },
  };
}

/** RFC 9990 §3.1.4: those that passed first. */
function rank(result: string): number {
  return result === 'pass' ? 0 : 1;
}
