// Whole SMTP sessions of nonsense over real sockets: commands in any order, torn, cut and mutated, bodies with every
// bad line end. After them the server still serves, has lost nothing and relayed nothing.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { startLmtp } from '#server/smtp/wire/lmtp-listener.ts';
import { createRandom, type Random } from '#tests/support/random.ts';
import { sample } from './client.ts';
import { password, type World } from './world.ts';

const commands = [
  'EHLO relay.far.test',
  'HELO relay.far.test',
  'LHLO x',
  'MAIL FROM:<eve@far.test>',
  'MAIL FROM:<>',
  'MAIL FROM:<eve@far.test> SIZE=100 BODY=8BITMIME RET=HDRS ENVID=a+2Bb',
  'MAIL FROM:<eve@far.test> SMTPUTF8 REQUIRETLS HOLDFOR=5',
  'RCPT TO:<ada@example.org>',
  'RCPT TO:<ada@example.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;ada@example.org',
  'RCPT TO:<bob@example.org>',
  'RCPT TO:<nobody@example.org>',
  'RCPT TO:<x@elsewhere.test>',
  'RCPT TO:<x%elsewhere.test@example.org>',
  'RCPT TO:<@example.org:x@elsewhere.test>',
  'RCPT TO:<postmaster>',
  'DATA',
  'BDAT 10',
  'BDAT 20 LAST',
  'BDAT 99999999999999999999',
  'RSET',
  'NOOP',
  'VRFY ada',
  'EXPN team',
  'HELP',
  'STARTTLS',
  'AUTH PLAIN AGFkYQB4',
  'AUTH LOGIN',
  'XCLIENT ADDR=127.0.0.1',
  'PROXY TCP4 127.0.0.1 127.0.0.1 1 25',
  'QUIT',
  '.',
  '',
] as const;
const bodies = [
  `${sample}.`,
  `${sample}\n.\nMAIL FROM:<evil@far.test>`,
  `${sample}\r.\rRCPT TO:<x@elsewhere.test>`,
  'Subject: x\r\n\r\n..\r\n.',
  `${'Received: x\r\n'.repeat(60)}\r\n.`,
  `X: ${'y'.repeat(5000)}\r\n\r\n.`,
  'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n--b\r\n--b--\r\n.',
] as const;

const sender = 'MAIL FROM:<eve@far.test>';
const ownSender = 'MAIL FROM:<ada@example.org>';

/** Said by hosts that may speak for others; nobody is made a trusted one. */
const introductions = [
  'XCLIENT ADDR=198.51.100.9',
  'XCLIENT ADDR=IPV6:2001:db8::9 NAME=x.far.test HELO=x PROTO=SMTP',
  'XCLIENT NAME=[UNAVAILABLE] PORT=70000',
  'XCLIENT ADDR=[UNAVAILABLE]',
  'XCLIENT HELO=a+0D+0Ab',
] as const;
const proxyHeaders = [
  'PROXY TCP4 198.51.100.9 192.0.2.1 4711 25\r\n',
  'PROXY TCP6 2001:db8::9 2001:db8::1 4711 25\r\n',
  'PROXY UNKNOWN\r\n',
  'PROXY TCP4 198.51.100.9\r\n',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc6\x33\x64\x09\xc0\0\x02\x01\x12\x67\0\x19',
  '\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff',
  '',
] as const;
const token = Buffer.from(`\0ada@example.org\0${password}`).toString('base64');

