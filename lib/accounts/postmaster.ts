// Who answers for the whole server (RFC 5321 §4.5.1).
import type { Settings } from '../settings/index.ts';
import { readDomains } from './domain-list.ts';

/** The postmaster of the oldest domain here; before there is one, nobody reads it. */
export async function postmasterAddress(settings: Settings): Promise<string> {
  const enabled = (await readDomains()).filter((domain) => !domain.isDisabled);
  const oldest = enabled.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime())[0];
  return `postmaster@${oldest?.name ?? (settings['server.hostname'] || 'localhost')}`;
}
