// format=flowed: 72 columns, quotes and signature, and the way back.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { toFlowed } from '#lib/webmail/compose/flowed.ts';
import { joinFlowed, toTextBlocks } from '#lib/webmail/reader/text-blocks.ts';

const words = 'word '.repeat(60).trim();

describe('toFlowed', () => {
  const cases: [why: string, text: string, flowed: string][] = [
    ['a short line stays', 'one\ntwo', 'one\r\ntwo'],
    ['blanks at the end would be a soft break', 'one  ', 'one'],
    ['but not those of the signature', '-- \nAnn', '-- \r\nAnn'],
    ['a line that looks like a quote, a blank, an mbox line', ' a\nFrom b', '  a\r\n From b'],
    ['marks stand together', '> > old\n>> older', '>> old\r\n>> older'],
    ['an empty line of a quote', '>\n> ', '>\r\n>'],
  ];
  for (const [why, text, flowed] of cases) it(why, () => assert.equal(toFlowed(text), flowed));

  it('comes back as it was, once joined again', () => {
    const text = `${words}\n\n  indented\nFrom here\n> ${words}\n>> deeper\n-- \nAnn`;
    const back = joinFlowed(toFlowed(text).split('\r\n'), false).join('\n');
    assert.equal(back, text.replace(/^>> /m, '>> '));
    const shown = JSON.stringify(toTextBlocks(toFlowed(text), { isDelSp: false }));
    assert.match(shown, /"kind":"quote"/);
    assert.match(shown, /"kind":"signature"/);
  });

  it('breaks at 72 columns where there are blanks, nowhere else', () => {
    for (const line of toFlowed(`${words}\n> ${words}`).split('\r\n')) {
      assert.ok(line.length <= 72, line);
    }
    const long = 'x'.repeat(300);
    assert.equal(toFlowed(long), long);
  });

  it('is linear', () => {
    const text = `${' '.repeat(50_000)}x ${'> '.repeat(20_000)}\n`.repeat(3);
    assert.ok(toFlowed(text).length > 0);
  });
});
