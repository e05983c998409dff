// The second wall: what the frame's policy allows, whatever the cleaner let through.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { chooseTint, frameDocument, frameHeaders } from '#lib/webmail/html/frame-document.ts';
import { printDocument } from '#lib/webmail/html/print-document.ts';
import { toTextBlocks } from '#lib/webmail/reader/text-blocks.ts';

const clean = { html: '<p>x</p>', css: 'p{color:red}', remoteImages: 0, hasColors: true };

it('gives an opaque origin that runs and sends nothing', () => {
  const policy = frameHeaders(false)['content-security-policy']!;
  assert.match(policy, /default-src 'none'/);
  assert.match(policy, /img-src data:;/);
  assert.match(policy, /form-action 'none'/);
  assert.match(policy, /base-uri 'none'/);
  assert.match(policy, /frame-ancestors 'self'/);
  assert.match(policy, /sandbox allow-popups allow-popups-to-escape-sandbox$/);
  assert.doesNotMatch(policy, /allow-scripts|allow-same-origin|allow-forms|script-src/);
});

it('opens images by way of our server, and only images, once they are asked for', () => {
  const source = 'https://mail.example/api/mail/image';
  const policy = frameHeaders(true, source)['content-security-policy']!;
  assert.match(policy, /img-src data: https:\/\/mail\.example\/api\/mail\/image;/);
  assert.match(policy, /default-src 'none'/);
  assert.match(frameHeaders(true)['content-security-policy']!, /img-src data:;/);
  assert.match(frameHeaders(false, source)['content-security-policy']!, /img-src data:;/);
});

it('draws dark in the colours of the message first', () => {
  const tint = (hasColors: boolean, hasDarkColors: boolean, mayRecolor = true) =>
    chooseTint({ hasColors, hasDarkColors }, { isDark: true, mayRecolor });
  assert.equal(tint(true, true), 'own');
  assert.equal(tint(false, false), 'dark');
  assert.equal(tint(true, false), 'turned');
  assert.equal(tint(true, false, false), 'light');
  assert.equal(chooseTint({ hasColors: true, hasDarkColors: true }, { isDark: false }), 'light');
  const turned = frameDocument(clean, { mayLoadRemote: false, isDark: true, mayRecolor: true });
  assert.match(turned.html, /filter:invert/);
});

describe('the printed message', () => {
  const content = {
    title: '"><script>alert(1)</script>',
    lines: [['From', '<img src=x onerror=alert(1)>']] as [string, string][],
    bodies: [{ html: '<p>clean</p>', css: '' }, { blocks: toTextBlocks('<b>text</b>') }],
    files: ['</ul><script>'],
    language: 'en',
    direction: 'ltr' as const,
  };
  const { html, headers } = printDocument(content, { mayLoadRemote: false });
  it('escapes everything that is text', () => {
    assert.equal(html.match(/<script/g)?.length, 1);
    assert.doesNotMatch(html, /<img|<b>/);
    assert.match(html, /&lt;b&gt;text/);
  });
  it('runs our one line in an origin of its own', () => {
    const policy = headers['content-security-policy']!;
    const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1];
    assert.ok(nonce && html.includes(`<script nonce="${nonce}">`));
    assert.match(policy, /sandbox allow-scripts allow-modals$/);
    assert.doesNotMatch(policy, /same-origin|connect-src/);
  });
});
