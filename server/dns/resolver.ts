// Questions to the DNS, asked by delivery and by the checks of SMTP. Three answers only: records, surely
// none (NXDOMAIN or NODATA), or failed. Everything that is not a sure negative is 'failed': SERVFAIL,
// REFUSED, a timeout or nonsense defer a mail, they never refuse it. Names and texts that come back are
// hostile. Name servers: the setting delivery.dnsServers, read at each question, else the system's.
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { readSetting } from '#lib/settings/index.ts';
import { dnsAnswers } from '#server/metrics/index.ts';
import { onForget } from './forget.ts';

export { forgetAnswers } from './forget.ts';

export type Answer<T> =
  | { status: 'ok'; records: T[] }
  /** `isNoName`: nothing of any type has the name (NXDOMAIN), which matters to DMARC. */
  | { status: 'none'; isNoName?: true }
  | { status: 'failed'; text: string };

/** `exchange` is '' for a null MX (RFC 7505). */
export type MxRecord = { exchange: string; preference: number };

const timeoutMs = 5000;
const tries = 2;
/** Records kept of one answer; an answer may be far larger than anybody needs. */
const maxRecords = 100;
const cacheMs = 60_000;
const maxCached = 2000;
/** A failed look-up is asked again sooner. */
const failedCacheMs = 2000;

type Cached = { answer: Promise<Answer<unknown>>; until: number };
const cache = new Map<string, Cached>();
onForget(() => cache.clear());
let current: { servers: string; resolver: Resolver } | null = null;

/** MX records as they are, in no order. A null MX is one record with an empty exchange. */
export function resolveMx(domain: string): Promise<Answer<MxRecord>> {
  return ask('MX', domain, async (resolver, name) => {
    const records = await resolver.resolveMx(name);
    return records.map((record) => ({
      exchange: record.exchange.replace(/\.$/, '').toLowerCase(),
      preference: record.priority,
    }));
  });
}

/** IPv4 and IPv6 addresses of a host. 'failed' when either question failed and the other gave nothing. */
export async function resolveAddresses(host: string): Promise<Answer<string>> {
  const [v4, v6] = await Promise.all([resolveIpv4(host), resolveIpv6(host)]);
  const records = [v4, v6].flatMap((answer) => (answer.status === 'ok' ? answer.records : []));
  if (records.length > 0) return { status: 'ok', records };
  if (v4.status === 'failed') return v4;
  return v6.status === 'failed' ? v6 : { status: 'none' };
}

/** IPv4 addresses alone. */
export function resolveIpv4(host: string): Promise<Answer<string>> {
  return ask('A', host, (resolver, name) => resolver.resolve4(name));
}

/** IPv6 addresses alone. */
export function resolveIpv6(host: string): Promise<Answer<string>> {
  return ask('AAAA', host, (resolver, name) => resolver.resolve6(name));
}

/** The name that a name stands for; of one at most (RFC 2181 §10.1). */
export function resolveCname(name: string): Promise<Answer<string>> {
  return ask('CNAME', name, (resolver, question) => resolver.resolveCname(question));
}

/** Where a service of a domain is (RFC 2782). */
export function resolveSrv(name: string): Promise<Answer<{ target: string; port: number }>> {
  return ask('SRV', name, async (resolver, question) =>
    (await resolver.resolveSrv(question)).map(({ name: target, port }) => ({ target, port })),
  );
}

/** TXT records, the strings of each joined (RFC 7208 §3.3). */
export function resolveTxt(domain: string): Promise<Answer<string>> {
  return ask('TXT', domain, async (resolver, name) =>
    (await resolver.resolveTxt(name)).map((strings) => strings.join('')),
  );
}

