// Programs that fetch mail over POP3, each with mail of every odd kind: every octet arrives, the second run fetches
// nothing, what came meanwhile is all that the third one fetches, and what it deletes is gone. A program that is not
// installed skips its test.
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { writeSetting } from '#lib/settings/index.ts';
import { deliverInto } from '#tests/support/getmail.ts';
import { deliver, type Fixture, inboxOf, openFixture, password } from './fixture.ts';

const head = (name: string) =>
  `From: a@example.org\r\nTo: b@example.org\r\nMessage-ID: <${name}@x>\r\nSubject: ${name}\r\n`;
const odd = [
  `${head('plain')}\r\nbody\r\n`,
  `${head('dots')}\r\n.\r\n..\r\n...\r\n.x\r\n\r\n.\r\n`,
  `${head('empty')}\r\n`,
  `${head('latin')}\r\nGr\xfc\xdfe \x80\xff\r\n`,
  `${head('long')}\r\n${'.long '.repeat(160)}\r\nend\r\n`,
  `${head('blank')}\r\n\r\n\r\n  \r\n\t\r\n\r\n`,
  `${head('from')}\r\nFrom here on\r\n>From there\r\n`,
  `${head('big')}\r\n${`${'0123456789'.repeat(7)}\r\n`.repeat(5000)}`,
];
const late = `${head('late')}\r\nlater\r\n`;

let fixture: Fixture;
let folder: string;

