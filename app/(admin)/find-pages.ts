// Pages of the panel and settings by their words, also those that Postfix and Dovecot people know, and those that have no
// meaning here.
import type { Found } from '#components/admin/search/found.ts';
import type { Role } from '#lib/accounts/role.ts';
import {
  findMeaningless,
  isFound,
  type MeaninglessName,
  suggestNames,
} from '#lib/settings/find.ts';
import { type SettingDefinition, settings } from '#lib/settings/index.ts';
import { type MenuEntry, menuOf } from './menu.ts';

const mostPages = 6;
const mostSettings = 8;

/**
 * The best first: what begins with the text before what has it somewhere. Settings are for super admins; where nothing has
 * the text, they get what has nearly that name.
 */
export function findPages(role: Role, typed: string): Found[] {
  const text = typed.trim().toLowerCase();
  if (text === '') return [];
  const found = findNamed(role, text);
  if (found.length > 0 || role !== 'admin') return found;
  const [near] = suggestNames(text);
  return near ? findNamed(role, near.toLowerCase()) : [];
}

function namesOf({ label, names }: MenuEntry): string[] {
  return [label, ...names];
}

function findNamed(role: Role, text: string): Found[] {
  const pages = menuOf(role).map((entry) => {
    const { href, label } = entry;
    const hit = rank(text, namesOf(entry));
    const detail = hit && hit.name !== label ? hit.name : '';
    return { kind: 'page' as const, label, detail, href, rank: hit?.rank ?? null };
  });
  const found = best(pages, mostPages);
  if (role !== 'admin') return found;
  found.push(...best(settings.map(toFound(text)), mostSettings));
  return found.length > 0 ? found : findMeaningless(text).slice(0, mostSettings).map(toReason);
}

/** The page of the search gives the reason. */
function toReason({ name, program }: MeaninglessName): Found {
  const href = `/admin/settings?q=${encodeURIComponent(name)}`;
  return { kind: 'setting', label: name, detail: `${program}: why there is none here`, href };
}

const toFound = (text: string) => (definition: SettingDefinition) => {
  const { key, title, group, postfix, dovecot } = definition;
  const hit = rank(text, [title, key, ...postfix, ...dovecot]);
  const other = hit && hit.name !== title && hit.name !== key ? `${hit.name} · ` : '';
  return {
    kind: 'setting' as const,
    label: title,
    detail: `${other}${key}`,
    href: `/admin/settings/${group}#${key}`,
    rank: hit?.rank ?? (text.includes(' ') && isFound(definition, text) ? inOthers : null),
  };
};

/** Behind all that have every word in one name. */
const inOthers = 4;

/** 0: is it, 1: begins with it, 2: a word does, 3: has it. All words of the text have to be in one name. */
function rank(text: string, names: readonly string[]): { rank: number; name: string } | null {
  const words = text.split(/\s+/);
  let found: { rank: number; name: string } | null = null;
  for (const name of names) {
    const lower = name.toLowerCase();
    if (!words.every((word) => lower.includes(word))) continue;
    const begins = new RegExp(`(^|[\\s._-])${RegExp.escape(words[0] ?? '')}`).test(lower);
    const own = lower === text ? 0 : lower.startsWith(text) ? 1 : begins ? 2 : 3;
    if (!found || own < found.rank) found = { rank: own, name };
  }
  return found;
}

function best<T extends Found & { rank: number | null }>(all: T[], most: number): Found[] {
  return all
    .flatMap((each) => (each.rank === null ? [] : { ...each, rank: each.rank }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, most)
    .map(({ kind, label, detail, href }) => ({ kind, label, detail, href }));
}
