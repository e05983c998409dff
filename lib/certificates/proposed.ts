// The host names under which this server is asked for, by what for: offered for a certificate when their DNS leads here.
import { db } from '../db.ts';
import { serverHostname } from '../settings/index.ts';

export type ProposedName = { name: string; purpose: string };

/** Domains whose names are offered; more are typed. */
const maxDomains = 50;

/** The name of the server first. */
export async function listProposedNames(): Promise<ProposedName[]> {
  const hostname = await serverHostname();
  const domains = await db.domain.findMany({
    where: { isDisabled: false },
    orderBy: { name: 'asc' },
    take: maxDomains,
    select: { name: true },
  });
  const names = [
    { name: hostname, purpose: 'The name of this server: all mail programs and other servers' },
    ...domains.flatMap(({ name }) => [
      { name: `mail.${name}`, purpose: 'Often typed as the server of the domain' },
      { name: `mta-sts.${name}`, purpose: 'Policy for verified TLS (MTA-STS)' },
      { name: `autoconfig.${name}`, purpose: 'Settings for Thunderbird and others' },
      { name: `autodiscover.${name}`, purpose: 'Settings for Outlook' },
    ]),
  ];
  return names.filter(({ name }, index) => names.findIndex((one) => one.name === name) === index);
}
