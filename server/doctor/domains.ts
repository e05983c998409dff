// The DNS records of each domain here, as the page "DNS records" of the domain judges them.

import { listExpected } from '#lib/accounts/domain-dns/kept.ts';
import { readDomains } from '#lib/accounts/domain-list.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type CheckedRecord, checkDomain } from '../control/domain-check.ts';
import { type DoctorCheck, listSome, ok, problem, unknown, warning } from './check.ts';

/** More are looked at on their pages. */
const maxDomains = 30;

type Checked = { domain: string; records: Pick<CheckedRecord, 'kind' | 'need' | 'state'>[] };

export function judgeDomains(checked: Checked[]): Judged {
  if (checked.length === 0) {
    return problem('There is no domain, so no mail comes in.', 'Admin → Domains → Add a domain.');
  }
  const find = (need: string, isAsked: (state: string) => boolean) =>
    checked.flatMap(({ domain, records }) => {
      const wrong = listExpected(records)
        .filter((record) => record.need === need)
        .filter(({ state }) => isAsked(state))
        .map(({ kind }) => kind.toUpperCase());
      return wrong.length > 0 ? [`${domain} (${[...new Set(wrong)].join(', ')})`] : [];
    });
  const isWrong = (state: string) => state === 'missing' || state === 'different';
  const fix =
    'Admin → Domains → the domain → DNS records shows each record to copy; write it at the provider where the domain is registered. A new record may take an hour to be seen.';
  const needed = find('must', isWrong);
  if (needed.length > 0) return problem(`Needed records are not right: ${listSome(needed)}.`, fix);
  const expected = find('should', isWrong);
  if (expected.length > 0) {
    return warning(`Expected records are not right: ${listSome(expected)}.`, fix);
  }
  const open = [...find('must', (state) => state === 'unknown')];
  if (open.length > 0) return unknown(`Could not be looked up: ${listSome(open)}.`, 'Try again.');
  return ok(`All that is needed and expected is there, for ${checked.length} of them.`);
}

export const domains: DoctorCheck = {
  id: 'domains',
  title: 'DNS of the domains',
  looksAt: 'Mail finds its way here, and is believed elsewhere, by these records.',
  async run() {
    const names = (await readDomains())
      .filter(({ isDisabled }) => !isDisabled)
      .slice(0, maxDomains)
      .map(({ name }) => name);
    const checked: Checked[] = [];
    // One after the other: they share the name server.
    for (const domain of names) checked.push({ domain, records: await checkDomain(domain) });
    return judgeDomains(checked);
  },
};
