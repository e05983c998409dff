// POP3 beside Debian's Dovecot: the real daemon and a real peer on the same machine, in the same run, with the same
// mail in a maildrop of 10,000 messages, and one of 1,000 messages of 10 KB; the servers take turns.
//   DREY_BENCH_SIZES=2000      another maildrop
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash } from '@node-rs/argon2';
import { BenchClient } from './imap-client.ts';
import { makeMail } from './imap-mail.ts';
import { type Peer, peerFormat, startPeer } from './imap-peer.ts';
import { median } from './median.ts';
import { Pop3Client } from './pop3-client.ts';
import type { Bench, Figure } from './run.ts';
import { startWatchedDaemon, type Watched } from './watched-daemon.ts';

const size = Number(process.env.DREY_BENCH_SIZES?.split(',')[0] ?? 10_000);
const many = Math.min(1000, Math.floor(size / 5));
const runs = 15;
const deletingRuns = 3;
const perAppend = 200;
const ada = 'ada@example.test';
const bob = 'bob@example.test';
const password = 'a long password';

type Side = { imap: number; pop3: number };
type Step = (client: Pop3Client) => Promise<number>;

/** Messages as benches have them, into INBOX. */
async function fill({ imap }: Side, user: string, count: number, bytesEach: number): Promise<void> {
  const client = await BenchClient.open(imap);
  await client.ask(`LOGIN ${user} "${password}"`);
  for (let first = 0; first < count; first += perAppend) {
    const pieces: (string | Buffer)[] = ['APPEND INBOX'];
    for (let index = first; index < Math.min(first + perAppend, count); index += 1) {
      const { bytes, date } = makeMail(index, count);
      const body = bytesEach > 0 ? resize(bytes, bytesEach) : bytes;
      pieces.push(` () ${date} {${body.length}+}\r\n`, body);
    }
    await client.ask(pieces);
  }
  client.close();
}

function resize(bytes: Buffer, length: number): Buffer {
  const lines = `${'x'.repeat(70)}\r\n`.repeat(Math.ceil(length / 72));
  const long = Buffer.concat([bytes, Buffer.from(lines)]);
  return Buffer.concat([long.subarray(0, length - 2), Buffer.from('\r\n')]);
}

const numbers = (count: number) => Array.from({ length: count }, (_, at) => at + 1);

async function sum(steps: AsyncIterable<{ ms: number }>): Promise<number> {
  let ms = 0;
  for await (const step of steps) ms += step.ms;
  return ms;
}

async function* askEach(client: Pop3Client, command: string, count: number, isMulti: boolean) {
  for (const number of numbers(count)) yield await client.ask(`${command} ${number}`, isMulti);
}

/** Each for a session of its own behind the login. */
const steps: [string, Step][] = [
  ['STAT', async (client) => (await client.ask('STAT')).ms],
  ['LIST', async (client) => (await client.ask('LIST', true)).ms],
  ['UIDL', async (client) => (await client.ask('UIDL', true)).ms],
  [`RETR of ${many}`, (client) => sum(askEach(client, 'RETR', many, true))],
  [`RETR of ${many}, pipelined`, (client) => retrieve(client, many)],
  [`TOP n 0 of ${many}`, (client) => sumTops(client, many)],
];

async function retrieve(client: Pop3Client, count: number): Promise<number> {
  const commands = numbers(count).map((number) => `RETR ${number}`);
  return (await client.askAll(commands, true)).ms;
}

async function sumTops(client: Pop3Client, count: number): Promise<number> {
  let ms = 0;
  for (const number of numbers(count)) ms += (await client.ask(`TOP ${number} 0`, true)).ms;
  return ms;
}

async function fetchAll(client: Pop3Client): Promise<number> {
  const list = await client.ask('LIST', true);
  const uidl = await client.ask('UIDL', true);
  return list.ms + uidl.ms + (await sum(askEach(client, 'RETR', 1000, true)));
}

