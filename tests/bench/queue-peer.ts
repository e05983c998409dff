// Debian's Postfix as a sender: an instance of its own in a temporary folder, with Debian's defaults but for what names the
// place, and a transport map that sends everything to one port of this machine. Its queue is filled while deliveries are
// deferred, then flushed. Wants to be started as root.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findPort } from './imap-peer.ts';

export type Sender = {
  version: string;
  /** Messages a second from a full queue to an empty one. */
  drain(addresses: string[], makeMessage: (index: number) => Buffer): Promise<number>;
  stop(): Promise<void>;
};

const sinkWaitMs = 100_000;

/** Null where Postfix is not installed, or the user may not. */
export async function startSender(sinkPort: number): Promise<Sender | null> {
  if (!existsSync('/usr/sbin/postfix') || process.getuid?.() !== 0) return null;
  const folder = mkdtempSync(join(tmpdir(), 'drey-postfix-'));
  chmodSync(folder, 0o755);
  const port = await findPort();
  for (const name of ['etc', 'queue', 'data']) mkdirSync(join(folder, name));
  spawnSync('chown', ['postfix', join(folder, 'data')]);
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
transport_maps = static:smtp:[127.0.0.1]:${sinkPort}
smtp_tls_security_level = none
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
`,
  );
  const services = readFileSync('/etc/postfix/master.cf', 'utf8')
    .replace(/^smtp +inet.*$/m, `127.0.0.1:${port} inet n - n - 100 smtpd`)
    .replace(/^postlog .*$/m, '')
    .replace(/^(\w\S* +\w+ +\S+ +\S+ +)y/gm, '$1n');
  writeFileSync(
    join(folder, 'etc', 'master.cf'),
    `${services}\npostlog unix-dgram n - n - 1 postlogd\n`,
  );
  const run = (program: string, ...words: string[]) =>
    spawnSync(`/usr/sbin/${program}`, ['-c', join(folder, 'etc'), ...words], {
      encoding: 'utf8',
      env: { ...process.env, MAIL_CONFIG: join(folder, 'etc') },
    });
  const started = run('postfix', 'start');
  if (started.status !== 0) throw new Error(`Postfix did not start: ${started.stderr}`);
  const log = join(folder, 'log');
  return {
    version: `Postfix ${run('postconf', '-h', 'mail_version').stdout.trim()}`,
    drain: async (addresses, makeMessage) => {
      // Held while they come in, released at once.
      run('postconf', '-e', 'smtpd_client_restrictions = static:HOLD');
      run('postfix', 'reload');
      await sleep(1000);
      await fill(port, addresses, makeMessage);
      const before = countSent(log);
      const begin = performance.now();
      run('postsuper', '-H', 'ALL');
      run('postqueue', '-f');
      while (countSent(log) - before < addresses.length) {
        if (performance.now() - begin > sinkWaitMs)
          throw new Error('Postfix does not come to an end');
        await sleep(20);
      }
      return addresses.length / ((performance.now() - begin) / 1000);
    },
    stop: async () => {
      run('postfix', 'stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const seen = { bytes: 0, count: 0 };

/** Deliveries in the log; reads only what is new. */
function countSent(log: string): number {
  if (!existsSync(log) || statSync(log).size === seen.bytes) return seen.count;
  const text = readFileSync(log, 'utf8');
  seen.bytes = text.length;
  seen.count = text.match(/ status=sent /g)?.length ?? 0;
  return seen.count;
}

/** Over one connection, with pipelining. */
async function fill(
  port: number,
  addresses: string[],
  makeMessage: (index: number) => Buffer,
): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  let answer = (_line: string) => {};
  let rest = '';
  socket.on('data', (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\r\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line[3] === ' ') answer(line);
  });
  const ask = (bytes: string | Buffer, replies = 1) =>
    new Promise<void>((resolve, reject) => {
      let left = replies;
      answer = (line) => {
        if (!/^[23]/.test(line)) reject(new Error(`Postfix says ${line}`));
        left -= 1;
        if (left === 0) resolve();
      };
      if (bytes.length > 0) socket.write(bytes);
    });
  socket.on('error', () => undefined);
  await ask('');
  await ask('EHLO bench.test\r\n');
  for (const [index, address] of addresses.entries()) {
    await ask(`MAIL FROM:<ada@own.test>\r\nRCPT TO:<${address}>\r\nDATA\r\n`, 3);
    await ask(Buffer.concat([makeMessage(index), Buffer.from('.\r\n')]));
  }
  socket.end('QUIT\r\n');
}
