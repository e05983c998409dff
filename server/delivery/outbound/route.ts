// Where a queued recipient goes now: a mailbox here, the hosts of a relay rule, else the MX of its domain. Read anew
// for each attempt, so a changed rule or setting applies to the next one.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { db, readOnceACommit } from '#lib/db.ts';
import { type Relay, type RelayMail, readRelayChooser } from '#lib/queue/relay-choice.ts';
import { parseHosts, type RelayHost } from '#lib/queue/relay-host.ts';
import type { AddressFamily } from '#lib/queue/relay-rule.ts';
import { readSetting } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';
import { describeFamily, orderByFamily } from './address-family.ts';
import { type Failure, findWay, type Target, type Way } from './mx.ts';

export type Route = {
  /** Recipients of one message with the same key go in one transaction; limits count by it. */
  key: string;
  /** Null = through MX, by the settings alone. */
  rule: Relay | null;
  domain: string;
  /** The domain is received here: into mailboxes, and where aliases lead. */
  isLocal: boolean;
  /** The domain is one of ours, but its mailboxes are on another server. */
  isElsewhere: boolean;
  /** So often tried that the rule's other hosts are asked. */
  isFallback: boolean;
};

/** `attempts`: made so far. */
export type RoutedMail = RelayMail & { domain: string; attempts: number };

/** How many addresses an attempt tries at most. */
const maxTargets = 20;

const readOwnDomains = readOnceACommit(async () => {
  const rows = await db.domain.findMany({ select: { name: true, elsewhere: true } });
  return new Map(rows.map(({ name, elsewhere }) => [name, elsewhere !== '']));
});

/** Which route a mail takes by the rules of this moment, for many mails by one read; no DNS yet. */
export async function readRouteChooser(): Promise<(mail: RoutedMail) => Route> {
  const [{ choose }, ownDomains] = await Promise.all([readRelayChooser(), readOwnDomains()]);
  return (mail) => {
    const { domain, attempts } = mail;
    const isElsewhere = ownDomains.get(domain) ?? false;
    const base = { domain, isElsewhere, isLocal: false, isFallback: false };
    // Before the relay rules, as for mail that comes in.
    if (ownDomains.has(domain) && !isElsewhere) {
      return { ...base, key: 'local', rule: null, isLocal: true };
    }
    const rule = choose(mail);
    const isFallback = rule !== null && rule.fallbackHosts !== '' && attempts >= rule.fallbackAfter;
    return { ...base, key: keyOf(rule, domain, isFallback), rule, isFallback };
  };
}

function keyOf(rule: Relay | null, domain: string, isFallback: boolean): string {
  if (!rule) return `mx ${domain}`;
  if (isFallback) return `fallback ${rule.id} ${rule.fallbackHosts}`;
  return rule.target === 'mx' ? `mx ${domain} ${rule.id}` : `relay ${rule.id} ${rule.hosts}`;
}

/** Whether the hosts are those that the rule names, and not the mail servers of the domain. */
export function isNamed({ rule, isFallback }: Pick<Route, 'rule' | 'isFallback'>): boolean {
  return isFallback || rule?.target === 'hosts' || rule?.target === 'lmtp';
}

/** The addresses behind a route, in the order to try them. */
export async function findTargets(route: Route): Promise<Way> {
  const { rule, domain } = route;
  const way =
    rule && isNamed(route)
      ? await findNamedTargets(rule, route.isFallback ? rule.fallbackHosts : rule.hosts)
      : await findWay(domain, { family: rule?.family });
  if ('failure' in way) return { failure: explainElsewhere(route, way.failure) };
  return rule ? { targets: way.targets.map((target) => bindTarget(rule, target)) } : way;
}

/** What an administrator has not finished is not the sender's fault. */
function explainElsewhere({ isElsewhere, rule, domain }: Route, failure: Failure): Failure {
  if (!isElsewhere || rule || !failure.isPermanent) return failure;
  const text = `The mailboxes of ${domain} are on another server, but no relay rule says which: ${failure.text}`;
  return { isPermanent: false, status: '4.4.4', text };
}

function bindTarget(rule: Relay, target: Target): Target {
  const source = isIP(target.address) === 6 ? rule.sourceIpv6 : rule.sourceIpv4;
  return {
    ...target,
    ...(source && !target.socket ? { source } : {}),
    ...(rule.target === 'lmtp' ? { isLmtp: true } : {}),
  };
}

async function findNamedTargets(rule: Relay, hosts: string): Promise<Way> {
  const family = rule.family || (await readSetting('delivery.addressFamily'));
  const targets: Target[] = [];
  let failure: Failure | null = null;
  for (const host of parseHosts(hosts)) {
    const way = await findHost(host, family);
    if ('targets' in way) targets.push(...way.targets);
    // Never permanent: a wrong rule is ours to mend, not the sender's.
    else failure ??= { isPermanent: false, status: '4.4.4', text: way.failure.text };
  }
  if (targets.length > 0) return { targets: targets.slice(0, maxTargets) };
  const text = 'The relay rule names no host';
  return { failure: failure ?? { isPermanent: false, status: '4.4.4', text } };
}

/** An administrator named this host: private addresses, the hosts file and search domains are all right. */
async function findHost(host: RelayHost, family: AddressFamily): Promise<Way> {
  if (host.kind === 'socket') {
    const { path } = host;
    return { targets: [{ host: path, address: path, port: 0, socket: path }] };
  }
  const { name, port } = host;
  if (host.kind === 'mx') return findWay(name, { family, port });
  const found = await findAddresses(name);
  if ('failure' in found) return found;
  const addresses = isIP(name) ? found.addresses : orderByFamily(found.addresses, family);
  if (addresses.length > 0) {
    return { targets: addresses.map((address) => ({ host: name, address, port })) };
  }
  return { failure: { isPermanent: false, status: '4.4.4', text: describeFamily(name, family) } };
}

async function findAddresses(
  host: string,
): Promise<{ addresses: string[] } | { failure: Failure }> {
  if (isIP(host)) return { addresses: [host] };
  if (host === 'localhost') return { addresses: ['127.0.0.1', '::1'] };
  const answer = await resolveAddresses(host);
  if (answer.status === 'ok') return { addresses: answer.records };
  const isOwnDns = (await readSetting('delivery.dnsServers')).length > 0;
  const found = isOwnDns ? [] : await lookup(host, { all: true }).catch(() => []);
  if (found.length > 0) return { addresses: found.map((entry) => entry.address) };
  const why = answer.status === 'failed' ? answer.text : 'it has no address';
  return {
    failure: { isPermanent: false, status: '4.4.4', text: `The relay host ${host}: ${why}` },
  };
}
