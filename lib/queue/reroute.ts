// Sending what waits for a domain to a host named now. The host becomes a relay rule for the domain, the first of its
// kind, so that the next mails go there too, everybody sees it among the rules, and removing it undoes it.
import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { changeMatching } from './bulk.ts';
import { addRelayRule, listRelayRules, moveRelayRule, updateRelayRule } from './relay-rule.ts';

/**
 * `host`: name or address, with ":port" where it is not 25; empty = through MX, past all other rules. What waits is
 * tried at once; returns how many recipients. Refusal 'invalid' with the field.
 */
export async function rerouteDomain(domain: string, host: string, by: string): Promise<number> {
  const pattern = toAsciiDomain(domain.trim());
  if (!pattern) throw new Refusal('invalid', 'Give a domain.', 'domain');
  const [, name = '', port] =
    /^(\[[^\]]*\]|[^:]*|[0-9a-f:]*:[0-9a-f:]*:[0-9a-f:]*)(?::(\d{1,5}))?$/i.exec(host.trim()) ?? [
      null,
      host.trim(),
    ];
  const way = { host: name, port: port ? Number(port) : 25 };
  const known = (await listRelayRules()).find(
    (rule) => rule.match === 'recipient' && rule.pattern === pattern,
  );
  const comment = `rerouted from the queue by ${by}`;
  const { id } = known
    ? // The login of the host before is nothing for another one.
      await updateRelayRule(
        known.id,
        { ...way, tlsMode: 'opportunistic', username: '', password: '' },
        by,
      )
    : await addRelayRule({ match: 'recipient', pattern, ...way, comment }, by);
  await moveRelayRule(id, 1, by);
  return changeMatching({ domain: pattern, state: 'queued' }, 'retry', by);
}
