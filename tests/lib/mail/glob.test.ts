// Patterns against a plain backtracking matcher, and against texts made to be slow.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGlob, toMatchable } from '#lib/mail/glob.ts';

/** Slow and obvious. */
function fits(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') {
    return fits(pattern.slice(1), text) || (text !== '' && fits(pattern, text.slice(1)));
  }
  if (text === '') return false;
  return (pattern[0] === '?' || pattern[0] === text[0]) && fits(pattern.slice(1), text.slice(1));
}

test('every short pattern against every short text', () => {
  const words = (letters: string, length: number): string[] =>
    length === 0
      ? ['']
      : ['', ...words(letters, length - 1)].flatMap((rest) =>
          [...letters].map((letter) => letter + rest),
        );
  const texts = ['', ...new Set(words('ab', 5))];
  for (const pattern of ['', ...new Set(words('ab*?', 4))]) {
    const glob = readGlob(pattern);
    for (const text of texts) {
      assert.equal(glob.isFit(text), fits(pattern, text), `${pattern} fits ${text}`);
      assert.equal(glob.isFoundIn(text), fits(`*${pattern}*`, text), `${pattern} in ${text}`);
    }
  }
});

test('long pieces with question marks cross the words of the bit matcher', () => {
  const pattern = `${'ab?d'.repeat(20)}`;
  const text = `xx${'abcd'.repeat(20)}yy`;
  assert.equal(readGlob(pattern).isFoundIn(text), true);
  assert.equal(readGlob(pattern).isFoundIn(text.replace(/d(?=yy)/, 'e')), false);
  assert.equal(readGlob(`*${pattern}*`).isFit(text), true);
});

test('capitals do not count, letters of all scripts do', () => {
  assert.equal(readGlob('*LOTTERIE*').isFit(toMatchable('Die große Lotterie')), true);
  assert.equal(readGlob('größe').isFit(toMatchable('GRÖSSE')), false);
  assert.equal(readGlob('*Ä?Ö*').isFit(toMatchable('xäüöx')), true);
  assert.equal(readGlob('.+(a|b)[c]').isFit('.+(a|b)[c]'), true, 'nothing else is special');
});

test('texts and patterns made to be slow are not', () => {
  const text = 'a'.repeat(1024 * 1024);
  const attacks = [
    `${'*a'.repeat(200)}*b`,
    `*${'a'.repeat(400)}b*`,
    `*b${'a'.repeat(400)}*`,
    `*${'a?'.repeat(200)}b*`,
    `*${'?'.repeat(400)}b`,
    `${'a*'.repeat(200)}b`,
    `*${'ab'.repeat(200)}*`,
  ];
  for (const pattern of attacks) assert.equal(readGlob(pattern).isFit(text), false, pattern);
});
