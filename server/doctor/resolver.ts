// Does the name server answer, and does it validate DNSSEC (which DANE needs, RFC 7672 §2.1)?
import type { Judged } from '#lib/doctor/report.ts';
import { readSetting } from '#lib/settings/index.ts';
import { resolveAddresses } from '../dns/resolver.ts';
import { askSecure, listTrustedServers } from '../dns/secure.ts';
import { type DoctorCheck, ok, problem, warning } from './check.ts';

export type Seen = {
  /** What went wrong with a plain question; empty where it was answered, also with "no such name" */
  failure: string;
  /** Whether there is a name server whose word about DNSSEC is believed */
  isTrusted: boolean;
  isValidated: boolean;
};

export function judgeResolver({ failure, isTrusted, isValidated }: Seen): Judged {
  if (failure) {
    return problem(
      `The name server does not answer: ${failure}.`,
      'Without it no mail leaves. Look into /etc/resolv.conf, or name a server that works in the setting "Name servers" (delivery.dnsServers). Best is one on this machine: "apt install unbound", then 127.0.0.1.',
    );
  }
  if (isValidated) return ok('It answers and validates DNSSEC.');
  const install =
    'Install a validating one on this machine ("apt install unbound") and set "Name servers" (delivery.dnsServers) to 127.0.0.1. Block lists answer better then, too.';
  return isTrusted
    ? warning('It answers, but does not validate DNSSEC: DANE is not in use.', install)
    : warning(
        'It answers, but is not on this machine, so its word about DNSSEC is not believed: DANE is not in use.',
        install,
      );
}

export const resolver: DoctorCheck = {
  id: 'resolver',
  title: 'Name server',
  looksAt: 'Every mail that leaves needs answers of the DNS.',
  async run() {
    const name = await readSetting('doctor.signedName');
    const [plain, trusted] = await Promise.all([resolveAddresses(name), listTrustedServers()]);
    const secure = trusted.length > 0 ? await askSecure('A', name) : null;
    return judgeResolver({
      failure: plain.status === 'failed' ? plain.text : '',
      isTrusted: trusted.length > 0,
      isValidated: secure !== null && secure.status !== 'failed' && secure.isSecure,
    });
  },
};
