// Bad days of the whole server, with faults that the kernel makes: a full disk, folders that cannot be written, a
// sync that fails, a truncated body. Clients hear a temporary "no" or nothing; afterwards the store is whole.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';

const address = 'ada@example.test';
const password = 'a long password';
const mountSmall = (folder: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0;
const unmount = (folder: string) => spawnSync('umount', ['-l', folder]);

/** Why nothing can be mounted here, or false. */
const mountMissing = ((): string | false => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-mount-'));
  const isMounted = mountSmall(folder);
  if (isMounted) unmount(folder);
  rmSync(folder, { recursive: true, force: true });
  return isMounted ? false : 'no file system can be mounted here (it takes root)';
})();

async function setUp(daemon: Daemon): Promise<void> {
  await daemon.dreyJson(['setup', '--admin', address, '--password-stdin'], password);
}

/** Says a message to port 25 up to the final dot; the reply, or '' where the connection ended. */
async function send(daemon: Daemon, subject: string, bytes: number): Promise<string> {
  const smtp = connectLines(daemon.ports.smtp);
  try {
    await smtp.expect(/^220 .*\r\n/m);
    await smtp.ask('EHLO client.test', /^250 .*\r\n/m);
    for (const line of ['MAIL FROM:<bob@far.test>', `RCPT TO:<${address}>`, 'DATA']) {
      const reply = await smtp.ask(line, /^\d{3} .*\r\n/m);
      if (/^[45]/.test(reply)) return reply.trim();
    }
    smtp.say(
      `Subject: ${subject}\r\n\r\n${'x'
        .repeat(70)
        .concat('\r\n')
        .repeat(bytes / 72)}.`,
    );
    return (await smtp.expect(/^\d{3} .*\r\n/m)).trim();
  } catch {
    return '';
  } finally {
    smtp.close();
  }
}

async function signIn(daemon: Daemon): Promise<LineClient> {
  const imap = connectLines(daemon.ports.imap);
  await imap.expect(/^\* OK .*\r\n/m);
  await imap.ask(`a LOGIN ${address} "${password}"`, /^a OK .*\r\n/m);
  await imap.ask('b SELECT INBOX', /^b OK .*\r\n/m);
  return imap;
}

async function append(imap: LineClient, subject: string, bytes: number): Promise<string> {
  const text = `Subject: ${subject}\r\n\r\n${'y'.repeat(bytes)}`;
  imap.say(`c APPEND INBOX {${text.length}+}`);
  return (await imap.ask(text, /^c .*\r\n/m)).trim();
}

async function countInbox(daemon: Daemon): Promise<number> {
  const imap = await signIn(daemon);
  const status = await imap.ask('d STATUS INBOX (MESSAGES)', /^d OK .*\r\n/m);
  imap.close();
  return Number(/MESSAGES (\d+)/.exec(status)?.[1]);
}

async function assertWhole(daemon: Daemon): Promise<void> {
  const result = await daemon.drey(['check']);
  assert.equal(result.code, 0, result.stdout + result.stderr);
}

const linesOf = (daemon: Daemon, pattern: RegExp) =>
  daemon
    .output()
    .split('\n')
    .filter((line) => pattern.test(line));

/** Fills a file system up to the last byte; returns the file. */
function fillUp(folder: string): string {
  const path = join(folder, 'filler');
  const file = openSync(path, 'w');
  for (let size = 1 << 20; size >= 1; size >>= 1) {
    try {
      for (;;) writeSync(file, Buffer.alloc(size));
    } catch {
      // No room for so many: for fewer perhaps.
    }
  }
  closeSync(file);
  return path;
}

