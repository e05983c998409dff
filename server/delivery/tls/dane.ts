// What the signed DNS says about the TLS of a mail server (RFC 7672 §2.2): the way from the domain to the host has to
// be proven, MX and addresses, and then its TLSA records bind. A question that fails is never "no DANE".
import { askSecure, listTrustedServers } from '#server/dns/secure.ts';
import { isUsable, readTlsa, type Tlsa } from './dane-match.ts';

/** What is known of the hosts of a domain. */
export type SecureMx =
  | { status: 'secure'; hosts: Set<string> }
  /** Not signed, or no name server here validates. */
  | { status: 'insecure'; why: string }
  | { status: 'failed'; text: string };

export type Dane =
  | {
      status: 'tlsa';
      /** TLSA base domain: the name for SNI and certificate (RFC 7672 §2.2.3, §8.1). */
      base: string;
      /** The usable ones; empty: TLS is a must, but nothing to check it by (RFC 7672 §2.2). */
      records: Tlsa[];
    }
  | { status: 'none'; why: string }
  | { status: 'failed'; text: string };

/** Whether the MX records of `domain` are proven (RFC 7672 §2.2.1). */
export async function findSecureMx(domain: string): Promise<SecureMx> {
  if ((await listTrustedServers()).length === 0) {
    return { status: 'insecure', why: 'no name server is trusted to validate DNSSEC' };
  }
  const answer = await askSecure('MX', domain);
  if (answer.status === 'failed') {
    return { status: 'failed', text: `MX of ${domain}: ${answer.text}` };
  }
  if (!answer.isSecure) return { status: 'insecure', why: `the DNS of ${domain} is not signed` };
  const hosts =
    answer.status === 'none' ? [domain] : answer.records.map(({ exchange }) => exchange ?? '');
  return { status: 'secure', hosts: new Set(hosts) };
}

/** The TLSA records of a host whose name is proven. */
export async function findDane(host: string, port: number): Promise<Dane> {
  const bases = await listBases(host);
  if ('status' in bases) return bases;
  for (const base of bases.names) {
    const name = `_${port}._tcp.${base}`;
    const answer = await askSecure('TLSA', name);
    if (answer.status === 'failed') {
      return { status: 'failed', text: `TLSA records of ${base}: ${answer.text}` };
    }
    if (answer.status === 'none' || !answer.isSecure) continue;
    const records = answer.records.flatMap(({ data }) => readTlsa(data) ?? []).filter(isUsable);
    return { status: 'tlsa', base, records };
  }
  return { status: 'none', why: `${host} has no signed TLSA records` };
}

/** Names under which TLSA records may stand (RFC 7672 §2.2.2, §2.2.3): behind proven aliases, then the name itself. */
async function listBases(host: string): Promise<{ names: string[] } | Dane> {
  const answers = await Promise.all([askSecure('A', host), askSecure('AAAA', host)]);
  const names = new Set<string>();
  for (const answer of answers) {
    if (answer.status === 'failed') {
      return { status: 'failed', text: `addresses of ${host}: ${answer.text}` };
    }
    if (answer.status === 'ok' && answer.isSecure) names.add(answer.canonical);
  }
  const isAllSecure = answers.every((answer) => answer.status !== 'ok' || answer.isSecure);
  if (isAllSecure && names.size > 0) return { names: [...names.add(host)] };
  // An alias that is signed itself leads to a name that is not: the records may stand at the alias.
  const alias = await askSecure('CNAME', host);
  if (alias.status === 'failed') {
    return { status: 'failed', text: `aliases of ${host}: ${alias.text}` };
  }
  if (alias.status === 'ok' && alias.isSecure) return { names: [host] };
  return { status: 'none', why: `the addresses of ${host} are not signed` };
}
