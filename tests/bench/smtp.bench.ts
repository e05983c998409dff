// Mail in over port 25 beside Debian's Postfix with Dovecot behind it (LMTP, mail_fsync=always), in the same run:
// Postfix's smtp-source brings mail to both, in turns; what counts is the time until all of it lies in
// mailboxes. Drey answers after that; Postfix answers before and delivers from its queue.
//   DREY_BENCH_MESSAGES=2000     of a run
// It wants smtp-source of Debian's package postfix; without root or dovecot-lmtpd there is no peer.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectLines } from '#tests/support/line-client.ts';
import { median } from './median.ts';
import type { Bench, Figure } from './run.ts';
import { type Peer, startPeer } from './smtp-peer.ts';
import { measureVerified } from './smtp-verified.ts';
import { startWatchedDaemon, type Watched } from './watched-daemon.ts';

const source = '/usr/sbin/smtp-source';
const runs = 3;
const messages = Number(process.env.DREY_BENCH_MESSAGES ?? 2000);
const crowd = 1000;
const singles = 300;
const user = 'ada@example.test';
/** smtp-source puts a number before the address for several recipients. */
const many = 50;
const users = [user, ...Array.from({ length: many + 1 }, (_, index) => `${index}${user}`)];

type Load = {
  name: string;
  clients: number;
  sizeBytes: number;
  messages: number;
  recipients: number;
  /** Speed of Drey by that of the peer, at least. */
  goal: number;
};

const loads: Load[] = [
  {
    name: '4 KB, 1 client',
    clients: 1,
    sizeBytes: 4096,
    messages: messages / 4,
    recipients: 1,
    goal: 0,
  },
  { name: '4 KB, 10 clients', clients: 10, sizeBytes: 4096, messages, recipients: 1, goal: 1 },
  { name: '4 KB, 50 clients', clients: 50, sizeBytes: 4096, messages, recipients: 1, goal: 1.5 },
  {
    name: '100 KB, 10 clients',
    clients: 10,
    sizeBytes: 102_400,
    messages: messages / 2,
    recipients: 1,
    goal: 1,
  },
  {
    name: '4 KB to 50 mailboxes, 10 clients',
    clients: 10,
    sizeBytes: 4096,
    messages: messages / 20,
    recipients: many,
    goal: 3,
  },
];

/** Runs smtp-source to its end. */
function bring(port: number, { clients, sizeBytes, messages, recipients }: Load): Promise<void> {
  const options = ['-s', clients, '-l', sizeBytes, '-m', messages, '-r', recipients];
  const addresses = ['-f', 'bench@far.test', '-t', user, '-M', 'bench.test', `127.0.0.1:${port}`];
  return new Promise((resolve, reject) => {
    const child = spawn(source, [...options.map(String), ...addresses]);
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(errors))));
  });
}

/** Messages a second into mailboxes. */
async function measureDrey(daemon: Watched, load: Load): Promise<number> {
  const started = performance.now();
  await bring(daemon.ports.smtp, load);
  return load.messages / ((performance.now() - started) / 1000);
}

async function measurePeer(peer: Peer, load: Load): Promise<number> {
  const wanted = peer.countDelivered() + load.messages * load.recipients;
  const started = performance.now();
  await bring(peer.port, load);
  while (peer.countDelivered() < wanted) await sleep(10);
  return load.messages / ((performance.now() - started) / 1000);
}

async function compare(daemon: Watched, peer: Peer | null, load: Load): Promise<Figure[]> {
  const drey: number[] = [];
  const other: number[] = [];
  const cpu: number[] = [];
  const late: { p99: number; max: number }[] = [];
  for (let run = 0; run < runs; run += 1) {
    await daemon.takeLoopDelay();
    const cpuMs = daemon.readCpuMs();
    drey.push(await measureDrey(daemon, load));
    cpu.push((daemon.readCpuMs() - cpuMs) / load.messages);
    late.push(await daemon.takeLoopDelay());
    if (peer) other.push(await measurePeer(peer, load));
  }
  const rate = (name: string, values: number[]) => ({ name, unit: 'messages/s', values });
  const figures: Figure[] = [rate(load.name, drey)];
  if (peer) {
    figures.push(rate('  Postfix + Dovecot', other));
    const goal = load.goal > 0 ? ` (goal ${load.goal} or more)` : '';
    figures.push({ name: `  ratio${goal}`, unit: '', values: [median(drey) / median(other)] });
  }
  figures.push({ name: '  processor time of the daemon', unit: 'ms/message', values: cpu });
  figures.push({ name: '  event loop late, p99', unit: 'ms', values: late.map(({ p99 }) => p99) });
  figures.push({
    name: '  event loop late, longest',
    unit: 'ms',
    values: late.map(({ max }) => max),
  });
  return figures;
}

