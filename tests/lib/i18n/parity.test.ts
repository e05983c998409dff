// Every language has every text, with the placeholders of the English one and the plural forms that it knows itself; and
// every preference that is shown has its words.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';
import { locales, namespaces, serverNamespaces } from '#lib/i18n/locales.ts';
import { flattenTexts, type Texts } from '#lib/i18n/texts.ts';
import { preferences } from '#lib/preferences/index.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'lib', 'i18n');
const all = [...namespaces, ...serverNamespaces];
const read = (locale: string, name: string) =>
  new Map(
    flattenTexts(JSON.parse(readFileSync(join(folder, locale, `${name}.json`), 'utf8')) as Texts),
  );

/** What a text needs: names of values and tags; and the plural forms of each place where it has some. */
function needsOf(text: string): { names: Set<string>; plurals: string[][] } {
  const names = new Set<string>();
  const plurals: string[][] = [];
  const visit = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      names.add(element.value);
      if (element.type === TYPE.tag) visit(element.children);
      if (element.type !== TYPE.plural && element.type !== TYPE.select) continue;
      if (element.type === TYPE.plural) plurals.push(Object.keys(element.options));
      for (const option of Object.values(element.options)) visit(option.value);
    }
  };
  visit(parse(text));
  return { names, plurals };
}

const listed = (names: Set<string>) => [...names].sort().join(' ');

describe('texts', () => {
  it('are of the namespaces that are declared', () => {
    const wanted = all.map((name) => `${name}.json`).sort();
    for (const locale of locales) {
      assert.deepEqual(readdirSync(join(folder, locale)).sort(), wanted, locale);
    }
  });

  for (const locale of locales) {
    const known = new Intl.PluralRules(locale).resolvedOptions().pluralCategories;
    it(`${locale} has what English has`, () => {
      const faults: string[] = [];
      for (const name of all) {
        const english = read('en', name);
        const texts = read(locale, name);
        for (const key of texts.keys()) {
          if (!english.has(key)) faults.push(`${name}.${key} is in no English text`);
        }
        for (const [key, text] of english) {
          const other = texts.get(key);
          if (other === undefined || (text !== '' && other === '')) {
            faults.push(`${name}.${key} is missing`);
            continue;
          }
          // Refusals are patterns of their own (lib/i18n/sentences.ts).
          const isRefusal = name === 'refusals';
          const [wanted, found] = [needsOf(text), needsOf(other)];
          if (listed(wanted.names) !== listed(found.names)) {
            faults.push(`${name}.${key} needs ${listed(wanted.names)}, not ${listed(found.names)}`);
          }
          for (const forms of isRefusal ? [] : found.plurals) {
            const foreign = forms.filter(
              (form) => !form.startsWith('=') && !known.includes(form as Intl.LDMLPluralRule),
            );
            const rare = locale === 'fr' || locale === 'es' ? ['many'] : [];
            const missing = known.filter((form) => !forms.includes(form) && !rare.includes(form));
            if (foreign.length + missing.length > 0) {
              faults.push(`${name}.${key}: plural forms ${forms}, of the language ${known}`);
            }
          }
        }
      }
      assert.deepEqual(faults, []);
    });
  }

  it('name every preference that is shown, and each of its choices', () => {
    const texts = read('en', 'options');
    const keys = preferences.flatMap(({ key, control }) => {
      if (control.kind === 'none') return [];
      const choices = control.kind === 'choice' ? control.choices : [];
      return [`${key}.title`, ...choices.map((choice) => `${key}.choices.${choice}`)];
    });
    assert.deepEqual(
      keys.filter((key) => !texts.has(key)),
      [],
    );
  });
});
