// Replies put together in one buffer: what was taken stays, whatever is added behind it.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ReplyBuffer } from '#server/imap/wire/reply-buffer.ts';

describe('a reply buffer', () => {
  it('writes numbers as they are written', () => {
    const buffer = new ReplyBuffer();
    const numbers = [
      0,
      1,
      9,
      10,
      99,
      100,
      12_345,
      999_999_999,
      4_294_967_295,
      4_294_967_296,
      2 ** 53 - 1,
    ];
    for (const number of numbers) {
      buffer.addNumber(number);
      buffer.addText(' ');
    }
    assert.equal(buffer.take().toString(), `${numbers.join(' ')} `);
  });

  it('grows, and leaves alone what was taken', () => {
    const buffer = new ReplyBuffer();
    let expected = '';
    const taken: [Buffer, string][] = [];
    for (let round = 1; round < 40; round++) {
      const piece = `${round} `.repeat(200 * round);
      buffer.addText(piece);
      buffer.addBytes(Buffer.from(piece));
      buffer.addShort(Buffer.from(`<${round}>`));
      expected += `${piece}${piece}<${round}>`;
      if (round % 3 !== 0) continue;
      taken.push([buffer.take(), expected]);
      expected = '';
    }
    for (const [bytes, text] of taken) assert.equal(bytes.toString(), text);
    assert.equal(buffer.take().length, 0);
  });
});
