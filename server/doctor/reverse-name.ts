// Do the addresses of this server have its name (PTR)? Large mail services refuse mail from those that do not.
import type { Judged } from '#lib/doctor/report.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { listPublicAddresses } from '#server/dns/own-addresses.ts';
import { type Answer, resolvePtr } from '../dns/resolver.ts';
import { type DoctorCheck, listSome, ok, problem, unknown } from './check.ts';

export type Reverse = { address: string; answer: Answer<string> };

export function judgeReverseName(hostname: string, reverses: Reverse[]): Judged {
  if (reverses.length === 0) {
    return unknown(
      'This machine has no public address, and its name leads to none.',
      'First the host name must lead to the public address of this server.',
    );
  }
  const wrong = reverses.flatMap(({ address, answer }) => {
    if (answer.status === 'none') return [`${address} has no name`];
    if (answer.status === 'failed' || answer.records.includes(hostname)) return [];
    return [`${address} is ${listSome(answer.records, 2)}`];
  });
  if (wrong.length > 0) {
    return problem(
      `${listSome(wrong)}; it should be ${hostname}.`,
      `Whoever rents you the address sets this: look for "reverse DNS" or "PTR" in the customer pages of your server's provider and write ${hostname}. Where there is no such field, ask their support. If that is not possible, let mail leave through a smart host.`,
    );
  }
  const failed = reverses.find(({ answer }) => answer.status === 'failed');
  if (failed) return unknown(`The name of ${failed.address} could not be looked up.`, 'Try again.');
  return ok(`${listSome(reverses.map(({ address }) => address))} is ${hostname}.`);
}

export const reverseName: DoctorCheck = {
  id: 'reverse-name',
  title: 'Name of the address (PTR)',
  looksAt: 'Large mail services refuse mail from an address without the right name.',
  async run() {
    const addresses = await listPublicAddresses();
    const asked = addresses.map(async (address) => ({
      address,
      answer: await resolvePtr(address),
    }));
    return judgeReverseName(await serverHostname(), await Promise.all(asked));
  },
};
