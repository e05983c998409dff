// Every name of Postfix and Dovecot that is known here, with where its meaning is: a setting, a page, or nowhere.
import { settings } from '#lib/settings/index.ts';
import { type Meaningless, meaningless } from '#lib/settings/meaningless.ts';
import { menu } from '../../../menu.ts';

export type ForeignName = {
  name: string;
  program: string;
  /** Settings and pages that answer to it. */
  places: { href: string; label: string; detail: string }[];
  /** Why it has none. */
  reason: string;
};

/** The setting or page that helps in place of a parameter without a meaning. */
export function placeOf({ instead }: Pick<Meaningless, 'instead'>): ForeignName['places'] {
  const setting = settings.find(({ key }) => key === instead);
  if (setting) return [placeOfSetting(setting)];
  const page = menu.find(({ href }) => href === instead);
  if (page) return [{ href: page.href, label: page.label, detail: 'page' }];
  return instead ? [{ href: instead, label: 'Settings', detail: 'page' }] : [];
}

function placeOfSetting({ key, group, title }: { key: string; group: string; title: string }) {
  return { href: `/admin/settings/${group}#${key}`, label: title, detail: key };
}

/** Of the names in the menu, which say of no program that they are its. */
const ofDovecot = /^(acl|auth|quota|ssl|imap|pop3|login|mail_max|plugin|doveadm|passdb|userdb)_/;
const ofSquirrelMail = new Set(['abook_global_file', 'ldap_server']);

/** All of them by name; those whose name, place or reason holds every word of `search`. */
export function listForeignNames(search: string): ForeignName[] {
  const known = new Map<string, ForeignName>();
  const add = (program: string, name: string) => {
    const id = `${program} ${name}`;
    const entry = known.get(id) ?? { name, program, places: [], reason: '' };
    known.set(id, entry);
    return entry;
  };
  for (const setting of settings) {
    for (const [program, names] of [
      ['Postfix', setting.postfix],
      ['Dovecot', setting.dovecot],
    ] as const) {
      for (const name of names) add(program, name).places.push(placeOfSetting(setting));
    }
  }
  for (const { href, label, names } of menu) {
    for (const name of names) {
      // Other words of the menu are for the search.
      if (!/^[a-z0-9]+(_[a-z0-9]+)+$|^relayhost$|^mydestination$|^mynetworks$/.test(name)) continue;
      if (ofSquirrelMail.has(name)) continue;
      const program = ofDovecot.test(name) ? 'Dovecot' : 'Postfix';
      add(program, name).places.push({ href, label, detail: 'page' });
    }
  }
  for (const entry of meaningless) {
    for (const name of entry.names) {
      const row = add(entry.program, name);
      if (row.places.length > 0) continue;
      row.reason = entry.reason;
      row.places.push(...placeOf(entry));
    }
  }
  const words = search.toLowerCase().split(/\s+/);
  return [...known.values()]
    .filter(({ name, reason, places }) => {
      const text = [name, reason, ...places.flatMap(({ label, detail }) => [label, detail])];
      return words.every((word) => text.join(' ').toLowerCase().includes(word));
    })
    .sort((one, other) => one.name.localeCompare(other.name, 'en'));
}
