// Sentences of lib/ in another language; texts laid over English ones.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sentencesOf } from '#lib/i18n/sentences.ts';
import { flattenTexts, mergeTexts, writeOut } from '#lib/i18n/texts.ts';

describe('sentencesOf', () => {
  const english = {
    exists: 'There is such a folder.',
    max: 'At most {max} letters (of {name}).',
    plain: 'Only here.',
  };
  const german = {
    exists: 'Diesen Ordner gibt es.',
    max: 'Bei {name} höchstens {max} Buchstaben.',
  };
  const translate = sentencesOf(english, german);
  const cases: [text: string, wanted: string, reason: string][] = [
    ['There is such a folder.', 'Diesen Ordner gibt es.', 'a whole sentence'],
    ['At most 5 letters (of a b).', 'Bei a b höchstens 5 Buchstaben.', 'with values'],
    ['At most 5 letters (of ).', 'At most 5 letters (of ).', 'a value is never empty'],
    ['Only here.', 'Only here.', 'not translated'],
    ['What else?', 'What else?', 'not known'],
    ['At most {name} letters (of $&).', 'Bei $& höchstens {name} Buchstaben.', 'values are text'],
  ];
  for (const [text, wanted, reason] of cases) {
    it(reason, () => assert.equal(translate(text), wanted));
  }
});

describe('mergeTexts', () => {
  it('falls back to the base, deeply, and for what is empty', () => {
    const base = { a: 'A', b: { c: 'C', d: 'D' }, e: { f: 'F' } };
    const merged = mergeTexts(base, { b: { c: 'Ç', d: '' }, a: { x: 'y' }, e: 'oops' } as never);
    assert.deepEqual(merged, { a: { x: 'y' }, b: { c: 'Ç', d: 'D' }, e: { f: 'F' } });
  });
  it('flattens to whole keys', () => {
    assert.deepEqual(flattenTexts({ a: 'A', b: { c: 'C' } }), [
      ['a', 'A'],
      ['b.c', 'C'],
    ]);
  });
});

describe('parsed sentences', () => {
  const parsed = { a: ['At most ', ['max'], '.'], b: { c: 'C' } } as never;
  it('are laid over others as a whole', () => {
    const merged = mergeTexts({ a: 'A', b: { c: ['c ', ['n']] } } as never, parsed);
    assert.deepEqual(merged, parsed);
  });
  it('are written out as they were', () => {
    assert.deepEqual(writeOut(parsed), { a: 'At most {max}.', b: { c: 'C' } });
  });
});
