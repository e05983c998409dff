// The TRANSACTION and UPDATE states: a snapshot, numbers that stay, deletions at QUIT only.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { moveMessages } from '#server/store/copy.ts';
import { listDeleted } from '#server/store/deleted/recoverable.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { FLAG } from '#server/store/flags.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { ask, askLines, deliver, type Fixture, inboxOf, openFixture, password } from './fixture.ts';

const run = promisify(execFile);
let fixture: Fixture;
const one = 'Subject: one\r\n\r\nfirst\r\n.dot\r\n'; // 29 octets
const two = 'Subject: two\r\n\r\nsecond\r\n';
const three = 'Subject: three\r\n\r\n';
const messages = [one, two, three];

before(async () => {
  fixture = await openFixture();
});
after(() => fixture.close());

async function countMessages(account: Parameters<typeof inboxOf>[0]): Promise<number> {
  return (await inboxOf(account)).roll.size;
}

describe('STAT, LIST, UIDL', () => {
  it('tell exact octets', async () => {
    const client = await fixture.logIn(await fixture.addUser(messages));
    const sizes = messages.map((message) => message.length);
    const total = sizes.reduce((sum, size) => sum + size);
    assert.equal(await ask(client, 'STAT'), `+OK 3 ${total}`);
    assert.deepEqual(await askLines(client, 'LIST'), [
      `+OK 3 messages (${total} octets)`,
      ...sizes.map((size, index) => `${index + 1} ${size}`),
    ]);
    assert.equal(await ask(client, 'LIST 2'), `+OK 2 ${two.length}`);
    assert.equal(await ask(client, 'list 2 '), `+OK 2 ${two.length}`);
  });

  it('tell nothing of an empty maildrop', async () => {
    const client = await fixture.logIn(await fixture.addUser());
    assert.equal(await ask(client, 'STAT'), '+OK 0 0');
    assert.deepEqual(await askLines(client, 'LIST'), ['+OK 0 messages (0 octets)']);
    assert.deepEqual(await askLines(client, 'UIDL'), ['+OK 0 messages (0 octets)']);
    assert.match(await ask(client, 'RETR 1'), /^-ERR/);
  });

  it('count the trace header of the copy', async () => {
    const account = await fixture.addUser();
    await deliver(account, two, 'Return-Path: <a@b>\r\n');
    const client = await fixture.logIn(account);
    assert.equal(await ask(client, 'LIST 1'), `+OK 1 ${two.length + 20}`);
    assert.equal((await askLines(client, 'RETR 1'))[1], 'Return-Path: <a@b>');
  });

  it('give unique ids that stay: UID and UIDVALIDITY in hexadecimal', async () => {
    const account = await fixture.addUser(messages);
    const { mailbox } = await inboxOf(account);
    const validity = mailbox.uidValidity.toString(16).padStart(8, '0');
    const ids = [1, 2, 3].map((uid) => `0000000${uid}${validity}`);
    const client = await fixture.logIn(account);
    assert.deepEqual(
      (await askLines(client, 'UIDL')).slice(1),
      ids.map((id, at) => `${at + 1} ${id}`),
    );
    assert.equal(await ask(client, 'UIDL 3'), `+OK 3 ${ids[2]}`);
    await ask(client, 'DELE 1');
    await ask(client, 'QUIT');
    const next = await fixture.logIn(account);
    assert.deepEqual((await askLines(next, 'UIDL')).slice(1), [`1 ${ids[1]}`, `2 ${ids[2]}`]);
  });

  const wrong = ['0', '4', '-1', '+1', '1.0', 'x', '1 2', '99999999999', '0x1'];
  for (const number of wrong) {
    it(`refuse the number "${number}"`, async () => {
      const client = await fixture.logIn(await fixture.addUser(messages));
      for (const command of ['LIST', 'UIDL', 'RETR', 'DELE']) {
        assert.match(await ask(client, `${command} ${number}`), /^-ERR /);
      }
      assert.match(await ask(client, `TOP ${number} 1`), /^-ERR /);
      assert.match(await ask(client, 'STAT'), /^\+OK 3 /);
      client.close();
    });
  }
});

