// The list page has the texts of the list; what it loads later brings its own. Followed here from import to import: every
// text that a file says is there by then.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, it } from 'node:test';
import { listNamespaces, readerNamespaces } from '#lib/i18n/locales.ts';

const root = join(import.meta.dirname, '../../..');
const lists: Record<string, readonly string[]> = { readerNamespaces };

function resolve(from: string, target: string): string | null {
  const path = target.startsWith('#')
    ? join(root, target.slice(1))
    : target.startsWith('.')
      ? join(dirname(from), target)
      : null;
  return path?.startsWith(join(root, 'components')) && existsSync(path) ? path : null;
}

/** Parts that loadWithTexts() names for a file. */
function partsOf(text: string, target: string): string[] {
  for (const [, parts = '', path] of text.matchAll(
    /loadWithTexts\(\s*(\[[^\]]*\]|\w+),\s*\(\)\s*=>\s*import\('([^']+)'\)/g,
  )) {
    if (path !== target) continue;
    return [...(lists[parts] ?? [...parts.matchAll(/'(\w+)'/g)].map(([, part]) => part as string))];
  }
  return [];
}

function findMissing(path: string, known: ReadonlySet<string>, seen: Set<string>): string[] {
  const key = `${path} ${[...known].sort().join()}`;
  if (seen.has(key)) return [];
  seen.add(key);
  const text = readFileSync(path, 'utf8').replace(/^import type .*$/gm, '');
  const missing = [...text.matchAll(/useTranslations\('(\w+)/g)]
    .map(([, part]) => part as string)
    .filter((part) => !known.has(part))
    .map((part) => `${path.slice(root.length + 1)} says ${part}`);
  const targets = [...text.matchAll(/(?:from |import\()'([^']+)'/g)].map(([, to]) => to as string);
  for (const target of targets) {
    const next = resolve(path, target);
    if (!next) continue;
    missing.push(...findMissing(next, new Set([...known, ...partsOf(text, target)]), seen));
  }
  return missing;
}

describe('the texts of the list page', () => {
  it('are all there when they are said', () => {
    const start = join(root, 'components/mail/mail-app.tsx');
    assert.deepEqual(findMissing(start, new Set<string>(listNamespaces), new Set()), []);
  });

  it('are there for what every page has', () => {
    for (const file of ['calendar/lazy-reminders.tsx', 'request-sentences.tsx']) {
      const start = join(root, 'components/mail', file);
      assert.deepEqual(findMissing(start, new Set(['ui']), new Set()), []);
    }
  });
});