/** Who comes: from which address of this machine, to which port, and what is said first. */
type Kind = {
  share: number;
  port(world: World, lmtp: number): number;
  address: string;
  begin(random: Random): string[];
  more: readonly string[];
};
const nobody = { address: '127.0.0.1', begin: () => [] as string[], more: [] as string[] };
const kinds: Kind[] = [
  { ...nobody, share: 0.45, port: ({ ports }) => ports.smtp },
  { ...nobody, share: 0.1, port: ({ ports }) => ports.submission },
  {
    share: 0.15,
    port: ({ ports }) => ports.submission,
    // Not among the trusted, and near enough for a password in clear.
    address: '127.0.0.5',
    begin: () => ['EHLO near.test\r\n', `AUTH PLAIN ${token}\r\n`],
    more: [
      'MAIL FROM:<ada@example.org> HOLDFOR=60 ENVID=x',
      ownSender,
      'RCPT TO:<bob@example.org> NOTIFY=SUCCESS',
    ],
  },
  { ...nobody, share: 0.1, port: (_world, lmtp) => lmtp, begin: () => ['LHLO x.test\r\n'] },
  {
    ...nobody,
    share: 0.1,
    port: ({ ports }) => ports.smtp,
    address: '127.0.0.3',
    more: introductions,
  },
  {
    ...nobody,
    share: 0.1,
    port: ({ ports }) => ports.smtp,
    address: '127.0.0.4',
    begin: (random) => [random.pick(proxyHeaders)],
  },
];
const seenAs = '127.0.0.1=192.0.2.7,127.0.0.3=192.0.2.33,127.0.0.4=192.0.2.44';

const usual = ['EHLO relay.far.test', sender, 'RCPT TO:<ada@example.org>', 'DATA'];

const rates = [
  'checks.connectionsPerMinute',
  'checks.connectionsPerMinuteOfNetwork',
  'checks.messagesPerMinute',
  'checks.recipientsPerMinute',
  'checks.unknownRecipientsPerHour',
];

export type FuzzCount = { sessions: number; replies: number; accepted: number };

/** Plays `rounds` sessions, a few at a time. Throws where the server says or does what it must not. */
export async function fuzzSessions(world: World, rounds: number, seed: number): Promise<FuzzCount> {
  // Nobody honest comes so often; rates have their own test.
  for (const key of rates) await writeSetting(key, 0, 'test');
  await writeSetting('smtp.xclientHosts', ['192.0.2.33'], 'test');
  await writeSetting('smtp.proxyHosts', ['192.0.2.44'], 'test');
  await writeSetting('smtp.hasLmtp', true, 'test');
  process.env.DREY_LMTP_PORT = '0';
  const lmtp = await startLmtp();
  const random = createRandom(seed);
  const count: FuzzCount = { sessions: 0, replies: 0, accepted: 0 };
  process.env.DREY_TEST_ADDRESS_MAP = seenAs;
  const players = Array.from({ length: 8 }, async () => {
    while (count.sessions < rounds) {
      count.sessions += 1;
      const kind = chooseKind(random);
      const pieces = makeSession(random, kind);
      const port = kind.port(world, lmtp.ports?.lmtp ?? 0);
      const said = await play({ port, localAddress: kind.address }, pieces);
      const replies = readReplies(said, pieces);
      count.replies += replies.length;
      count.accepted += replies.filter((line) => /^250 2\.0\.0 Ok: queued/.test(line)).length;
    }
  });
  await Promise.all(players);
  delete process.env.DREY_TEST_ADDRESS_MAP;
  await lmtp.stop();
  const relayed = await db.queueMessage.count({ where: { accountId: null } });
  assert.equal(relayed, 0, 'something was relayed');
  return count;
}

function chooseKind(random: Random): Kind {
  let left = random.below(1000) / 1000;
  for (const kind of kinds) {
    left -= kind.share;
    if (left < 0) return kind;
  }
  return kinds[0] as Kind;
}

/** What one client sends, in pieces that go out one by one; null: it waits for an answer. */
type Piece = Buffer | null;

