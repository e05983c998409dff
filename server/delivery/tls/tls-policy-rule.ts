// What hosts have to prove by the relay rule that names them; where a rule leaves it open, or there is none, what the
// domain asks of its mail servers (tls-policy-mx.ts).
import type { Route } from '../outbound/route.ts';
import { findDane } from './dane.ts';
import { type HostPolicy, type TlsPolicy, tlsPolicyOf, tlsPolicyOfRequired } from './tls-policy.ts';
import { chooseDane, findDomainPolicy } from './tls-policy-mx.ts';

export type RoutePolicy = {
  policy: TlsPolicy;
  /** Goes before `policy`, where each host has to prove something of its own. */
  findPolicy?: (target: { host: string; address: string; port: number }) => Promise<HostPolicy>;
};

export type Asked = {
  route: Pick<Route, 'rule' | 'isFallback' | 'domain'>;
  /** RFC 8689 §4.2.1 */
  isTlsForced: boolean;
  /** RFC 8689 §5: the author waives what the domain asks. */
  isWaived: boolean;
};

/** What holds for a mail on its route. With `isDry` nothing is counted for reports. */
export async function findRoutePolicy(
  { route, isTlsForced, isWaived }: Asked,
  isDry = false,
): Promise<RoutePolicy> {
  const { rule, domain } = route;
  const mode = rule?.tlsMode ?? 'opportunistic';
  const policy = isTlsForced ? tlsPolicyOfRequired(mode) : tlsPolicyOf(mode);
  const isByMx = (rule === null || rule.target === 'mx') && !route.isFallback;
  // That a host is one of the domain no mode of a rule proves.
  const asksDomain = isByMx && (isTlsForced || (mode === 'opportunistic' && !isWaived));
  if (asksDomain || (isByMx && mode === 'dane')) {
    const { findPolicy } = await findDomainPolicy({ domain, isTlsForced }, isDry);
    if (mode !== 'dane') return { policy, findPolicy };
    return { policy, findPolicy: async (target) => requireDane(await findPolicy(target), target) };
  }
  if (mode !== 'dane') return { policy };
  return { policy, findPolicy: (target) => findNamedDane(domain, target) };
}

/** A host that an administrator named needs no proof that it is one of the domain, only its TLSA records. */
async function findNamedDane(
  domain: string,
  target: { host: string; address: string; port: number },
): Promise<HostPolicy> {
  const dane = await findDane(target.host, target.port);
  const count = () => undefined;
  if (dane.status === 'tlsa' && dane.records.length > 0) {
    return { ...chooseDane({ domain, isTlsForced: false }, target, dane), count };
  }
  const why =
    dane.status === 'failed' ? dane.text : dane.status === 'none' ? dane.why : 'none is usable';
  return refuse(target.host, why, count);
}

function requireDane(policy: HostPolicy, { host }: { host: string }): HostPolicy {
  if (policy.source === 'DANE') return policy;
  return refuse(host, policy.why, policy.count);
}

function refuse(host: string, why: string, count: HostPolicy['count']): HostPolicy {
  const text = `the relay rule wants DANE, but nothing signed says how ${host} proves itself: ${why}`;
  return {
    source: 'DANE',
    why,
    tls: tlsPolicyOf('dane'),
    judge: null,
    asks: '',
    isBinding: true,
    refusal: { type: 'dnssec-invalid', text },
    count,
  };
}
