// The way to a domain without a relay rule (RFC 5321 §5.1): its MX hosts by preference, or the domain's own
// addresses where it has no MX. Pure DNS, nothing connects here.
import { isIP } from 'node:net';
import { isPublicExchanger } from '#lib/accounts/public-address.ts';
import type { AddressFamily } from '#lib/queue/relay-rule.ts';
import { readSettings, serverHostname } from '#lib/settings/index.ts';
import { listPorts } from '#lib/settings/wanted.ts';
import { resolveAddresses, resolveMx } from '#server/dns/resolver.ts';
import { describeFamily, orderByFamily } from './address-family.ts';
import { isOwnAddress } from './own-address.ts';

/** One place to try: an address, and the name that its certificate should carry. */
export type Target = {
  host: string;
  address: string;
  port: number;
  /** Address of this machine to connect from. */
  source?: string;
  /** Path of a socket of this machine, which stands in `address` too. */
  socket?: string;
  isLmtp?: boolean;
};

export type Failure = {
  isPermanent: boolean;
  /** Enhanced status code (RFC 3463). */
  status: string;
  text: string;
};

/** Targets in the order to try them, or why there are none. */
export type Way = { targets: Target[] } | { failure: Failure };

/** Postfix tries 5 (smtp_mx_address_limit); hosts with two families need some more. */
const maxTargets = 10;
const maxHosts = 20;

type Host = { name: string; preference: number };

/** Where a relay rule wants it otherwise than the settings. */
export type Wishes = { family?: AddressFamily | ''; port?: number };

/** The way to `domain` (A-label, or an address literal in brackets). Reads the DNS and settings. */
export async function findWay(domain: string, wishes: Wishes = {}): Promise<Way> {
  const literal = /^\[(?:IPv6:)?([0-9a-f:.]+)\]$/i.exec(domain)?.[1];
  if (literal) return toTargets([{ name: literal, preference: 0 }], domain, wishes);
  const answer = await resolveMx(domain);
  if (answer.status === 'failed') {
    return defer('4.4.3', `The DNS does not answer for ${domain}: ${answer.text}`);
  }
  if (answer.status === 'none') return toTargets([{ name: domain, preference: 0 }], domain, wishes);
  const hosts = answer.records
    .filter((record) => record.exchange !== '' && record.exchange !== '.')
    .map((record) => ({ name: record.exchange, preference: record.preference }));
  if (hosts.length === 0) {
    // RFC 7505 §4.2: a null MX is a sure "no mail here".
    return fail('5.1.10', `${domain} does not accept mail (null MX)`);
  }
  return toTargets(sortHosts(hosts), domain, wishes);
}

/** By preference, hosts of one preference in random order (RFC 5321 §5.1). */
export function sortHosts(hosts: Host[], random: () => number = Math.random): Host[] {
  return hosts
    .map((host) => ({ host, weight: random() }))
    .sort((a, b) => a.host.preference - b.host.preference || a.weight - b.weight)
    .map(({ host }) => host);
}

async function toTargets(hosts: Host[], domain: string, wishes: Wishes): Promise<Way> {
  const settings = await readSettings();
  const port = wishes.port ?? settings['delivery.mxPort'];
  const family = wishes.family || settings['delivery.addressFamily'];
  const ownName = (await serverHostname()).toLowerCase();
  const ownPorts = await listPorts('smtp');
  const targets: Target[] = [];
  const failures: Failure[] = [];
  let hasPrivate = false;
  // RFC 5321 §5.1: where we are an MX ourselves, only better ones may be tried.
  let loopPreference = Number.POSITIVE_INFINITY;
  for (const host of hosts.slice(0, maxHosts)) {
    if (host.preference >= loopPreference || targets.length >= maxTargets) break;
    if (host.name === ownName) {
      loopPreference = host.preference;
      continue;
    }
    const found = await findAddresses(host.name);
    if ('failure' in found) {
      failures.push(found.failure);
      continue;
    }
    if (found.addresses.some((one) => ownPorts.some((own) => isOwnAddress(one, port, own)))) {
      loopPreference = host.preference;
      continue;
    }
    const addresses = orderByFamily(found.addresses, family);
    if (addresses.length === 0)
      failures.push(defer('4.4.4', describeFamily(host.name, family)).failure);
    for (const address of addresses) {
      if (!settings['delivery.allowPrivateAddresses'] && !isPublicExchanger(address)) {
        hasPrivate = true;
      } else targets.push({ host: host.name, address, port });
    }
  }
  const kept = targets.filter((target) => {
    const host = hosts.find((entry) => entry.name === target.host);
    return (host?.preference ?? 0) < loopPreference;
  });
  if (kept.length > 0) return { targets: kept.slice(0, maxTargets) };
  const temporary = failures.find((failure) => !failure.isPermanent);
  if (temporary) return { failure: temporary };
  if (loopPreference < Number.POSITIVE_INFINITY) {
    return fail(
      '5.4.6',
      `The mail exchanger of ${domain} is this server, which has no such domain`,
    );
  }
  if (hasPrivate) {
    return fail('5.4.4', `${domain} has only private addresses, where nothing is delivered to`);
  }
  return fail('5.4.4', failures[0]?.text ?? `${domain} has no mail server`);
}

/** All addresses of a host. */
async function findAddresses(
  host: string,
): Promise<{ addresses: string[] } | { failure: Failure }> {
  if (isIP(host)) return { addresses: [host] };
  const answer = await resolveAddresses(host);
  if (answer.status === 'ok') return { addresses: answer.records };
  if (answer.status === 'none') return fail('5.4.4', `The host ${host} has no address`);
  return defer('4.4.3', `The DNS does not answer for ${host}: ${answer.text}`);
}

function fail(status: string, text: string): { failure: Failure } {
  return { failure: { isPermanent: true, status, text } };
}

function defer(status: string, text: string): { failure: Failure } {
  return { failure: { isPermanent: false, status, text } };
}