async function quit(client: Pop3Client): Promise<number> {
  const { ms } = await client.ask('QUIT');
  client.close();
  return ms;
}

async function measureLogin({ pop3 }: Side, user: string): Promise<number> {
  const client = await Pop3Client.open(pop3);
  const name = await client.ask(`USER ${user}`);
  const { ms } = await client.ask(`PASS ${password}`);
  await quit(client);
  return name.ms + ms;
}

async function deleteSome({ pop3 }: Side): Promise<number> {
  const client = await Pop3Client.signIn(pop3, ada, password);
  const ms = await sum(askEach(client, 'DELE', many, false));
  return ms + (await quit(client));
}

/** By turns; one time before that does not count, so that both have what they keep. */
async function compare(
  name: string,
  sides: Side[],
  times: number,
  step: (side: Side) => Promise<number>,
): Promise<Figure> {
  const values: number[][] = sides.map(() => []);
  for (let run = times === deletingRuns ? 1 : 0; run <= times; run += 1) {
    for (const [index, side] of sides.entries()) {
      const ms = await step(side);
      if (run > 0) values[index]?.push(ms);
    }
  }
  const [drey = [], peer] = values;
  const beside = peer
    ? `; peer ${median(peer).toFixed(2)}, ratio ${(median(drey) / median(peer)).toFixed(2)}`
    : '';
  const figure = { name, unit: `ms${beside}`, values: drey };
  console.error(`${name}: ${median(drey).toFixed(2)} ${figure.unit}`);
  return figure;
}

async function measure(daemon: Watched, peer: Peer | null): Promise<Figure[]> {
  const sides: Side[] = [daemon.ports];
  if (peer?.pop3Port) sides.push({ imap: peer.port, pop3: peer.pop3Port });
  for (const side of sides) {
    await fill(side, ada, size, 0);
    await fill(side, bob, 1000, 10_000);
  }
  await daemon.takeLoopDelay();
  const figures = [await compare('login', sides, 15, (side) => measureLogin(side, ada))];
  for (const [name, step] of steps) {
    figures.push(
      await compare(name, sides, runs, async ({ pop3 }) => {
        const client = await Pop3Client.signIn(pop3, ada, password);
        const ms = await step(client);
        await quit(client);
        return ms;
      }),
    );
  }
  const whole = async ({ pop3 }: Side) => {
    const client = await Pop3Client.signIn(pop3, bob, password);
    return (await fetchAll(client)) + (await quit(client));
  };
  figures.push(await compare('LIST+UIDL+RETR of 1,000 of 10 KB, QUIT', sides, runs, whole));
  figures.push(await compare(`DELE of ${many}, QUIT`, sides, deletingRuns, deleteSome));
  const { p99, max } = await daemon.takeLoopDelay();
  figures.push({ name: 'event loop late: p99, longest', unit: 'ms', values: [p99, max] });
  return figures;
}

export const bench: Bench = {
  help: 'POP3 beside Dovecot: a maildrop of 10,000, each command with its ratio',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drey-bench-data-'));
    const stored = await hash(password, { memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    const peer = await startPeer({ [ada]: `{ARGON2ID}${stored}`, [bob]: `{ARGON2ID}${stored}` });
    const peerName = peer?.pop3Port ? `Dovecot ${peer.version}, ${peerFormat}` : 'none';
    console.log(`Peer: ${peerName}, mail_fsync=always. Load: ${loadavg()[0]?.toFixed(1)}.`);
    let daemon: Watched | null = null;
    try {
      daemon = await startWatchedDaemon({ DREY_DATA: folder });
      await daemon.dreyJson(['setup', '--admin', ada, '--password-stdin'], password);
      await daemon.dreyJson(['user', 'add', bob, '--password-stdin'], password);
      return await measure(daemon, peer);
    } finally {
      await daemon?.stop();
      await peer?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
