// Who wants DMARC reports (RFC 9989 §4.7, RFC 9990 §3.5): the tags of a policy, its report addresses, and whether those
// outside have agreed (RFC 9990 §4). Only by mail.
import { resolveTxt } from '#server/dns/resolver.ts';

export type Policy = {
  p: string;
  sp: string;
  np: string;
  fo: string;
  adkim: string;
  aspf: string;
  isTest: boolean;
  /** It stands at a public suffix: "y", "n" or empty. */
  psd: string;
  rua: ReportAddress[];
};

/** `maxBytes` of the mail; null = no limit. */
export type ReportAddress = { address: string; host: string; maxBytes: number | null };

/** `isUnknown`: the DNS does not say now. */
export type Found = { policy: Policy | null; isUnknown: boolean };

const maxAddresses = 5;
const maxWalk = 8;
const version = /^v[ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/;
const isPolicy = (value = '') => (/^(none|quarantine|reject)$/.test(value) ? value : '');

/** The policy that stands at a domain; of several records none counts (RFC 9989 §4.10). */
export async function findPolicy(domain: string): Promise<Found> {
  const answer = await resolveTxt(`_dmarc.${domain}`);
  if (answer.status === 'failed') return { policy: null, isUnknown: true };
  const records = answer.status === 'ok' ? answer.records.filter((one) => version.test(one)) : [];
  return { policy: records.length === 1 ? readPolicy(records[0]!) : null, isUnknown: false };
}

/** Tags of a record. */
export function readPolicy(record: string): Policy {
  const tags = new Map(
    record
      .slice(0, 4000)
      .split(';')
      .map((tag) => {
        const [name = '', ...value] = tag.split('=');
        return [name.trim().toLowerCase(), value.join('=').trim()] as const;
      }),
  );
  const word = (name: string) => (tags.get(name) ?? '').toLowerCase();
  return {
    p: isPolicy(word('p')) || 'none',
    sp: isPolicy(word('sp')),
    np: isPolicy(word('np')),
    fo: /^[01ds](:[01ds])*$/.test(word('fo')) ? word('fo') : '',
    adkim: word('adkim') === 's' ? 's' : 'r',
    aspf: word('aspf') === 's' ? 's' : 'r',
    isTest: word('t') === 'y',
    psd: /^[yn]$/.test(word('psd')) ? word('psd') : '',
    rua: readReportAddresses(tags.get('rua') ?? ''),
  };
}

const units: Record<string, number> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** "mailto:a@far.example!10m, …" (RFC 7489 §6.2); what is not mail is left out. */
export function readReportAddresses(text: string): ReportAddress[] {
  return text
    .split(',')
    .slice(0, maxAddresses)
    .flatMap((uri) => {
      const [, encoded = '', size, unit = ''] =
        /^mailto:([^!]{3,320})(?:!(\d{1,9})([kmgt]?))?$/i.exec(uri.trim()) ?? [];
      const address = decode(encoded).toLowerCase();
      if (!/^[a-z0-9.!#$%&'*+/=?^_{|}~-]{1,64}@[a-z0-9.-]{1,253}$/.test(address)) return [];
      const maxBytes = size ? Number(size) * (units[unit.toLowerCase()] ?? 1) : null;
      return [{ address, host: address.slice(address.indexOf('@') + 1), maxBytes }];
    });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/**
 * Addresses that a report about `domain` may go to. Those of other domains have to have agreed, or anybody could have
 * reports sent to a victim; `isUnknown` where the DNS does not say of one of them now.
 */
export async function listAgreed(
  domain: string,
  rua: ReportAddress[],
): Promise<{ addresses: ReportAddress[]; isUnknown: boolean }> {
  const found = await Promise.all(
    rua.map(async (one) => {
      if (await isOfOneOrganization(one.host, domain)) return [one];
      const answer = await resolveTxt(`${domain}._report._dmarc.${one.host}`);
      if (answer.status === 'failed') return null;
      const records = answer.status === 'ok' ? answer.records : [];
      const agreed = records.find((text) => version.test(text));
      if (agreed === undefined) return [];
      // It may name another address, of the same host only.
      const other = readPolicy(agreed).rua;
      return other.length > 0 ? other.filter(({ host }) => host === one.host) : [one];
    }),
  );
  const addresses = found.flatMap((list) => list ?? []);
  return {
    addresses: [...new Map(addresses.map((one) => [one.address, one])).values()],
    isUnknown: found.includes(null),
  };
}

async function isOfOneOrganization(host: string, domain: string): Promise<boolean> {
  if (host === domain || host.endsWith(`.${domain}`)) return true;
  if (host.split('.').at(-1) !== domain.split('.').at(-1)) return false;
  return (await findOrganization(host)) === (await findOrganization(domain));
}

/** The organizational domain by the tree walk of RFC 9989 §4.10.2. */
async function findOrganization(domain: string): Promise<string> {
  const labels = domain.split('.').slice(-maxWalk);
  let organization = domain;
  for (let index = 0; index < labels.length; index++) {
    const name = labels.slice(index).join('.');
    const { policy } = await findPolicy(name);
    if (policy?.psd === 'n') return name;
    if (policy?.psd === 'y') return index > 0 ? labels.slice(index - 1).join('.') : organization;
    if (policy) organization = name;
  }
  return organization;
}
