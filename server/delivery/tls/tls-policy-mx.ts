// How the mail servers of a domain have to prove themselves: DANE before MTA-STS, else TLS where it is offered
// (RFC 7672 §2.2, RFC 8461 §2). Found out for each host when it is its turn. A relay rule's policy goes before this.
// Invariant: what cannot be found out defers; only a sure "no" of the DNS makes a host opportunistic.

import { readSetting } from '#lib/settings/index.ts';
import type { Target } from '../outbound/mx.ts';
import { type Dane, findDane, findSecureMx, type SecureMx } from './dane.ts';
import { formatTlsa, matchDane, type Tlsa } from './dane-match.ts';
import { findSts, type Sts } from './sts.ts';
import { isStsHost } from './sts-policy.ts';
import { type HostPolicy, judgeWebPki, type TlsFault, tlsPolicyOf } from './tls-policy.ts';
import { countTls, type PolicyType } from './tls-report-count.ts';

export type DomainPolicy = {
  sts: Sts;
  mx: SecureMx;
  /** The policy for one of the domain's targets. */
  findPolicy(target: Target): Promise<HostPolicy>;
};

export type Asked = {
  /** A-label, as in the route. */
  domain: string;
  /** RFC 8689 §4.2.1: the message may only go where MX and certificate are proven. */
  isTlsForced: boolean;
};

/** What is known of `domain` now. Asks the DNS and perhaps the policy host; results are counted unless it is `isDry`. */
export async function findDomainPolicy(asked: Asked, isDry = false): Promise<DomainPolicy> {
  const { domain } = asked;
  const isLiteral = domain.startsWith('[');
  const [sts, mx] = await Promise.all([
    isLiteral ? noSts : findSts(domain),
    isLiteral || !(await readSetting('delivery.dane')) ? noDane : findSecureMx(domain),
  ]);
  const count = isDry
    ? () => undefined
    : (type: PolicyType, host: string, result: string) => countTls(domain, type, host, result);
  if (sts.fault) count('sts', '', sts.fault);
  return {
    sts,
    mx,
    findPolicy: async (target) => {
      const [type, policy] = await choose(asked, sts, mx, target);
      return { ...policy, count: (result) => count(type, target.host, result) };
    },
  };
}

const noSts: Sts = { policy: null, why: 'an address has no policy', fault: null };
const noDane: SecureMx = { status: 'insecure', why: 'DANE is switched off' };

type Choice = [PolicyType, Omit<HostPolicy, 'count'>];

async function choose(asked: Asked, sts: Sts, mx: SecureMx, target: Target): Promise<Choice> {
  const dane = await findDaneOf(mx, target);
  if (dane.status === 'failed') {
    // RFC 7672 §2.1.3: whoever makes the question fail must not get the mail unprotected.
    const text = `whether ${target.host} is protected by DANE cannot be found out: ${dane.text}`;
    const fault: TlsFault = { type: 'dnssec-invalid', text };
    return ['tlsa', { ...required('DANE', dane.text), refusal: fault }];
  }
  if (dane.status === 'tlsa') return ['tlsa', chooseDane(asked, target, dane)];
  const why = `no DANE (${dane.why})`;
  const chosen = chooseSts(asked, sts, target, why);
  if (chosen) return ['sts', chosen];
  const type = sts.policy && sts.policy.mode !== 'none' ? 'sts' : 'no-policy-found';
  const none = `${why}, no MTA-STS (${sts.policy ? 'its policy is "none"' : sts.why})`;
  if (!asked.isTlsForced) return [type, opportunistic('none', none)];
  if (mx.status === 'secure')
    return [type, webPki('REQUIRETLS, MX proven by DNSSEC', none, target.host)];
  // RFC 8689 §4.2.1: without a proof that this is a server of the domain it gets nothing.
  const text = `TLS is required for this message, but nothing proves that ${target.host} is a mail server of ${asked.domain}: ${none}`;
  return [type, { ...required('REQUIRETLS', none), refusal: { type: 'validation-failure', text } }];
}