describe('RETR and TOP', () => {
  it('send the message dot-stuffed, octet by octet', async () => {
    const client = await fixture.logIn(await fixture.addUser(messages));
    assert.deepEqual(await askLines(client, 'RETR 1'), [
      `+OK ${one.length} octets`,
      'Subject: one',
      '',
      'first',
      '..dot',
    ]);
  });

  it('send header and lines of the body', async () => {
    const client = await fixture.logIn(await fixture.addUser(messages));
    const header = ['+OK Top of the message follows', 'Subject: one', ''];
    assert.deepEqual(await askLines(client, 'TOP 1 0'), header);
    assert.deepEqual(await askLines(client, 'TOP 1 1'), [...header, 'first']);
    assert.deepEqual(await askLines(client, 'TOP 1 9999'), [...header, 'first', '..dot']);
    for (const command of ['TOP', 'TOP 1', 'TOP 1 -1', 'TOP 1 x', 'TOP 1 1 1']) {
      assert.match(await ask(client, command), /^-ERR /);
    }
  });

  it('give a message without a blank line one', async () => {
    const client = await fixture.logIn(await fixture.addUser(['Subject: headless']));
    assert.deepEqual((await askLines(client, 'RETR 1')).slice(1), ['Subject: headless', '']);
    assert.deepEqual((await askLines(client, 'TOP 1 0')).slice(1), ['Subject: headless', '']);
  });

  it('mark as \\Seen what RETR fetched, and nothing else', async () => {
    const account = await fixture.addUser(messages);
    const client = await fixture.logIn(account);
    await askLines(client, 'TOP 1 5');
    await askLines(client, 'RETR 2');
    await ask(client, 'QUIT');
    const { roll } = await inboxOf(account);
    assert.deepEqual([...roll.flags], [0, FLAG.seen, 0]);
  });

  it('send a big message whole, at the pace of the client', async () => {
    const line = `${'.'.repeat(70)}\r\n`;
    const big = `Subject: big\r\n\r\n${line.repeat(60_000)}`;
    const client = await fixture.logIn(await fixture.addUser([big]));
    client.socket.pause();
    client.send('RETR 1\r\nNOOP\r\n');
    client.socket.resume();
    assert.equal(await client.line(), `+OK ${big.length} octets`);
    const lines = await client.lines();
    assert.equal(lines.length, 60_002);
    assert.ok(lines.slice(2).every((text) => text === `.${'.'.repeat(70)}`));
    assert.equal(await client.line(), '+OK Nothing done.');
  });

  it('go on when another session expunged the message', async () => {
    const account = await fixture.addUser(messages);
    const client = await fixture.logIn(account);
    const { mailbox } = await inboxOf(account);
    await removeMessages(account.id, mailbox.id, [2]);
    assert.equal((await askLines(client, 'RETR 2'))[1], 'Subject: two');
    assert.equal((await askLines(client, 'TOP 2 0'))[1], 'Subject: two');
  });

  it('say that a message is gone when another session moved it', async () => {
    const account = await fixture.addUser(messages);
    const client = await fixture.logIn(account);
    const { mailbox } = await inboxOf(account);
    const trash = await findMailbox(account.id, 'Trash');
    await moveMessages(account.id, mailbox.id, [2], trash?.id ?? '');
    assert.match(await ask(client, 'RETR 2'), /^-ERR Message 2 was removed/);
    assert.match(await ask(client, 'TOP 2 0'), /^-ERR Message 2 was removed/);
    assert.equal((await askLines(client, 'RETR 3'))[1], 'Subject: three');
  });
});

