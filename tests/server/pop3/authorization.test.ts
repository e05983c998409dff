// The AUTHORIZATION state: CAPA, USER/PASS, AUTH, STLS, and what a stranger may not do.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Account } from '#lib/accounts/account.ts';
import { updateAccount } from '#lib/accounts/account.ts';
import { createInternalToken } from '#lib/accounts/sessions.ts';
import { execute } from '#server/pop3/execute.ts';
import { createSession } from '#server/pop3/session.ts';
import { ask, askLines, type Fixture, openFixture, password } from './fixture.ts';

let fixture: Fixture;
let ada: Account;
const base64 = (text: string) => Buffer.from(text).toString('base64');

before(async () => {
  fixture = await openFixture();
  ada = await fixture.addUser(['Subject: one\r\n\r\nbody\r\n']);
});
after(() => fixture.close());

describe('CAPA', () => {
  it('lists what there is, from loopback', async () => {
    const client = await fixture.open();
    assert.deepEqual(await askLines(client, 'capa'), [
      '+OK Capability list follows',
      'TOP',
      'UIDL',
      'RESP-CODES',
      'AUTH-RESP-CODE',
      'PIPELINING',
      'EXPIRE NEVER',
      'UTF8 USER',
      'LANG',
      'USER',
      'SASL SCRAM-SHA-256 PLAIN LOGIN OAUTHBEARER XOAUTH2',
      'STLS',
      'IMPLEMENTATION Drey',
    ]);
  });

  it('offers no login in clear to other machines, and none is taken', async () => {
    const session = createSession({ remote: '192.0.2.1', isSecure: false });
    const { lines } = await execute(session, 'CAPA');
    assert.ok(lines?.includes('STLS'));
    assert.ok(!lines?.some((line) => /^(USER|SASL)/.test(line)));
    for (const line of [`USER ${ada.address}`, 'PASS x', 'AUTH PLAIN', 'AUTH']) {
      assert.match((await execute(session, line)).line, /^-ERR \[AUTH\]/);
    }
  });

  it('offers no STLS inside TLS', async () => {
    const client = await fixture.open(true);
    assert.ok(!(await askLines(client, 'CAPA')).includes('STLS'));
    assert.match(await ask(client, 'STLS'), /^-ERR/);
  });
});

describe('USER and PASS', () => {
  it('log in, once', async () => {
    const client = await fixture.open();
    assert.equal(await ask(client, `USER ${ada.address}`), '+OK Send PASS.');
    assert.equal(await ask(client, `PASS ${password}`), '+OK Logged in.');
    assert.match(await ask(client, 'USER x'), /^-ERR/);
    assert.equal(await ask(client, 'STAT'), '+OK 1 22');
  });

  it('tell nobody who has a mailbox here', async () => {
    const client = await fixture.open();
    assert.equal(await ask(client, 'USER nobody@example.org'), '+OK Send PASS.');
    const unknown = await ask(client, 'PASS x');
    assert.equal(await ask(client, `USER ${ada.address}`), '+OK Send PASS.');
    assert.equal(await ask(client, 'PASS x'), unknown);
    assert.match(unknown, /^-ERR \[AUTH\] /);
  });

  it('keep every space of the password', async () => {
    const session = createSession({ remote: '127.0.0.1', isSecure: false });
    await execute(session, `USER ${ada.address}`);
    assert.match((await execute(session, `PASS ${password} `)).line, /^-ERR \[AUTH\]/);
    await execute(session, `USER ${ada.address}`);
    assert.match((await execute(session, `PASS ${password}`)).line, /^\+OK/);
  });

  it('begin anew after a failure', async () => {
    const client = await fixture.open();
    assert.match(await ask(client, 'PASS x'), /^-ERR USER/);
    await ask(client, `USER ${ada.address}`);
    await ask(client, 'PASS wrong');
    assert.match(await ask(client, `PASS ${password}`), /^-ERR USER/);
  });

  it('refuse a disabled account', async () => {
    const account = await fixture.addUser();
    await updateAccount(account.id, { isDisabled: true }, 'test');
    const client = await fixture.open();
    await ask(client, `USER ${account.address}`);
    assert.match(await ask(client, `PASS ${password}`), /^-ERR \[AUTH\]/);
  });

  it('refuse transaction commands before the login', async () => {
    const client = await fixture.open();
    for (const command of ['STAT', 'LIST', 'UIDL', 'RETR 1', 'TOP 1 0', 'DELE 1', 'RSET', 'NOOP']) {
      assert.equal(await ask(client, command), '-ERR Log in first.');
    }
    assert.match(await ask(client, 'QUIT'), /^\+OK/);
    assert.equal(await client.rest(), '');
  });
});

