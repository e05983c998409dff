// winmail.dat: what is inside, and that no file can make the reader throw, hang or grow (vector 48).
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTnef } from '#lib/mail/tnef.ts';
import { attribute, begin, data, stream, title, u16, u32 } from '#tests/support/tnef.ts';

const padded = (bytes: Buffer) =>
  Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);
const wide = (text: string) => Buffer.from(`${text}\0`, 'utf16le');

const codepage = (number: number) => attribute(1, 0x00069007, Buffer.concat([u32(number), u32(0)]));
const properties = (...all: Buffer[]) =>
  attribute(2, 0x00069005, Buffer.concat([u32(all.length), ...all]));
const variable = (type: number, id: number, value: Buffer) =>
  Buffer.concat([u16(type), u16(id), u32(1), u32(value.length), padded(value)]);
const named = (value: Buffer) =>
  Buffer.concat([
    u16(0x1f),
    u16(0x8001),
    Buffer.alloc(16),
    u32(1),
    u32(6),
    padded(wide('ab')),
    value,
  ]);

const hello = Buffer.from('Hello, winmail.');
const whole = stream(
  codepage(1251),
  attribute(1, 0x0002800c, Buffer.from('a body')),
  begin,
  title(Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2])),
  data(hello),
  begin,
  title(Buffer.from('LONGNA~1.PNG')),
  data(Buffer.from('png bytes')),
  properties(
    Buffer.concat([u16(0x0b), u16(0x7ffd), u16(1), u16(0)]),
    Buffer.concat([u16(0x1003), u16(0x6000), u32(2), u32(1), u32(2)]),
    named(Buffer.concat([u32(1), u32(4), wide('x')])),
    variable(0x1f, 0x3707, wide('A long name.png')),
    variable(0x1e, 0x370e, Buffer.from('Image/PNG\0')),
  ),
);
const shown = (bytes: Buffer) =>
  readTnef(bytes).map((file) => [file.name, file.type, Buffer.from(file.bytes).toString('latin1')]);

describe('winmail.dat', () => {
  it('gives its files with the names of its code page, long names before short ones', () => {
    assert.deepEqual(shown(whole), [
      ['Привет', '', 'Hello, winmail.'],
      ['A long name.png', 'image/png', 'png bytes'],
    ]);
  });

  it('gives the files of a message inside it', () => {
    const inner = Buffer.concat([Buffer.alloc(16), stream(begin, title(hello), data(hello))]);
    const outer = stream(begin, properties(variable(0x0d, 0x3701, inner)));
    assert.deepEqual(shown(outer), [['Hello, winmail.', '', 'Hello, winmail.']]);
  });

  it('has the data among the properties where there is none beside them', () => {
    const only = stream(begin, properties(variable(0x102, 0x3701, hello)));
    assert.deepEqual(shown(only), [['', '', 'Hello, winmail.']]);
  });

  for (const [what, bytes] of [
    ['nothing', Buffer.alloc(0)],
    ['another file', Buffer.from('PK\u0003\u0004 a zip')],
    ['a signature alone', u32(0x223e9f78)],
    ['a length beyond the end', stream(begin, attribute(2, 0x0006800f, hello, 0xffffffff))],
    ['no attachment begun', stream(title(hello), data(hello))],
  ] as const) {
    it(`is empty of files: ${what}`, () => assert.deepEqual(shown(bytes), []));
  }

  it('ends at lengths and counts that lie', () => {
    const lies = [
      Buffer.concat([u32(0xffffffff)]),
      Buffer.concat([u32(1), u16(0x1003), u16(1), u32(0xffffffff)]),
      Buffer.concat([u32(1), u16(0x1f), u16(1), u32(0xffffffff), u32(0xffffffff)]),
      Buffer.concat([u32(1), u16(0x1f), u16(0x9000), Buffer.alloc(16), u32(1), u32(0xfffffffe)]),
    ];
    for (const lie of lies) {
      const bytes = stream(begin, data(hello), attribute(2, 0x00069005, lie));
      assert.deepEqual(shown(bytes), [['', '', 'Hello, winmail.']]);
    }
  });

  it('gives at most 200 files, and messages only some deep', () => {
    const many = stream(...Array.from({ length: 500 }, () => Buffer.concat([begin, data(hello)])));
    assert.equal(readTnef(many).length, 200);
    let deep = stream(begin, data(hello));
    for (let i = 0; i < 10; i++) {
      const inner = Buffer.concat([Buffer.alloc(16), deep]);
      deep = stream(begin, properties(variable(0x0d, 0x3701, inner)));
    }
    assert.deepEqual(readTnef(deep), []);
  });

  it('never throws, cut anywhere or with any byte changed', () => {
    for (let end = 0; end <= whole.length; end++) readTnef(whole.subarray(0, end));
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0x00, 0x7f, 0xff, 0x1f]) {
        const changed = Buffer.from(whole);
        changed[at] = value;
        let total = 0;
        for (const file of readTnef(changed)) total += file.bytes.length;
        assert.ok(total <= whole.length);
      }
    }
  });
});
