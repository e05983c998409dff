// Programs that carry mail from one place to another, where the machine has them: offlineimap both ways, fetchmail and
// getmail. What they bring is what was there; a second run brings nothing. They write lines as Unix does.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { deliverInto } from '#tests/support/getmail.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines } from '#tests/support/line-client.ts';

const execute = promisify(execFile);
/** One that hangs fails with what it has said. */
const run = (command: string, args: string[], options = {}) =>
  execute(command, args, { timeout: 150_000, ...options });

async function has(program: string): Promise<boolean> {
  return run(program, ['--version']).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
}

const hasOfflineimap = await has('offlineimap');
const hasFetchmail = await has('fetchmail');
const hasGetmail = await has('getmail');

const messages = [
  'From: a@example.test\r\nMessage-ID: <1@x>\r\nSubject: plain\r\n\r\nbody\r\n',
  'From: a@example.test\r\nMessage-ID: <2@x>\r\nSubject: dots and a From line\r\n\r\n.\r\n..\r\nFrom x\r\n',
  `From: a@example.test\r\nMessage-ID: <3@x>\r\nSubject: long\r\n\r\n${'x'.repeat(900)}\r\n`,
  'From: a@example.test\r\nMessage-ID: <4@x>\r\nSubject: bytes\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xe4\xf6\xff\r\n',
];
const asUnix = messages.map((text) => text.replaceAll('\r\n', '\n')).sort();

describe('programs that carry mail', () => {
  let server: ImapServer;
  let folder: string;

  before(async () => {
    server = await openImapServer();
    folder = mkdtempSync(join(tmpdir(), 'drey-carriers-'));
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function fill(name: string): Promise<string> {
    const { address } = await server.addUser(name);
    const client = connectLines(server.port);
    await client.expect(/OK/);
    await client.ask(`a LOGIN ${address} "${password}"`, /^a OK/m);
    for (const text of messages) {
      await client.ask(`b APPEND INBOX {${text.length}+}\r\n${text}`, /^b OK/m);
    }
    client.close();
    return address;
  }

  /** All messages of a Maildir, in the order of their text. */
  function readMaildir(path: string): string[] {
    const files = ['new', 'cur'].flatMap((part) =>
      readdirSync(join(path, part)).map((file) => join(path, part, file)),
    );
    return files.map((file) => readFileSync(file, 'latin1')).sort();
  }

  function makeMaildir(path: string): void {
    for (const part of ['new', 'cur', 'tmp']) mkdirSync(join(path, part), { recursive: true });
  }

  it('offlineimap carries both ways, then nothing', {
    skip: !hasOfflineimap && 'offlineimap is not installed here',
  }, async () => {
    const user = await fill('offlineimap');
    const maildir = join(folder, 'offline');
    const config = join(folder, 'offlineimaprc');
    const lines = [
      `[general]\naccounts = a\nmetadata = ${join(folder, 'offline-state')}\nui = basic\n`,
      '[Account a]\nlocalrepository = here\nremoterepository = there\n',
      `[Repository here]\ntype = Maildir\nlocalfolders = ${maildir}\nsep = /\n`,
      `[Repository there]\ntype = IMAP\nremotehost = 127.0.0.1\nremoteport = ${server.port}`,
      `remoteuser = ${user}\nremotepass = ${password}\nssl = no\nstarttls = no\nauth_mechanisms = PLAIN\n`,
    ];
    writeFileSync(config, lines.join('\n'));
    const sync = async () => {
      const { stdout, stderr } = await run('offlineimap', ['-c', config, '-o'], {
        env: { ...process.env, HOME: folder },
      });
      return stdout + stderr;
    };
    await sync();
    assert.deepEqual(readMaildir(join(maildir, 'INBOX')), asUnix);
    writeFileSync(
      join(maildir, 'Sent', 'new', '1700000000_0.1.local,U=,FMD5=x:2,'),
      'Subject: from here\nMessage-ID: <5@x>\n\nhello\n',
    );
    await sync();
    const client = connectLines(server.port);
    await client.expect(/OK/);
    await client.ask(`a LOGIN ${user} "${password}"`, /^a OK/m);
    await client.ask('b SELECT Sent', /^b OK/m);
    assert.match(await client.ask('c FETCH 1 BODY.PEEK[TEXT]', /^c OK/m), /hello\r\n/);
    const again = await sync();
    assert.doesNotMatch(again, /Copy message|ERROR/i);
    assert.match(await client.ask('d STATUS INBOX (MESSAGES)', /^d OK/m), /MESSAGES 4\)/);
    client.close();
  });

  it('fetchmail brings each once', {
    skip: !hasFetchmail && 'fetchmail is not installed here',
  }, async () => {
    const user = await fill('fetchmail');
    const home = join(folder, 'fetchmail');
    mkdirSync(home, { mode: 0o700 });
    const config = join(home, 'rc');
    const lines = [
      `poll 127.0.0.1 protocol IMAP port ${server.port} auth password`,
      `user "${user}" password "${password}" is root here keep no rewrite sslproto ""`,
      `mda "cat > ${home}/$$.eml"`,
    ];
    writeFileSync(config, `${lines.join('\n')}\n`, { mode: 0o600 });
    const fetch = () =>
      run('fetchmail', ['-f', config, '--invisible', '-N', '-v'], {
        env: { ...process.env, FETCHMAILHOME: home, HOME: home },
      }).then(
        ({ stdout }) => ({ code: 0, stdout }),
        (error: { code: number; stdout: string }) => error,
      );
    const first = await fetch();
    assert.equal(first.code, 0, first.stdout);
    const files = () => readdirSync(home).filter((file) => file.endsWith('.eml'));
    const bodies = files().map((file) => readFileSync(join(home, file), 'latin1'));
    const cut = (text: string) => text.slice(text.indexOf('\n\n'));
    assert.deepEqual(bodies.map(cut).sort(), asUnix.map(cut).sort());
    // 1 says: no mail
    assert.equal((await fetch()).code, 1);
    assert.equal(files().length, messages.length);
  });

  it('getmail brings each once', {
    skip: !hasGetmail && 'getmail is not installed here',
  }, async () => {
    const user = await fill('getmail');
    const maildir = join(folder, 'getmail');
    makeMaildir(maildir);
    const home = join(folder, 'getmail-home');
    mkdirSync(home);
    const lines = [
      `[retriever]\ntype = SimpleIMAPRetriever\nserver = 127.0.0.1\nport = ${server.port}`,
      `username = ${user}\npassword = ${password}\n`,
      ...deliverInto(join(maildir, 'new')),
      '[options]\nread_all = false\ndelivered_to = false\nreceived = false\n',
    ];
    writeFileSync(join(home, 'rc'), lines.join('\n'), { mode: 0o600 });
    const fetch = () => run('getmail', ['--getmaildir', home, '--rcfile', join(home, 'rc')]);
    await fetch();
    // Two header lines are getmail's own.
    const own = /^Return-Path: <unknown>\n|^X-getmail-retrieved-from-mailbox: INBOX\n/gm;
    const brought = readMaildir(maildir).map((text) => text.replace(own, ''));
    assert.deepEqual(brought.sort(), asUnix);
    const { stdout } = await fetch();
    assert.match(stdout, /0 messages \(0 bytes\) retrieved/);
    assert.equal(readMaildir(maildir).length, messages.length);
  });
});
