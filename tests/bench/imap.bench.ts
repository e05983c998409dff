// IMAP beside Debian's Dovecot: the real daemon and a real peer on the same machine, in the same run, with the
// same mail in mailboxes of 10,000 and 100,000 messages; the servers take turns.
//   DREY_BENCH_SIZES=1000,5000      other mailboxes
//   DREY_BENCH_ROWS=SEARCH,SORT     only rows whose names begin so
// The password of both is the same argon2id hash; "plain" lets the peer compare clear text.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { hash } from '@node-rs/argon2';
import { measureBeside } from './imap-beside.ts';
import { BenchClient } from './imap-client.ts';
import { makeMail } from './imap-mail.ts';
import { type Peer, peerFormat, startPeer } from './imap-peer.ts';
import { type Place, type Row, rows } from './imap-rows.ts';
import { median } from './median.ts';
import type { Bench, Figure } from './run.ts';
import { startWatchedDaemon, type Watched } from './watched-daemon.ts';

const sizes = (process.env.DREY_BENCH_SIZES ?? '10000,100000').split(',').map(Number);
const chosen = process.env.DREY_BENCH_ROWS?.split(',');
const usualRuns = 5;
const perAppend = 200;
const logins = 15;
const deliveries = 15;
const coldStarts = 9;
const user = 'ada@example.test';
const password = 'a long password';
/** A peer's wake-up is waited for so long. */
const wakeWithinMs = 5000;

type Side = {
  name: string;
  port: number;
  /** Names to sign in with. */
  users: { usual: string; quick: string };
  capabilities: string;
  client: BenchClient;
};
type Times = { drey: number[]; peer: number[]; bytes: { drey: number; peer: number } };

const isChosen = (name: string) => !chosen || chosen.some((start) => name.startsWith(start));
const nameOf = (size: number) => `M${size}`;

async function signIn(port: number): Promise<BenchClient> {
  const client = await BenchClient.open(port);
  await client.ask(`LOGIN ${user} "${password}"`);
  return client;
}

async function openSide(name: string, port: number, quick: string): Promise<Side> {
  const client = await BenchClient.open(port);
  // Both tell their capabilities in the tagged OK.
  const { line } = await client.ask(`LOGIN ${user} "${password}"`);
  return { name, port, users: { usual: user, quick }, capabilities: line, client };
}

/** Messages a second of each side. */
async function fill(sides: Side[], size: number): Promise<number[]> {
  const spentMs = sides.map(() => 0);
  for (const { client } of sides) await client.ask(`CREATE ${nameOf(size)}`);
  for (let first = 0; first < size; first += perAppend) {
    const count = Math.min(perAppend, size - first);
    const pieces: (string | Buffer)[] = [`APPEND ${nameOf(size)}`];
    for (let index = first; index < first + count; index += 1) {
      const { bytes, flags, date } = makeMail(index, size);
      pieces.push(` ${flags} ${date} {${bytes.length}+}\r\n`, bytes);
    }
    for (const [index, { client }] of sides.entries()) {
      spentMs[index] = (spentMs[index] ?? 0) + (await client.ask(pieces)).ms;
    }
  }
  return spentMs.map((ms) => size / (ms / 1000));
}

/** Until the daemon has done nothing for `forMs`; its text index looks every five seconds for what is new. */
async function waitQuiet(daemon: Watched, forMs: number): Promise<void> {
  for (let quietMs = 0; quietMs < forMs; ) {
    const before = daemon.readCpuMs();
    await sleep(400);
    quietMs = daemon.readCpuMs() - before <= 20 ? quietMs + 400 : 0;
  }
}

