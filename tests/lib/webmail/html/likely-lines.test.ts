// The guess at the height of a message that nobody may measure.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanHtml } from '#lib/webmail/html/clean-html.ts';

const linesOf = (html: string) =>
  cleanHtml(html, { mayLoadRemote: false, inlineImages: new Map() }).lines;

describe('likely lines', () => {
  for (const [html, least, most, why] of [
    ['', 0, 0, 'nothing'],
    ['a few words', 1, 1, 'one line'],
    ['word '.repeat(180), 10, 11, 'a long line is broken'],
    ['<p>One.</p>'.repeat(20), 30, 40, 'short paragraphs stand apart'],
    ['one<br>two<br><br>four', 4, 4, 'breaks, an empty line too'],
    ['<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>', 2, 2, 'rows'],
    ['<style>p { margin: 0 }</style><script>words that nobody sees</script>', 0, 0, 'no text'],
    [`<img src="data:image/png;base64,AAAA" height="240">`, 10, 10, 'a picture as it says'],
    ['<img src="https://example.org/a.png" height="240">', 0, 0, 'one that is held back'],
  ] as const) {
    it(why, () => {
      const lines = linesOf(html);
      assert.ok(lines >= least && lines <= most, `${lines}, not ${least} to ${most}`);
    });
  }

  it('knows what tables of a width lay out', () => {
    const isLaidOut = (html: string) =>
      cleanHtml(html, { mayLoadRemote: false, inlineImages: new Map() }).isLaidOut;
    assert.equal(isLaidOut('<table width="600"><tr><td>x</td></tr></table>'), true);
    assert.equal(isLaidOut('<table style="max-width:600px"><tr><td>x</td></tr></table>'), true);
    assert.equal(isLaidOut('<table><tr><td width="50">x</td></tr></table>'), false);
    assert.equal(isLaidOut('<p style="color:red">x</p>'), false);
  });
});
