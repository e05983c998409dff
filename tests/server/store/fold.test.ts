// SEARCH compares as i;unicode-casemap does (RFC 5051), which SORT orders by, and finds a little more.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { foldText } from '#server/store/fold.ts';
import { casemapKey } from '#server/store/search/casemap.ts';

const pairs: [text: string, needle: string, isFound: boolean, why: string][] = [
  ['Café', 'cafe', true, 'the accent follows its letter'],
  ['Cafe\u0301', 'CAFÉ', true, 'composed or not'],
  ['Résumé', 'resume', false, 'accents are not taken away'],
  ['Straße', 'STRASSE', true, 'beyond RFC 5051'],
  ['ΟΔΟΣ', 'οδος', true, 'final sigma'],
  ['ＦＵＬＬ width', 'full', true, 'compatibility forms'],
  ['ﬁne', 'FINE', true, 'a ligature'],
  ['İstanbul', 'i', true, 'a dot follows its letter'],
  ['한국어', '국', true, 'a syllable'],
  ['が', 'か', true, 'a voicing mark follows its letter'],
];

describe('folded text', () => {
  for (const [text, needle, isFound, why] of pairs) {
    it(`${needle} ${isFound ? 'in' : 'not in'} ${text}: ${why}`, () => {
      assert.equal(foldText(text).includes(foldText(needle)), isFound);
    });
  }

  it('is equal wherever i;unicode-casemap says so, for every character', () => {
    const foldedOf = new Map<string, string>();
    for (let code = 0; code < 0x3_0000; code++) {
      if (code >= 0xd800 && code <= 0xdfff) continue;
      const character = String.fromCodePoint(code);
      const key = casemapKey(character);
      const folded = foldText(character);
      assert.equal(folded, foldedOf.get(key) ?? folded, `U+${code.toString(16)}`);
      foldedOf.set(key, folded);
    }
  });

  it('grows no further than any script needs', () => {
    assert.ok(foldText('\ufdfa'.repeat(100_000)).length < 302_000);
  });
});
