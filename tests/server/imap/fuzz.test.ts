// Hostile commands: whatever bytes come, the reader and every grammar answer with a command, a Bad or a
// Refusal, never with another error and never without end. Seeded, so a failure can be repeated.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isMessageLiteral } from '#server/imap/commands/append.ts';
import { commands, readCommand } from '#server/imap/commands/index.ts';
import { FrameReader } from '#server/imap/wire/frame.ts';
import { mayKeepLiteral } from '#server/imap/wire/literal-limits.ts';

const rounds = 20_000;

const seeds = [
  'a LOGIN user "pass\\"word"\r\n',
  'a LOGIN {4}\r\nuser {4+}\r\npass\r\n',
  'a AUTHENTICATE PLAIN AGEAYg==\r\n',
  'a ID ("name" "x" "os" NIL)\r\n',
  'a SELECT "INBOX" (CONDSTORE)\r\n',
  'a LIST (SUBSCRIBED RECURSIVEMATCH) "" ("*" %/a) RETURN (CHILDREN STATUS (MESSAGES UIDNEXT))\r\n',
  'a STATUS T&AOQ-glich (MESSAGES SIZE)\r\n',
  'a APPEND INBOX (\\Seen $x) "21-Nov-2026 10:00:00 +0000" {5}\r\nhello (\\Draft) {3+}\r\nabc\r\n',
  'a APPEND b CATENATE (URL "/x/;UID=1/;SECTION=1.2" TEXT ~{3}\r\nabc URL {2}\r\nhi) UTF8 (~{2+}\r\nab)\r\n',
  'a UID REPLACE * Drafts (\\Draft) CATENATE (TEXT {2+}\r\nab)\r\n',
  'a FETCH 1 (BINARY[1.2]<0.5> BINARY.PEEK[] BINARY.SIZE[3])\r\n',
  'a UID FETCH 1:*,7 (FLAGS BODY.PEEK[1.2.HEADER.FIELDS (To "x y")]<0.100> RFC822 PREVIEW (LAZY)) (CHANGEDSINCE 12)\r\n',
  'a FETCH 1 FULL\r\n',
  'a STORE 1:3 (UNCHANGEDSINCE 5) +FLAGS.SILENT (\\Seen Work)\r\n',
  'a UID SEARCH RETURN (MIN MAX) CHARSET UTF-8 OR (FROM "x" NOT SEEN) SINCE 1-Feb-2026 HEADER a {3}\r\nabc MODSEQ "/flags/x" all 5\r\n',
  'a UID SORT RETURN () (REVERSE DATE SUBJECT) UTF-8 1:5 UNKEYWORD $x LARGER 5\r\n',
  'a UID MOVE 4,5:9 "a/b"\r\n',
  'a CREATE x (USE (\\Sent))\r\n',
  'a ENABLE CONDSTORE X\r\nb IDLE\r\nDONE\r\n',
  'a GETQUOTAROOT ""\r\na UID EXPUNGE 1:5\r\n',
];

const spices = [
  '(',
  ')',
  '{',
  '}',
  '+',
  '"',
  '\\',
  '\0',
  '\r\n',
  '\n',
  ' ',
  '*',
  '%',
  '[',
  ']',
  '<0.1>',
  '{3}\r\n',
  '{9+}\r\n',
  '~{2}\r\n',
  'ÿ',
  '&',
  '-',
  ':',
  ',',
  '4294967296',
  'NIL',
  'UID ',
];

/** mulberry32 */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function mutate(random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  let text = pick(seeds);
  for (let count = Math.ceil(random() * 4); count > 0; count--) {
    const at = Math.floor(random() * text.length);
    const kind = random();
    if (kind < 0.4) text = text.slice(0, at) + pick(spices) + text.slice(at);
    else if (kind < 0.6) text = text.slice(0, at) + text.slice(at + 1 + Math.floor(random() * 5));
    else if (kind < 0.8)
      text = text.slice(0, at) + String.fromCharCode(random() * 256) + text.slice(at + 1);
    else text = text.slice(0, at) + pick(seeds).slice(Math.floor(random() * 20));
  }
  return `${text}\r\n`;
}

/** Feeds the text in random portions; returns how many commands and failures came out. */
function digest(text: string, random: () => number): { parsed: number; refused: number } {
  const reader = new FrameReader();
  const bytes = Buffer.from(text, 'latin1');
  const count = { parsed: 0, refused: 0 };
  const isSignedIn = random() < 0.8;
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 40));
    reader.push(Buffer.from(bytes.subarray(at, end)));
    at = end;
    for (let turn = 0; ; turn++) {
      assert.ok(turn < 1000, 'no progress');
      const event = reader.next();
      if (event.kind === 'need') break;
      if (event.kind === 'overflow') return count;
      if (event.kind === 'literal') {
        if (isMessageLiteral(event.segments) && random() < 0.9) reader.streamLiteral();
        else if (mayKeepLiteral(event.literal, event.segments, isSignedIn)) reader.keepLiteral();
        else reader.refuseLiteral();
      } else if (event.kind === 'command') {
        const parsed = readCommand(event.segments, () => true, random() < 0.5);
        if ('failure' in parsed) count.refused++;
        else count.parsed++;
      }
    }
  }
  return count;
}

describe('IMAP grammar under fire', () => {
  it(`answers ${rounds} changed commands with a command, a Bad or a Refusal`, () => {
    const total = { parsed: 0, refused: 0 };
    for (let seed = 1; seed <= rounds; seed++) {
      const random = createRandom(seed);
      const text = mutate(random);
      try {
        const { parsed, refused } = digest(text, random);
        total.parsed += parsed;
        total.refused += refused;
      } catch (error) {
        throw new Error(`seed ${seed}: ${JSON.stringify(text)}`, { cause: error });
      }
    }
    // The changes must leave enough that is right, else nothing behind the first word was tried.
    assert.ok(total.parsed > rounds / 20, `${total.parsed} parsed`);
    assert.ok(total.refused > rounds / 5, `${total.refused} refused`);
  });

  it('reads every seed as written', () => {
    for (const seed of seeds) {
      const { refused } = digest(seed, () => 0.5);
      assert.equal(refused, seed.includes('DONE') ? 1 : 0, seed);
    }
  });

  it('caps nesting, keys and items', () => {
    const deep = ['a SEARCH ', '('.repeat(5000)].join('');
    const or = `a SEARCH ${'OR SEEN '.repeat(1001)}SEEN SEEN`;
    const many = `a SEARCH ${'SEEN '.repeat(2501)}SEEN`;
    const items = `a FETCH 1 (${'UID '.repeat(500)}UID)`;
    for (const text of [deep, or, many, items]) {
      const parsed = readCommand([{ kind: 'text', text }], () => true);
      assert.ok('failure' in parsed, text.slice(0, 40));
    }
  });

  it('has every command once, with states', () => {
    const names = commands.map((command) => command.name);
    assert.equal(new Set(names).size, names.length);
    for (const command of commands) assert.ok(command.states.length > 0, command.name);
  });
});
