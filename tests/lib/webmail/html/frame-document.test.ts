// The second wall: what the frame's policy allows, whatever the cleaner let through.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { frameDocument, frameHeaders } from '#lib/webmail/html/frame-document.ts';

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

it('opens images, and only images, once they are asked for', () => {
  const policy = frameHeaders(true)['content-security-policy']!;
  assert.match(policy, /img-src data: https: http:;/);
  assert.match(policy, /default-src 'none'/);
});

it('draws dark only what has no colours of its own', () => {
  const options = { mayLoadRemote: false, isDark: true };
  assert.match(frameDocument(clean, options).html, /color-scheme:light/);
  const plain = { ...clean, css: '', hasColors: false };
  assert.match(frameDocument(plain, options).html, /color-scheme:dark/);
});
