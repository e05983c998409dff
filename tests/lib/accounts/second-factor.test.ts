// Codes of an app, recovery codes and app passwords: what opens the web, what opens mail programs, and what no more.
import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { after, before, beforeEach, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import {
  addAppPassword,
  listAppPasswords,
  type NewAppPassword,
  removeAppPassword,
} from '#lib/accounts/app-password.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { loginOf, watchLogin } from '#lib/accounts/login-watch.ts';
import type { ScramKeys } from '#lib/accounts/scram.ts';
import {
  beginAuthenticator,
  confirmAuthenticator,
  removeAuthenticator,
  takeAuthenticatorCode,
} from '#lib/accounts/second-factor/authenticator.ts';
import { readSecondFactor, resetSecondFactor } from '#lib/accounts/second-factor/factor.ts';
import { addPasskey } from '#lib/accounts/second-factor/passkey.ts';
import { takeRecoveryCode } from '#lib/accounts/second-factor/recovery.ts';
import {
  createInternalToken,
  type Factor,
  type Protocol,
  type SignedIn,
  signIn,
  signInByProof,
  signInWithToken,
} from '#lib/accounts/sessions.ts';
import { freezeClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a winter under the oak';
const here = { remote: '192.0.2.200' };
const begin = Date.parse('2026-03-01T08:00:00Z');
const setSeconds = (seconds: number) => freezeClock(new Date(begin + seconds * 1000));
const codeAt = (secret: string, seconds: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: begin + seconds * 1000 });

/** Whether a client that knows `secret` proves these keys (RFC 5802 §3). */
const proofOf =
  (secret: string) =>
  ({ salt, iterations, storedKey }: ScramKeys) => {
    const salted = pbkdf2Sync(secret, salt, iterations, 32, 'sha256');
    const clientKey = createHmac('sha256', salted).update('Client Key').digest();
    return createHash('sha256').update(clientKey).digest().equals(storedKey);
  };

describe('second factors', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ann: Account;
  let ben: Account;
  let count = 0;

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, 'test');
    await writeSetting('security.failureDelayMs', 0, 'test');
  });
  beforeEach(async () => {
    setSeconds(0);
    count++;
    ann = await addAccount({ address: `ann${count}@example.test`, password }, 'test');
    ben = await addAccount({ address: `ben${count}@example.test`, password }, 'test');
  });
  after(async () => {
    freezeClock(null);
    await database.close();
  });

  const enter = (
    account: Account,
    protocol: Protocol,
    secret = password,
    factor: Factor | null = null,
    remote = `192.0.2.${count}`,
  ) => signIn({ address: account.address, password: secret, remote, protocol, factor });

  async function addApp(account: Account): Promise<{ secret: string; codes: string[] }> {
    const { secret, uri } = await beginAuthenticator(account);
    assert.match(uri, /^otpauth:\/\/totp\/.*secret=[A-Z2-7]{32}.*/);
    const codes = await confirmAuthenticator(account, codeAt(secret, 0), here);
    assert.equal(codes?.length, 10);
    return { secret, codes: codes ?? [] };
  }

  it('are asked for behind a right password only, and only on the web', async () => {
    const { secret } = await addApp(ann);
    await assert.rejects(enter(ann, 'web'), { reason: 'auth-failed', field: 'factor' });
    await assert.rejects(enter(ann, 'web', 'wrong'), { reason: 'auth-failed', field: null });
    for (const protocol of ['imap', 'pop3', 'submission'] as const) {
      await assert.rejects(enter(ann, protocol), { reason: 'auth-failed', field: null });
    }
    setSeconds(60);
    const right: Factor = (id) => takeAuthenticatorCode(id, codeAt(secret, 60));
    assert.equal((await enter(ann, 'web', password, right)).isProven, true);
    await assert.rejects(enter(ann, 'web', password, right), { field: 'code' });
    assert.equal((await enter(ben, 'imap')).id, ben.id);
  });

  it('end what programs have open by the password, and nothing else', async () => {
    const { password: ofPhone } = await addAppPassword(
      ann.id,
      { name: 'Phone', protocols: ['imap'] },
      'test',
    );
    const ended: string[] = [];
    const stops: (() => void)[] = [];
    const watch = (name: string, account: SignedIn) =>
      new Promise<void>((resolve) => {
        const end = () => {
          if (!ended.includes(name)) ended.push(name);
          resolve();
        };
        stops.push(watchLogin({ ...loginOf(account), end }));
      });
    void watch('web', await enter(ann, 'web'));
    void watch('phone', await enter(ann, 'imap', ofPhone));
    const token = createInternalToken(ann);
    const internal = { token, remote: '127.0.0.1', protocol: 'imap' } as const;
    void watch('webmail', await signInWithToken(internal));
    const proof = { address: ann.address, isProven: proofOf(password), remote: '192.0.2.9' };
    const programs = [
      watch('imap', await enter(ann, 'imap')),
      watch('pop3', await enter(ann, 'pop3')),
      watch('scram', await signInByProof({ ...proof, protocol: 'submission' })),
    ];
    await addApp(ann);
    await Promise.all(programs);
    for (const stop of stops) stop();
    assert.deepEqual(ended.sort(), ['imap', 'pop3', 'scram']);
  });

  it('take no code twice, none of another time and none of another account', async () => {
    const { secret } = await addApp(ann);
    const taken = (seconds: number, at: number, id = ann.id) => {
      setSeconds(at);
      return takeAuthenticatorCode(id, codeAt(secret, seconds));
    };
    assert.equal(await taken(0, 0), false, 'the code that confirmed it');
    assert.equal(await taken(60, 300), false, 'long ago');
    assert.equal(await taken(600, 300), false, 'to come');
    assert.equal(await taken(300, 300, ben.id), false, 'of somebody else');
    assert.equal(await taken(330, 300), true, 'half a minute early');
    assert.equal(await taken(300, 300), false, 'before one that was taken');
    const both = await Promise.all([taken(400, 400), taken(400, 400)]);
    assert.deepEqual(both.sort(), [false, true]);
    assert.equal(await takeAuthenticatorCode(ann.id, '12 34'), false);
  });

  it('count only once the first code was shown', async () => {
    const { secret } = await beginAuthenticator(ann);
    assert.equal((await readSecondFactor(ann.id)).hasAuthenticator, false);
    assert.equal(await takeAuthenticatorCode(ann.id, codeAt(secret, 0)), false);
    assert.equal((await enter(ann, 'web')).id, ann.id);
    await assert.rejects(confirmAuthenticator(ann, '000000', here), { field: 'code' });
    await confirmAuthenticator(ann, codeAt(secret, 0), here);
    await assert.rejects(beginAuthenticator(ann), { reason: 'exists' });
  });

  it('stay closed to many strangers, also while a mail program signs in', async () => {
    const { secret } = await beginAuthenticator(ann);
    await confirmAuthenticator(ann, codeAt(secret, 0), here);
    const phone = { name: 'Phone', protocols: ['imap'] as const };
    const { password: own } = await addAppPassword(ann.id, phone, 'test');
    await writeSetting('security.maxLoginFailures', 3, 'test');
    try {
      const { address } = ann;
      const guess = (host: number) => {
        const remote = `198.51.100.${host}`;
        return signIn({ address, password, remote, protocol: 'web', factor: async () => false });
      };
      for (let host = 1; host <= 30; host++) {
        await assert.rejects(guess(host), { reason: 'auth-failed' });
        await signIn({ address, password: own, remote: '203.0.113.1', protocol: 'imap' });
      }
      await assert.rejects(guess(31), { reason: 'throttled' });
    } finally {
      await writeSetting('security.maxLoginFailures', 10, 'test');
    }
  });

  it('reads no challenge that is no text', async () => {
    const site = { host: 'localhost', origin: 'http://localhost', title: 'Mail' };
    const said = { type: 'webauthn.create', origin: site.origin, challenge: { length: 5e8 } };
    const response = {
      id: 'x',
      rawId: 'x',
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: Buffer.from(JSON.stringify(said)).toString('base64url'),
        attestationObject: '',
      },
    };
    const before = process.resourceUsage().maxRSS;
    await assert.rejects(addPasskey(ann, site, { name: 'x', response }), { reason: 'invalid' });
    assert.ok(process.resourceUsage().maxRSS - before < 300_000, 'kilobytes');
  });

  it('have recovery codes, each for once', async () => {
    const { codes } = await addApp(ann);
    const [first = '', second = ''] = codes;
    assert.equal(await takeRecoveryCode(ben.id, first), false);
    assert.equal(await takeRecoveryCode(ann.id, first.toUpperCase()), true);
    assert.equal(await takeRecoveryCode(ann.id, first), false);
    assert.equal(await takeRecoveryCode(ann.id, second.replace('-', ' ')), true);
    assert.equal((await readSecondFactor(ann.id)).recoveryCodes, 8);
  });

  it('go by their owner or an administrator, and the password is enough again', async () => {
    await addApp(ann);
    await removeAuthenticator(ann, ann.address);
    assert.deepEqual(await readSecondFactor(ann.id), {
      hasAuthenticator: false,
      passkeys: [],
      recoveryCodes: 0,
    });
    assert.equal((await enter(ann, 'imap')).id, ann.id);
    await addApp(ben);
    await resetSecondFactor(ben.id, 'test');
    assert.equal((await enter(ben, 'web')).id, ben.id);
  });

  describe('app passwords', () => {
    const make = async (account: Account, input: Partial<NewAppPassword> = {}) =>
      addAppPassword(account.id, { name: 'Phone', protocols: ['imap'], ...input }, 'test');

    it('open what they are for, with or without hyphens, never the web', async () => {
      await addApp(ann);
      const { id, password: secret } = await make(ann, { protocols: ['imap', 'submission'] });
      assert.match(secret, /^[a-z]{4}(-[a-z]{4}){3}$/);
      assert.equal((await enter(ann, 'imap', secret)).appPasswordId, id);
      const spaced = secret.replaceAll('-', ' ').toUpperCase();
      assert.equal((await enter(ann, 'submission', spaced)).appPasswordId, id);
      await assert.rejects(enter(ann, 'pop3', secret), { reason: 'auth-failed' });
      await assert.rejects(enter(ann, 'web', secret), { reason: 'auth-failed', field: null });
      await assert.rejects(enter(ben, 'imap', secret), { reason: 'auth-failed' });
      const [listed] = await listAppPasswords(ann.id);
      assert.equal(listed?.lastProtocol, 'submission');
      await removeAppPassword(ann.id, id, 'test');
      await assert.rejects(enter(ann, 'imap', secret), { reason: 'auth-failed' });
    });

    it('hold for a time and for networks', async () => {
      const expiresAt = new Date(begin + 3600_000);
      const { password: short } = await make(ann, { expiresAt });
      assert.ok((await enter(ann, 'imap', short)).appPasswordId);
      setSeconds(3601);
      await assert.rejects(enter(ann, 'imap', short), { reason: 'auth-failed' });
      const { password: near } = await make(ann, { networks: ['10.1.0.0/16', '2001:db8::/32'] });
      for (const remote of ['10.1.2.3', '::ffff:10.1.2.3', '2001:db8::7']) {
        assert.ok((await enter(ann, 'imap', near, null, remote)).appPasswordId, remote);
      }
      await assert.rejects(enter(ann, 'imap', near, null, '10.2.0.1'), { reason: 'auth-failed' });
    });

    it('are proven by SCRAM, where the own password is no more', async () => {
      const prove = (secret: string) =>
        signInByProof({
          address: ann.address,
          remote: '192.0.2.99',
          protocol: 'imap',
          isProven: proofOf(secret),
        });
      assert.equal((await prove(password)).id, ann.id);
      await addApp(ann);
      const { id, password: secret } = await make(ann);
      assert.equal((await prove(secret)).appPasswordId, id);
      await assert.rejects(prove(password), { reason: 'auth-failed' });
    });

    it('are checked when they are made, and belong to their account', async () => {
      await assert.rejects(make(ann, { name: ' ' }), { field: 'name' });
      await assert.rejects(make(ann, { protocols: [] }), { field: 'protocols' });
      await assert.rejects(make(ann, { networks: ['everywhere'] }), { field: 'networks' });
      await assert.rejects(make(ann, { expiresAt: new Date(begin - 1) }), { field: 'expiresAt' });
      const { id } = await make(ann);
      await assert.rejects(removeAppPassword(ben.id, id, 'test'), { reason: 'not-found' });
      const row = await db.appPassword.findFirstOrThrow({ where: { id } });
      assert.match(row.hash, /^[0-9a-f]{64}$/);
    });
  });
});
