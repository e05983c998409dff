// Long markup is cleaned in a thread: the process goes on meanwhile, and markup made to last is given up.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRefusal } from '#lib/errors.ts';
import { cleanHtmlApart } from '#lib/webmail/html/clean-apart.ts';

const options = {
  mayLoadRemote: false,
  inlineImages: new Map([['a@b', 'data:image/png;base64,A']]),
};

describe('cleaning in a thread', () => {
  it('gives the same as at once, short or long', async () => {
    const short = await cleanHtmlApart(
      '<p onclick=x>a<script>b</script><img src="cid:a@b"></p>',
      options,
    );
    assert.equal(short.html, '<p>a<img src="data:image/png;base64,A" /></p>');
    const long = await cleanHtmlApart(
      `${'<p onclick=x>a</p>'.repeat(10_000)}<img src="cid:a@b"><img src="http://e.example/">`,
      options,
    );
    assert.ok(long.html.startsWith('<p>a</p><p>a</p>'));
    assert.ok(long.html.includes('<img src="data:image/png;base64,A" />'));
    assert.equal(long.remoteImages, 1);
  });

  it('gives up what takes minutes, and the event loop turns meanwhile', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const attempts = [0, 1, 2].map(() => cleanHtmlApart('<div>'.repeat(800_000), options, 600));
    const results = await Promise.allSettled(attempts);
    clearInterval(timer);
    for (const result of results) {
      assert.ok(result.status === 'rejected' && isRefusal(result.reason, 'limit'));
    }
    assert.ok(turns > 20, `only ${turns} turns`);
    const next = await cleanHtmlApart('<b>x</b>'.repeat(20_000), options);
    assert.ok(next.html.startsWith('<b>x</b>'));
  });
});
