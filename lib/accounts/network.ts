// Trusted networks (Postfix: mynetworks): who may relay without signing in. This machine itself always
// may, at its own address 127.0.0.1 or ::1; every other network is a row that an administrator made, also
// the rest of 127.0.0.0/8, where containers and test clients like to live.
import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { now } from '../clock.ts';
import { db, isUniqueViolation, readOnceACommit } from '../db.ts';
import { Refusal } from '../errors.ts';
import { revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { readSetting } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';
import { recordedNetwork } from './recorded.ts';

export type Network = {
  id: string;
  cidr: string;
  comment: string;
  /** From this moment on it is trusted no more; null = for ever */
  expiresAt: Date | null;
  createdAt: Date;
};

type Cidr = { address: string; bits: number; family: 'ipv4' | 'ipv6' };

/** Reads "10.0.0.0/8", "2001:db8::/32" or a single address. Refusal 'invalid' (field "cidr"). */
export function parseCidr(text: string): Cidr {
  const [address = '', bitsText, ...rest] = text.trim().toLowerCase().split('/');
  const version = isIP(address);
  const width = version === 4 ? 32 : 128;
  const bits = bitsText === undefined ? width : Number(bitsText || Number.NaN);
  if (version === 0 || rest.length > 0 || !Number.isInteger(bits) || bits < 0 || bits > width) {
    throw new Refusal('invalid', 'Give a network such as 192.168.1.0/24 or 2001:db8::/32.', 'cidr');
  }
  if (bits === 0) {
    throw new Refusal(
      'invalid',
      'This network is the whole Internet: everybody could send mail through this server.',
      'cidr',
    );
  }
  return { address, bits, family: version === 4 ? 'ipv4' : 'ipv6' };
}

/** Every trusted network, oldest first. */
export async function listNetworks(): Promise<Network[]> {
  return db.network.findMany({ orderBy: { createdAt: 'asc' } });
}

export type NewNetwork = { cidr: string; comment?: string; expiresAt?: Date | null };

/** Adds a trusted network. Refusal 'invalid', 'exists'. */
export async function addNetwork(input: NewNetwork, by: string): Promise<Network> {
  const { address, bits } = parseCidr(input.cidr);
  const cidr = `${address}/${bits}`;
  const comment = input.comment?.trim().slice(0, 500) ?? '';
  const expiresAt = input.expiresAt ?? null;
  requireFuture(expiresAt);
  try {
    return await revise(by, recordedNetwork, cidr, async (tx) => {
      await recordChangeIn(tx, by, `network ${cidr}`, `added${describeEnd(expiresAt)}`);
      const data = { id: newId(), cidr, comment, expiresAt, createdAt: now() };
      return tx.network.create({ data });
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('exists', `${cidr} is here already.`, 'cidr');
    throw error;
  }
}

export type NetworkChange = { comment?: string; expiresAt?: Date | null };

/** Changes comment or expiry (null = for ever). Refusal 'not-found', 'invalid'. */
export async function updateNetwork(
  text: string,
  change: NetworkChange,
  by: string,
): Promise<Network> {
  const { address, bits } = parseCidr(text);
  const cidr = `${address}/${bits}`;
  const { expiresAt } = change;
  if (expiresAt) requireFuture(expiresAt);
  return revise(by, recordedNetwork, cidr, async (tx) => {
    const row = await tx.network.findUnique({ where: { cidr } });
    if (!row) throw new Refusal('not-found', `There is no network ${cidr} here.`);
    const comment = change.comment?.trim().slice(0, 500);
    const end = expiresAt === undefined ? '' : describeEnd(expiresAt) || ', for ever';
    await recordChangeIn(tx, by, `network ${cidr}`, `changed${end}`);
    return tx.network.update({ where: { cidr }, data: { comment, expiresAt } });
  });
}

function requireFuture(expiresAt: Date | null): void {
  if (expiresAt === null) return;
  if (Number.isNaN(expiresAt.getTime()) || expiresAt <= now()) {
    throw new Refusal('invalid', 'Give a time that is still to come.', 'expiresAt');
  }
}

function describeEnd(expiresAt: Date | null): string {
  return expiresAt ? `, until ${expiresAt.toISOString()}` : '';
}

/** Whether the network is trusted no more. */
export function isExpired({ expiresAt }: Pick<Network, 'expiresAt'>): boolean {
  return expiresAt !== null && expiresAt <= now();
}

/** Removes a trusted network by its CIDR. Refusal 'not-found'. */
export async function removeNetwork(text: string, by: string): Promise<void> {
  const { address, bits } = parseCidr(text);
  const cidr = `${address}/${bits}`;
  await revise(by, recordedNetwork, cidr, async (tx) => {
    const { count } = await tx.network.deleteMany({ where: { cidr } });
    if (count === 0) throw new Refusal('not-found', `There is no network ${cidr} here.`);
    await recordChangeIn(tx, by, `network ${cidr}`, 'removed');
  });
}

const zeros = '(?:::|(?:0{1,4}:){5})ffff:';
const mappedDotted = new RegExp(`^${zeros}(\\d+\\.\\d+\\.\\d+\\.\\d+)$`, 'i');
const mappedHex = new RegExp(`^${zeros}([0-9a-f]{1,4}):([0-9a-f]{1,4})$`, 'i');

/**
 * "::ffff:192.0.2.1" → "192.0.2.1", also where it is written in hexadecimal, as load balancers tell it; other
 * addresses as they are, without a zone. Otherwise all of IPv4 would be one client (limitKey).
 */
export function plainAddress(remote: string): string {
  const address = remote.replace(/%.*$/, '');
  const [, dotted] = mappedDotted.exec(address) ?? [];
  if (dotted) return dotted;
  const [, high, low] = mappedHex.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const octets = [high, low].map((group) => Number.parseInt(group, 16));
  return octets.map((pair) => `${pair >> 8}.${pair & 0xff}`).join('.');
}

/**
 * What counts as one client for a per-address limit: an IPv4 address, or the /64 of an IPv6 address,
 * because one customer owns at least so many.
 */
export function limitKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [left = '', right] = (address.split('%')[0] ?? '').split('::');
  const head = left === '' ? [] : left.split(':');
  const tail = right ? right.split(':') : [];
  const zeros = right === undefined ? 0 : Math.max(0, 8 - head.length - tail.length);
  const groups = [...head, ...Array<string>(zeros).fill('0'), ...tail];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** "203.0.113.0/24" around an IPv4 address, "2001:db8:1::/48" around an IPv6 one; what is neither as it is. */
export function networkAround(address: string): string {
  if (isIPv4(address)) return address.replace(/\d+$/, '0/24');
  return limitKey(address).replace(/^((?:[\da-f]+:){3}).*$/, '$1:/48');
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

function isIn(list: BlockList, address: string): boolean {
  const version = isIP(address);
  return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6');
}

/** Whether the peer is this machine itself. */
export function isLoopback(remote: string): boolean {
  return isIn(loopback, plainAddress(remote));
}

/** Whether the peer is in one of the networks, as parseCidr() reads them; without any, anywhere. */
export function isWithin(networks: readonly string[], remote: string): boolean {
  if (networks.length === 0) return true;
  const list = new BlockList();
  for (const each of networks) {
    const { address, bits, family } = parseCidr(each);
    list.addSubnet(address, bits, family);
  }
  return isIn(list, plainAddress(remote));
}

const maxNetworks = 20;

/** The networks that something may be used from, canonical. Refusal 'invalid' (field "networks"). */
export function readNetworks(texts: readonly string[]): string[] {
  if (texts.length > maxNetworks) throw new Refusal('invalid', 'Too many networks.', 'networks');
  return texts.map((text) => {
    try {
      const { address, bits } = parseCidr(text);
      return `${address}/${bits}`;
    } catch {
      throw new Refusal('invalid', `“${text.slice(0, 60)}” is no network.`, 'networks');
    }
  });
}

/** Whether the panel opens from there: the setting web.adminNetworks. */
export async function isAdminAddress(remote: string): Promise<boolean> {
  return isWithin(await readSetting('web.adminNetworks'), remote);
}

const ownAddresses = ['127.0.0.1', '::1'];

const readTrusted = readOnceACommit(async () => {
  const forEver = new BlockList();
  const ending: { list: BlockList; expiresAt: Date }[] = [];
  for (const { cidr, expiresAt } of await listNetworks()) {
    const { address, bits, family } = parseCidr(cidr);
    const list = expiresAt ? new BlockList() : forEver;
    list.addSubnet(address, bits, family);
    if (expiresAt) ending.push({ list, expiresAt });
  }
  return { forEver, ending };
});

/**
 * Whether the peer may relay without signing in: this machine itself, or in a trusted network whose time has
 * not come. The clock is looked at each time: a network ends without anybody writing anything.
 */
export async function isTrustedAddress(remote: string): Promise<boolean> {
  const address = plainAddress(remote);
  if (ownAddresses.includes(address)) return true;
  const { forEver, ending } = await readTrusted();
  if (isIn(forEver, address)) return true;
  return ending.some((each) => !isExpired(each) && isIn(each.list, address));
}
