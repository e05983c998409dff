// The parser fed whole, byte by byte and cut at random: the same lines, messages and chunks come out, and the bytes
// of a chunk or a message are never a command.
import assert from 'node:assert/strict';
import type { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { MailParser } from '#server/smtp/wire/parser.ts';
import { createRandom } from '#tests/support/random.ts';

/** What came out, in order; "DATA" and "BDAT n" steer the parser as a connection does. */
async function play(pieces: Buffer[], maxLineBytes = 50): Promise<string[]> {
  const events: string[] = [];
  const collect = (name: string, stream: PassThrough) => {
    let text = '';
    stream.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
    });
    return () => events.push(`${name} ${JSON.stringify(text)}`);
  };
  const parser: MailParser = new MailParser({
    maxLineBytes,
    mayRead: () => true,
    onLongLine: (goOn) => {
      events.push('too long');
      setImmediate(goOn);
    },
    onLine: (bytes, goOn) => {
      const line = bytes.toString('latin1');
      events.push(line);
      const size = /^BDAT (\d+)$/.exec(line)?.[1];
      if (line === 'DATA') {
        const stream = parser.startDataMode();
        const tell = collect('message', stream);
        stream.on('end', () => {
          tell();
          parser.continue();
        });
        goOn();
      } else if (size !== undefined && Number(size) > 0) {
        parser.startChunk(Number(size), null, (next) => {
          events.push('chunk');
          if (Number(size) % 2 === 0) next();
          else setImmediate(next);
        });
        goOn();
      } else if (line.startsWith('slow')) setImmediate(goOn);
      else goOn();
    },
  });
  for (const piece of pieces) {
    await new Promise<void>((resolve, reject) =>
      parser.write(piece, (error) => (error ? reject(error) : resolve())),
    );
  }
  await new Promise((resolve) => setImmediate(resolve));
  return events;
}

const sessions: [name: string, bytes: string, events: string[]][] = [
  ['lines', 'a\r\nb\nc\r\n\r\nd', ['a', 'b', 'c', '']],
  ['a CR within stays', 'a\rb\r\r\n', ['a\rb\r']],
  [
    'long lines',
    `${'x'.repeat(51)}\r\n${'y'.repeat(50)}\r\n${'z'.repeat(500)}\nq\n`,
    ['too long', 'y'.repeat(50), 'too long', 'q'],
  ],
  [
    'a message',
    'DATA\r\n..a\r\n.b\r\n.\r\nnext\r\n',
    ['DATA', 'message ".a\\r\\n.b\\r\\n"', 'next'],
  ],
  [
    'chunks',
    'BDAT 5\r\nQUIT\nBDAT 4\r\n\r\n.\rnext\r\n',
    ['BDAT 5', 'chunk', 'BDAT 4', 'chunk', 'next'],
  ],
  [
    'a chunk of commands',
    'slow\r\nBDAT 12\r\nDATA\r\nQUIT\r\nnext\r\n',
    ['slow', 'BDAT 12', 'chunk', 'next'],
  ],
  ['nothing in a chunk', 'BDAT 0\r\nnext\r\n', ['BDAT 0', 'next']],
];

for (const [name, bytes, wanted] of sessions) {
  test(`${name}, however it is cut`, async () => {
    const whole = Buffer.from(bytes, 'latin1');
    assert.deepEqual(await play([whole]), wanted);
    assert.deepEqual(await play([...whole].map((byte) => Buffer.from([byte]))), wanted);
    for (let at = 1; at < whole.length; at++) {
      assert.deepEqual(await play([whole.subarray(0, at), whole.subarray(at)]), wanted, `at ${at}`);
    }
  });
}

test('many commands in one burst do not pile up on the stack', async () => {
  const events = await play([Buffer.from('NOOP\r\n'.repeat(20_000))]);
  assert.equal(events.length, 20_000);
});

test('random sessions, cut at random, are read as they were written', async () => {
  const random = createRandom(8689);
  const pick = (most: number) => random.below(most);
  const nasty = ['\r\n.\r\n', '\n', '\r', 'QUIT\r\n', '\0', 'BDAT 3\r\n', '.', 'x', '\xff'];
  for (let round = 0; round < 300; round++) {
    let bytes = '';
    const wanted: string[] = [];
    for (let count = pick(6) + 1; count > 0; count--) {
      const body = Array.from({ length: pick(12) }, () => nasty[pick(nasty.length)]).join('');
      if (pick(2) === 0) {
        bytes += `BDAT ${body.length}\r\n${body}`;
        wanted.push(`BDAT ${body.length}`, ...(body.length > 0 ? ['chunk'] : []));
      } else {
        bytes += 'NOOP x\r\n';
        wanted.push('NOOP x');
      }
    }
    const whole = Buffer.from(bytes, 'latin1');
    const pieces: Buffer[] = [];
    for (let at = 0; at < whole.length; ) {
      const length = pick(9) + 1;
      pieces.push(whole.subarray(at, at + length));
      at += length;
    }
    assert.deepEqual(await play(pieces), wanted, JSON.stringify(bytes));
  }
});
