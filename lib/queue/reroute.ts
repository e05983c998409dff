// Sending what waits for a domain to a host named now. The host becomes a relay rule for the domain, the first of
// all, so that the next mails go there too, everybody sees it among the rules, and removing it undoes it.
import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';
import { changeMatching } from './bulk.ts';
import { checkHosts } from './relay-host.ts';
import { addRelayRule, listRelayRules, moveRelayRule, updateRelayRule } from './relay-rule.ts';

/**
 * `host`: name or address, with ":port" where it is not 25; empty = through MX, past all other rules. What waits is
 * tried at once; returns how many recipients. Refusal 'invalid' with the field.
 */
export async function rerouteDomain(domain: string, host: string, by: string): Promise<number> {
  const pattern = toAsciiDomain(domain.trim());
  if (!pattern) throw new Refusal('invalid', 'Give a domain.', 'domain');
  const hosts = checkHosts(host, 25, 'host');
  const way = { target: hosts ? ('hosts' as const) : ('mx' as const), hosts };
  const known = (await listRelayRules()).find(
    (rule) => rule.recipient === pattern && rule.sender === '' && rule.user === '',
  );
  if (known) {
    // The login of the host before is nothing for another one.
    const clean = {
      tlsMode: 'opportunistic',
      username: '',
      password: '',
      fallbackHosts: '',
    } as const;
    await updateRelayRule(known.id, { ...way, ...clean }, by);
    await moveRelayRule(known.id, 1, by);
  } else {
    const comment = `rerouted from the queue by ${by}`;
    await addRelayRule({ recipient: pattern, ...way, comment }, by, 1);
  }
  return changeMatching({ domain: pattern, state: 'queued' }, 'retry', by);
}