/** Drey and peer by turns; one time before that does not count, so that both have what they keep. */
async function measureRow(row: Row, sides: Side[], size: number, many: number): Promise<Times> {
  const times: Times = { drey: [], peer: [], bytes: { drey: 0, peer: 0 } };
  const runs = row.runs ?? usualRuns;
  for (let run = runs === 1 ? 1 : 0; run <= runs; run += 1) {
    for (const [index, { client, capabilities }] of sides.entries()) {
      if (row.needs && !capabilities.includes(row.needs)) continue;
      const place: Place = { client, mailbox: nameOf(size), size, many, run };
      const { ms, bytes } = await row.step(place);
      const key = index === 0 ? 'drey' : 'peer';
      times.bytes[key] = bytes;
      if (run > 0) times[key].push(ms);
      // So that the next row meets no news of this one.
      await client.ask('NOOP');
    }
  }
  return times;
}

function toFigure(name: string, goal: number, { drey, peer, bytes }: Times): Figure {
  const beside =
    peer.length === 0
      ? 'ms'
      : `ms; peer ${median(peer).toFixed(2)}, ratio ${(median(drey) / median(peer)).toFixed(2)}`;
  const size = bytes.drey > 100_000 ? `, ${(bytes.drey / 1e6).toFixed(1)} MB` : '';
  const first =
    drey.length > 20 ? `, the first nine ${median(drey.slice(0, 9)).toFixed(2)} ms` : '';
  return { name, unit: `${beside} (goal ${goal})${size}${first}`, values: drey };
}

/** Minutes pass until the table comes. */
function tell(figure: Figure | undefined): void {
  if (figure) console.error(`${figure.name}: ${median(figure.values).toFixed(2)} ${figure.unit}`);
}

async function measureLogin(sides: Side[], which: 'usual' | 'quick'): Promise<Times> {
  const times: Times = { drey: [], peer: [], bytes: { drey: 0, peer: 0 } };
  for (let run = 0; run <= logins; run += 1) {
    for (const [index, { port, users }] of sides.entries()) {
      const client = await BenchClient.open(port);
      const { ms } = await client.ask(`LOGIN ${users[which]} "${password}"`);
      if (run > 0) times[index === 0 ? 'drey' : 'peer'].push(ms);
      await client.ask('LOGOUT').catch(() => {});
      client.close();
    }
  }
  return times;
}

/** From the tagged OK of a delivery to the EXISTS at another connection that idles. */
async function measureWake({ port, client }: Side): Promise<number[]> {
  const values: number[] = [];
  const idler = await signIn(port);
  await idler.ask('SELECT Scratch');
  idler.say('i IDLE\r\n');
  await idler.waitLine((line) => line.startsWith('+'));
  for (let run = 0; run < deliveries; run += 1) {
    const { bytes } = makeMail(5_000_000 + run, 6_000_000);
    const woken = idler.waitLine((line) => /^\* \d+ (EXISTS|RECENT)/.test(line));
    const at = woken.then(() => performance.now());
    await client.ask([`APPEND Scratch {${bytes.length}+}\r\n`, bytes]);
    const done = performance.now();
    const heard = await Promise.race([at, sleep(wakeWithinMs, Number.NaN)]);
    values.push(Math.max(0, heard - done));
    // Some peers tell EXISTS and RECENT in two writes.
    await sleep(20);
  }
  idler.close();
  return values;
}

async function measureCold(folder: string, peer: Peer | null): Promise<Figure[]> {
  const times = sizes.map((): Times => ({ drey: [], peer: [], bytes: { drey: 0, peer: 0 } }));
  for (let run = 0; run < coldStarts; run += 1) {
    const daemon = await startWatchedDaemon({ DREY_DATA: folder });
    await waitQuiet(daemon, 1200);
    const ports = { drey: daemon.ports.imap, ...(peer ? { peer: peer.port } : {}) };
    for (const [which, port] of Object.entries(ports)) {
      for (const [index, size] of sizes.entries()) {
        const client = await signIn(port);
        const { ms } = await client.ask(`SELECT ${nameOf(size)}`);
        times[index]?.[which as 'drey' | 'peer'].push(ms);
        client.close();
      }
    }
    await daemon.stop();
  }
  return sizes.map((size, index) =>
    toFigure(`${size}: SELECT, cold (new process)`, 1.5, times[index] as Times),
  );
}

function readRssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? Number.NaN) / 1000;
}