describe('DELE, RSET, QUIT', () => {
  it('keep the numbers of the others', async () => {
    const client = await fixture.logIn(await fixture.addUser(messages));
    assert.equal(await ask(client, 'DELE 2'), '+OK Message 2 deleted.');
    assert.equal(await ask(client, 'STAT'), `+OK 2 ${one.length + three.length}`);
    assert.deepEqual((await askLines(client, 'LIST')).slice(1), [
      `1 ${one.length}`,
      `3 ${three.length}`,
    ]);
    assert.deepEqual(
      (await askLines(client, 'UIDL')).slice(1).map((line) => line[0]),
      ['1', '3'],
    );
    for (const command of ['LIST 2', 'UIDL 2', 'RETR 2', 'TOP 2 0', 'DELE 2']) {
      assert.equal(await ask(client, command), '-ERR Message 2 is deleted.');
    }
    assert.equal((await askLines(client, 'RETR 3'))[1], 'Subject: three');
  });

  it('remove at QUIT, and only what is still marked', async () => {
    const account = await fixture.addUser(messages);
    const client = await fixture.logIn(account);
    await ask(client, 'DELE 1');
    assert.match(await ask(client, 'RSET'), /^\+OK 3 messages/);
    await ask(client, 'DELE 3');
    assert.equal(await countMessages(account), 3);
    assert.equal(await ask(client, 'QUIT'), '+OK Goodbye, 1 messages removed.');
    assert.equal(await client.rest(), '');
    assert.deepEqual([...(await inboxOf(account)).roll.uids], [1, 2]);
    const [kept] = await listDeleted(account.id, { limit: 9 });
    assert.equal(kept?.subject, 'three', 'and it can be restored');
  });

  it('remove nothing when the connection breaks', async () => {
    const account = await fixture.addUser(messages);
    for (const breakIt of ['destroy', 'end', 'resetAndDestroy'] as const) {
      const client = await fixture.logIn(account);
      await ask(client, 'DELE 1');
      const closed = once(client.socket, 'close');
      client.socket[breakIt]();
      await closed;
      assert.equal(await countMessages(account), 3);
    }
  });

  it('work in two sessions on the same message', async () => {
    const account = await fixture.addUser(messages);
    const [first, second] = [await fixture.logIn(account), await fixture.logIn(account)];
    await ask(first, 'DELE 1');
    await ask(second, 'DELE 1');
    await ask(second, 'DELE 2');
    assert.match(await ask(first, 'QUIT'), /^\+OK/);
    assert.match(await ask(second, 'STAT'), /^\+OK 1 /);
    assert.match(await ask(second, 'QUIT'), /^\+OK/);
    assert.deepEqual([...(await inboxOf(account)).roll.uids], [3]);
  });

  it('do not see what arrives meanwhile', async () => {
    const account = await fixture.addUser([one]);
    const client = await fixture.logIn(account);
    await deliver(account, two);
    assert.match(await ask(client, 'STAT'), /^\+OK 1 /);
    assert.match(await ask(client, 'RETR 2'), /^-ERR There is no message 2/);
    await ask(client, 'DELE 1');
    await ask(client, 'QUIT');
    assert.deepEqual([...(await inboxOf(account)).roll.uids], [2]);
    assert.match(await ask(await fixture.logIn(account), 'STAT'), /^\+OK 1 /);
  });

  it('leave another user alone', async () => {
    const [ada, eve] = [await fixture.addUser([one]), await fixture.addUser([two])];
    const client = await fixture.logIn(eve);
    assert.equal((await askLines(client, 'RETR 1'))[1], 'Subject: two');
    await ask(client, 'DELE 1');
    await ask(client, 'QUIT');
    assert.equal(await countMessages(ada), 1);
  });
});

describe('pipelining', () => {
  it('answers everything in order', async () => {
    const account = await fixture.addUser(messages);
    const client = await fixture.open();
    client.send(
      `USER ${account.address}\r\nPASS ${password}\r\nSTAT\r\nRETR 3\r\nDELE 3\r\nLIST\r\nWHAT\r\nQUIT\r\nNOOP\r\n`,
    );
    const answers = (await client.rest()).split('\r\n');
    const total = one.length + two.length;
    assert.deepEqual(answers, [
      '+OK Send PASS.',
      '+OK Logged in.',
      `+OK 3 ${total + three.length}`,
      `+OK ${three.length} octets`,
      'Subject: three',
      '',
      '.',
      '+OK Message 3 deleted.',
      `+OK 2 messages (${total} octets)`,
      `1 ${one.length}`,
      `2 ${two.length}`,
      '.',
      '-ERR This command is not known.',
      '+OK Goodbye, 1 messages removed.',
      '',
    ]);
  });

  it('keeps the order through thousands of commands in one burst', async () => {
    const client = await fixture.logIn(await fixture.addUser(messages));
    client.send(`${'LIST 1\r\nLIST 2\r\n'.repeat(5000)}QUIT\r\n`);
    for (let round = 0; round < 5000; round++) {
      assert.equal(await client.line(), `+OK 1 ${one.length}`);
      assert.equal(await client.line(), `+OK 2 ${two.length}`);
    }
    assert.match(await client.line(), /^\+OK Goodbye/);
  });
});

describe('a real client', () => {
  it('curl lists and fetches, in clear and over TLS', async (t) => {
    const isThere = await run('curl', ['--version']).then(
      () => true,
      () => false,
    );
    if (!isThere) return t.skip('curl is not installed');
    const account = await fixture.addUser(messages);
    const user = ['-sS', '--insecure', '--user', `${account.address}:${password}`];
    const { pop3, pop3s } = fixture.ports;
    const listed = await run('curl', [...user, `pop3://127.0.0.1:${pop3}/`]);
    assert.equal(listed.stdout, `1 ${one.length}\r\n2 ${two.length}\r\n3 ${three.length}\r\n`);
    for (const url of [`pop3s://127.0.0.1:${pop3s}/1`, `pop3://127.0.0.1:${pop3}/1`]) {
      const fetched = await run('curl', [...user, '--ssl-reqd', url]);
      assert.equal(fetched.stdout, one);
    }
  });
});

describe('stop', () => {
  it('ends open sessions quickly, and removes nothing', async () => {
    const account = await fixture.addUser([one]);
    const client = await fixture.logIn(account);
    await ask(client, 'DELE 1');
    await fixture.servers.stop();
    assert.equal(await client.rest(), '');
    assert.equal(await countMessages(account), 1);
  });
});
