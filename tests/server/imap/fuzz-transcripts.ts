// What the transcripts say to the server, as bytes, and what the wire parser makes of it: cut anywhere it gives the
// same commands, and changed at random it gives a command, a Bad or a Refusal, never a throw and never no end.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMessageLiteral } from '#server/imap/commands/append.ts';
import { readCommand } from '#server/imap/commands/index.ts';
import { FrameReader } from '#server/imap/wire/frame.ts';
import { mayKeepLiteral } from '#server/imap/wire/literal-limits.ts';
import { createRandom, type Random } from '#tests/support/random.ts';

const folder = join(import.meta.dirname, '..', '..', 'transcripts', 'imap');
const turnLimit = 10_000;
const spices = '(){}+"\\*%[]<>~$&-:,. \0\r\n\t0\xff'
  .split('')
  .concat(['{3}\r\n', '{9+}\r\n', 'UID ']);

/** Each command of all transcripts, with its literals and its line end. */
export function readClientLines(): string[] {
  const lines: string[] = [];
  for (const file of readdirSync(folder)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const block of text.matchAll(/^\w+> .*(?:\n(?:\|.*|\w+>> .*))*/gm)) {
      lines.push(assemble(block[0].split('\n')));
    }
    for (const raw of text.matchAll(/^\w+: raw (.*)$/gm))
      lines.push(`${unescapeText(raw[1]!)}\r\n`);
  }
  return [...new Set(lines)];
}

function assemble(block: string[]): string {
  let bytes = '';
  for (let at = 0; at < block.length; ) {
    const line = block[at++]!.replace(/^\w+>>? /, '').replace(/\$\{\w+\}/g, 'x');
    const literal = /\{=(\+?)\}$/.exec(line);
    if (!literal) {
      bytes += line;
      continue;
    }
    let body = '';
    while (block[at]?.startsWith('|')) body += `${block[at++]!.slice(2)}\r\n`;
    const size = Buffer.byteLength(body);
    bytes += `${line.slice(0, literal.index)}{${size}${literal[1]}}\r\n`;
    bytes += Buffer.from(body).toString('latin1');
  }
  return `${bytes}\r\n`;
}

function unescapeText(text: string): string {
  const plain = text
    .replace(/\$\{\w+\}/g, 'x')
    .replace(/\\x(..)/g, (_piece, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return plain.replace(/\\r/g, '\r').replace(/\\n/g, '\n').replace(/\\\\/g, '\\');
}

/** Everything that comes out, in words. `cuts`: where one push ends and the next begins, ascending. */
export function readInPieces(text: string, cuts: readonly number[]): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const reader = new FrameReader();
  const found: string[] = [];
  let from = 0;
  let chunks = '';
  for (const to of [...cuts, bytes.length]) {
    reader.push(Buffer.from(bytes.subarray(from, to)));
    from = to;
    for (let turn = 0; ; turn++) {
      assert.ok(turn < turnLimit, 'no progress');
      const event = reader.next();
      if (event.kind === 'need') break;
      if (event.kind === 'overflow') return [...found, 'overflow'];
      if (event.kind === 'literal') {
        if (isMessageLiteral(event.segments)) reader.streamLiteral();
        else if (mayKeepLiteral(event.literal, event.segments, true)) reader.keepLiteral();
        else reader.refuseLiteral();
      } else if (event.kind === 'chunk') chunks += event.bytes.toString('latin1');
      else if (event.kind === 'streamed') found.push(`message ${JSON.stringify(chunks)}`);
      else if (event.kind === 'refused') found.push('refused');
      else found.push(describe(readCommand(event.segments, () => true)));
      if (event.kind === 'streamed') chunks = '';
    }
  }
  return found;
}

function describe(parsed: ReturnType<typeof readCommand>): string {
  if ('failure' in parsed) return `${parsed.tag} ${parsed.failure.name} ${parsed.failure.message}`;
  const args = JSON.stringify(parsed.args, (_key, value) =>
    value instanceof Set || value instanceof Map ? [...value] : value,
  );
  return `${parsed.tag} ${parsed.isUid} ${parsed.name} ${args}`;
}

export type FuzzCount = { commands: number; failures: number };

/** So many changed lines from this seed on; throws with the seed and the text. */
export function fuzz(lines: readonly string[], rounds: number, firstSeed = 1): FuzzCount {
  const count: FuzzCount = { commands: 0, failures: 0 };
  for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
    const random = createRandom(seed);
    const text = `${mutate(lines, random)}\r\n`;
    try {
      const cuts = Array.from({ length: random.below(4) }, () => random.below(text.length));
      const found = readInPieces(
        text,
        cuts.sort((a, b) => a - b),
      );
      const failed = found.filter((line) => /^\S+ (Bad|Refusal|Error)/.test(line)).length;
      count.failures += failed;
      count.commands += found.length - failed;
    } catch (error) {
      throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
    }
  }
  return count;
}

function mutate(lines: readonly string[], random: Random): string {
  let text = random.pick(lines);
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(text.length);
    const kind = random.below(5);
    if (kind === 0) text = text.slice(0, at) + random.pick(spices) + text.slice(at);
    else if (kind === 1) text = text.slice(0, at) + text.slice(at + 1 + random.below(5));
    else if (kind === 2) {
      text = text.slice(0, at) + String.fromCharCode(random.below(256)) + text.slice(at + 1);
    } else if (kind === 3) text = text.slice(0, at) + random.pick(lines).slice(random.below(20));
    else text = text.slice(0, at) + text.slice(random.below(at + 1));
  }
  return text;
}