describe('AUTH', () => {
  const cases: [string, string[], RegExp[]][] = [
    ['PLAIN at once', [`AUTH PLAIN ${base64(`\0user1@example.org\0${password}`)}`], [/^\+OK/]],
    [
      'PLAIN after the challenge',
      ['auth plain', base64(`\0user1@example.org\0${password}`)],
      [/^\+ $/, /^\+OK/],
    ],
    [
      'LOGIN',
      ['AUTH LOGIN', base64('user1@example.org'), base64(password)],
      [/^\+ VXNlcm5hbWU6$/, /^\+ UGFzc3dvcmQ6$/, /^\+OK/],
    ],
    ['a wrong password', [`AUTH PLAIN ${base64('\0user1@example.org\0x')}`], [/^-ERR \[AUTH\]/]],
    ['a cancel', ['AUTH PLAIN', '*', 'NOOP'], [/^\+ /, /^-ERR/, /^-ERR Log in/]],
    ['no base64', ['AUTH PLAIN', 'USER x', 'NOOP'], [/^\+ /, /^-ERR/, /^-ERR Log in/]],
    ['the empty initial response', ['AUTH PLAIN ='], [/^-ERR/]],
    ['an unknown mechanism', ['AUTH CRAM-MD5'], [/^-ERR \[AUTH\]/]],
    ['too many words', ['AUTH PLAIN = ='], [/^-ERR/]],
    [
      'a wrong token: JSON first, then the refusal',
      [`AUTH OAUTHBEARER ${base64('n,,\x01auth=Bearer x\x01\x01')}`, base64('\x01')],
      [/^\+ eyJzdGF0dXMi/, /^-ERR \[AUTH\]/],
    ],
  ];
  for (const [reason, lines, expected] of cases) {
    it(`takes ${reason}`, async () => {
      const client = await fixture.open();
      for (const [index, line] of lines.entries()) {
        assert.match(await ask(client, line), expected[index]!);
      }
      client.close();
    });
  }

  it('takes an internal token', async () => {
    const token = createInternalToken(ada);
    const bearer = `n,a=${ada.address},\x01auth=Bearer ${token}\x01\x01`;
    const xoauth2 = `user=${ada.address}\x01auth=Bearer ${token}\x01\x01`;
    for (const line of [`OAUTHBEARER ${base64(bearer)}`, `XOAUTH2 ${base64(xoauth2)}`]) {
      const client = await fixture.open();
      assert.equal(await ask(client, `AUTH ${line}`), '+OK Logged in.');
    }
  });

  it('lists mechanisms when asked for none', async () => {
    const client = await fixture.open();
    assert.deepEqual((await askLines(client, 'AUTH')).slice(1), [
      'SCRAM-SHA-256',
      'PLAIN',
      'LOGIN',
      'OAUTHBEARER',
      'XOAUTH2',
    ]);
  });
});

describe('STLS', () => {
  it('secures the connection, in which one logs in', async () => {
    const client = await fixture.open();
    assert.equal(await ask(client, 'STLS'), '+OK Begin TLS negotiation now.');
    const secured = await client.secure();
    assert.ok(!(await askLines(secured, 'CAPA')).includes('STLS'));
    await ask(secured, `USER ${ada.address}`);
    assert.match(await ask(secured, `PASS ${password}`), /^\+OK/);
    assert.equal(await ask(secured, 'STAT'), '+OK 1 22');
    assert.match(await ask(secured, 'QUIT'), /^\+OK/);
    assert.equal(await secured.rest(), '');
  });

  it('forgets commands that came in the same segment, and the name given before', async () => {
    const client = await fixture.open();
    await ask(client, `USER ${ada.address}`);
    client.send(`STLS\r\nNOOP\r\nUSER injected\r\n`);
    assert.equal(await client.line(), '+OK Begin TLS negotiation now.');
    const secured = await client.secure();
    // The first answer inside TLS is that to the first command inside TLS, and there is no other.
    assert.equal(await ask(secured, `PASS ${password}`), '-ERR USER comes first.');
    assert.match(await ask(secured, 'QUIT'), /^\+OK/);
    assert.equal(await secured.rest(), '');
  });

  it('is no command of TRANSACTION', async () => {
    const client = await fixture.logIn(ada);
    assert.match(await ask(client, 'STLS'), /^-ERR/);
    assert.equal(await ask(client, 'NOOP'), '+OK Nothing done.');
  });
});

describe('limits', () => {
  it('close the connection at an endless line, before and after the login', async () => {
    for (const client of [await fixture.open(), await fixture.logIn(ada)]) {
      const megabyte = Buffer.alloc(1_000_000, 'x');
      for (let sent = 0; sent < 10; sent++) client.send(megabyte);
      assert.match(await client.rest(), /^(-ERR The line is too long\.\r\n)?$/);
    }
  });

  it('close the connection after many errors', async () => {
    const client = await fixture.open();
    client.send('WHAT\r\n'.repeat(100));
    const answers = (await client.rest()).split('\r\n').filter((line) => line !== '');
    assert.equal(answers.length, 11);
    assert.ok(answers.every((line) => line === '-ERR This command is not known.'));
  });

  const odd = [
    '',
    ' ',
    '\0',
    'STAT\0',
    'constructor',
    '__proto__ 1',
    '\xff\xfe',
    'USER',
    '+OK',
    '.',
  ];
  for (const line of odd) {
    it(`answers ${JSON.stringify(line)} with an error`, async () => {
      const session = createSession({ remote: '127.0.0.1', isSecure: false });
      assert.match((await execute(session, line)).line, /^-ERR /);
    });
  }

  it('takes a line in any pieces', async () => {
    const client = await fixture.open();
    client.socket.setNoDelay(true);
    for (const octet of `USER ${ada.address}\r\nPASS ${password}\r\nSTAT\r\n`) {
      client.send(octet);
      await new Promise(setImmediate);
    }
    assert.equal(await client.line(), '+OK Send PASS.');
    assert.equal(await client.line(), '+OK Logged in.');
    assert.equal(await client.line(), '+OK 1 22');
  });
});
