// The grammar words: what each takes, what it refuses.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import { Bad } from '#server/imap/wire/bad.ts';
import { Cursor } from '#server/imap/wire/cursor.ts';
import type { Segment } from '#server/imap/wire/frame.ts';
import { formatSet, resolveSet } from '#server/imap/wire/sequence-set.ts';

function cursor(text: string, ...rest: Segment[]): Cursor {
  return new Cursor([{ kind: 'text', text }, ...rest]);
}

const literal = (text: string): Segment[] => [
  { kind: 'literal', bytes: Buffer.from(text) },
  { kind: 'text', text: '' },
];

const words: [name: string, take: (c: Cursor) => unknown, text: string, result: unknown][] = [
  ['tag', (c) => c.tag(), 'a1.]', 'a1.]'],
  ['tag without +', (c) => c.tag(), '+a', Bad],
  ['atom ends at a parenthesis', (c) => [c.atom(), c.peek()], 'abc(', ['abc', '(']],
  ['atom has no ]', (c) => c.atom(), ']', Bad],
  ['astring has ]', (c) => c.astringText(), 'a]b', 'a]b'],
  ['astring quoted', (c) => c.astringText(), '"a \\"b\\\\"', 'a "b\\'],
  ['quoted with another escape', (c) => c.astringText(), '"a\\n"', Bad],
  ['quoted without end', (c) => c.astringText(), '"abc', Bad],
  ['quoted UTF-8', (c) => c.astringText(), Buffer.from('"ä"').toString('latin1'), 'ä'],
  ['number', (c) => c.number(), '4294967295', 4294967295],
  ['number too large', (c) => c.number(), '4294967296', Bad],
  ['number missing', (c) => c.number(), 'x', Bad],
  ['zero where there must be none', (c) => c.nonZeroNumber(), '0', Bad],
  ['modseq of 63 bits', (c) => c.modseq(), '9223372036854775807', Number.MAX_SAFE_INTEGER],
  [
    'set',
    (c) => c.sequenceSet(),
    '1:3,5,7:*',
    [
      [1, 3],
      [5, 5],
      [7, Number.POSITIVE_INFINITY],
    ],
  ],
  ['set with zero', (c) => c.sequenceSet(), '0', Bad],
  ['set that ends in a comma', (c) => c.sequenceSet(), '1,', Bad],
  ['set that is none', (c) => c.sequenceSet(), 'a', Bad],
  ['mailbox', (c) => c.mailbox(), '"inBox"', 'INBOX'],
  ['mailbox below the inbox', (c) => c.mailbox(), 'inbox/Foo', 'INBOX/Foo'],
  ['mailbox in modified UTF-7', (c) => c.mailbox(), 'T&AOQ-glich', 'Täglich'],
  ['mailbox in wrong UTF-7', (c) => c.mailbox(), 'a&AGE-', Refusal],
  ['list pattern', (c) => c.listMailbox(), 'a/%*]', 'a/%*]'],
  ['flags', (c) => c.flagList(), '(\\Seen $x)', ['\\Seen', '$x']],
  ['no flags', (c) => c.flagList(), '()', []],
  ['flags with two spaces', (c) => c.flagList(), '(a  b)', Bad],
  ['flag with nothing behind \\', (c) => c.flag(), '\\ ', Bad],
  ['nil', (c) => c.nstring(), 'nil', null],
  ['end', (c) => c.expectEnd(), '', undefined],
  ['no end', (c) => c.expectEnd(), ' ', Bad],
];