describe('a full disk', { skip: mountMissing }, () => {
  const folder = mountMissing ? '' : mkdtempSync(join(tmpdir(), 'drey-full-'));
  let daemon: Daemon;
  before(async () => {
    mountSmall(folder);
    daemon = await startDaemon({ DREY_DATA: folder });
    await setUp(daemon);
  });
  after(async () => {
    await daemon?.stop();
    unmount(folder);
    rmSync(folder, { recursive: true, force: true });
  });

  it('is told as a temporary error, in the log in one clear line, and mail goes on when there is room', async () => {
    assert.match(await send(daemon, 'before', 1000), /^250 /);
    const imap = await signIn(daemon);
    const pid = daemon.process.pid;
    const filler = fillUp(folder);
    let accepted = 1;
    let reply = '';
    // What the log has room for already is still taken.
    for (let number = 0; number < 300 && !/^4/.test(reply); number++) {
      reply = await send(daemon, `small ${number}`, 20_000);
      if (/^250/.test(reply)) accepted++;
    }
    assert.match(reply, /^452 4\.3\.1 /);
    assert.match(await send(daemon, 'large', 200_000), /^452 4\.3\.1 /);
    assert.match(await append(imap, 'small', 30_000), /^c NO \[UNAVAILABLE\] .*room/m);
    assert.match(await append(imap, 'large', 200_000), /^c NO \[UNAVAILABLE\] .*room/m);
    assert.ok(linesOf(daemon, /"part":"storage".*no room left/).length > 0);
    assert.equal(linesOf(daemon, /"level":"fatal"/).length, 0);
    rmSync(filler);
    assert.match(await append(imap, 'after', 200_000), /^c OK /m);
    assert.match(await send(daemon, 'after', 200_000), /^250 /);
    imap.close();
    assert.equal(await countInbox(daemon), accepted + 2);
    assert.equal(daemon.process.pid, pid);
    assert.equal(daemon.process.exitCode, null);
    await assertWhole(daemon);
  });
});

describe('a folder of bodies that cannot be written', { skip: mountMissing }, () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon();
    await setUp(daemon);
  });
  after(() => daemon.stop());

  it('refuses large mail for now, takes small mail and serves what is there', async () => {
    assert.match(await send(daemon, 'before', 100_000), /^250 /);
    const blobs = join(daemon.folder, 'blobs');
    assert.equal(spawnSync('mount', ['--bind', blobs, blobs]).status, 0);
    spawnSync('mount', ['-o', 'remount,bind,ro', blobs]);
    try {
      assert.match(await send(daemon, 'large', 100_000), /^451 4\.3\.0 /);
      assert.match(await send(daemon, 'small', 1000), /^250 /);
      const imap = await signIn(daemon);
      assert.match(await append(imap, 'large', 200_000), /^c NO \[UNAVAILABLE\] /m);
      assert.match(await imap.ask('e FETCH 1 BODY.PEEK[]', /^e \w+ .*\r\n/m), /^e OK/m);
      imap.close();
    } finally {
      unmount(blobs);
    }
    assert.match(await send(daemon, 'after', 100_000), /^250 /);
    assert.equal(await countInbox(daemon), 3);
    await assertWhole(daemon);
  });
});

describe('a truncated body', () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon();
    await setUp(daemon);
  });
  after(() => daemon.stop());

  it('is refused by IMAP and POP3, named by the check and set aside by the repair', async () => {
    assert.match(await send(daemon, 'large', 100_000), /^250 /);
    assert.match(await send(daemon, 'small', 1000), /^250 /);
    const blobs = join(daemon.folder, 'blobs');
    const folder = readdirSync(blobs).find((name) => name.length === 2)!;
    truncateSync(join(blobs, folder, readdirSync(join(blobs, folder))[0]!), 4000);
    const imap = await signIn(daemon);
    const fetched = await imap.ask('e FETCH 1 BODY.PEEK[]', /^e \w+ .*\r\n/m);
    assert.match(fetched, /^e NO \[UNAVAILABLE\] .*damaged/m);
    assert.match(await imap.ask('f FETCH 1 (FLAGS ENVELOPE)', /^f \w+ .*\r\n/m), /^f OK/m);
    imap.close();
    const pop3 = connectLines(daemon.ports.pop3);
    await pop3.expect(/^\+OK/m);
    await pop3.ask(`USER ${address}`, /^\+OK.*\r\n/m);
    await pop3.ask(`PASS ${password}`, /^\+OK.*\r\n/m);
    assert.match(await pop3.ask('RETR 1', /^[-+].*\r\n/m), /^-ERR \[SYS\/TEMP\] .*damaged/);
    pop3.close();
    const found = await daemon.drey(['check', '--quick']);
    assert.equal(found.code, 1);
    assert.match(found.stdout, /wrong {2}message-body-damaged .*"INBOX" .*message 1/);
    const repaired = await daemon.drey(['check', '--repair', '--json']);
    assert.equal(repaired.code, 0, repaired.stdout);
    assert.deepEqual(JSON.parse(repaired.stdout.trim().split('\n').at(-1)!), {
      ok: true,
      wrong: 2,
      notes: 0,
      repaired: 2,
    });
    assert.equal(readdirSync(join(daemon.folder, 'damaged')).length, 2);
    await assertWhole(daemon);
    assert.equal(await countInbox(daemon), 1);
  });
});

