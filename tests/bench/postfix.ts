// Debian's Postfix for a bench: an instance of its own in a temporary folder, on a loopback port, with Debian's
// defaults but for what names the place. It wants to be started as root.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort } from './imap-peer.ts';

export type Postfix = {
  /** "Postfix 3.7.11" */
  version: string;
  port: number;
  /** Process id of its master */
  pid: number;
  /** Its mail log */
  log: string;
  /** Runs one of its programs against this instance. */
  run(program: string, ...words: string[]): SpawnSyncReturns<string>;
  stop(): void;
};

/**
 * Starts one. `settings` are further lines of main.cf for its folder; `files` are written there first. Null where it
 * is not installed, or the user may not.
 */
export async function startPostfix(options: {
  maxClients: number;
  files?: Record<string, string>;
  settings(folder: string): string;
}): Promise<Postfix | null> {
  if (!existsSync('/usr/sbin/postfix') || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'drey-postfix-'));
  chmodSync(folder, 0o755);
  const etc = join(folder, 'etc');
  const log = join(folder, 'log');
  const port = await findPort();
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(folder, name));
  spawnSync('chown', ['postfix', join(folder, 'data')]);
  for (const [name, text] of Object.entries(options.files ?? {})) {
    writeFileSync(join(etc, name), text);
  }
  writeFileSync(
    join(etc, 'main.cf'),
    `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
mail_owner = postfix
setgid_group = postdrop
myhostname = peer.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
alias_maps =
alias_database =
maillog_file = ${log}
maillog_file_prefixes = ${folder}
${options.settings(folder)}
`,
  );
  writeFileSync(join(etc, 'master.cf'), formatServices(port, options.maxClients));
  const run = (program: string, ...words: string[]) =>
    spawnSync(`/usr/sbin/${program}`, ['-c', etc, ...words], {
      encoding: 'utf8',
      env: { ...process.env, MAIL_CONFIG: etc },
    });
  const { status, stderr } = run('postfix', 'start');
  if (status !== 0) throw new Error(`Postfix did not start: ${stderr}`);
  return {
    version: `Postfix ${run('postconf', '-h', 'mail_version').stdout.trim()}`,
    port,
    pid: await readPid(folder, log),
    log,
    run,
    stop: () => {
      run('postfix', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Debian's services, without chroot: nothing of the system is copied into the queue folder. */
function formatServices(port: number, maxClients: number): string {
  const services = readFileSync('/etc/postfix/master.cf', 'utf8')
    .replace(/^smtp +inet.*$/m, `127.0.0.1:${port} inet n - n - ${maxClients} smtpd`)
    .replace(/^postlog .*$/m, '')
    .replace(/^(\w\S* +\w+ +\S+ +\S+ +)y/gm, '$1n');
  return `${services}\npostlog unix-dgram n - n - 1 postlogd\n`;
}

async function readPid(folder: string, log: string): Promise<number> {
  const file = join(folder, 'queue', 'pid', 'master.pid');
  for (let tries = 0; tries < 100; tries += 1) {
    if (existsSync(file)) return Number(readFileSync(file, 'utf8').trim());
    await sleep(50);
  }
  throw new Error(`Postfix did not start: ${readFileSync(log, 'utf8')}`);
}
