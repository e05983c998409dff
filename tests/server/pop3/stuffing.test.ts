// Dot stuffing and the cutting of messages: tables, and every parser fed whole, byte by byte, at each split.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completeMessage, cutTop, findBody } from '#server/pop3/message-text.ts';
import { createStuffer } from '#server/pop3/stuffing.ts';

function stuff(pieces: string[]): string {
  const stuffer = createStuffer();
  const out = pieces.map((piece) => stuffer.push(Buffer.from(piece, 'latin1')));
  return Buffer.concat([...out, stuffer.finish()]).toString('latin1');
}

describe('dot stuffing', () => {
  const cases: [string, string, string][] = [
    ['a plain message', 'A: b\r\n\r\nc\r\n', 'A: b\r\n\r\nc\r\n.\r\n'],
    ['an empty one', '', '.\r\n'],
    ['a dot in the first octet', '.A: b\r\n', '..A: b\r\n.\r\n'],
    ['a dot alone', 'A: b\r\n\r\n.\r\n', 'A: b\r\n\r\n..\r\n.\r\n'],
    ['two dots', '..\r\n', '...\r\n.\r\n'],
    ['a dot in the header', 'A: b\r\n.C: d\r\n\r\n', 'A: b\r\n..C: d\r\n\r\n.\r\n'],
    ['a dot inside a line', 'a.b\r\n', 'a.b\r\n.\r\n'],
    ['no line end at the end', 'a\r\nb', 'a\r\nb\r\n.\r\n'],
    ['CR at the end', 'a\r', 'a\r\n.\r\n'],
    ['a line feed alone', 'a\n.\nb\n', 'a\r\n..\r\nb\r\n.\r\n'],
    ['the smuggled end of message', 'a\n.\r\nQUIT\r\n', 'a\r\n..\r\nQUIT\r\n.\r\n'],
    ['CR alone stays', 'a\r.\rb\r\n', 'a\r.\rb\r\n.\r\n'],
    ['CR CR LF', 'a\r\r\n.\r\n', 'a\r\r\n..\r\n.\r\n'],
    ['8-bit and NUL stay', '\xff\0\r\n', '\xff\0\r\n.\r\n'],
  ];
  for (const [reason, message, expected] of cases) {
    it(`${reason}, in any pieces`, () => {
      assert.equal(stuff([message]), expected);
      assert.equal(stuff([...message]), expected);
      for (let at = 0; at <= message.length; at++) {
        assert.equal(stuff([message.slice(0, at), message.slice(at)]), expected);
      }
    });
  }

  it('never lets a message end the reply, whatever its octets', () => {
    const octets = ['\r', '\n', '.', 'a'];
    for (let number = 0; number < 4 ** 7; number++) {
      let message = '';
      for (let rest = number, i = 0; i < 7; i++, rest >>= 2) message += octets[rest & 3];
      const sent = stuff([message]);
      assert.ok(sent.endsWith('.\r\n'));
      assert.equal(sent.search(/(^|\n)\.(\r?\n)/), sent.length === 3 ? 0 : sent.length - 4);
    }
  });
});

describe('TOP', () => {
  const message = 'A: b\r\nC: d\r\n\r\none\r\ntwo\r\nthree';
  const cases: [string, string, number, string][] = [
    ['no line: header and blank line', message, 0, 'A: b\r\nC: d\r\n\r\n'],
    ['one line', message, 1, 'A: b\r\nC: d\r\n\r\none\r\n'],
    ['all lines', message, 3, message],
    ['more than there are', message, 4_000_000_000, message],
    ['an empty body', 'A: b\r\n\r\n', 2, 'A: b\r\n\r\n'],
    ['no blank line: it gets one', 'A: b\r\n', 0, 'A: b\r\n\r\n'],
    ['no line end either', 'A: b', 5, 'A: b\r\n\r\n'],
    ['no header', '\r\nbody\r\n', 0, '\r\n'],
    ['bare line feeds', 'A: b\n\nbody\nmore\n', 1, 'A: b\n\nbody\n'],
    ['nothing at all', '', 0, '\r\n'],
  ];
  for (const [reason, text, lines, expected] of cases) {
    it(reason, () => assert.equal(cutTop(Buffer.from(text), lines).toString(), expected));
  }

  it('finds the body', () => {
    assert.equal(findBody(Buffer.from('A: b\r\n\r\nc')), 8);
    assert.equal(findBody(Buffer.from('A: b\r\n')), -1);
    assert.equal(completeMessage(Buffer.from('A: b\r\n')).toString(), 'A: b\r\n\r\n');
  });
});
