// The same system on PostgreSQL: set-up, mail in, mail read and changed over IMAP and POP3, mail queued.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { type Postgresql, postgresqlMissing, startPostgresql } from '#tests/support/postgresql.ts';

const password = 'ada her password';

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
    await daemon.dreyJson(['route', 'add', '*', '127.0.0.1:1', '--tls', 'none']);
    assert.equal((await fetch(`${daemon.url}/api/health`)).status, 200);
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
});
