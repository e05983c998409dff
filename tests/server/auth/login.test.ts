// Logins of protocols: accounts, tokens, throttle, and the count.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { createInternalToken } from '#lib/accounts/sessions.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { login, mayUsePassword } from '#server/auth/login.ts';
import { authentications } from '#server/metrics/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let account: Awaited<ReturnType<typeof addAccount>>;
const origin = { remote: '192.0.2.1', protocol: 'imap' as const };
const byPassword = (username: string, password: string, authzid = '') =>
  login({ kind: 'password', authzid, username, password }, origin);
const byToken = (username: string, token: string) =>
  login({ kind: 'token', username, token }, origin);
const isFailed = (error: unknown) => isRefusal(error, 'auth-failed');

async function count(result: string): Promise<number> {
  const { values } = await authentications.get();
  const isWanted = (labels: object) =>
    JSON.stringify(labels) === JSON.stringify({ protocol: 'imap', result });
  return values.find(({ labels }) => isWanted(labels))?.value ?? 0;
}

before(async () => {
  database = await openTestDatabase();
  await writeSetting('security.failureDelayMs', 0, 'test');
  await addDomain({ name: 'example.org' }, 'test');
  account = await addAccount({ address: 'ada@example.org', password: 'right horse' }, 'test');
});
after(() => database.close());

describe('login', () => {
  it('takes the password, and counts', async () => {
    const former = await count('ok');
    assert.equal((await byPassword('Ada@Example.ORG', 'right horse')).id, account.id);
    assert.equal(await count('ok'), former + 1);
  });

  it('refuses a wrong password and an unknown account with the same words, and counts', async () => {
    const former = await count('failed');
    const texts: string[] = [];
    for (const [username, password] of [
      ['ada@example.org', 'wrong'],
      ['eve@example.org', 'right horse'],
      ['no address', 'x'],
    ] as const) {
      await assert.rejects(byPassword(username, password), (error: Error) => {
        texts.push(error.message);
        return isFailed(error);
      });
    }
    assert.equal(new Set(texts).size, 1);
    assert.equal(await count('failed'), former + 3);
  });

  it('lets nobody act for somebody else', async () => {
    assert.equal(
      (await byPassword('ada@example.org', 'right horse', 'ADA@example.org')).id,
      account.id,
    );
    await assert.rejects(byPassword('ada@example.org', 'right horse', 'eve@example.org'), isFailed);
  });

  it('takes an internal token, with the right name or none', async () => {
    const token = createInternalToken(account);
    assert.equal((await byToken('', token)).id, account.id);
    assert.equal((await byToken('ada@example.org', token)).id, account.id);
    await assert.rejects(byToken('eve@example.org', token), isFailed);
    await assert.rejects(byToken('', `${token}x`), isFailed);
    await assert.rejects(byToken('', ''), isFailed);
  });

  it('refuses a disabled account by password and by token', async () => {
    const token = createInternalToken(account);
    await updateAccount(account.id, { isDisabled: true }, 'test');
    await assert.rejects(byPassword('ada@example.org', 'right horse'), isFailed);
    await assert.rejects(byToken('', token), isFailed);
    await updateAccount(account.id, { isDisabled: false }, 'test');
  });

  it('refuses unseen after too many failures, and counts that apart', async () => {
    await writeSetting('security.maxLoginFailures', 3, 'test');
    const former = await count('throttled');
    const bad = {
      kind: 'password' as const,
      authzid: '',
      username: 'x@example.org',
      password: 'x',
    };
    const far = { remote: '198.51.100.9', protocol: 'imap' as const };
    for (let tries = 0; tries < 3; tries++) await assert.rejects(login(bad, far), isFailed);
    await assert.rejects(login(bad, far), (error) => isRefusal(error, 'throttled'));
    assert.equal(await count('throttled'), former + 1);
  });
});

describe('mayUsePassword', () => {
  const cases: [boolean, string, boolean][] = [
    [true, '192.0.2.1', true],
    [false, '192.0.2.1', false],
    [false, '127.0.0.1', true],
    [false, '::1', true],
    [false, '::ffff:127.0.0.1', true],
    [false, '', false],
  ];
  for (const [isSecure, remote, expected] of cases) {
    it(`${isSecure ? 'TLS' : 'clear'} from "${remote}": ${expected}`, () => {
      assert.equal(mayUsePassword({ isSecure, remote }), expected);
    });
  }
});
