// `drey backup` and `drey restore` beside real servers: a disaster and its end, and a user's lost mail.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Daemon, runProgram, startDaemon } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

const password = 'ada her password';
const root = mkdtempSync(join(tmpdir(), 'drey-backup-flow-'));
const backup = join(root, 'backup');
const newData = join(root, 'new');
const cli = join(import.meta.dirname, '..', '..', 'server', 'cli', 'main.ts');

let daemon: Daemon;
let second: Daemon | null = null;
before(async () => {
  daemon = await startDaemon();
});
after(async () => {
  await daemon.stop();
  await second?.stop();
  rmSync(root, { recursive: true, force: true });
});

async function deliver(text: string): Promise<void> {
  const smtp = connectLines(daemon.ports.smtp, '127.0.0.9');
  await smtp.expect(/^220 .*\r\n/);
  await smtp.ask('EHLO far.test', /^250 .*\r\n/m);
  await smtp.ask('MAIL FROM:<olive@far.test>', /^250 .*\r\n/);
  await smtp.ask('RCPT TO:<ada@example.test>', /^250 .*\r\n/);
  await smtp.ask('DATA', /^354 .*\r\n/);
  await smtp.ask(`Subject: ${text}\r\n\r\n${text}\r\n.`, /^250 .*\r\n/);
  smtp.close();
}

async function signIn(server: Daemon) {
  const imap = connectLines(server.ports.imap);
  await imap.expect(/^\* OK .*\r\n/);
  await imap.ask(`a LOGIN ada@example.test "${password}"`, /^a OK/m);
  return imap;
}

/** UIDVALIDITY, UIDs, flags and bodies as a client sees them. */
async function readInbox(server: Daemon): Promise<{ uidValidity: string; messages: string }> {
  const imap = await signIn(server);
  const selected = await imap.ask('b SELECT INBOX', /^b OK.*\r\n/m);
  const messages = await imap.ask(
    'c UID FETCH 1:* (FLAGS INTERNALDATE EMAILID BODY.PEEK[])',
    /^c OK.*\r\n/m,
  );
  imap.close();
  return {
    uidValidity: /UIDVALIDITY (\d+)/.exec(selected)?.[1] ?? '',
    messages: messages
      .replaceAll(' \\Recent', '')
      .replaceAll('\\Recent', '')
      .replace(/^c OK.*$/m, ''),
  };
}

/** `drey …` on the new data folder. */
function dreyThere(...words: string[]) {
  const flags = ['--disable-warning=ExperimentalWarning', cli];
  const env = { ...process.env, DREY_DATA: newData, DREY_LOG_LEVEL: 'silent' };
  return runProgram(process.execPath, [...flags, ...words], '', env);
}

describe('a backup taken beside the server', () => {
  it('is taken, twice, and lists what is in it', async () => {
    await daemon.dreyJson(['setup', '--admin', 'ada@example.test', '--password-stdin'], password);
    await daemon.dreyJson(['route', 'add', 'hosts', '--hosts', '127.0.0.1:1', '--tls', 'none']);
    await daemon.dreyJson(['alias', 'add', 'far@example.test', 'someone@far.test']);
    for (const text of ['one', 'two', 'three']) await deliver(text);
    const imap = await signIn(daemon);
    await imap.ask('b SELECT INBOX', /^b OK/m);
    await imap.ask('c STORE 2 +FLAGS (\\Flagged $work)', /^c OK/m);
    imap.close();
    const first = (await daemon.dreyJson(['backup', backup])) as Record<string, number>;
    assert.deepEqual([first.messages, first.newBodies], [3, 3]);
    const again = (await daemon.dreyJson(['backup', backup])) as Record<string, number>;
    assert.equal(again.newBodies, 0);
    const listed = (await daemon.dreyJson(['backup', 'list', backup])) as { messages: number }[];
    assert.deepEqual(
      listed.map(({ messages }) => messages),
      [3, 3],
    );
    assert.match((await daemon.drey(['backup', 'verify', backup])).stdout, /All is well/);
  });

  it('is not put over a server that is in use', async () => {
    const refused = await daemon.drey(['restore', backup]);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /in use/);
  });

  it('brings the server back in a new place: old password, same UIDVALIDITY and UIDs', async () => {
    const before = await readInbox(daemon);
    const restored = await dreyThere('restore', backup);
    assert.equal(restored.code, 0, restored.stderr);
    assert.match(restored.stdout, /1 users, 3 messages/);
    second = await startDaemon({ DREY_DATA: newData });
    assert.deepEqual(await readInbox(second), before);
    assert.match((await second.drey(['check'])).stdout, /The store is whole/);
  });

  it('gives a user back what is gone, while a client looks on', async () => {
    const before = await readInbox(daemon);
    const imap = await signIn(daemon);
    await imap.ask('b SELECT INBOX', /^b OK/m);
    await imap.ask('c STORE 2 +FLAGS.SILENT (\\Deleted)', /^c OK/m);
    await imap.ask('d EXPUNGE', /^d OK/m);
    await imap.ask('e IDLE', /^\+ .*\r\n/m);
    const words = ['--user', 'ada@example.test'];
    const found = (await daemon.dreyJson(['backup', 'find', backup, 'two', ...words])) as {
      emailId: string;
    }[];
    assert.equal(found.length, 1);
    const restored = await daemon.drey(['restore', backup, ...words]);
    assert.match(restored.stdout, /1 messages and 0 mailboxes/, restored.stderr);
    await imap.expect(/\* 3 EXISTS\r\n/);
    await imap.ask('DONE', /^e OK.*\r\n/m);
    assert.match(
      await imap.ask('f FETCH 3 (FLAGS EMAILID)', /^f OK.*\r\n/m),
      new RegExp(`\\\\Flagged[^)]*\\$work.*EMAILID \\(${found[0]?.emailId}\\)`),
    );
    imap.close();
    const after = await readInbox(daemon);
    assert.equal(after.uidValidity, before.uidValidity);
    const present = await daemon.drey(['restore', backup, ...words, '--find', 'two']);
    assert.equal(present.code, 1);
    assert.match(present.stderr, /has this message still/);
    const copy = await daemon.drey(['restore', backup, ...words, '--find', 'two', '--to', 'Back']);
    assert.match(copy.stdout, /Back/);
  });

  it('refuses a wrong folder and half an instruction', async () => {
    const cases: [words: string[], text: RegExp][] = [
      [['backup', join(root, 'no', 'such')], /missing/],
      [['backup', daemon.folder], /belongs to the server/],
      [['backup', 'prune', backup], /how many/],
      [['restore', backup, '--message', 'x'], /--user/],
      [['restore', join(root, 'none')], /no backup/],
      [['backup', 'find', backup, 'x'], /--user/],
    ];
    for (const [words, text] of cases) {
      const result = await daemon.drey(words);
      assert.equal(result.code, 1, words.join(' '));
      assert.match(result.stderr, text);
    }
    const pruned = await daemon.drey(['backup', 'prune', backup, '--keep', '1']);
    assert.match(pruned.stdout, /Removed 1 snapshots, kept 1/);
  });
});
