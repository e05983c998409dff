// The short form; `npm run test:imap -- fuzz` makes 100,000 changes.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { fuzz, readClientLines, readInPieces } from './fuzz-transcripts.ts';

const lines = readClientLines();
const rounds = 20_000;

describe('what the transcripts say, cut and changed', () => {
  it('knows the transcripts', () => assert.ok(lines.length > 700, `${lines.length} lines`));

  it('makes the same of it byte by byte', () => {
    for (const line of lines) {
      const each = Array.from({ length: line.length }, (_, at) => at);
      assert.deepEqual(readInPieces(line, each), readInPieces(line, []), line);
    }
  });

  it('makes the same of it at every split', () => {
    for (const line of lines) {
      if (line.length > 400) continue;
      const whole = readInPieces(line, []);
      for (let at = 1; at < line.length; at++)
        assert.deepEqual(readInPieces(line, [at]), whole, line);
    }
  });

  it(`answers ${rounds} changed lines with a command, a Bad or a Refusal`, () => {
    const { commands, failures } = fuzz(lines, rounds);
    assert.ok(commands > rounds / 20, `${commands} commands`);
    assert.ok(failures > rounds / 5, `${failures} failures`);
  });
});
