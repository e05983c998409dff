// `drey tls-policy <domain>`: what other servers have to prove before they get mail of that domain, as it is now. Asks the
// DNS and the policy host, connects to no mail server and counts nothing.

import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { findWay } from '../delivery/outbound/mx.ts';
import { readRouteChooser } from '../delivery/outbound/route.ts';
import { findDomainPolicy } from '../delivery/tls/tls-policy-mx.ts';
import { type CommandDefinition, type Input, type Result, textAt } from './command.ts';

type Line = { host: string; policy: string; why: string };

async function run(input: Input): Promise<Result> {
  const domain = toAsciiDomain(textAt(input, 0));
  if (!domain) throw new Refusal('invalid', 'This is no domain.', 'domain');
  const columns = ['host', 'policy', 'why'];
  return { rows: await explain(domain), columns };
}

async function explain(domain: string): Promise<Line[]> {
  const { relay, isLocal } = (await readRouteChooser())('', `postmaster@${domain}`, domain);
  if (isLocal) return [{ host: '', policy: 'none', why: 'The domain is received here.' }];
  if (relay) {
    const why = 'A relay rule takes mail for this domain; its own policy goes before others.';
    return [{ host: `${relay.host}:${relay.port}`, policy: `relay rule: ${relay.tlsMode}`, why }];
  }
  const way = await findWay(domain);
  if ('failure' in way) return [{ host: '', policy: 'no delivery', why: way.failure.text }];
  const { findPolicy } = await findDomainPolicy({ domain, isTlsForced: false }, true);
  const hosts = new Map(way.targets.map((target) => [target.host, target]));
  return Promise.all(
    [...hosts.values()].map(async (target) => {
      const { source, why, refusal } = await findPolicy(target);
      if (refusal) return { host: target.host, policy: `${source}: waits`, why: refusal.text };
      const policy = source === 'none' ? 'TLS where it is offered, not checked' : source;
      return { host: target.host, policy, why };
    }),
  );
}

export const tlsPolicyCommands: CommandDefinition[] = [
  {
    name: 'tls-policy',
    arguments: ['<domain>'],
    options: [],
    help: 'what mail servers of a domain must prove to get mail now (DANE, MTA-STS), and why',
    run,
  },
];
