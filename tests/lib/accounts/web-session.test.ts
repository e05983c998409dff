// Browser sessions are rows: ended ones are over at once, wherever they were ended.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, setPassword } from '#lib/accounts/account.ts';
import { addAppPassword } from '#lib/accounts/app-password.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { watchLogin } from '#lib/accounts/login-watch.ts';
import {
  checkWebSession,
  endOtherWebSessions,
  endWebSession,
  listWebSessions,
  removeExpiredSessions,
  startWebSession,
} from '#lib/accounts/web-session.ts';
import { freezeClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a winter under the oak';
const origin = { remote: '192.0.2.1', agent: 'Firefox', isProven: false };

describe('browser sessions', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ann = '';
  let ben = '';

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, 'test');
    ann = (await addAccount({ address: 'ann@example.test', password }, 'test')).id;
    ben = (await addAccount({ address: 'ben@example.test', password }, 'test')).id;
  });
  after(() => database.close());

  const claimsOf = async (accountId: string) => {
    const sessionId = await startWebSession(accountId, origin);
    const account = await db.account.findUniqueOrThrow({ where: { id: accountId } });
    return { accountId, epoch: account.epoch, sessionId };
  };

  it('stand until they are ended, and end only their own', async () => {
    const [one, two] = [await claimsOf(ann), await claimsOf(ann)];
    const other = await claimsOf(ben);
    assert.equal((await checkWebSession(one))?.address, 'ann@example.test');
    await assert.rejects(endWebSession(ben, one.sessionId), { reason: 'not-found' });
    await endWebSession(ann, one.sessionId);
    assert.equal(await checkWebSession(one), null);
    assert.ok(await checkWebSession(two));
    const three = await claimsOf(ann);
    assert.equal(await endOtherWebSessions(ann, three.sessionId), 1);
    assert.deepEqual(
      (await listWebSessions(ann)).map(({ id }) => id),
      [three.sessionId],
    );
    assert.ok(await checkWebSession(other));
  });

  it('are not opened by the claims of another account', async () => {
    const claims = await claimsOf(ann);
    assert.equal(await checkWebSession({ ...claims, accountId: ben }), null);
    assert.equal(await checkWebSession({ ...claims, sessionId: 'x' }), null);
    assert.equal(await checkWebSession({ ...claims, epoch: claims.epoch + 1 }), null);
  });

  it('note their use, and run out without it', async () => {
    const hour = 3600_000;
    const begin = Date.parse('2026-03-01T08:00:00Z');
    const setHour = (hours: number) => freezeClock(new Date(begin + hours * hour));
    setHour(0);
    try {
      const claims = await claimsOf(ben);
      setHour(20);
      assert.ok(await checkWebSession(claims, '192.0.2.9'));
      const session = (await listWebSessions(ben)).find(({ id }) => id === claims.sessionId);
      assert.equal(session?.remote, '192.0.2.9');
      setHour(40);
      assert.ok(await checkWebSession(claims));
      setHour(45);
      assert.equal(await checkWebSession(claims), null);
      await removeExpiredSessions();
      assert.equal(await db.webSession.count({ where: { id: claims.sessionId } }), 0);
    } finally {
      freezeClock(null);
    }
  });

  it('tell what is open when their time is over, whatever another listener does', async () => {
    const claims = await claimsOf(ben);
    const data = { protocols: ['imap'] as const, expiresAt: new Date(Date.now() + 3600_000) };
    const { id } = await addAppPassword(ben, { name: 'Phone', ...data }, 'test');
    const { epoch } = claims;
    const stopBad = watchLogin({
      ...claims,
      end: () => {
        throw new Error('not today');
      },
    });
    const watch = (login: object) =>
      new Promise<void>((resolve) => {
        const unwatch = watchLogin({
          accountId: ben,
          epoch,
          ...login,
          end: () => {
            unwatch();
            resolve();
          },
        });
      });
    try {
      const over = Promise.all([
        watch({ sessionId: claims.sessionId }),
        watch({ appPasswordId: id }),
      ]);
      freezeClock(new Date(Date.now() + 48 * 3600_000));
      await over;
    } finally {
      stopBad();
      freezeClock(null);
    }
  });

  it('tell what is open under them, and a new password ends them all', async () => {
    const [one, two] = [await claimsOf(ben), await claimsOf(ben)];
    const ended: string[] = [];
    const watch = (name: string, claims: typeof one) =>
      new Promise<void>((resolve) => {
        const unwatch = watchLogin({
          ...claims,
          end: () => {
            ended.push(name);
            unwatch();
            resolve();
          },
        });
      });
    const first = watch('one', one);
    const second = watch('two', two);
    await endWebSession(ben, one.sessionId);
    await first;
    assert.deepEqual(ended, ['one']);
    await setPassword(ben, 'another winter under it', 'test');
    await second;
    assert.equal(await checkWebSession(two), null);
    assert.deepEqual(await listWebSessions(ben), []);
  });
});
