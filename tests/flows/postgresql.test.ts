// The same system on PostgreSQL: set-up, mail in, mail read and changed over IMAP and POP3, mail queued.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { type Postgresql, postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';
import { startSink } from '#tests/support/smtp-sink.ts';

const password = 'ada her password';

/** Gives a daemon one mail; the reply to its last line. */
async function send(daemon: Daemon, recipient: string, subject: string): Promise<string> {
  const smtp = connectLines(daemon.ports.smtp, '127.0.0.9');
  try {
    await smtp.expect(/^220 .*\r\n/);
    await smtp.ask('EHLO far.test', /^250 .*\r\n/m);
    await smtp.ask('MAIL FROM:<olive@far.test>', /^\d.*\r\n/);
    const reply = await smtp.ask(`RCPT TO:<${recipient}>`, /^\d.*\r\n/);
    if (!reply.startsWith('250')) return reply;
    await smtp.ask('DATA', /^354 .*\r\n/);
    return await smtp.ask(`Subject: ${subject}\r\n\r\nHello\r\n.`, /^\d.*\r\n/);
  } finally {
    smtp.close();
  }
}

async function openInbox(daemon: Daemon): Promise<LineClient> {
  const imap = connectLines(daemon.ports.imap);
  await imap.expect(/^\* OK .*\r\n/);
  await imap.ask(`a LOGIN ada@example.test "${password}"`, /^a OK/m);
  await imap.ask('b SELECT INBOX', /^b OK.*\r\n/m);
  return imap;
}