/** Makes every sync of a process fail until it is stopped; null where that cannot be done here. */
async function failSyncs(pid: number): Promise<ChildProcess | null> {
  const inject = 'inject=fsync,fdatasync:error=EIO';
  const args = ['-f', '-p', String(pid), '-o', '/dev/null', '-e', 'trace=fsync,fdatasync'];
  const strace = spawn('strace', [...args, '-e', inject], { stdio: ['ignore', 'ignore', 'pipe'] });
  return new Promise((resolve) => {
    let said = '';
    strace.on('error', () => resolve(null));
    strace.on('exit', () => resolve(null));
    strace.stderr?.on('data', (chunk) => {
      said += chunk;
      if (/attached/.test(said)) resolve(strace);
    });
  });
}

const straceMissing =
  spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0 ? false : 'strace cannot run here';

describe('a sync that fails', { skip: straceMissing }, () => {
  it('ends the process without an answer, with a code and one fatal line', async () => {
    const daemon = await startDaemon();
    try {
      await setUp(daemon);
      assert.match(await send(daemon, 'before', 1000), /^250 /);
      const ended = new Promise((resolve) => daemon.process.once('exit', resolve));
      assert.ok(await failSyncs(daemon.process.pid!), 'strace is attached');
      assert.doesNotMatch(await send(daemon, 'during', 1000), /^2/);
      assert.equal(await ended, 74);
      assert.equal(linesOf(daemon, /"level":"fatal"/).length, 1);
      assert.match(daemon.output(), /failed\. What the disk holds is unknown/);
      await assertWhole(daemon);
    } finally {
      await daemon.stop();
    }
  });

  for (const [what, bytes] of [
    ['of the database', 1000],
    ['of a body', 200_000],
  ] as const) {
    it(`${what}: as "npm start" runs it, it begins again in the same process and serves`, async () => {
      const daemon = await startDaemon({ DREY_RESTARTS: '0' });
      try {
        await setUp(daemon);
        assert.match(await send(daemon, 'before', bytes), /^250 /);
        const strace = await failSyncs(daemon.process.pid!);
        assert.ok(strace, 'strace is attached');
        assert.doesNotMatch(await send(daemon, 'during', bytes), /^2/);
        await waitFor(
          () => /beginning again after a failure/.test(daemon.output()),
          'the beginning',
        );
        strace.kill('SIGINT');
        const isUp = () => daemon.output().match(/Drey is running/g)?.length === 2;
        await waitFor(isUp, 'the daemon on its ports again');
        assert.match(await send(daemon, 'after', bytes), /^250 /);
        await waitHealthy(daemon.url);
        const count = await countInbox(daemon);
        // What was not acknowledged may be there, whole.
        assert.ok(count === 2 || count === 3, String(count));
        await assertWhole(daemon);
      } finally {
        await daemon.stop();
      }
    });
  }
});

describe('a database server that goes away', { skip: postgresqlMissing() }, () => {
  it('is told as a temporary error; mail goes on when it is back', async () => {
    const database = await startPostgresql(true);
    const daemon = await startDaemon({ DATABASE_URL: database.urlOf(), DREY_RESTARTS: '0' });
    try {
      await setUp(daemon);
      assert.match(await send(daemon, 'before', 1000), /^250 /);
      const replies: string[] = [];
      let isBack = false;
      const restarted = database.restart().then(() => {
        isBack = true;
      });
      while (!isBack) replies.push(await send(daemon, `during ${replies.length}`, 1000));
      await restarted;
      // Nothing at all where a commit was under way: then the daemon begins again.
      for (const reply of replies) assert.match(reply, /^(250|451|421) |^$/);
      await waitFor(async () => /^250 /.test(await send(daemon, 'after', 1000)), 'mail');
      const accepted = replies.filter((reply) => /^250/.test(reply)).length;
      assert.ok((await countInbox(daemon)) >= accepted + 2);
      await assertWhole(daemon);
    } finally {
      await daemon.stop();
      await database.stop();
    }
  });
});
