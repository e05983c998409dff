import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { breakLines, hasLongLine, mendNewlines } from '#server/delivery/convert/lines.ts';

const long = 'x'.repeat(3000);
const words = 'seven nuts '.repeat(300).trim();
const snakes = '🐍'.repeat(600);

describe('lines that leave', () => {
  it('are left alone where nothing is wrong', async () => {
    for (const text of [
      '',
      'a',
      `${'x'.repeat(998)}\r\n${'y'.repeat(998)}\r\n`,
      'a\r\n'.repeat(900),
    ]) {
      const bytes = Buffer.from(text);
      assert.equal(await mendNewlines(bytes), bytes);
      assert.equal(hasLongLine(bytes), false);
    }
  });

  const cases: [string, string][] = [
    ['one octet too many', `${'x'.repeat(999)}\r\nb\r\n`],
    ['one octet too many at the end', `${'x'.repeat(999)}`],
    ['a word of 3000', `a\r\n${long}\r\nb\r\n`],
    ['words', `a\r\n${words}\r\nb`],
    ['characters of four octets', `${snakes}\r\n`],
    ['a long field', `References: ${words}\r\nFrom: a@own.test\r\n\r\nb\r\n`],
    ['blanks alone', `${' '.repeat(2500)}\r\n`],
    ['several', `${long}\r\n\r\n${words}\r\n${long}`],
  ];
  for (const [name, text] of cases) {
    it(`are broken: ${name}`, () => {
      assert.ok(hasLongLine(Buffer.from(text)));
      const fixed = breakLines(Buffer.from(text)).toString('utf8');
      for (const line of fixed.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 998);
      assert.ok(!fixed.includes('\ufffd'), 'no character is cut');
      assert.ok(!/[^\r]\n|\r[^\n]/.test(fixed));
      // Nothing but line ends and blanks is new.
      assert.equal(fixed.replace(/\s/g, ''), text.replace(/\s/g, ''));
    });
  }

  it('break at a blank where there is one', () => {
    const fixed = breakLines(Buffer.from(`${words}\r\n`)).toString();
    assert.equal(fixed.replaceAll('\r\n', ''), words);
  });

  it('get both halves of their end, and no NUL', async () => {
    const fixed = await mendNewlines(Buffer.from('a\nb\rc\r\n\0.\r\n'));
    assert.equal(fixed.toString(), 'a\r\nb\r\nc\r\n .\r\n');
  });
});