describe('the system on PostgreSQL', { skip: postgresqlMissing() }, () => {
  let database: Postgresql;
  let daemon: Daemon;

  before(async () => {
    database = await startPostgresql();
    daemon = await startDaemon({ DATABASE_URL: database.urlOf() });
  });
  after(async () => {
    await daemon?.stop();
    await database?.stop();
  });

  it('is set up and healthy', async () => {
    await daemon.dreyJson(['setup', '--admin', 'ada@example.test', '--password-stdin'], password);
    await daemon.dreyJson([
      'alias',
      'add',
      'team@example.test',
      'ada@example.test',
      'out@far.test',
    ]);
    // Nobody listens on port 1, so what goes outside stays in the queue.
    await daemon.dreyJson(['route', 'add', 'hosts', '--hosts', '127.0.0.1:1', '--tls', 'none']);
    await waitHealthy(daemon.url);
  });

  it('takes mail for a user and through an alias, and queues what goes outside', async () => {
    const smtp = connectLines(daemon.ports.smtp, '127.0.0.9');
    await smtp.expect(/^220 .*\r\n/);
    await smtp.ask('EHLO far.test', /^250 .*\r\n/m);
    for (const recipient of ['ada@example.test', 'team@example.test']) {
      await smtp.ask('MAIL FROM:<olive@far.test>', /^250 .*\r\n/);
      await smtp.ask(`RCPT TO:<${recipient}>`, /^250 .*\r\n/);
      await smtp.ask('DATA', /^354 .*\r\n/);
      await smtp.ask(`Subject: to ${recipient}\r\n\r\nGrüße\r\n.`, /^250 .*\r\n/);
    }
    smtp.close();
    const queue = (await daemon.dreyJson(['queue', 'list'])) as { recipient: string }[];
    assert.deepEqual(
      queue.map((entry) => entry.recipient),
      ['out@far.test'],
    );
  });

  it('serves it over IMAP and POP3', async () => {
    const imap = connectLines(daemon.ports.imap);
    await imap.expect(/^\* OK .*\r\n/);
    await imap.ask(`a LOGIN ada@example.test "${password}"`, /^a OK/m);
    assert.match(await imap.ask('b SELECT INBOX', /^b OK.*\r\n/m), /\* 2 EXISTS/);
    assert.match(await imap.ask('c SEARCH TEXT team', /^c OK.*\r\n/m), /\* SEARCH 2\r\n/);
    await imap.ask('d STORE 1 +FLAGS (\\Deleted $work)', /^d OK.*\r\n/m);
    assert.match(await imap.ask('e EXPUNGE', /^e OK.*\r\n/m), /\* 1 EXPUNGE/);
    assert.match(
      await imap.ask('f FETCH 1 (FLAGS ENVELOPE BODY.PEEK[TEXT])', /^f OK.*\r\n/m),
      /"to team@example\.test"/,
    );
    await imap.ask('g COPY 1 Archive', /^g OK \[COPYUID .*\r\n/m);
    imap.close();
    const pop3 = connectLines(daemon.ports.pop3);
    await pop3.expect(/^\+OK.*\r\n/);
    await pop3.ask('USER ada@example.test', /^\+OK.*\r\n/);
    await pop3.ask(`PASS ${password}`, /^\+OK.*\r\n/);
    assert.match(await pop3.ask('STAT', /^\+OK.*\r\n/), /^\+OK 1 /);
    await pop3.ask('QUIT', /^\+OK.*\r\n/);
  });

  it('goes on when the database server was restarted under it', async () => {
    const imap = await openInbox(daemon);
    await imap.ask('c IDLE', /^\+ .*\r\n/m);
    await database.restart();
    const isTaken = async () => (await send(daemon, 'ada@example.test', 'again')).startsWith('250');
    await waitFor(() => isTaken().catch(() => false), 'a delivery', 30_000);
    await imap.expect(/^\* 2 EXISTS\r\n/m);
    imap.close();
    assert.equal(daemon.process.exitCode, null);
  });
});

describe('two daemons on one PostgreSQL and one data folder', { skip: postgresqlMissing() }, () => {
  let database: Postgresql;
  let first: Daemon;
  let second: Daemon;

  before(async () => {
    database = await startPostgresql();
    first = await startDaemon({ DATABASE_URL: database.urlOf() });
    await first.dreyJson(['setup', '--admin', 'ada@example.test', '--password-stdin'], password);
    second = await startDaemon({ DATABASE_URL: database.urlOf(), DREY_DATA: first.folder });
  });
  after(async () => {
    await second?.stop();
    await first?.stop();
    await database?.stop();
  });

  it('show mail that one took to a session that waits at the other', async (test) => {
    const imap = await openInbox(second);
    await imap.ask('c IDLE', /^\+ .*\r\n/m);
    const times: number[] = [];
    for (let count = 1; count <= 5; count++) {
      assert.match(await send(first, 'ada@example.test', `mail ${count}`), /^250/);
      const at = performance.now();
      await imap.expect(new RegExp(`^\\* ${count} EXISTS\\r\\n`, 'm'));
      times.push(performance.now() - at);
    }
    test.diagnostic(`heard after ${times.map((ms) => ms.toFixed(0)).join(', ')} ms`);
    imap.close();
  });

  it('never give one UID to two messages', async () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      send(index % 2 === 0 ? first : second, 'ada@example.test', `crowd ${index}`),
    );
    for (const reply of await Promise.all(many)) assert.match(reply, /^250/);
    const imap = await openInbox(first);
    const text = await imap.ask('c FETCH 1:* (UID ENVELOPE)', /^c OK.*\r\n/m);
    const uids = [...text.matchAll(/UID (\d+)/g)].map(([, uid]) => Number(uid));
    assert.deepEqual(
      uids,
      Array.from({ length: 45 }, (_, index) => index + 1),
    );
    const subjects = [...text.matchAll(/"crowd (\d+)"/g)].map(([, index]) => index);
    assert.equal(new Set(subjects).size, 40);
    imap.close();
  });

  it('send what is queued once', async () => {
    const sink = await startSink();
    await first.dreyJson(['alias', 'add', 'out@example.test', 'out@far.test']);
    await first.dreyJson([
      'route',
      'add',
      'hosts',
      '--hosts',
      `127.0.0.1:${sink.port}`,
      '--tls',
      'none',
    ]);
    const many = Array.from({ length: 30 }, (_, index) =>
      send(index % 2 === 0 ? first : second, 'out@example.test', `out ${index}`),
    );
    for (const reply of await Promise.all(many)) assert.match(reply, /^250/);
    const isEmpty = async () =>
      ((await first.dreyJson(['queue', 'list'])) as object[]).length === 0;
    await waitFor(isEmpty, 'an empty queue', 60_000);
    const subjects = sink.messages.map(({ text }) => /Subject: (.*)\r/.exec(text)?.[1]);
    assert.equal(subjects.length, 30);
    assert.equal(new Set(subjects).size, 30);
    await sink.close();
  });
});