describe('IMAP cursor', () => {
  for (const [name, take, text, result] of words) {
    it(name, () => {
      if (result === Bad || result === Refusal) {
        assert.throws(() => take(cursor(text)), result as typeof Bad);
      } else assert.deepEqual(take(cursor(text)), result);
    });
  }

  const utf8Words: [name: string, take: (c: Cursor) => unknown, text: string, result: unknown][] = [
    ['a mailbox in UTF-8', (c) => c.mailbox(), '"T\u00e4glich & so"', 'T\u00e4glich & so'],
    ['& is no escape', (c) => c.mailbox(), 'T&AOQ-glich', 'T&AOQ-glich'],
    ['INBOX in any case', (c) => c.mailbox(), 'inBox/a', 'INBOX/a'],
    ['a pattern in UTF-8', (c) => c.listMailbox(), '"\u00e4%*"', '\u00e4%*'],
    [
      'how it was written',
      (c) => c.writtenMailbox(),
      '"u\u0308"',
      { name: '\u00fc', written: 'u\u0308' },
    ],
    ['written as it is', (c) => c.writtenMailbox(), '"\u00fc"', { name: '\u00fc', written: null }],
    [
      'INBOX has no other form',
      (c) => c.writtenMailbox(),
      'inbox',
      { name: 'INBOX', written: null },
    ],
  ];
  for (const [name, take, text, result] of utf8Words) {
    it(`after ENABLE UTF8=ACCEPT: ${name}`, () => {
      const segment = { kind: 'text', text: Buffer.from(text).toString('latin1') } as const;
      assert.deepEqual(take(new Cursor([segment], true)), result);
    });
  }

  it('after ENABLE UTF8=ACCEPT: refuses quoted strings that are no UTF-8 (RFC 9755 §3)', () => {
    const open = () => new Cursor([{ kind: 'text', text: '"\u00fc"' }], true);
    assert.throws(() => open().astring(), Bad);
    assert.throws(() => open().mailbox(), Bad);
  });

  it('takes a literal8 only where it is asked for (RFC 3516 §6)', () => {
    const segments: Segment[] = [
      { kind: 'text', text: '' },
      { kind: 'literal', bytes: Buffer.from('x'), isBinary: true },
      { kind: 'text', text: '' },
    ];
    assert.throws(() => new Cursor(segments).string(), Bad);
    assert.deepEqual(new Cursor(segments).tryLiteral8(), Buffer.from('x'));
    assert.equal(cursor('', ...literal('x')).tryLiteral8(), null);
  });

  it('takes literals where a string may stand, and text behind them', () => {
    const c = cursor(
      'A ',
      { kind: 'literal', bytes: Buffer.from('in"box') },
      { kind: 'text', text: ' x' },
    );
    c.expect('A ');
    assert.equal(c.astringText(), 'in"box');
    c.space();
    assert.equal(c.atom(), 'x');
    c.expectEnd();
  });

  it('reads no literal as an atom, and no NUL as text', () => {
    assert.throws(() => cursor('', ...literal('x')).atom(), Bad);
    assert.throws(() => cursor('', ...literal('a\0b')).astringText(), Bad);
    assert.throws(() => cursor('', ...literal('x')).expectEnd(), Bad);
  });
});

describe('sequence sets', () => {
  const star = Number.POSITIVE_INFINITY;
  const cases: [[number, number][], number, [number, number][]][] = [
    [
      [
        [1, 3],
        [2, 5],
      ],
      9,
      [[1, 5]],
    ],
    [
      [
        [5, 5],
        [1, 1],
      ],
      9,
      [
        [1, 1],
        [5, 5],
      ],
    ],
    [[[star, 5]], 9, [[5, 9]]],
    [[[20, star]], 9, [[9, 20]]],
    [[[star, star]], 9, [[9, 9]]],
    [[[star, star]], 0, []],
    [
      [
        [1, 2],
        [3, 4],
      ],
      9,
      [[1, 4]],
    ],
  ];
  for (const [set, largest, result] of cases) {
    it(`${JSON.stringify(set)} of ${largest}`, () => {
      assert.deepEqual(resolveSet(set, largest), result);
    });
  }

  it('are written short', () => {
    assert.equal(formatSet([1, 2, 3, 7, 9, 10]), '1:3,7,9:10');
    assert.equal(formatSet([3, 2, 1]), '3,2,1');
    assert.equal(formatSet([]), '');
  });
});
