// The colours of app/globals.css, with each accent of app/accents.css, reach WCAG 2.2 AA in both schemes: 4.5 : 1 for text, 3 : 1 for the edges
// of controls (§1.4.3, §1.4.11).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { preferences } from '#lib/preferences/index.ts';

const read = (name: string) =>
  readFileSync(join(import.meta.dirname, '..', '..', 'app', name), 'utf8');

type Tokens = Map<string, { light: string; dark: string }>;

function readTokens(css: string): Tokens {
  return new Map(
    [...css.matchAll(/--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(
      ([, name = '', light = '', dark = '']) => [name, { light, dark }],
    ),
  );
}

const base = readTokens(read('globals.css'));
const accents = new Map<string, Tokens>([
  ...[...read('accents.css').matchAll(/\[data-accent="(\w+)"\] \{([^}]*)\}/g)].map(
    ([, name = '', css = '']): [string, Tokens] => [name, new Map([...base, ...readTokens(css)])],
  ),
]);

/** Relative luminance (WCAG 2.2, "relative luminance"). */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

const grounds = ['canvas', 'surface', 'sunken', 'hover'];
const pairs: { text: string; ground: string; least: number }[] = [
  ...['ink', 'muted', 'faint', 'accent-text', 'danger-text'].flatMap((text) =>
    grounds.map((ground) => ({ text, ground, least: 4.5 })),
  ),
  ...['danger', 'warn', 'ok', 'info', 'accent'].map((tone) => ({
    text: `${tone}-text`,
    ground: `${tone}-soft`,
    least: 4.5,
  })),
  { text: 'muted', ground: 'pressed', least: 4.5 },
  ...['accent', 'accent-hover'].map((ground) => ({ text: 'on-accent', ground, least: 4.5 })),
  ...['danger', 'danger-hover'].map((ground) => ({ text: 'on-danger', ground, least: 4.5 })),
  ...['canvas', 'surface'].map((ground) => ({ text: 'control', ground, least: 3 })),
  ...['canvas', 'surface'].map((ground) => ({ text: 'accent', ground, least: 3 })),
];

describe('contrast', () => {
  it('finds every accent that can be chosen', () => {
    const declared = preferences.find((each) => each.key === 'display.accent')?.control;
    assert.ok(declared?.kind === 'choice');
    assert.deepEqual([...accents.keys()], declared.choices);
  });
  for (const [accent, tokens] of accents) {
    for (const scheme of ['light', 'dark'] as const) {
      it(`${accent}, ${scheme}`, () => {
        for (const { text, ground, least } of pairs) {
          const [one, other] = [tokens.get(text), tokens.get(ground)];
          assert.ok(one && other, `${text} and ${ground} are declared with light-dark()`);
          const found = contrast(one[scheme], other[scheme]);
          const what = `${text} on ${ground}: ${found.toFixed(2)} : 1`;
          assert.ok(found >= least, `${what} is less than ${least} : 1`);
        }
      });
    }
  }
});
