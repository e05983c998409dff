// Finding settings by words: of their titles, help and keys, and by the names that Postfix and Dovecot give them.
import { type SettingDefinition, settings } from './index.ts';
import { type Meaningless, meaningless } from './meaningless.ts';
import { findNear } from './near.ts';
import { pages } from './pages.ts';

/** Whether every word of `search` occurs in the name, the help, the key or a Postfix or Dovecot name. */
export function isFound(definition: SettingDefinition, search: string): boolean {
  const { key, title, help, postfix, dovecot } = definition;
  const text = [key, title, help, ...postfix, ...dovecot].join(' ').toLowerCase();
  return search
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export type MeaninglessName = Omit<Meaningless, 'names'> & { name: string };

/** Parameters of Postfix and Dovecot without a meaning here whose name has `search` in it, the nearest to it first. */
export function findMeaningless(search: string): MeaninglessName[] {
  const text = search.trim().toLowerCase();
  return meaningless
    .flatMap(({ names, ...rest }) =>
      names.flatMap((name) => (name.toLowerCase().includes(text) ? { name, ...rest } : [])),
    )
    .sort((one, other) => one.name.length - other.name.length);
}

/** Names of settings, pages, Postfix and Dovecot that `typed` may have been meant for. */
export function suggestNames(typed: string): string[] {
  return findNear(typed, [
    ...settings.flatMap(({ key, title, postfix, dovecot }) => [...postfix, ...dovecot, key, title]),
    ...meaningless.flatMap(({ names }) => names),
    ...pages.flatMap(({ label, names }) => [label, ...names]),
  ]);
}
