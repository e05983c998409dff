// Where a queued recipient goes now: a mailbox here, the smart host of a relay rule, else the MX of its domain. Read anew
// for each attempt, so a changed rule or setting applies to the next one.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { db, readOnceACommit } from '#lib/db.ts';
import { type Relay, readRelayChooser } from '#lib/queue/relay-rule.ts';
import { readSetting } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';
import { findWay, type Target, type Way } from './mx.ts';

export type Route = {
  /** Recipients of one message with the same key go in one transaction; limits count by it. */
  key: string;
  relay: Relay | null;
  domain: string;
  /** The domain is received here: into mailboxes, and where aliases lead. */
  isLocal: boolean;
};

const readLocalDomains = readOnceACommit(async () => {
  const rows = await db.domain.findMany({ select: { name: true } });
  return new Set(rows.map(({ name }) => name));
});

/** Which route a mail takes by the rules of this moment, for many mails by one read; no DNS yet. */
export async function readRouteChooser(): Promise<
  (sender: string, recipient: string, domain: string) => Route
> {
  const [chooseRelay, localDomains] = await Promise.all([readRelayChooser(), readLocalDomains()]);
  return (sender, recipient, domain) => {
    // Before the relay rules, as for mail that comes in.
    if (localDomains.has(domain)) return { key: 'local', relay: null, domain, isLocal: true };
    const relay = chooseRelay(sender, recipient);
    const key = relay ? `relay ${relay.id} ${relay.host}:${relay.port}` : `mx ${domain}`;
    return { key, relay, domain, isLocal: false };
  };
}

/** The addresses behind a route, in the order to try them. */
export function findTargets(route: Route): Promise<Way> {
  return route.relay ? findRelayTargets(route.relay) : findWay(route.domain);
}

/** An administrator named this host: private addresses, the hosts file and search domains are all right. */
async function findRelayTargets(relay: Relay): Promise<Way> {
  const { host, port } = relay;
  const toTarget = (address: string): Target => ({ host, address, port });
  if (isIP(host)) return { targets: [toTarget(host)] };
  if (host === 'localhost') return { targets: ['127.0.0.1', '::1'].map(toTarget) };
  const answer = await resolveAddresses(host);
  if (answer.status === 'ok') return { targets: answer.records.map(toTarget) };
  const isOwnDns = (await readSetting('delivery.dnsServers')).length > 0;
  const found = isOwnDns ? [] : await lookup(host, { all: true }).catch(() => []);
  if (found.length > 0) return { targets: found.map((entry) => toTarget(entry.address)) };
  const why = answer.status === 'failed' ? answer.text : 'it has no address';
  // Never permanent: a wrong rule is ours to mend, not the sender's.
  return {
    failure: { isPermanent: false, status: '4.4.4', text: `The relay host ${host}: ${why}` },
  };
}
