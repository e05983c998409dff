// The DNS records that a domain here should have, with what each is for: the one list that the domain's page, the
// terminal and the zone file are made of. Pure: names and addresses are handed in.

export type RecordKind =
  | 'mx'
  | 'host'
  | 'ptr'
  | 'spf'
  | 'dkim'
  | 'dmarc'
  | 'mta-sts'
  | 'mta-sts-host'
  | 'tls-report'
  | 'autoconfig'
  | 'service';

/** "must": mail does not come or go without it; "should": much of it is refused or unsafe; "may": comfort. */
export type Need = 'must' | 'should' | 'may';

export type WantedRecord = {
  kind: RecordKind;
  need: Need;
  /** Without the last dot */
  name: string;
  type: 'MX' | 'A' | 'AAAA' | 'PTR' | 'TXT' | 'CNAME' | 'SRV';
  /** As providers' forms want it */
  value: string;
  /** As a zone file wants it; null: not ours to say (the name of an address is its provider's) */
  zoneText: string | null;
  /** What it is for, a sentence */
  purpose: string;
};

export type DomainFacts = {
  domain: string;
  /** The name of this server */
  hostname: string;
  /** Addresses that the name should have: of this machine, without private ones */
  addresses: string[];
  dkim: { name: string; value: string; zoneText: string }[];
  /** The id of the policy of MTA-STS; empty = none is published */
  stsId: string;
  /** Ports that programs are told, by the service's name (RFC 6186, RFC 8314) */
  services: { service: string; port: number }[];
};

/** In the order in which somebody would set them up. */
export function listWantedRecords(facts: DomainFacts): WantedRecord[] {
  const { domain, hostname } = facts;
  return [
    ...listHostRecords(facts),
    {
      kind: 'mx',
      need: 'must',
      name: domain,
      type: 'MX',
      value: `10 ${hostname}`,
      zoneText: `10 ${hostname}.`,
      purpose: 'Where mail for the domain is to be brought.',
    },
    text(
      'spf',
      'should',
      domain,
      'v=spf1 mx -all',
      'Which servers send in the name of the domain (SPF).',
    ),
    ...facts.dkim.map(({ name, value, zoneText }): WantedRecord => {
      const purpose = 'Proves the signatures under mail of the domain (DKIM).';
      return { kind: 'dkim', need: 'should', name, type: 'TXT', value, zoneText, purpose };
    }),
    text(
      'dmarc',
      'should',
      `_dmarc.${domain}`,
      `v=DMARC1; p=quarantine; rua=mailto:dmarc-reports@${domain}`,
      'What others do with mail that only pretends to be of the domain, and where they report it.',
    ),
    text(
      'tls-report',
      'may',
      `_smtp._tls.${domain}`,
      `v=TLSRPTv1; rua=mailto:tls-reports@${domain}`,
      'Where others report trouble with encryption.',
    ),
    ...listPolicyRecords(facts),
    {
      kind: 'autoconfig',
      need: 'may',
      name: `autoconfig.${domain}`,
      type: 'CNAME',
      value: hostname,
      zoneText: `${hostname}.`,
      purpose: 'Mail programs find their settings by themselves, by http.',
    },
    {
      kind: 'autoconfig',
      need: 'may',
      name: `autodiscover.${domain}`,
      type: 'CNAME',
      value: hostname,
      zoneText: `${hostname}.`,
      purpose: 'Outlook finds its settings by itself, by https with a certificate of this name.',
    },
    ...facts.services.map(({ service, port }): WantedRecord => {
      const value = `0 1 ${port} ${hostname}`;
      return {
        kind: 'service',
        need: 'may',
        name: `_${service}._tcp.${domain}`,
        type: 'SRV',
        value,
        zoneText: `${value}.`,
        purpose: 'Mail programs find their server by themselves.',
      };
    }),
  ];
}

function listHostRecords({ hostname, addresses }: DomainFacts): WantedRecord[] {
  const own = addresses.length > 0 ? addresses : ['the public address of this server'];
  return own.flatMap((address): WantedRecord[] => [
    {
      kind: 'host',
      need: 'must',
      name: hostname,
      type: address.includes(':') ? 'AAAA' : 'A',
      value: address,
      zoneText: addresses.length > 0 ? address : null,
      purpose: 'The address behind the name of this server.',
    },
    {
      kind: 'ptr',
      need: 'should',
      name: address,
      type: 'PTR',
      value: hostname,
      zoneText: null,
      purpose: 'The name behind the address; who rents the address out to you sets it.',
    },
  ]);
}

function listPolicyRecords({ domain, hostname, stsId }: DomainFacts): WantedRecord[] {
  if (stsId === '') return [];
  const purpose = 'Others bring mail by verified TLS only (MTA-STS).';
  return [
    text('mta-sts', 'may', `_mta-sts.${domain}`, `v=STSv1; id=${stsId}`, purpose),
    {
      kind: 'mta-sts-host',
      need: 'may',
      name: `mta-sts.${domain}`,
      type: 'CNAME',
      value: hostname,
      zoneText: `${hostname}.`,
      purpose: 'Where that policy is fetched, by https with a certificate of this name.',
    },
  ];
}

function text(
  kind: RecordKind,
  need: Need,
  name: string,
  value: string,
  purpose: string,
): WantedRecord {
  return { kind, need, name, type: 'TXT', value, zoneText: `"${value}"`, purpose };
}

/** The records as lines of a zone file (RFC 1035 §5.1), to be pasted. */
export function writeZone(records: WantedRecord[]): string {
  return records
    .filter(({ zoneText }) => zoneText !== null)
    .map(({ name, type, zoneText }) => `${name}. 3600 IN ${type} ${zoneText}\n`)
    .join('');
}
