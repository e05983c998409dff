// Debian's Postfix before Debian's Dovecot (LMTP) as the peer of a bench: instances of their own in temporary
// folders, on loopback ports, with Debian's defaults but for what names the place. Postfix wants to be started as root.
import { spawnSync } from 'node:child_process';
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
import {
  findPort,
  type Peer as Mailboxes,
  startPeer as startDovecot,
  weighTree,
} from './imap-peer.ts';

export type Peer = {
  version: string;
  port: number;
  /** Messages that lie in mailboxes. */
  countDelivered(): number;
  readMemoryMb(): number;
  stop(): Promise<void>;
};

/** Starts both; null where one is not installed, or the user may not. */
export async function startPeer(users: string[], maxClients: number): Promise<Peer | null> {
  const isThere = existsSync('/usr/sbin/postfix') && existsSync('/usr/lib/dovecot/lmtp');
  if (!isThere || process.getuid?.() !== 0) return null;
  const mailboxes = await startDovecot(
    Object.fromEntries(users.map((user) => [user, '{PLAIN}not used'])),
  );
  if (!mailboxes) return null;
  const folder = mkdtempSync(join(tmpdir(), 'drey-postfix-'));
  chmodSync(folder, 0o755);
  const port = await findPort();
  writeConfig(folder, port, mailboxes, users, maxClients);
  run(folder, 'start');
  const pid = await readPid(folder);
  return {
    version: `Postfix ${postconf(folder, 'mail_version')}, Dovecot ${mailboxes.version}`,
    port,
    countDelivered: mailboxes.countMessages,
    readMemoryMb: () => weighTree(pid) / 1000 + mailboxes.readMemoryMb(),
    stop: async () => {
      run(folder, 'stop');
      await mailboxes.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function writeConfig(
  folder: string,
  port: number,
  mailboxes: Mailboxes,
  users: string[],
  maxClients: number,
): void {
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(folder, name));
  spawnSync('chown', ['postfix', join(folder, 'data')]);
  writeFileSync(join(folder, 'etc', 'users'), users.map((user) => `${user} OK\n`).join(''));
  writeFileSync(
    join(folder, 'etc', 'main.cf'),
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
virtual_mailbox_domains = example.test
virtual_mailbox_maps = texthash:${folder}/etc/users
virtual_transport = lmtp:inet:127.0.0.1:${mailboxes.lmtpPort}
lmtp_destination_recipient_limit = 50
smtpd_client_connection_count_limit = ${maxClients}
message_size_limit = 52428800
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
`,
  );
  const services = readFileSync('/etc/postfix/master.cf', 'utf8')
    .replace(/^smtp +inet.*$/m, `127.0.0.1:${port} inet n - n - ${maxClients} smtpd`)
    .replace(/^postlog .*$/m, '')
    // No chroot: nothing of the system is copied into the queue folder.
    .replace(/^(\w\S* +\w+ +\S+ +\S+ +)y/gm, '$1n');
  writeFileSync(
    join(folder, 'etc', 'master.cf'),
    `${services}\npostlog unix-dgram n - n - 1 postlogd\n`,
  );
}

function run(folder: string, command: 'start' | 'stop'): void {
  const { status, stderr } = spawnSync('/usr/sbin/postfix', ['-c', join(folder, 'etc'), command], {
    encoding: 'utf8',
    env: { ...process.env, MAIL_CONFIG: join(folder, 'etc') },
  });
  if (status !== 0 && command === 'start') throw new Error(`Postfix did not start: ${stderr}`);
}

function postconf(folder: string, name: string): string {
  const args = ['-c', join(folder, 'etc'), '-h', name];
  return spawnSync('/usr/sbin/postconf', args, { encoding: 'utf8' }).stdout.trim();
}

async function readPid(folder: string): Promise<number> {
  const file = join(folder, 'queue', 'pid', 'master.pid');
  for (let tries = 0; tries < 100; tries += 1) {
    if (existsSync(file)) return Number(readFileSync(file, 'utf8').trim());
    await sleep(50);
  }
  throw new Error(`Postfix did not start: ${readFileSync(join(folder, 'log'), 'utf8')}`);
}
