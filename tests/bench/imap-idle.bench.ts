// What a connection costs that waits: 2,000 of them in IDLE on a mailbox of 1,000 messages, in TLS, in TLS with
// compression, and in clear. Memory is the resident size of the daemon, before and after, divided by their number.
import { readFileSync } from 'node:fs';
import { connect as connectClear, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { constants, deflateRawSync } from 'node:zlib';
import type { Bench, Figure } from './run.ts';
import { startWatchedDaemon, type Watched } from './watched-daemon.ts';

const connections = 2000;
const users = 4;
const password = 'bench password';
const messages = 1000;
/** So long nothing happens before memory is read: the collector of garbage has its turn. */
const settleMs = 8000;

type Kind = { name: string; isTls: boolean; isCompressed: boolean };
const kinds: Kind[] = [
  { name: 'in TLS', isTls: true, isCompressed: false },
  { name: 'in TLS, compressed', isTls: true, isCompressed: true },
  { name: 'in clear', isTls: false, isCompressed: false },
];

/** Says a command, and waits for the bytes that end its answer; compressed answers end in a sync flush. */
function ask(socket: Socket, bytes: string | Buffer, end: Buffer | string): Promise<void> {
  return new Promise((resolve, reject) => {
    let last = Buffer.alloc(0);
    const hear = (chunk: Buffer) => {
      last = Buffer.concat([last, chunk]);
      if (!last.includes(end)) return;
      socket.off('data', hear);
      resolve();
    };
    socket.on('data', hear);
    socket.once('close', () => reject(new Error('the server hung up')));
    socket.write(bytes);
  });
}

async function openIdle(daemon: Watched, kind: Kind, user: string): Promise<Socket> {
  const host = '127.0.0.1';
  const socket = await new Promise<Socket>((resolve, reject) => {
    const opened = kind.isTls
      ? connectTls({ host, port: daemon.ports.imaps, rejectUnauthorized: false }, () =>
          resolve(opened),
        )
      : connectClear({ host, port: daemon.ports.imap }, () => resolve(opened));
    opened.once('error', reject);
  });
  const login = `a LOGIN ${user} "${password}"\r\nb SELECT INBOX\r\n`;
  await ask(socket, login, '\r\nb OK');
  if (!kind.isCompressed) await ask(socket, 'd IDLE\r\n', '+ ');
  else {
    await ask(socket, 'c COMPRESS DEFLATE\r\n', 'c OK');
    const idle = deflateRawSync('d IDLE\r\n', { finishFlush: constants.Z_SYNC_FLUSH });
    await ask(socket, idle, Buffer.of(0, 0, 0xff, 0xff));
  }
  return socket;
}

function readResidentKb(daemon: Watched): number {
  const status = readFileSync(`/proc/${daemon.process.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]);
}

async function measure(kind: Kind): Promise<Figure[]> {
  const daemon = await startWatchedDaemon();
  const sockets: Socket[] = [];
  const names = Array.from({ length: users }, (_, at) => `idle${at}@example.test`);
  try {
    await daemon.dreyJson(['setup', '--admin', names[0]!, '--password-stdin'], password);
    await daemon.dreyJson(['settings', 'set', 'imap.maxConnectionsPerUser', '1000']);
    for (const name of names.slice(1)) {
      await daemon.dreyJson(['user', 'add', name, '--password-stdin'], password);
    }
    for (const name of names) await fill(daemon, name);
    // The first of each user reads the mailbox into memory, once for all of them.
    for (const name of names) sockets.push(await openIdle(daemon, kind, name));
    await sleep(settleMs);
    const beforeKb = readResidentKb(daemon);
    for (let at = 0; at < connections; at += 50) {
      const some = Array.from({ length: 50 }, (_, index) =>
        openIdle(daemon, kind, names[(at + index) % users]!),
      );
      sockets.push(...(await Promise.all(some)));
    }
    await sleep(settleMs);
    const perConnection = (readResidentKb(daemon) - beforeKb) / connections;
    const { p99 } = await daemon.takeLoopDelay();
    return [
      { name: `memory of one idle connection, ${kind.name}`, unit: 'KB', values: [perConnection] },
      { name: '  event loop late while they came, p99', unit: 'ms', values: [p99] },
    ];
  } finally {
    for (const socket of sockets) socket.destroy();
    await daemon.stop();
  }
}

async function fill(daemon: Watched, user: string): Promise<void> {
  const socket = connectClear({ host: '127.0.0.1', port: daemon.ports.imap });
  await ask(socket, `a LOGIN ${user} "${password}"\r\n`, '\r\na OK');
  const appends = Array.from({ length: messages }, (_, at) => {
    const text = `Subject: ${at}\r\n\r\ntext\r\n`;
    return ` {${text.length}+}\r\n${text}`;
  });
  await ask(socket, `b APPEND INBOX${appends.join('')}\r\n`, 'b OK');
  socket.destroy();
}

export const bench: Bench = {
  help: 'memory of 2,000 idle IMAP connections: TLS, TLS with compression, clear (goal: 80 KB in TLS)',
  run: async () => {
    const figures: Figure[] = [];
    for (const kind of kinds) figures.push(...(await measure(kind)));
    return figures;
  },
};