before(async () => {
  fixture = await openFixture();
  await writeSetting('pop3.maxConnectionsPerUser', 50, 'test');
  folder = mkdtempSync(join(tmpdir(), 'drey-pop3-'));
  chmodSync(folder, 0o755);
});
after(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

const skipWithout = (program: string) =>
  spawnSync('which', [program]).status === 0 ? false : `${program} is not installed here`;

/** Runs a program; its exit code. */
function run(
  home: string,
  command: string,
  args: string[],
): Promise<{ code: number; said: string }> {
  const env = { ...process.env, HOME: home, FETCHMAILHOME: home, LC_ALL: 'C.UTF-8', TERM: 'vt100' };
  // getmail delivers nothing as root; the number is one that every Debian has.
  const isOther = command === 'getmail' && process.getuid?.() === 0;
  if (isOther) spawnSync('chown', ['-R', '65534:65534', home]);
  const own = isOther ? { uid: 65_534, gid: 65_534 } : {};
  return new Promise((resolve) => {
    execFile(
      command,
      args,
      { env, cwd: home, timeout: 150_000, ...own },
      (error, stdout, stderr) => {
        const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0;
        resolve({ code, said: `${command}: ${code}\n${stdout}${stderr}` });
      },
    );
  });
}

/** Programs store lines as Unix has them. */
const toUnix = (text: string) => text.replaceAll('\r\n', '\n');

function readMaildir(home: string): string[] {
  return readdirSync(join(home, 'Mail', 'new')).map((name) =>
    readFileSync(join(home, 'Mail', 'new', name), 'latin1'),
  );
}

function readFolder(home: string): string[] {
  return readdirSync(join(home, 'got')).map((name) =>
    readFileSync(join(home, 'got', name), 'latin1'),
  );
}

type Program = {
  command: string;
  /** Writes its configuration; the arguments. */
  prepare(home: string, user: string, port: number, isDeleting: boolean): string[];
  read(home: string): string[];
  /** Exit codes of a run with mail, and without. */
  codes?: { some: number; none: number };
};

function writeConfig(home: string, name: string, lines: string[]): string {
  const path = join(home, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o600);
  return path;
}

const pythonFetch = `
import poplib, sys, os
port, user, password, deleting = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4] == 'true'
poplib._MAXLINE = 100000
seen = set(open('seen').read().split()) if os.path.exists('seen') else set()
server = poplib.POP3('127.0.0.1', port)
assert 'TOP' in server.capa()
server.user(user); server.pass_(password)
count, size = server.stat()
assert count == len(server.list()[1]) == len(server.uidl()[1])
for line in server.uidl()[1]:
    number, uid = line.decode().split()
    if uid not in seen:
        lines = server.retr(int(number))[1]
        top = server.top(int(number), 0)[1]
        assert lines[:len(top)] == top
        open('got/' + uid, 'wb').write(b''.join(one + b'\\n' for one in lines))
        seen.add(uid)
    if deleting: server.dele(int(number))
server.quit()
open('seen', 'w').write(' '.join(seen))
`;

const programs: Program[] = [
  {
    command: 'fetchmail',
    prepare(home, user, port, isDeleting) {
      const script = writeConfig(home, 'store.sh', ['cat > "$(mktemp -p "$1")"']);
      const rc = writeConfig(home, 'fetchmailrc', [
        'set no syslog',
        'set invisible',
        `poll 127.0.0.1 service ${port} protocol pop3 uidl`,
        `  user "${user}" password "${password}" sslproto ""`,
        `  mda "sh ${script} ${join(home, 'got')}"`,
        `  no rewrite pass8bits ${isDeleting ? 'no keep fetchall' : 'keep'}`,
      ]);
      return ['-f', rc, '-i', join(home, 'ids'), '--pidfile', join(home, 'pid')];
    },
    read: readFolder,
    codes: { some: 0, none: 1 },
  },
  {
    command: 'getmail',
    prepare(home, user, port, isDeleting) {
      writeConfig(home, 'getmailrc', [
        '[retriever]',
        'type = SimplePOP3Retriever',
        'server = 127.0.0.1',
        `port = ${port}`,
        `username = ${user}`,
        `password = ${password}`,
        ...deliverInto(join(home, 'Mail', 'new')),
        '[options]',
        'read_all = false',
        'delivered_to = false',
        'received = false',
        `delete = ${isDeleting}`,
      ]);
      return ['--getmaildir', home];
    },
    // Its own line; ours have none.
    read: (home) => readMaildir(home).map((text) => text.replace(/^Return-Path: .*\n/, '')),
  },
  {
    command: 'mpop',
    prepare(home, user, port, isDeleting) {
      const rc = writeConfig(home, 'mpoprc', [
        'account test',
        'host 127.0.0.1',
        `port ${port}`,
        'tls off',
        'auth plain',
        `user ${user}`,
        `password "${password}"`,
        'received_header off',
        `keep ${isDeleting ? 'off' : 'on'}`,
        `uidls_file ${join(home, 'uidls')}`,
        `delivery maildir ${join(home, 'Mail')}`,
        'account default : test',
      ]);
      return ['-C', rc];
    },
    read: readMaildir,
  },
  {
    command: 'python3',
    prepare(_home, user, port, isDeleting) {
      return ['-c', pythonFetch, String(port), user, password, String(isDeleting)];
    },
    read: readFolder,
  },
];

describe('programs', () => {
  for (const { command, prepare, read, codes } of programs) {
    it(command, { skip: skipWithout(command), timeout: 600_000 }, async () => {
      const account = await fixture.addUser(odd);
      const home = join(folder, command);
      for (const path of ['got', 'Mail/new', 'Mail/cur', 'Mail/tmp']) {
        mkdirSync(join(home, path), { recursive: true });
      }
      const fetch = async (isDeleting: boolean, code: number) => {
        const args = prepare(home, account.address, fixture.ports.pop3, isDeleting);
        const result = await run(home, command, args);
        assert.equal(result.code, code, result.said);
        return read(home).sort();
      };
      const wanted = odd.map(toUnix).sort();
      assert.deepEqual(await fetch(false, codes?.some ?? 0), wanted);
      assert.deepEqual(await fetch(false, codes?.none ?? 0), wanted, 'nothing is fetched twice');
      await deliver(account, late);
      const all = [...wanted, toUnix(late)].sort();
      assert.deepEqual(await fetch(false, codes?.some ?? 0), all);
      await fetch(true, codes?.some ?? 0);
      assert.equal((await inboxOf(account)).roll.size, 0);
    });
  }

  it('neomutt', { skip: skipWithout('neomutt') || skipWithout('script') }, async () => {
    const account = await fixture.addUser(odd);
    const home = join(folder, 'neomutt');
    // It asks whether to make this one.
    mkdirSync(join(home, 'Mail'), { recursive: true });
    const box = join(home, 'box');
    const rc = writeConfig(home, 'rc', [
      `set pop_user="${account.address}" pop_pass="${password}"`,
      'set ssl_starttls=no ssl_force_tls=no pop_delete=no quit=yes confirmappend=no confirmcreate=no delete=yes move=no',
      'set mbox_type=mbox save_empty=yes wait_key=no',
      `push "<tag-pattern>~A<enter><tag-prefix><copy-message>${box}<enter><quit>"`,
    ]);
    const url = `pop://127.0.0.1:${fixture.ports.pop3}`;
    const command = `neomutt -n -F ${rc} -f ${url}`;
    const result = await run(home, 'script', ['-qec', command, '/dev/null']);
    const stored = readFileSync(box, 'latin1');
    for (const name of ['plain', 'dots', 'latin', 'big']) {
      assert.ok(stored.includes(`Subject: ${name}\n`), result.said);
    }
    assert.ok(stored.includes('\n.\n..\n...\n.x\n\n.\n'));
    assert.equal((await inboxOf(account)).roll.size, odd.length);
  });
});
