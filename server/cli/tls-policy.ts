// `drey tls-policy <domain>`: what other servers have to prove before they get mail of that domain, as it is now. Asks the
// DNS and the policy host, connects to no mail server and counts nothing.

import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { findTargets, isNamed, readRouteChooser } from '../delivery/outbound/route.ts';
import { findRoutePolicy } from '../delivery/tls/tls-policy-rule.ts';
import { type CommandDefinition, type Input, type Result, textAt } from './command.ts';

type Line = { host: string; policy: string; why: string };

async function run(input: Input): Promise<Result> {
  const domain = toAsciiDomain(textAt(input, 0));
  if (!domain) throw new Refusal('invalid', 'This is no domain.', 'domain');
  const columns = ['host', 'policy', 'why'];
  return { rows: await explain(domain), columns };
}

async function explain(domain: string): Promise<Line[]> {
  const recipient = `postmaster@${domain}`;
  const mail = { sender: '', recipient, domain, user: '', isLetGo: false, attempts: 0 };
  const route = (await readRouteChooser())(mail);
  const { rule, isLocal } = route;
  if (isLocal) return [{ host: '', policy: 'none', why: 'The domain is received here.' }];
  if (rule && isNamed(route)) {
    const why = 'A relay rule takes mail for this domain; its own policy goes before others.';
    return [{ host: rule.hosts, policy: `relay rule: ${rule.tlsMode}`, why }];
  }
  const way = await findTargets(route);
  if ('failure' in way) return [{ host: '', policy: 'no delivery', why: way.failure.text }];
  const asked = { route, isTlsForced: false, isWaived: false };
  const { policy: general, findPolicy } = await findRoutePolicy(asked, true);
  if (!findPolicy) {
    const why = 'A relay rule for this domain says so.';
    return [{ host: domain, policy: `relay rule: ${general.mode}`, why }];
  }
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