function makeSession(random: Random, { begin, more: own }: Kind): Piece[] {
  const first = begin(random).flatMap((text): Piece[] => {
    const bytes = Buffer.from(text, 'latin1');
    if (random.chance(0.1)) mutate(bytes, random);
    return [...split(bytes, random), null];
  });
  const lines: string[] = [];
  if (random.chance(0.8)) {
    const known = usual.map((line) =>
      own.includes(ownSender) ? line.replace(sender, ownSender) : line,
    );
    lines.push(
      ...known.slice(0, random.chance(0.5) ? known.length : random.below(known.length + 1)),
    );
  }
  const more = random.below(8);
  for (let index = 0; index < more; index += 1) {
    const isBody = lines.at(-1) === 'DATA' ? random.chance(0.8) : random.chance(0.1);
    const isOwn = own.length > 0 && random.chance(0.4);
    lines.push(isBody ? makeBody(random) : random.pick(isOwn ? own : commands));
  }
  const ends = ['\n', '\r', '\r\r\n', '\0\r\n'];
  const isHonest = random.chance(0.5);
  const rest = lines.flatMap((line): Piece[] => {
    const end = isHonest || random.chance(0.95) ? '\r\n' : random.pick(ends);
    const bytes = Buffer.from(line + end, 'latin1');
    if (!isHonest && random.chance(0.1)) mutate(bytes, random);
    const waits = isHonest || random.chance(0.5);
    return [...split(bytes, random), ...(waits ? [null] : [])];
  });
  return [...first, ...rest];
}

/** A body behind DATA, or as chunks whose sizes are mostly right. */
function makeBody(random: Random): string {
  const body = random.pick(bodies);
  if (random.chance(0.7)) return body;
  const cut = random.below(body.length);
  const wrong = random.chance(0.1) ? random.below(9) : 0;
  return `BDAT ${cut + wrong}\r\n${body.slice(0, cut)}BDAT ${body.length - cut} LAST\r\n${body.slice(cut)}`;
}

function mutate(bytes: Buffer, random: Random): void {
  const changes = 1 + random.below(4);
  for (let index = 0; index < changes && bytes.length > 0; index += 1) {
    bytes[random.below(bytes.length)] = random.below(256);
  }
}

function split(bytes: Buffer, random: Random): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; ) {
    const length = random.chance(0.3) ? bytes.length : 1 + random.below(120);
    pieces.push(bytes.subarray(from, from + length));
    from += length;
  }
  return pieces;
}

/** Sends all of it, without waiting for answers, and reads until the server has said what it wants. */
function play(to: { port: number; localAddress: string }, pieces: Piece[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect({ ...to, host: '127.0.0.1' });
    const chunks: Buffer[] = [];
    let isDone = false;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      socket.destroy();
      resolve(Buffer.concat(chunks).toString('latin1'));
    };
    let seen = 0;
    let wake = () => {};
    /** For an answer that may never come: a torn line has none. */
    const waitForAnswer = async () => {
      if (chunks.length === seen) {
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, 30).unref();
        });
      }
      seen = chunks.length;
    };
    socket.setNoDelay(true);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      wake();
    });
    socket.on('error', finish);
    socket.on('close', finish);
    socket.once('connect', async () => {
      for (const piece of pieces) {
        if (isDone) return;
        if (piece) socket.write(piece);
        if (piece) await new Promise(setImmediate);
        else await waitForAnswer();
      }
      // A half close: the server answers what it has, then ends.
      socket.end();
      setTimeout(finish, 2000).unref();
    });
  });
}

/** Every line of the server is a reply, with one enhanced code at most (RFC 2034 §4). */
function readReplies(said: string, sent: Piece[]): string[] {
  const isTls = /^220 2\.0\.0 Ready to start TLS/m.test(said);
  const lines = said.split('\r\n').filter((line) => line !== '');
  const end = isTls ? lines.findIndex((line) => /^220 2\.0\.0 Ready/.test(line)) + 1 : lines.length;
  for (const line of lines.slice(0, end)) {
    const about = `${JSON.stringify(line)} after ${JSON.stringify(Buffer.concat(sent.filter((piece) => piece !== null)).toString('latin1'))}`;
    assert.match(line, /^[2345]\d\d[ -]/, about);
    assert.doesNotMatch(line, /^\d{3}[ -]([245]\.\d+\.\d+) [245]\.\d+\.\d+ /, about);
    assert.doesNotMatch(line, /[^\x20-\x7e]/, about);
    assert.doesNotMatch(line, /Error:|at \S+ \(|node:/, about);
  }
  return lines.slice(0, end);
}