async function findDaneOf(mx: SecureMx, target: Target): Promise<Dane> {
  if (mx.status === 'failed') return mx;
  if (mx.status === 'insecure') return { status: 'none', why: mx.why };
  if (!mx.hosts.has(target.host)) {
    const text = 'the DNS names other mail servers when it is asked again';
    return { status: 'failed', text };
  }
  return findDane(target.host, target.port);
}

/** What a host has to prove that has TLSA records. */
export function chooseDane(
  { domain, isTlsForced }: Asked,
  target: Target,
  { base, records }: { base: string; records: Tlsa[] },
): Omit<HostPolicy, 'count'> {
  if (records.length === 0) {
    const why = 'its TLSA records are of no kind that is used for mail: TLS, not checked';
    if (isTlsForced) return webPki('REQUIRETLS, MX proven by DNSSEC', why, target.host);
    return { ...required('DANE', why), source: 'DANE (no usable record)' };
  }
  const why = `${records.length} TLSA record${records.length > 1 ? 's' : ''} at ${base}`;
  const names = [...new Set([base, target.host, domain])];
  const policy = required('DANE', why);
  return {
    ...policy,
    tls: { ...policy.tls, servername: base },
    asks: [...records.map(formatTlsa), ...names].join(' '),
    judge: (seen) => {
      const wrong = matchDane(seen.chain(), records, names);
      if (wrong === null) return null;
      return {
        type: 'validation-failure',
        text: `${target.host} breaks its DANE record: ${wrong}`,
      };
    },
  };
}

function chooseSts(
  { isTlsForced }: Asked,
  { policy, why: stsWhy }: Sts,
  target: Target,
  noDaneWhy: string,
): Omit<HostPolicy, 'count'> | null {
  if (!policy || policy.mode === 'none') return null;
  // A promise to send on with TLS only needs more than a test.
  if (isTlsForced && policy.mode === 'testing') return null;
  const why = `MTA-STS policy "${policy.mode}", ${stsWhy}; ${noDaneWhy}`;
  const isEnforced = policy.mode === 'enforce';
  const chosen = isEnforced
    ? webPki('MTA-STS (enforce)', why, target.host)
    : { ...opportunistic('MTA-STS (testing)', why), judge: judgeWebPki(target.host) };
  if (isStsHost(target.host, policy.mx)) return chosen;
  const text = `${target.host} is not among the mail servers that the MTA-STS policy names`;
  const fault: TlsFault = { type: 'validation-failure', text };
  return isEnforced ? { ...chosen, refusal: fault } : { ...chosen, judge: () => fault };
}

function opportunistic(source: string, why: string): Omit<HostPolicy, 'count'> {
  const tls = tlsPolicyOf('opportunistic');
  return { source, why, tls, judge: null, asks: '', isBinding: false };
}

/** TLS is a must, and `judge` binds; the certificate is not checked by the handshake itself. */
function required(source: string, why: string): Omit<HostPolicy, 'count'> {
  const tls = tlsPolicyOf('required');
  return { source, why, tls, judge: null, asks: '', isBinding: true };
}

function webPki(source: string, why: string, host: string): Omit<HostPolicy, 'count'> {
  return { ...required(source, why), judge: judgeWebPki(host), asks: 'web' };
}

/**
 * RFC 8689 §5: the author would rather have it delivered than protected ("TLS-Required: No"). Only the header is read;
 * REQUIRETLS goes before it.
 */
export function waivesPolicies(bytes: Buffer): boolean {
  const end = bytes.indexOf('\r\n\r\n');
  const at = bytes.subarray(0, end < 0 ? bytes.length : end + 2);
  return /^TLS-Required:[ \t]*No[ \t]*\r?$/im.test(at.toString('latin1'));
}
