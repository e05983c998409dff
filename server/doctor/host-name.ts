// Is the name of this server a full one, and does it lead here?
import { isLoopback } from '#lib/accounts/network.ts';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { listOwnAddresses } from '#server/dns/own-addresses.ts';
import { type Answer, resolveAddresses } from '../dns/resolver.ts';
import { type DoctorCheck, listSome, ok, problem, unknown, warning } from './check.ts';

/** `own`: addresses of the interfaces. */
export function judgeHostName(hostname: string, answer: Answer<string>, own: string[]): Judged {
  if (!hostname.includes('.') || /\.(localhost|localdomain|local|internal)$/.test(hostname)) {
    return problem(
      `"${hostname}" is no name that others can look up.`,
      'Give the server a full name in a domain of yours, such as mail.example.org: Admin → Settings → Server → Host name.',
    );
  }
  const record = `At the provider of your DNS, make an A record with the name ${hostname} and the address of this server as its value (AAAA for IPv6).`;
  if (answer.status === 'failed') return unknown(`${hostname}: ${answer.text}.`, 'Try again.');
  if (answer.status === 'none') return problem(`${hostname} has no address in the DNS.`, record);
  const named = answer.records;
  const shown = listSome(named);
  if (named.some(isLoopback)) {
    return problem(
      `${hostname} leads to ${shown}, which is every machine itself.`,
      `${record} If the DNS is right, a line in /etc/hosts of this machine is not: take the name out of it.`,
    );
  }
  const foreign = named.filter((address) => !own.includes(address));
  if (foreign.length === 0) return ok(`${hostname} is ${shown}, this machine.`);
  if (own.every((address) => !isPublicExchanger(address)) && foreign.every(isPublicExchanger)) {
    return ok(
      `${hostname} is ${shown}. This machine has ${listSome(own) || 'no address'}, so it is behind a router or firewall (NAT).`,
      'In the router, forward the ports 25, 465, 587, 993, 995, 80 and 443 to this machine.',
    );
  }
  const text = `${hostname} leads to ${listSome(foreign)}, which is no address of this machine (${listSome(own) || 'it has none'}).`;
  return foreign.length < named.length ? warning(text, record) : problem(text, record);
}

export const hostName: DoctorCheck = {
  id: 'host-name',
  title: 'Host name',
  looksAt: 'Other servers and mail programs find this server by its name.',
  async run() {
    const hostname = await serverHostname();
    return judgeHostName(hostname, await resolveAddresses(hostname), listOwnAddresses());
  },
};
