// Pages of the panel and settings by their words, also those that Postfix and Dovecot people know.
import type { Found } from '#components/admin/search/found.ts';
import type { Role } from '#lib/accounts/role.ts';
import { settings } from '#lib/settings/index.ts';
import { menuOf } from './menu.ts';

const mostPages = 6;
const mostSettings = 8;

/** The best first: what begins with the text before what has it somewhere. Settings are for super admins. */
export function findPages(role: Role, typed: string): Found[] {
  const text = typed.trim().toLowerCase();
  if (text === '') return [];
  const pages = menuOf(role).map(({ href, label, names = [] }) => {
    const hit = rank(text, [label, ...names]);
    const detail = hit && hit.name !== label ? hit.name : '';
    return { kind: 'page' as const, label, detail, href, rank: hit?.rank ?? null };
  });
  return [
    ...best(pages, mostPages),
    ...(role === 'admin' ? best(settings.map(toFound(text)), mostSettings) : []),
  ];
}

const toFound =
  (text: string) =>
  ({ key, title, group, postfix, dovecot }: (typeof settings)[number]) => {
    const hit = rank(text, [title, key, ...postfix, ...dovecot]);
    const other = hit && hit.name !== title && hit.name !== key ? `${hit.name} · ` : '';
    return {
      kind: 'setting' as const,
      label: title,
      detail: `${other}${key}`,
      href: `/admin/settings/${group}#${key}`,
      rank: hit?.rank ?? null,
    };
  };

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
