// What settings change: sessions of a user, login delay, UIDL format, \Seen, what DELE does, NUL, and logins that end.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Socket } from 'node:net';
import { after, afterEach, before, describe, it, mock } from 'node:test';
import { setPassword, updateAccount } from '#lib/accounts/account.ts';
import { changePop3Choice } from '#lib/accounts/pop3-choice.ts';
import { write } from '#lib/db.ts';
import { type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { findRecoverable, restoreMessages } from '#server/store/deleted/recoverable.ts';
import { FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { findMailbox } from '#server/store/mailboxes.ts';
import { insertPopUids } from '#server/store/pop-uid.ts';
import { ask, askLines, type Fixture, inboxOf, openFixture, password } from './fixture.ts';

let fixture: Fixture;
const message = 'Subject: one\r\n\r\nbody\r\n';
const changed = new Map<SettingKey, unknown>();

async function set(key: SettingKey, value: unknown, usual: unknown): Promise<void> {
  changed.set(key, usual);
  await writeSetting(key, value, 'test');
}

before(async () => {
  fixture = await openFixture();
});
afterEach(async () => {
  for (const [key, usual] of changed) await writeSetting(key, usual, 'test');
  changed.clear();
});
after(() => fixture.close());

async function tryLogIn(address: string, secret = password) {
  const client = await fixture.open();
  await ask(client, `USER ${address}`);
  return { client, answer: await ask(client, `PASS ${secret}`) };
}

describe('sessions of a user', () => {
  it('are one where the mailbox is locked (RFC 1939 §4), until QUIT or the connection breaks', async () => {
    await set('pop3.isExclusive', true, false);
    const { address } = await fixture.addUser([message]);
    const first = await tryLogIn(address);
    assert.match(first.answer, /^\+OK/);
    for (const leave of ['quit', 'break'] as const) {
      const second = await tryLogIn(address);
      assert.match(second.answer, /^-ERR \[IN-USE\] /);
      // Still in AUTHORIZATION.
      assert.equal(await ask(second.client, 'STAT'), '-ERR Log in first.');
      if (leave === 'quit') assert.match(await ask(first.client, 'QUIT'), /^\+OK/);
      else first.client.socket.resetAndDestroy();
      for (;;) {
        const third = await tryLogIn(address);
        if (third.answer.startsWith('-ERR [IN-USE]') && leave === 'break') continue;
        assert.match(third.answer, /^\+OK/);
        first.client = third.client;
        break;
      }
    }
  });

  it('are only so many', async () => {
    await set('pop3.maxConnectionsPerUser', 2, 10);
    const { address } = await fixture.addUser();
    const other = await fixture.addUser();
    for (const expected of [/^\+OK/, /^\+OK/, /^-ERR \[IN-USE\]/]) {
      assert.match((await tryLogIn(address)).answer, expected);
    }
    assert.match((await tryLogIn(other.address)).answer, /^\+OK/);
  });

  it('have time between them where a delay is set (RFC 2449 §6.5), and CAPA tells it', async () => {
    await set('pop3.loginDelaySeconds', 3600, 0);
    const { address } = await fixture.addUser();
    assert.match((await tryLogIn(address, 'wrong')).answer, /^-ERR \[AUTH\]/);
    const { client, answer } = await tryLogIn(address);
    assert.match(answer, /^\+OK/);
    assert.ok((await askLines(client, 'CAPA')).includes('LOGIN-DELAY 3600'));
    await ask(client, 'QUIT');
    assert.match((await tryLogIn(address)).answer, /^-ERR \[LOGIN-DELAY\]/);
    await set('pop3.loginDelaySeconds', 0, 0);
    assert.match((await tryLogIn(address)).answer, /^\+OK/);
  });
});

describe('a login that ended', () => {
  for (const how of ['disabled', 'password'] as const) {
    it(`closes a session that says nothing: ${how}`, async () => {
      const account = await fixture.addUser([message]);
      const client = await fixture.logIn(account);
      await ask(client, 'DELE 1');
      const closed = once(client.socket, 'end');
      if (how === 'disabled') await updateAccount(account.id, { isDisabled: true }, 'test');
      else await setPassword(account.id, 'another long horse', 'test');
      await closed;
      assert.equal((await inboxOf(account)).roll.size, 1);
    });
  }
});

describe('UIDL', () => {
  const formats: [string, (uid: number, validity: number) => string][] = [
    ['cyrus', (uid, validity) => `${validity}.${uid}`],
    ['courier', (uid, validity) => `${validity}-${uid}`],
    ['courierText', (uid, validity) => `UID${uid}-${validity}`],
    ['uid', (uid) => String(uid)],
  ];
  for (const [format, write] of formats) {
    it(`has the format ${format}, also for what was restored`, async () => {
      await set('pop3.uidlFormat', format, 'dovecot');
      const account = await fixture.addUser([message, message]);
      const { mailbox } = await inboxOf(account);
      const told = [1, 2].map((uid) => write(uid, mailbox.uidValidity));
      const client = await fixture.logIn(account);
      const lines = await askLines(client, 'UIDL');
      assert.deepEqual(lines.slice(1), [`1 ${told[0]}`, `2 ${told[1]}`]);
      await ask(client, 'DELE 1');
      await ask(client, 'QUIT');
      const twin = await findRecoverable(account.id, 'INBOX');
      await restoreMessages(account.id, twin!.id, null);
      const again = await askLines(await fixture.logIn(account), 'UIDL');
      assert.deepEqual(again.slice(1), [`1 ${told[1]}`, `2 ${told[0]}`]);
    });
  }

  it('says no short id twice that another server has given', async () => {
    await set('pop3.uidlFormat', 'uid', 'dovecot');
    const account = await fixture.addUser([message, message]);
    const { mailbox } = await inboxOf(account);
    await write((tx) => insertPopUids(tx, account.id, mailbox.id, [{ uid: 1, text: '2' }]));
    const lines = await askLines(await fixture.logIn(account), 'UIDL');
    assert.equal(new Set(lines.slice(1).map((line) => line.split(' ')[1])).size, 2);
  });
});

describe('messages', () => {
  it('stay unread where RETR is not to mark them', async () => {
    await set('pop3.marksSeen', false, true);
    const account = await fixture.addUser([message]);
    const client = await fixture.logIn(account);
    await askLines(client, 'RETR 1');
    await ask(client, 'QUIT');
    assert.deepEqual([...(await inboxOf(account)).roll.flags], [0]);
  });

  it('are marked as read also when the connection breaks', async () => {
    const account = await fixture.addUser([message]);
    const client = await fixture.logIn(account);
    await askLines(client, 'RETR 1');
    client.socket.destroy();
    while ((await inboxOf(account)).roll.unseen > 0) await new Promise(setImmediate);
  });

  for (const [deletion, name] of [
    ['trash', 'Trash'],
    ['archive', 'Archive'],
  ] as const) {
    it(`that are deleted go to ${name}`, async () => {
      await set('pop3.deletion', deletion, 'remove');
      const account = await fixture.addUser([message, message]);
      const client = await fixture.logIn(account);
      await ask(client, 'DELE 2');
      assert.equal(await ask(client, 'QUIT'), '+OK Goodbye, 1 messages removed.');
      const target = await findMailbox(account.id, name);
      assert.equal((await readView(account.id, target!.id)).roll.size, 1);
      assert.equal((await inboxOf(account)).roll.size, 1);
    });
  }

  it('are dealt with as the user has chosen, whatever the settings say', async () => {
    const account = await fixture.addUser([message]);
    const change = { 'pop3.deletion': 'trash', 'pop3.marksSeen': false };
    assert.deepEqual(await changePop3Choice(account, change, 'test'), change);
    await assert.rejects(
      changePop3Choice(account, { 'pop3.deletion': 'x' }, 'test'),
      /Give one of/,
    );
    const client = await fixture.logIn(account);
    await askLines(client, 'RETR 1');
    await ask(client, 'DELE 1');
    await ask(client, 'QUIT');
    const trash = await findMailbox(account.id, 'Trash');
    assert.deepEqual([...(await readView(account.id, trash!.id)).roll.flags], [0]);
    const back = { 'pop3.deletion': undefined, 'pop3.marksSeen': undefined };
    assert.deepEqual(await changePop3Choice(account, back, 'test'), {});
  });

  it('come from the folders that the user has chosen, each with its own flags and deletions', async () => {
    const account = await fixture.addUser([message, message]);
    const archive = await findMailbox(account.id, 'Archive');
    const inbox = await findMailbox(account.id, 'INBOX');
    const first = await fixture.logIn(account);
    const before = (await askLines(first, 'UIDL')).slice(1).map((line) => line.split(' ')[1]);
    await ask(first, 'QUIT');
    await copyMessages(account.id, inbox!.id, [1], archive!.id);
    await copyMessages(account.id, inbox!.id, [2], archive!.id);
    const change = { 'pop3.folders': ['INBOX', 'No such', 'Archive', 'inbox'] };
    await changePop3Choice(account, change, 'test');
    const client = await fixture.logIn(account);
    const names = (await askLines(client, 'UIDL')).slice(1).map((line) => line.split(' ')[1]);
    assert.deepEqual(names.slice(0, 2), before, 'those of INBOX keep their names');
    assert.equal(new Set(names).size, names.length);
    assert.match(await ask(client, 'STAT'), /^\+OK 4 /);
    for (const number of [2, 3, 4]) {
      assert.equal((await askLines(client, `RETR ${number}`))[1], 'Subject: one', `${number}`);
    }
    await ask(client, 'DELE 2');
    await ask(client, 'DELE 3');
    assert.equal(await ask(client, 'QUIT'), '+OK Goodbye, 2 messages removed.');
    const left = async (id: string) => {
      const { roll } = await readView(account.id, id);
      return [...roll.uids].map((uid, at) => [uid, roll.flags[at]]);
    };
    assert.deepEqual(await left(inbox!.id), [[1, 0]]);
    assert.deepEqual(await left(archive!.id), [[2, FLAG.seen]]);
    await changePop3Choice(account, { 'pop3.folders': ['No such'] }, 'test');
    assert.match(await ask(await fixture.logIn(account), 'STAT'), /^\+OK 1 /);
  });

  it('have NUL, or octet 128 for it', async () => {
    const account = await fixture.addUser(['Subject: a\0b\r\n\r\n\0\r\n']);
    const client = await fixture.logIn(account);
    assert.deepEqual((await askLines(client, 'RETR 1')).slice(1), ['Subject: a\0b', '', '\0']);
    await ask(client, 'QUIT');
    await set('pop3.replacesNul', true, false);
    const other = await fixture.logIn(account);
    other.send('RETR 1\r\nNOOP\r\n');
    const lines = [await other.line(), ...(await other.lines())];
    assert.ok(!lines.join('').includes('\0'));
    assert.equal(await other.line(), '+OK Nothing done.');
  });

  it('are in UTF-8 for a client that says UTF8, else in ASCII', async () => {
    const text = Buffer.from('Subject: Grüße\r\n\r\nbody\r\n').toString('latin1');
    const account = await fixture.addUser([text]);
    const plain = await fixture.logIn(account);
    const encoded = 'Subject: =?utf-8?B?R3LDvMOfZQ==?=';
    assert.equal((await askLines(plain, 'RETR 1'))[1], encoded);
    assert.equal((await askLines(plain, 'TOP 1 0'))[1], encoded);
    const client = await fixture.open();
    await ask(client, 'UTF8');
    await ask(client, `USER ${account.address}`);
    await ask(client, `PASS ${password}`);
    assert.notEqual((await askLines(client, 'RETR 1'))[1], encoded);
  });

  it('that move away and come in between two logins have their sizes', async () => {
    const account = await fixture.addUser([message, `${message}x\r\n`, `${message}xy\r\n`]);
    const { mailbox } = await inboxOf(account);
    const sizes = async () => {
      const client = await fixture.logIn(account);
      const lines = await askLines(client, 'LIST');
      await ask(client, 'QUIT');
      return lines.slice(1).map((line) => Number(line.split(' ')[1]) - message.length);
    };
    assert.deepEqual(await sizes(), [0, 3, 4]);
    const trash = await findMailbox(account.id, 'Trash');
    const { pairs } = await moveMessages(account.id, mailbox.id, [1, 3], trash!.id);
    assert.deepEqual(await sizes(), [3]);
    const back = pairs.map(([, uid]) => uid).reverse();
    for (const uid of back) await moveMessages(account.id, trash!.id, [uid], mailbox.id);
    assert.deepEqual(await sizes(), [3, 4, 0]);
  });
});

describe('a client that says nothing', () => {
  it('is waited for as long as the setting says', async () => {
    await set('pop3.idleTimeoutMinutes', 11, 10);
    const setIdle = mock.method(Socket.prototype, 'setTimeout');
    try {
      const client = await fixture.open();
      await ask(client, 'CAPA');
      const waits = setIdle.mock.calls.map((call) => call.arguments[0]);
      assert.ok(waits.includes(11 * 60_000), String(waits));
    } finally {
      setIdle.mock.restore();
    }
  });
});
