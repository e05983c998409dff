// What a stranger calls itself: our own name is a lie; no full host name, or one that nobody knows, is
// doubtful (RFC 5321 §2.3.5, §4.1.1.1). §4.1.4 forbids to refuse for a name that merely does not fit the address.
import { isIP } from 'node:net';
import { isLoopback } from '#lib/accounts/network.ts';
import { resolveAddresses, resolveMx } from '#server/dns/resolver.ts';
import { pass, passed, refuse } from '../../verdict.ts';
import { oncePerTransaction } from '../once.ts';
import { blame, doubt } from '../strict.ts';

/** "[192.0.2.1]" or "[IPv6:2001:db8::1]" → the address; null for anything else. */
function readLiteral(name: string): string | null {
  const inner = /^\[(?:ipv6:)?([^\]]+)\]$/i.exec(name)?.[1] ?? '';
  return isIP(inner) ? inner : null;
}

function isFullName(name: string): boolean {
  if (readLiteral(name)) return true;
  // RFC 5321 §4.1.2; an address without brackets is no name.
  return (
    !isIP(name) &&
    /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)+\.?$/i.test(name)
  );
}

export const heloIsOurs = oncePerTransaction({
  name: 'helo-is-ours',
  title: 'HELO with our name',
  isOn: (settings) => settings['checks.heloIsOurs'],
  settings: ['checks.heloIsOurs'],
  async judge({ client }) {
    // From this machine itself it is the truth, whichever of its addresses is trusted.
    if (isLoopback(client.remote)) return pass;
    // Not the domains that have their mail here: another server of theirs may well say such a name.
    const name = client.helo.toLowerCase().replace(/\.$/, '');
    if (name === client.hostname.toLowerCase()) {
      return refuse('helo-is-ours', 'This is the name of this server, not yours', client.helo);
    }
    return pass;
  },
});

export const heloName = oncePerTransaction({
  name: 'helo-name',
  title: 'HELO with a full host name',
  isOn: (settings) => settings['checks.heloName'] !== 'off',
  settings: ['checks.heloName'],
  async judge({ client, settings }) {
    if (isFullName(client.helo)) return passed(client.helo);
    const text = 'Say your full host name in HELO or EHLO';
    return blame(settings['checks.heloName'], 'helo-no-name', text, client.helo);
  },
});

export const heloResolves = oncePerTransaction({
  name: 'helo-resolves',
  title: 'HELO name in the DNS',
  isOn: (settings) => settings['checks.heloResolves'] !== 'off',
  settings: ['checks.heloResolves'],
  async judge({ client, settings }) {
    const strictness = settings['checks.heloResolves'];
    if (readLiteral(client.helo)) return passed('an address');
    const addresses = await resolveAddresses(client.helo);
    if (addresses.status === 'ok') return passed(client.helo);
    const servers = await resolveMx(client.helo);
    if (servers.status === 'ok') return passed(client.helo);
    const failed = [addresses, servers].find(({ status }) => status === 'failed');
    if (failed?.status === 'failed') {
      return doubt(strictness, 'Your HELO name cannot be looked up, try again later', failed.text);
    }
    const text = 'The name in your HELO or EHLO is not in the DNS';
    return blame(strictness, 'helo-unknown', text, client.helo);
  },
});
