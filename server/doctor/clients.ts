// Do many clients seem to come from one private address? Then a proxy or the gateway of a container hides who they are; where
// that address is trusted, the whole world is.
import { isLoopback, isTrustedAddress } from '#lib/accounts/network.ts';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import { db } from '#lib/db.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, ok, problem, unknown, warning } from './check.ts';

const looked = 1000;
const fewest = 20;
const share = 0.5;

/** Remote addresses of the last mails from outside, one each. */
export function judgeClients(remotes: string[], isTrusted: (address: string) => boolean): Judged {
  if (remotes.length < fewest) return unknown('Too little mail came in so far to tell.');
  const counts = new Map<string, number>();
  for (const remote of remotes) counts.set(remote, (counts.get(remote) ?? 0) + 1);
  const [address = '', count = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const isPrivate = !isLoopback(address) && !isPublicExchanger(address);
  if (!isPrivate || count / remotes.length < share) {
    return ok(`The last ${remotes.length} mails came from ${counts.size} addresses.`);
  }
  const text = `${count} of the last ${remotes.length} mails seem to come from ${address}: a proxy or the gateway of a container (Docker) hides who sends.`;
  const fix =
    'Let the server see the true addresses: run it on the host itself or with the host’s network ("network_mode: host"), or let the proxy tell them.';
  if (isTrusted(address)) {
    return problem(
      `${text} That address is a trusted network, so everybody may send through this server.`,
      `Remove it from Admin → Networks now. Then: ${fix}`,
    );
  }
  return warning(`${text} Block lists, SPF and limits cannot work.`, fix);
}

const fewestDomains = 10;

/**
 * Senders of the last mails that came from this machine itself without a sign-in; of others' domains. A proxy before port 25 that
 * does not tell who is there makes the whole world this machine, which may relay. null = nothing speaks for that.
 */
export function judgeOwnMachine(senders: string[]): Judged | null {
  const domains = new Set(senders.map((sender) => sender.split('@').at(-1)));
  if (senders.length < fewest || domains.size < fewestDomains) return null;
  return problem(
    `${senders.length} of the last mails of ${domains.size} domains elsewhere came from this machine itself, which may send to everybody. A proxy before the SMTP ports seems to hide who sends.`,
    'Let the proxy speak the PROXY protocol and name it in smtp.proxyHosts, or pass the port on without one. Where a program here fetches that mail (fetchmail, a list server), all is well.',
  );
}

export const clients: DoctorCheck = {
  id: 'clients',
  title: 'Addresses of clients',
  looksAt: 'Behind the gateway of a container all senders look alike, and may seem trusted.',
  async run() {
    const rows = await db.trailEvent.findMany({
      where: { kind: { in: ['received', 'refused'] }, accountId: null, remote: { not: '' } },
      orderBy: { at: 'desc' },
      take: looked,
      select: { remote: true, sender: true },
    });
    const own = new Set(
      (await db.domain.findMany({ select: { name: true } })).map(({ name }) => name),
    );
    const fromHere = rows.filter(({ remote, sender }) => {
      return isLoopback(remote) && sender.includes('@') && !own.has(sender.split('@').at(-1) ?? '');
    });
    const hidden = judgeOwnMachine(fromHere.map(({ sender }) => sender));
    if (hidden) return hidden;
    const remotes = rows.map(({ remote }) => remote).filter((remote) => !isLoopback(remote));
    const trusted = new Map<string, boolean>();
    for (const remote of new Set(remotes)) trusted.set(remote, await isTrustedAddress(remote));
    return judgeClients(remotes, (address) => trusted.get(address) ?? false);
  },
};
