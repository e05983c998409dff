// Frames: the same events whether the bytes come at once, one by one, or cut at any place.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { FrameReader, lineLimitBytes, type Segment } from '#server/imap/wire/frame.ts';

type Decision = 'keep' | 'stream' | 'refuse';

/** Everything the reader says about `portions`, as plain text lines. */
function read(
  portions: Buffer[],
  decide: (sizeBytes: number) => Decision = () => 'keep',
): string[] {
  const reader = new FrameReader();
  const told: string[] = [];
  let streamed = '';
  for (const portion of portions) {
    reader.push(Buffer.from(portion));
    for (let turn = 0; ; turn++) {
      assert.ok(turn < 10_000, 'the reader makes no progress');
      const event = reader.next();
      if (event.kind === 'need') break;
      if (event.kind === 'chunk') {
        streamed += event.bytes.toString('latin1');
        continue;
      }
      if (event.kind === 'streamed') {
        told.push(`streamed ${streamed}`);
        streamed = '';
      } else if (event.kind === 'literal') {
        const { sizeBytes, isSynchronizing } = event.literal;
        const decision = decide(sizeBytes);
        told.push(`literal ${sizeBytes}${isSynchronizing ? '' : '+'} ${decision}`);
        if (decision === 'keep') reader.keepLiteral();
        else if (decision === 'stream') reader.streamLiteral();
        else reader.refuseLiteral();
      } else if (event.kind === 'command') told.push(`command ${show(event.segments)}`);
      else {
        told.push(event.kind);
        if (event.kind === 'overflow') return told;
      }
    }
  }
  return told;
}

function show(segments: readonly Segment[]): string {
  return segments
    .map((segment) => {
      if (segment.kind === 'text') return segment.text;
      return segment.kind === 'literal'
        ? `<${segment.bytes}>`
        : `<#${segment.index} ${segment.sizeBytes}>`;
    })
    .join('');
}

const cases: {
  name: string;
  bytes: string;
  decide?: (size: number) => Decision;
  told: string[];
}[] = [
  { name: 'a line', bytes: 'a NOOP\r\n', told: ['command a NOOP'] },
  {
    name: 'LF alone ends a line too',
    bytes: 'a NOOP\nb X\n',
    told: ['command a NOOP', 'command b X'],
  },
  { name: 'an empty line', bytes: '\r\n', told: ['command '] },
  {
    name: 'literals',
    bytes: 'a LOGIN {3}\r\nabc {2+}\r\n\r\n\r\nb NOOP\r\n',
    told: ['literal 3 keep', 'literal 2+ keep', 'command a LOGIN <abc> <\r\n>', 'command b NOOP'],
  },
  {
    name: 'an empty literal',
    bytes: 'a X {0}\r\n\r\n',
    told: ['literal 0 keep', 'command a X <>'],
  },
  {
    name: 'no literals, only text',
    bytes: 'a X {-1}\r\nb X {5 }\r\nc X {4294967296}\r\nd X {12345678901}\r\n',
    told: [
      'command a X {-1}',
      'command b X {5 }',
      'command c X {4294967296}',
      'command d X {12345678901}',
    ],
  },
  {
    name: 'streamed literals hold their place',
    bytes: 'a APPEND x {3}\r\nabc (\\Seen) {4+}\r\ndefg\r\n',
    decide: () => 'stream',
    told: [
      'literal 3 stream',
      'streamed abc',
      'literal 4+ stream',
      'streamed defg',
      'command a APPEND x <#0 3> (\\Seen) <#1 4>',
    ],
  },
  {
    name: 'literal8 in both forms (RFC 3516 §6), and its mark is no text',
    bytes: 'a APPEND x UTF8 (~{3}\r\nab\0) ~{1+}\r\nc\r\n',
    decide: () => 'stream',
    told: [
      'literal 3 stream',
      'streamed ab\0',
      'literal 1+ stream',
      'streamed c',
      'command a APPEND x UTF8 (<#0 3>) <#1 1>',
    ],
  },
  {
    name: 'a refused synchronizing literal is never sent',
    bytes: 'a X {9}\r\nb NOOP\r\n',
    decide: () => 'refuse',
    told: ['literal 9 refuse', 'refused', 'command b NOOP'],
  },
  {
    name: 'a refused literal on its way is read over, with all that belongs to it',
    bytes: 'a X {9+}\r\nb LOGOUT\n {3+}\r\n{1} x\r\nc NOOP\r\n',
    decide: () => 'refuse',
    told: ['literal 9+ refuse', 'refused', 'command c NOOP'],
  },
  {
    name: 'behind a refused literal one that waits for us ends the command',
    bytes: 'a X {1+}\r\nx {3}\r\nc NOOP\r\n',
    decide: () => 'refuse',
    told: ['literal 1+ refuse', 'refused', 'command c NOOP'],
  },
];

describe('IMAP frames', () => {
  for (const { name, bytes, decide, told } of cases) {
    it(name, () => {
      const whole = Buffer.from(bytes, 'latin1');
      assert.deepEqual(read([whole], decide), told, 'whole');
      const single = [...whole].map((byte) => Buffer.from([byte]));
      assert.deepEqual(read(single, decide), told, 'byte by byte');
      for (let cut = 1; cut < whole.length; cut++) {
        const portions = [whole.subarray(0, cut), whole.subarray(cut)];
        assert.deepEqual(read(portions, decide), told, `cut at ${cut}`);
      }
    });
  }

  it('gives up on a line without end, at the limit', () => {
    const portion = Buffer.alloc(10_000, 'a');
    const told = read(Array.from({ length: 10 }, () => portion));
    assert.deepEqual(told, ['overflow']);
    assert.deepEqual(read([Buffer.from(`${'a'.repeat(lineLimitBytes - 1)}\n`)]).length, 1);
    assert.deepEqual(read([Buffer.from(`${'a'.repeat(lineLimitBytes)}\n`)]), ['overflow']);
  });

  it('counts the text of all lines of a command together', () => {
    const line = `${'a'.repeat(30_000)} {1+}\r\nx`;
    assert.deepEqual(read([Buffer.from(line + line + line)]).at(-1), 'overflow');
  });

  it('forgets everything at a reset', () => {
    const reader = new FrameReader();
    reader.push(Buffer.from('a X {3}\r\nab'));
    assert.equal(reader.next().kind, 'literal');
    reader.keepLiteral();
    assert.equal(reader.next().kind, 'need');
    reader.reset();
    reader.push(Buffer.from('b NOOP\r\n'));
    const event = reader.next();
    assert.equal(event.kind === 'command' && show(event.segments), 'b NOOP');
  });

  it('gives lines that are no commands', () => {
    const reader = new FrameReader();
    reader.push(Buffer.from('DO'));
    assert.equal(reader.takeLine(100), null);
    reader.push(Buffer.from('NE\r\na NOOP\r\n'));
    assert.equal(reader.takeLine(100), 'DONE');
    assert.equal(reader.next().kind, 'command');
    reader.push(Buffer.from('x'.repeat(101)));
    assert.equal(reader.takeLine(100), 'overflow');
  });
});
