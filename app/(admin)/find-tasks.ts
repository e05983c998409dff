// What the search of the panel offers beside things by their names: what people come to do, and where to look further for a text
// that names nothing here.
import type { Found } from '#components/admin/search/found.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import type { Role } from '#lib/accounts/role.ts';
import { buildHref } from './parameters.ts';
import { tasks } from './tasks.ts';

const most = 6;
const shortestWanted = 3;

/** Tasks that have all words of the text in one of their names; the first of all before anything is typed. */
export function findTasks(role: Role, typed: string): Found[] {
  const words = typed.trim().toLowerCase().split(/\s+/);
  return tasks
    .filter(({ permission = null }) => mayRole(role, permission))
    .flatMap(({ label, href, names }) => {
      const name = [label, ...names].find((each) =>
        words.every((word) => each.toLowerCase().includes(word)),
      );
      if (name === undefined) return [];
      return { kind: 'task' as const, label, detail: name === label ? '' : name, href };
    })
    .slice(0, most);
}

/** Lists that look for the text themselves, and the page that says what would happen to mail to an address. */
export function findWays(role: Role, typed: string): Found[] {
  const text = typed.trim();
  if (text.length < shortestWanted) return [];
  const way = (label: string, href: string) => ({ kind: 'way' as const, label, detail: '', href });
  const isAddress = /^[^\s<>@]+@[^\s<>@]+\.[^\s<>@]+$/.test(text);
  const found: Found[] = [];
  if (mayRole(role, 'trail')) {
    found.push(way(`Events with “${text}”`, buildHref('/admin/events', { q: text })));
  }
  if (mayRole(role, 'queue')) {
    found.push(way(`Waiting mail with “${text}”`, buildHref('/admin/queue', { q: text })));
  }
  if (role === 'admin' && isAddress) {
    const href = buildHref('/admin/explain', { to: text });
    found.push(way(`What would happen to mail to ${text}`, href));
  }
  return found;
}
