// `drey import` and `drey export` beside a running server: killed anywhere, started again, seen over IMAP and POP3.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

type Result = { messages: number; known: number; skipped: number; isDryRun?: boolean };

const root = join(import.meta.dirname, '..', '..');
const password = 'bob his password';
const count = 3000;
let daemon: Daemon;
let folder: string;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drey-moving-'));
  daemon = await startDaemon();
  await daemon.drey(
    ['setup', '--admin', 'ada@example.test', '--password-stdin'],
    'a long password\n',
  );
  for (const name of ['bob', 'eve']) {
    await daemon.dreyJson(['user', 'add', `${name}@example.test`, '--password-stdin'], password);
  }
  makeSource(join(folder, 'Maildir'));
});
after(async () => {
  await daemon.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A Maildir of Dovecot: UIDs are odd, every third message is seen. */
function makeSource(path: string): void {
  for (const part of ['cur', 'new', 'tmp', '.Sent Items/cur', '.Sent Items/new']) {
    mkdirSync(join(path, part), { recursive: true });
  }
  const lines = ['3 V1300000001 N90000 G3085f01b7f11094c501100008c4a11c1'];
  for (let index = 0; index < count; index++) {
    const name = `${1_300_000_000 + index}.M${index}P1.host`;
    const body = `Subject: m${index}\nFrom: a@example.org\n\n${'line of text\n'.repeat(20)}`;
    writeFileSync(join(path, 'cur', `${name}:2,${index % 3 === 0 ? 'S' : ''}`), body);
    lines.push(`${2 * index + 1} :${name}`);
  }
  writeFileSync(join(path, 'dovecot-uidlist'), `${lines.join('\n')}\n`);
  writeFileSync(join(path, '.Sent Items', 'cur', '1.a:2,S'), 'Subject: sent\n\n');
}

/** Kills an import after some milliseconds; resolves when it is gone. */
function killImport(address: string, afterMs: number): Promise<void> {
  const args = ['server/cli/main.ts', 'import', address, join(folder, 'Maildir')];
  const env = { ...process.env, DREY_DATA: daemon.folder, DREY_LOG_LEVEL: 'silent' };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: 'ignore' });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise((resolve) =>
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    }),
  );
}

async function status(address: string, mailbox: string): Promise<string> {
  const imap = connectLines(daemon.ports.imap);
  await imap.expect(/^\* OK .*\r\n/m);
  await imap.ask(`a LOGIN ${address} "${password}"`, /^a OK .*\r\n/m);
  const reply = await imap.ask(
    `b STATUS "${mailbox}" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)`,
    /^b OK .*\r\n/m,
  );
  imap.close();
  return /\((.*)\)/.exec(reply)?.[1] ?? reply;
}

describe('import beside a running server', () => {
  it('says what would come', async () => {
    const args = ['import', 'bob@example.test', join(folder, 'Maildir'), '--dry-run'];
    const result = (await daemon.dreyJson(args)) as Result;
    assert.deepEqual([result.messages, result.known, result.isDryRun], [count + 1, 0, true]);
  });

  it('loses nothing and brings nothing twice, wherever it is killed', async () => {
    for (const afterMs of [300, 600, 900, 1200, 1500])
      await killImport('bob@example.test', afterMs);
    const args = ['import', 'bob@example.test', join(folder, 'Maildir')];
    const result = (await daemon.dreyJson(args)) as Result;
    assert.equal(result.messages + result.known, count + 1);
    const again = (await daemon.dreyJson(args)) as Result;
    assert.deepEqual([again.messages, again.known], [0, count + 1]);
    assert.equal(
      await status('bob@example.test', 'INBOX'),
      `MESSAGES ${count} UNSEEN ${count - count / 3} UIDNEXT 90000 UIDVALIDITY 1300000001`,
    );
    assert.match(await status('bob@example.test', 'Sent'), /^MESSAGES 1 UNSEEN 0 /);
    const check = await daemon.drey(['check']);
    assert.equal(check.code, 0, check.stdout);
  });

  it('is seen over POP3 with the UIDLs of Dovecot', async () => {
    const pop = connectLines(daemon.ports.pop3);
    await pop.expect(/^\+OK .*\r\n/m);
    await pop.ask('USER bob@example.test', /^\+OK.*\r\n/m);
    await pop.ask(`PASS ${password}`, /^\+OK.*\r\n/m);
    const reply = await pop.ask('UIDL 2', /^\+OK 2 .*\r\n/m);
    assert.match(reply, new RegExp(`^\\+OK 2 00000003${(1_300_000_001).toString(16)}`, 'm'));
    pop.close();
  });

  it('tells what it left out by exit code 1, and wrong words by 2', async () => {
    const path = join(folder, 'big');
    mkdirSync(path);
    writeFileSync(join(path, 'big.eml'), `Subject: big\n\n${'x'.repeat(20_000)}`);
    await daemon.dreyJson(['settings', 'set', 'smtp.messageSizeBytes', '10240']);
    const result = await daemon.drey(['import', 'eve@example.test', path]);
    assert.equal(result.code, 1);
    assert.match(
      result.stdout,
      /big\.eml: A message has at most 10240 bytes here\. --any-size takes it\./,
    );
    assert.equal((await daemon.drey(['import', 'eve@example.test', path, '--any-size'])).code, 0);
    await daemon.dreyJson(['settings', 'reset', 'smtp.messageSizeBytes']);
    assert.equal((await daemon.drey(['import', 'eve@example.test'])).code, 2);
    const nobody = await daemon.drey(['import', 'nobody@example.test', path, '--json']);
    assert.equal((JSON.parse(nobody.stdout) as { reason: string }).reason, 'not-found');
  });
});

describe('export beside a running server', () => {
  it('writes what an import reads again', async () => {
    const path = join(folder, 'out');
    const exported = (await daemon.dreyJson(['export', 'bob@example.test', path])) as Result;
    assert.equal(exported.messages, count + 1);
    const second = (await daemon.dreyJson(['export', 'bob@example.test', path])) as Result;
    assert.deepEqual([second.messages, second.known], [0, count + 1]);
    const imported = (await daemon.dreyJson(['import', 'ada@example.test', path])) as Result;
    assert.equal(imported.messages, count + 1);
    const refused = await daemon.drey(['export', 'bob@example.test', folder]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /holds something else/);
  });
});