async function measureServing(daemon: Watched, peer: Peer | null): Promise<Figure[]> {
  const sides = [await openSide('Drey', daemon.ports.imap, user)];
  if (peer) sides.push(await openSide(`Dovecot ${peer.version}`, peer.port, 'plain'));
  const figures: Figure[] = [];
  for (const { client } of sides) await client.ask('CREATE Scratch');
  for (const size of sizes) {
    const [drey = Number.NaN, other] = await fill(sides, size);
    const beside = other ? `; peer ${other.toFixed(0)}` : '';
    figures.push({
      name: `${size}: filled by MULTIAPPEND`,
      unit: `messages/s${beside}`,
      values: [drey],
    });
  }
  await waitQuiet(daemon, 6000);
  await daemon.takeLoopDelay();
  for (const size of sizes) {
    for (const { client } of sides) await client.ask(`SELECT ${nameOf(size)}`);
    for (const row of rows.filter(({ name }) => isChosen(name))) {
      const times = await measureRow(row, sides, size, Math.min(1000, size));
      const { p99, max } = await daemon.takeLoopDelay();
      if (times.drey.length === 0) continue;
      const figure = toFigure(`${size}: ${row.name}`, row.goal, times);
      const late = `; loop late p99 ${p99.toFixed(0)}, longest ${max.toFixed(0)}`;
      figures.push({ ...figure, unit: figure.unit + late });
      tell(figures.at(-1));
    }
    if (isChosen('NOOP')) {
      const other = await signIn(daemon.ports.imap);
      const values = await measureBeside(sides[0]!.client, other);
      other.close();
      figures.push({ name: `${size}: NOOP beside long commands (most 20)`, unit: 'ms', values });
      tell(figures.at(-1));
      await daemon.takeLoopDelay();
    }
  }
  if (isChosen('LOGIN')) {
    figures.push(toFigure('LOGIN, same argon2id hash', 1, await measureLogin(sides, 'usual')));
    const quick = await measureLogin(sides, 'quick');
    figures.push(toFigure('LOGIN, peer has the password in clear', 1, quick));
  }
  if (isChosen('IDLE')) {
    const peerWakes = sides[1] ? await measureWake(sides[1]) : [];
    const beside = peerWakes.length > 0 ? `; peer ${median(peerWakes).toFixed(1)}` : '';
    const values = await measureWake(sides[0]!);
    figures.push({ name: 'IDLE: from delivery to EXISTS (goal 20)', unit: `ms${beside}`, values });
  }
  const beside = peer ? `; peer ${peer.readMemoryMb().toFixed(0)} (PSS)` : '';
  const values = [readRssMb(daemon.process.pid ?? 0)];
  figures.push({ name: 'memory of the daemon afterwards (RSS)', unit: `MB${beside}`, values });
  for (const { client } of sides) client.close();
  return figures;
}

export const bench: Bench = {
  help: 'IMAP beside Dovecot: mailboxes of 10,000 and 100,000, each command with its ratio',
  run: async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drey-bench-data-'));
    const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
    const stored = await hash(password, parameters);
    const peer = await startPeer({ [user]: `{ARGON2ID}${stored}`, plain: `{PLAIN}${password}` });
    const peerName = peer ? `Dovecot ${peer.version}, ${peerFormat}, mail_fsync=always` : 'none';
    console.log(`Peer: ${peerName}. Load at the start: ${loadavg()[0]?.toFixed(1)}.`);
    let daemon: Watched | null = null;
    try {
      daemon = await startWatchedDaemon({ DREY_DATA: folder });
      await daemon.dreyJson(['setup', '--admin', user, '--password-stdin'], password);
      const figures = await measureServing(daemon, peer);
      await daemon.stop();
      if (isChosen('SELECT, cold')) figures.push(...(await measureCold(folder, peer)));
      console.log(`Load at the end: ${loadavg()[0]?.toFixed(1)}.`);
      return figures;
    } finally {
      await daemon?.stop();
      await peer?.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};
