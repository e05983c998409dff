// Our hash of a body beside the one of mailauth, for bodies made of everything that matters to it.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { dkimBody } from 'mailauth/lib/dkim/body/index.js';
import { BodyHash } from '#server/smtp/trust/body-hash.ts';

const hashOf = (text: string) => createHash('sha256').update(text).digest('base64');

function hash(canonicalization: string, limit: number | '', chunks: Buffer[]): string {
  const own = new BodyHash(canonicalization, 'sha256', limit);
  for (const chunk of chunks) own.update(chunk);
  return own.digest('base64');
}

test('the examples of RFC 6376 §3.4.5 and §3.4.6', () => {
  const body = Buffer.from(' C \r\nD \t E\r\n\r\n\r\n');
  assert.equal(hash('relaxed', '', [body]), hashOf(' C\r\nD E\r\n'));
  assert.equal(hash('simple', '', [body]), hashOf(' C \r\nD \t E\r\n'));
  assert.equal(hash('simple', '', []), hashOf('\r\n'), 'an empty body is one line end');
  assert.equal(hash('relaxed', '', []), hashOf(''));
  assert.equal(hash('relaxed', '', [Buffer.from('x')]), hashOf('x\r\n'));
  assert.equal(hash('relaxed', 3, [Buffer.from('a  b c\r\n')]), hashOf('a b'));
  assert.equal(hash('simple', 0, [Buffer.from('abc\r\n')]), hashOf(''));
});

test('the same as mailauth’s, whole and octet by octet', () => {
  const pieces = ['\r\n', ' ', '\t', 'a', 'bc', '\r\n\r\n', ' \r\n', '  ', 'x\ty '];
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 1500; round++) {
    const text = Array.from({ length: random(12) }, () => pieces[random(pieces.length)]).join('');
    const bytes = Buffer.from(text);
    for (const canonicalization of ['relaxed', 'simple']) {
      const limit = random(3) === 0 ? random(10) : '';
      const other = dkimBody(canonicalization, 'sha256', limit);
      other.update(bytes);
      const expected = other.digest('base64');
      const what = JSON.stringify([text, canonicalization, limit]);
      assert.equal(hash(canonicalization, limit, [bytes]), expected, what);
      const single = Array.from(bytes, (byte) => Buffer.from([byte]));
      assert.equal(hash(canonicalization, limit, single), expected, what);
    }
  }
});
