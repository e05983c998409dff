// Mail out of the queue beside Debian's Postfix: 10,000 messages of 4 KB wait for a relay host that takes everything at
// once (Debian's smtp-sink), for 100 destinations, and 1,000 for one; both servers send on with what they have as
// defaults. The clock runs from the moment that the queue may be worked on until the sink has the last message. And what
// waiting mail costs (queue-waiting.ts).
//   DREY_BENCH_PARTS=drain,idle,dead      some of it
//   DREY_BENCH_SIZES=5000                 another number for the 100 destinations
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { db } from '#lib/db.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { findPort } from './imap-peer.ts';
import { median } from './median.ts';
import { fillQueue, makeMessage } from './queue-fill.ts';
import { startSender } from './queue-peer.ts';
import { measureDead, measureIdle } from './queue-waiting.ts';
import type { Bench, Figure } from './run.ts';

const parts = (process.env.DREY_BENCH_PARTS ?? 'drain,idle,dead').split(',');
const many = Number(process.env.DREY_BENCH_SIZES?.split(',')[0] ?? 10_000);
const drains = [
  { domains: 1, size: 1000, runs: 3 },
  { domains: 100, size: many, runs: many > 2000 ? 1 : 3 },
];
const program = '/usr/sbin/smtp-sink';

type Sink = { port: number; stop(): void };

/** Takes and forgets whatever comes, fast. */
async function startSmtpSink(): Promise<Sink> {
  const port = await findPort();
  const user = process.getuid?.() === 0 ? ['-u', 'postfix'] : [];
  const child: ChildProcess = spawn(program, [...user, `127.0.0.1:${port}`, '1000'], {
    stdio: 'ignore',
  });
  for (let tries = 0; tries < 200 && !(await canConnect(port)); tries += 1) await sleep(20);
  return { port, stop: () => child.kill() };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.end('QUIT\r\n'));
  });
}

const addressOf = (index: number, domains: number) => `user${index}@d${index % domains}.test`;

let drained = 0;

/** Messages a second from a full queue to an empty one. */
async function drainDrey(addresses: string[]): Promise<number> {
  await fillQueue(addresses);
  const begin = performance.now();
  const queue = await startQueue();
  while ((await db.queueMessage.count()) > 0) await sleep(20);
  const seconds = (performance.now() - begin) / 1000;
  await queue.stop();
  await flushTrail();
  drained += addresses.length;
  const sent = await db.trailEvent.count({ where: { kind: 'sent' } });
  if (sent !== drained) throw new Error(`Only ${sent} of ${drained} messages were sent`);
  return addresses.length / seconds;
}

async function measureDrain(): Promise<Figure[]> {
  if (!existsSync(program)) throw new Error(`This bench needs ${program} of Debian's postfix`);
  const sink = await startSmtpSink();
  const database = await openTestDatabase();
  const peer = await startSender(sink.port);
  console.log(`Peer: ${peer?.version ?? 'none'}. Load: ${loadavg()[0]?.toFixed(1)}.`);
  try {
    const figures: Figure[] = [];
    for (const { domains, size, runs } of drains) {
      // A rule a domain, so that each is a destination of its own, as behind MX.
      for (let index = domains === 1 ? 0 : 1; index < domains; index += 1) {
        const way = { hosts: `127.0.0.1:${sink.port}`, tlsMode: 'none' as const };
        await addRelayRule({ recipient: `d${index}.test`, ...way }, 'bench');
      }
      const drey: number[] = [];
      const other: number[] = [];
      for (let run = 0; run < runs; run += 1) {
        const addresses = Array.from({ length: size }, (_, at) => addressOf(at, domains));
        drey.push(await drainDrey(addresses));
        if (peer) other.push(await peer.drain(addresses, makeMessage));
      }
      const beside = peer
        ? `; peer ${median(other).toFixed(0)}, ratio ${(median(drey) / median(other)).toFixed(2)}`
        : '';
      const name = `${size} messages of 4 KB, ${domains} destination${domains > 1 ? 's' : ''}`;
      figures.push({ name, unit: `messages/s${beside}`, values: drey });
    }
    return figures;
  } finally {
    await peer?.stop();
    await database.close();
    sink.stop();
  }
}

export const bench: Bench = {
  help: 'mail out of the queue beside Postfix, and what waiting mail costs',
  run: async () => {
    const measures = { drain: measureDrain, idle: measureIdle, dead: measureDead };
    const figures: Figure[] = [];
    for (const [part, measure] of Object.entries(measures)) {
      if (parts.includes(part)) figures.push(...(await measure()));
    }
    return figures;
  },
};
