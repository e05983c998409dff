// The DNS records of each domain here, as the page "DNS records" of the domain judges them. Of many domains it says what the
// timed job found in the last day (server/jobs/domain-dns.ts): whoever asks the doctor waits for the answer.

import {
  type DomainDns,
  listExpected,
  readDomainDns,
  uncheckedDns,
} from '#lib/accounts/domain-dns/kept.ts';
import { readDomains } from '#lib/accounts/domain-list.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type CheckedRecord, checkDomain } from '../control/domain-check.ts';
import { type DoctorCheck, listSome, ok, problem, unknown, warning } from './check.ts';

/** So many are asked for now. */
const mostAsked = 30;

type Checked = { domain: string; records: Pick<CheckedRecord, 'kind' | 'need' | 'state'>[] };

const fix =
  'Admin → Domains → the domain → DNS records shows each record to copy; write it at the provider where the domain is registered. A new record may take an hour to be seen.';

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

type Kept = { name: string; dns: Pick<DomainDns, 'wrong' | 'text'> };

/** Of domains that were looked at one after the other; without an MX no mail comes. */
export function judgeKept(kept: Kept[]): Judged {
  const wrong = kept.filter(({ dns }) => dns.wrong > 0);
  const open = kept.filter(({ dns }) => dns.wrong === uncheckedDns.wrong).length;
  const looked = `of ${kept.length - open} looked at in the last day`;
  if (wrong.length > 0) {
    const names = listSome(wrong.map(({ name, dns }) => `${name} (${dns.text})`));
    const say = wrong.some(({ dns }) => /\bMX\b/.test(dns.text)) ? problem : warning;
    return say(`Records are not right, ${looked}: ${names}.`, fix);
  }
  if (open === kept.length) {
    return unknown('None has been looked at yet.', 'The timed job asks for a few at a time.');
  }
  return ok(`All that is needed and expected is there, ${looked}.`);
}

export const domains: DoctorCheck = {
  id: 'domains',
  title: 'DNS of the domains',
  looksAt: 'Mail finds its way here, and is believed elsewhere, by these records.',
  async run() {
    const active = (await readDomains()).filter(({ isDisabled }) => !isDisabled);
    if (active.length > mostAsked) {
      const kept = await readDomainDns(active.map(({ id }) => id));
      return judgeKept(active.map(({ id, name }) => ({ name, dns: kept.get(id) ?? uncheckedDns })));
    }
    const checked: Checked[] = [];
    // One after the other: they share the name server.
    for (const { name } of active) {
      checked.push({ domain: name, records: await checkDomain(name) });
    }
    return judgeDomains(checked);
  },
};
