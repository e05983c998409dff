// What a connection does about time, ended logins and rubbish.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setPassword, updateAccount } from '#lib/accounts/account.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import { execute } from '#server/pop3/execute.ts';
import { createSession, enter, type Session } from '#server/pop3/session.ts';
import { connect } from '../net/line-client.ts';
import { ask, type Fixture, hurry, inboxOf, openFixture, password, serve } from './fixture.ts';

let fixture: Fixture;
const message = 'Subject: one\r\n\r\nbody\r\n';

before(async () => {
  fixture = await openFixture();
});
after(() => fixture.close());

async function sessionOf(address: string): Promise<Session> {
  const session = createSession({ remote: '127.0.0.1', isSecure: false });
  const account = await signIn({ address, password, remote: '127.0.0.1', protocol: 'pop3' });
  await enter(session, account);
  return session;
}

describe('time', () => {
  it('ends an idle session, and removes nothing', async () => {
    const account = await fixture.addUser([message]);
    const server = await serve({ idleTimeoutMs: 60_000, loginDeadlineMs: 60_000 });
    const accepted = once(server, 'connection');
    const client = await connect((server.address() as { port: number }).port);
    const [socket] = (await accepted) as [Socket];
    await client.line();
    await ask(client, `USER ${account.address}`);
    await ask(client, `PASS ${password}`);
    await ask(client, 'DELE 1');
    assert.equal(socket.timeout, 60_000);
    hurry(socket);
    assert.equal(await client.rest(), '');
    assert.equal((await inboxOf(account)).roll.size, 1);
    server.close();
  });

  it('ends a connection that never logs in, however much it says', async () => {
    const server = await serve({ idleTimeoutMs: 60_000, loginDeadlineMs: 100 });
    const client = await connect((server.address() as { port: number }).port);
    await client.line();
    let isClosed = false;
    client.socket.once('close', () => {
      isClosed = true;
    });
    while (!isClosed) {
      client.send('C');
      await new Promise(setImmediate);
    }
    server.close();
  });
});

describe('a login that ended', () => {
  it('ends the session at its next command, and removes nothing', async () => {
    for (const change of ['disabled', 'password'] as const) {
      const account = await fixture.addUser([message]);
      const session = await sessionOf(account.address);
      assert.match((await execute(session, 'DELE 1')).line, /^\+OK/);
      if (change === 'disabled') await updateAccount(account.id, { isDisabled: true }, 'test');
      else await setPassword(account.id, 'another horse', 'test');
      session.checkedAtMs = Number.NEGATIVE_INFINITY;
      const reply = await execute(session, 'QUIT');
      assert.match(reply.line, /^-ERR \[AUTH\]/);
      assert.equal(reply.after, 'close');
      assert.equal((await inboxOf(account)).roll.size, 1);
    }
  });
});

describe('rubbish', () => {
  /** A small generator with a seed, so that a failure can be repeated. */
  function createRandom(seed: number): (limit: number) => number {
    let state = seed;
    return (limit) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * limit);
    };
  }

  it('has one answer for every line, and the session lives', async () => {
    const account = await fixture.addUser([message, message]);
    const session = await sessionOf(account.address);
    const random = createRandom(20_261_121);
    const words = [
      'RETR',
      'TOP',
      'LIST',
      'UIDL',
      'DELE',
      'RSET',
      'STAT',
      'CAPA',
      'AUTH',
      'STLS',
      'USER',
    ];
    const parts = [
      '1',
      '2',
      '3',
      '0',
      '-1',
      '99999999999',
      ' ',
      '\t',
      '\0',
      '\ufffd',
      '1e9',
      '[AUTH]',
      '*',
      'PLAIN',
    ];
    for (let round = 0; round < 2000; round++) {
      const rest = Array.from({ length: random(4) }, () => parts[random(parts.length)]);
      const line = `${words[random(words.length)]} ${rest.join(random(2) ? ' ' : '')}`;
      const reply = await execute(session, line);
      assert.match(reply.line, /^(\+OK|-ERR) [\x20-\x7e]+$/, line);
      assert.equal(reply.after, undefined, line);
    }
    assert.equal((await execute(session, 'NOOP')).line, '+OK Nothing done.');
  });
});