/** Names of an IP address; those that are no host names are left out. */
export async function resolvePtr(address: string): Promise<Answer<string>> {
  const labels = reverseLabels(address);
  if (!labels) return { status: 'none' };
  const name = `${labels}.${isIP(labels) === 4 ? 'in-addr' : 'ip6'}.arpa`;
  const answer = await ask('PTR', name, (resolver, question) => resolver.resolvePtr(question));
  if (answer.status !== 'ok') return answer;
  const records = answer.records.flatMap((record) => toQuestion(record) ?? []);
  return records.length > 0 ? { status: 'ok', records } : { status: 'none' };
}

async function ask<T>(
  type: string,
  text: string,
  question: (resolver: Resolver, name: string) => Promise<T[]>,
): Promise<Answer<T>> {
  const name = toQuestion(text);
  if (!name) return { status: 'none' };
  const resolver = await currentResolver();
  const key = `${type} ${name}`;
  const known = cache.get(key);
  if (known && known.until > performance.now()) return (await known.answer) as Answer<T>;
  const entry: Cached = {
    answer: settle(question(resolver, name)),
    until: performance.now() + cacheMs,
  };
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value as string);
  cache.set(key, entry);
  const answer = (await entry.answer) as Answer<T>;
  dnsAnswers.inc({ result: answer.status });
  if (answer.status === 'failed') entry.until = performance.now() + failedCacheMs;
  return answer;
}

async function settle<T>(question: Promise<T[]>): Promise<Answer<T>> {
  try {
    const records = await question;
    return records.length > 0
      ? { status: 'ok', records: records.slice(0, maxRecords) }
      : { status: 'none' };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (code === 'ENOTFOUND') return { status: 'none', isNoName: true };
    if (code === 'ENODATA') return { status: 'none' };
    return { status: 'failed', text: failureText(code) };
  }
}

function failureText(code: string): string {
  const known: Record<string, string> = {
    ESERVFAIL: 'the name server failed (SERVFAIL)',
    EREFUSED: 'the name server refused to answer',
    ETIMEOUT: 'the name server did not answer in time',
    ECONNREFUSED: 'no name server can be reached',
    ECANCELLED: 'the question was given up',
  };
  return known[code] ?? `the DNS question failed (${code || 'unknown'})`;
}

/** The resolver for the servers set now; a change empties the cache. */
async function currentResolver(): Promise<Resolver> {
  const servers = await readSetting('delivery.dnsServers');
  const key = servers.join(' ');
  if (current?.servers === key) return current.resolver;
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (servers.length > 0) resolver.setServers(servers);
  cache.clear();
  current = { servers: key, resolver };
  return resolver;
}

/** Lower case A-labels without the last dot; null for what cannot be asked. */
export function toQuestion(text: string): string | null {
  const plain = text.replace(/\.$/, '');
  if (plain.length > 253 || isIP(plain)) return null;
  const name = /[^\u0000-\u007f]/.test(plain) ? domainToASCII(plain) : plain.toLowerCase();
  if (name.length === 0 || name.length > 253) return null;
  // RFC 1035 §2.3.4: labels of 1 to 63; "_" as in _dmarc.
  return name.split('.').every((label) => /^[a-z0-9_-]{1,63}$/.test(label)) ? name : null;
}

/**
 * The labels of an address, backwards: "7.2.0.192" for 192.0.2.7, 32 digits for IPv6 (RFC 1035 §3.5, RFC 3596
 * §2.5; DNS lists use the same, RFC 5782 §2); null for no address.
 */
export function reverseLabels(address: string): string | null {
  const plain = address.replace(/%.*$/, '').replace(/^::ffff:(?=\d+\.)/i, '');
  if (isIP(plain) === 4) return plain.split('.').reverse().join('.');
  if (isIP(plain) !== 6) return null;
  return [...expandIpv6(plain)].reverse().join('.');
}

/** The 32 hexadecimal digits of an IPv6 address. */
function expandIpv6(address: string): string {
  // The URL parser writes an embedded IPv4 part as groups.
  const written = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - left.length - right.length;
  const groups = [...left, ...Array<string>(zeros).fill('0'), ...right];
  return groups.map((group) => group.padStart(4, '0')).join('');
}
