// Debian's Dovecot as the peer of a bench: an instance of its own on a loopback port, in a temporary folder,
// with Debian's defaults but for a passwd-file, mail_fsync=always and, as Drey has it, all capabilities in one process.
//   DREY_BENCH_PEER_FORMAT=maildir    instead of sdbox, which is the quicker of the two
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { BenchClient } from './imap-client.ts';

export type Peer = {
  version: string;
  port: number;
  /** Where it takes mail by LMTP; 0 where that is not installed. */
  lmtpPort: number;
  /** POP3; 0 where that is not installed. */
  pop3Port: number;
  /** Messages in the mailboxes of all users: files, as sdbox has them. */
  countMessages(): number;
  /** Proportional memory of all its processes, in megabytes. */
  readMemoryMb(): number;
  stop(): Promise<void>;
};

const program = '/usr/sbin/dovecot';
const lmtpProgram = '/usr/lib/dovecot/lmtp';
const pop3Program = '/usr/lib/dovecot/pop3';
export const peerFormat = process.env.DREY_BENCH_PEER_FORMAT ?? 'sdbox';

export async function findPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/**
 * Starts it; null where it is not installed. `users`: names with a password each as Dovecot stores it ("{SCHEME}text").
 */
export async function startPeer(users: Record<string, string>): Promise<Peer | null> {
  if (process.platform !== 'linux' || !existsSync(program)) return null;
  const folder = mkdtempSync(join(tmpdir(), 'drey-peer-'));
  const port = await findPort();
  const lmtpPort = existsSync(lmtpProgram) ? await findPort() : 0;
  const pop3Port = existsSync(pop3Program) ? await findPort() : 0;
  // Root may not own mail there; the account is one that every Debian has.
  const isRoot = process.getuid?.() === 0;
  const [uid, gid] = isRoot ? [65_534, 65_534] : [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  mkdirSync(join(folder, 'mail'));
  chownSync(join(folder, 'mail'), uid, gid);
  chmodSync(folder, 0o755);
  const rows = Object.entries(users).map(
    ([name, stored]) => `${name}:${stored}:${uid}:${gid}::${join(folder, 'mail', name)}::`,
  );
  writeFileSync(join(folder, 'users'), `${rows.join('\n')}\n`);
  if (isRoot) chmodSync(join(folder, 'users'), 0o644);
  const config = join(folder, 'dovecot.conf');
  const extra = formatProtocols(lmtpPort, pop3Port) + formatLmtp(lmtpPort) + formatPop3(pop3Port);
  writeFileSync(config, formatConfig(folder, port, isRoot) + extra);
  const child = spawn(program, ['-F', '-c', config], { stdio: 'ignore' });
  await waitReady(child, port, folder);
  return {
    version: spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout.trim(),
    port,
    lmtpPort,
    pop3Port,
    countMessages: () =>
      readdirSync(join(folder, 'mail'), { recursive: true, encoding: 'utf8' }).filter((path) =>
        /\/u\.\d+$/.test(path),
      ).length,
    readMemoryMb: () => weighTree(child.pid ?? 0) / 1000,
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function formatConfig(folder: string, port: number, isRoot: boolean): string {
  const name = spawnSync('id', ['-un'], { encoding: 'utf8' }).stdout.trim();
  const unprivileged = isRoot
    ? ''
    : `default_internal_user = ${name}
default_login_user = ${name}
service anvil { chroot = }
service imap-login { chroot = }
service stats { chroot = }`;
  return `base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = 1
mail_location = ${peerFormat}:~/mail
mail_fsync = always
mail_max_userip_connections = 0
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = scheme=PLAIN username_format=%u ${folder}/users
}
userdb {
  driver = passwd-file
  args = username_format=%u ${folder}/users
}
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
${unprivileged}
`;
}

function formatProtocols(lmtpPort: number, pop3Port: number): string {
  return `protocols = imap${lmtpPort ? ' lmtp' : ''}${pop3Port ? ' pop3' : ''}\n`;
}

function formatPop3(port: number): string {
  if (port === 0) return '';
  return `service pop3-login {
  ${process.getuid?.() === 0 ? '' : 'chroot ='}
  inet_listener pop3 {
    port = ${port}
  }
  inet_listener pop3s {
    port = 0
  }
}
`;
}

function formatLmtp(port: number): string {
  if (port === 0) return '';
  return `service lmtp {
  inet_listener lmtp {
    address = 127.0.0.1
    port = ${port}
  }
}
`;
}

async function waitReady(child: ChildProcess, port: number, folder: string): Promise<void> {
  for (let tries = 0; tries < 200 && child.exitCode === null; tries += 1) {
    try {
      (await BenchClient.open(port)).close();
      return;
    } catch {
      await sleep(50);
    }
  }
  const log = join(folder, 'log');
  throw new Error(`Dovecot did not start: ${existsSync(log) ? readFileSync(log, 'utf8') : ''}`);
}

/** Proportional memory of a process and all below it, in kilobytes. */
export function weighTree(pid: number): number {
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readParent(name) === pid);
  return readPss(pid) + children.reduce((sum, child) => sum + weighTree(Number(child)), 0);
}

function readParent(pid: string): number {
  try {
    return Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]);
  } catch {
    // Ended meanwhile.
    return 0;
  }
}

function readPss(pid: number): number {
  try {
    const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    return Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1] ?? 0);
  } catch {
    // Ended meanwhile, or another user's.
    return 0;
  }
}
