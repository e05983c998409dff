// People of the LDAP server of the settings (directory.ldap…), found by typed words. A server that does not answer is
// left alone for a while, so that nobody waits for it at every key; with other settings it is asked again at once.
import { decryptSecret } from '../accounts/secret.ts';
import { uptimeMs } from '../clock.ts';
import { escapeLdapValue, type LdapEntry, type LdapServer, withLdap } from '../ldap.ts';
import { logOf } from '../log.ts';
import { canonicalAddress } from '../mail/address.ts';
import { readSettings, type Settings } from '../settings/index.ts';
import { cleanLine } from './clean.ts';
import type { DirectoryPerson } from './directory.ts';
import { keepFresh } from './fresh.ts';

const log = logOf('web');
const restMs = 30_000;
const maxWords = 4;
const maxFound = 100;

/** `asked`: the settings that brought no answer. */
const state = globalThis as { dreyLdapRest?: { asked: string; untilMs: number } | null };
/** The key holds the settings too, so that a change is in force at once. */
const kept = keepFresh('ldap', { freshMs: 60_000, maxEntries: 500 }, ask);

/**
 * At most `most` people; none where there is no server, it does not answer in time, or fewer than two letters are
 * typed. `waitMs`: not longer than that; what comes later is there for the next key.
 */
export async function searchLdap(
  text: string,
  most: number,
  waitMs = 10_000,
): Promise<DirectoryPerson[]> {
  const settings = await readSettings();
  const words = text.trim().slice(0, 100).split(/\s+/).slice(0, maxWords);
  const isAsked = settings['directory.ldapUrl'] !== '' && words.join('').length > 1;
  const picked = pickSettings(settings);
  const asked = JSON.stringify(picked);
  if (!isAsked || rests(asked)) return [];
  const key = JSON.stringify([words.map((word) => word.toLowerCase()), picked]);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DirectoryPerson[]>((resolve) => {
    timer = setTimeout(() => resolve([]), waitMs);
  });
  const found = kept.read(key).catch((error: Error) => {
    state.dreyLdapRest = { asked, untilMs: uptimeMs() + restMs };
    log.warn({ reason: error.message.slice(0, 200) }, 'LDAP search failed');
    return [];
  });
  const people = await Promise.race([found, late]);
  clearTimeout(timer);
  return people.slice(0, most);
}

const rests = (asked: string) =>
  state.dreyLdapRest?.asked === asked && uptimeMs() < state.dreyLdapRest.untilMs;

/** The server is asked again at once. */
export function wakeLdap(): void {
  state.dreyLdapRest = null;
}

/** What happens when the server of the settings is asked for somebody. Throws what went wrong. */
export async function testLdap(text: string): Promise<DirectoryPerson[]> {
  wakeLdap();
  return ask(JSON.stringify([[text || '*'], pickSettings(await readSettings())]));
}

function pickSettings(settings: Settings) {
  return {
    url: settings['directory.ldapUrl'],
    tls: settings['directory.ldapTls'],
    base: settings['directory.ldapBase'],
    bindName: settings['directory.ldapBindName'],
    sealed: settings['directory.ldapPassword'],
    filter: settings['directory.ldapFilter'],
    name: settings['directory.ldapNameAttribute'],
    mail: settings['directory.ldapMailAttribute'],
    organization: settings['directory.ldapOrganizationAttribute'],
    phone: settings['directory.ldapPhoneAttribute'],
    timeoutMs: settings['directory.ldapTimeoutMs'],
  };
}
type Picked = ReturnType<typeof pickSettings>;

async function ask(key: string): Promise<DirectoryPerson[]> {
  const [words, picked] = JSON.parse(key) as [string[], Picked];
  const { url, tls, bindName, timeoutMs } = picked;
  const password = picked.sealed === '' ? '' : decryptSecret(picked.sealed);
  if (password === null) throw new Error('The LDAP password cannot be read; set it again.');
  const server: LdapServer = { url, tls, bindName, password, timeoutMs };
  const wanted = [picked.name, picked.mail, picked.organization, picked.phone];
  const entries = await withLdap(server, (session) =>
    session.search({
      base: picked.base,
      filter: makeFilter(words, picked),
      attributes: wanted.filter((name) => name !== ''),
      most: maxFound,
    }),
  );
  return entries.flatMap((entry) => toPeople(entry, picked));
}

/** Each word must occur in the name or begin the address; what was typed is never a part of the grammar. */
export function makeFilter(
  words: readonly string[],
  { filter, name, mail }: Pick<Picked, 'filter' | 'name' | 'mail'>,
): string {
  const parts = words.map((word) => {
    if (word === '*') return `(${mail}=*)`;
    const value = escapeLdapValue(word);
    return `(|(${name}=*${value}*)(${mail}=${value}*))`;
  });
  return `(&${filter}(${mail}=*)${parts.join('')})`;
}

function toPeople({ values }: LdapEntry, picked: Picked): DirectoryPerson[] {
  const first = (attribute: string) => cleanLine(values.get(attribute)?.[0] ?? '', 200);
  return (values.get(picked.mail) ?? []).slice(0, 5).flatMap((text) => {
    const address = canonicalAddress(text.trim());
    if (!address) return [];
    return [
      {
        kind: 'ldap' as const,
        name: first(picked.name),
        address,
        organization: first(picked.organization),
        phone: first(picked.phone),
        note: '',
      },
    ];
  });
}
