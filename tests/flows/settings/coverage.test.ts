// Every setting is changed by the panel's own action and proven in force by a client of the running system: by the files
// beside this one, or by a flow with a daemon of its own. What no client can see is said here, with the reason and the
// tests that set it instead. Each must name its keys.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { settings } from '#lib/settings/index.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** Flows that use saveSetting() of world.ts. */
const flows: Record<string, string[]> = {
  'tests/flows/acme.test.ts': [
    'tls.acmeContact',
    'tls.acmeDirectory',
    'tls.acmeChallenge',
    'tls.acmeHttpPort',
    'tls.acmeTlsPort',
  ],
};

/** `why`: what keeps a client from seeing it. */
type Unseen = { keys: string[]; why: string; tests: string[] };

const unseen: Unseen[] = [];

/** The first argument of each prove() of the files here: one key, or a list of them. */
function findProven(): Set<string> {
  const calls = readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.test.ts'))
    .flatMap((name) => {
      const text = readFileSync(join(import.meta.dirname, name), 'utf8');
      return [...text.matchAll(/\bprove\(\s*('[^']+'|\[[^\]]+\])/g)].map(([, keys]) => keys);
    });
  return new Set([...calls.join(' ').matchAll(/'([^']+)'/g)].map(([, key = '']) => key));
}

const proven = findProven();
const shown = Object.values(flows).flat();
const excused = unseen.flatMap(({ keys }) => keys);
const known: string[] = settings.map(({ key }) => key);

it('every setting has a proof', () => {
  assert.ok(proven.size > 100, `only ${proven.size} found`);
  const found = new Set([...proven, ...shown, ...excused]);
  assert.deepEqual(
    known.filter((key) => !found.has(key)),
    [],
  );
});

it('proves nothing that is no setting, and excuses nothing that is proven', () => {
  assert.deepEqual(
    [...proven, ...shown, ...excused].filter((key) => !known.includes(key)),
    [],
  );
  assert.deepEqual(
    excused.filter((key) => proven.has(key) || shown.includes(key)),
    [],
  );
});

for (const [file, keys] of Object.entries(flows)) {
  it(`${file} sets ${keys.join(', ')} by the panel`, () => {
    const text = readFileSync(join(root, file), 'utf8');
    assert.match(text, /\bsaveSetting\(/);
    assert.deepEqual(
      keys.filter((key) => !text.includes(`set('${key}'`)),
      [],
    );
  });
}

for (const { keys, why, tests } of unseen) {
  it(`no client sees ${keys.join(', ')}`, () => {
    assert.match(why, /\w+ \w+ \w+/, 'a reason');
    assert.ok(tests.length > 0, 'a test');
    const texts = tests.map((file) => readFileSync(join(root, file), 'utf8'));
    const missing = keys.filter((key) => !texts.some((text) => text.includes(`'${key}'`)));
    assert.deepEqual(missing, [], 'the tests do not set them');
    const idle = tests.filter((_, at) => !keys.some((key) => texts[at]?.includes(`'${key}'`)));
    assert.deepEqual(idle, [], 'the tests set none of them');
  });
}