/** From connect to "250" of the whole mail, one after the other with a pause. */
async function measureSingles(port: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < singles; index += 1) {
    const started = performance.now();
    const client = connectLines(port);
    await client.expect(/^220 /m);
    await client.ask('EHLO bench.test', /^250 .*\r\n/m);
    await client.ask('MAIL FROM:<bench@far.test>', /^250 /m);
    await client.ask(`RCPT TO:<${user}>`, /^250 /m);
    await client.ask('DATA', /^354 /m);
    await client.ask(
      `Subject: single ${index}\r\nMessage-ID: <${Math.random()}@far.test>\r\n\r\n${'x'.repeat(4000)}\r\n.`,
      /^250 .*\r\n/m,
    );
    times.push(performance.now() - started);
    client.close();
    await sleep(5);
  }
  return times.toSorted((one, other) => one - other);
}

/** All connected at once, then each brings a mail. Returns how many were refused and the memory meanwhile. */
async function measureCrowd(daemon: Watched): Promise<Figure[]> {
  const clients = Array.from({ length: crowd }, () => connectLines(daemon.ports.smtp));
  const answers = await Promise.allSettled(
    clients.map(async (client) => {
      await client.expect(/^220 /m);
      await client.ask('EHLO bench.test', /^250 .*\r\n/m);
    }),
  );
  const connectedMb = daemon.readMemoryMb();
  const sent = await Promise.allSettled(
    clients.map(async (client, index) => {
      client.say(`MAIL FROM:<bench@far.test>\r\nRCPT TO:<${user}>\r\nDATA`);
      await client.expect(/^354 /m);
      await client.ask(
        `Subject: crowd ${index}\r\n\r\n${'x'.repeat(4000)}\r\n.`,
        /^250 .*queued.*\r\n/m,
      );
    }),
  );
  for (const client of clients) client.close();
  const lost = (list: PromiseSettledResult<unknown>[]) =>
    list.filter(({ status }) => status === 'rejected').length;
  return [
    { name: `${crowd} connections at once: refused (goal 0)`, unit: '', values: [lost(answers)] },
    { name: '  of them without their mail stored (goal 0)', unit: '', values: [lost(sent)] },
    { name: '  memory of the daemon, all connected', unit: 'MB', values: [connectedMb] },
  ];
}

export const bench: Bench = {
  help: 'mail in, beside Postfix and Dovecot: rates, one mail alone, 1,000 connections, SPF, DKIM and DMARC',
  run: async () => {
    if (!existsSync(source))
      throw new Error("This bench wants smtp-source of Debian's package postfix.");
    const daemon = await startWatchedDaemon();
    await daemon.dreyJson(['setup', '--admin', user, '--password-stdin'], 'a long password');
    for (const address of users.slice(1)) {
      await daemon.dreyJson(['user', 'add', address, '--password-stdin'], 'a long password');
    }
    await daemon.dreyJson(['settings', 'set', 'smtp.maxConnections', '1200']);
    const peer = await startPeer(users, 200);
    console.log(
      peer ? `Peer: ${peer.version}.` : 'No peer: it wants root, postfix, dovecot-lmtpd.',
    );
    // Everything that is loaded at the first mail.
    for (const load of loads) await measureDrey(daemon, { ...load, messages: 20 });
    const figures: Figure[] = [];
    let memoryMb = 0;
    const watch = setInterval(() => {
      memoryMb = Math.max(memoryMb, daemon.readMemoryMb());
    }, 100);
    for (const load of loads) figures.push(...(await compare(daemon, peer, load)));
    const times = await measureSingles(daemon.ports.smtp);
    const at = (part: number) => times[Math.floor(times.length * part)] ?? Number.NaN;
    figures.push({ name: 'one mail alone, median', unit: 'ms', values: [at(0.5)] });
    figures.push({ name: '  p99 (goal 40 or less)', unit: 'ms', values: [at(0.99)] });
    figures.push(...(await measureCrowd(daemon)));
    figures.push(...(await measureVerified(daemon, user)));
    clearInterval(watch);
    figures.push({
      name: 'memory of the daemon, highest (goal 350 or less)',
      unit: 'MB',
      values: [memoryMb],
    });
    if (peer)
      figures.push({
        name: '  Postfix + Dovecot at the end',
        unit: 'MB',
        values: [peer.readMemoryMb()],
      });
    await peer?.stop();
    await daemon.stop();
    return figures;
  },
};
