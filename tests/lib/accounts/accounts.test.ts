import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  addAccount,
  findAccount,
  removeAccount,
  setPassword,
  updateAccount,
} from '#lib/accounts/account.ts';
import { listAccounts } from '#lib/accounts/account-list.ts';
import { addAlias, removeAlias, updateAlias } from '#lib/accounts/alias.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { addDomain, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { listDomains } from '#lib/accounts/domain-list.ts';
import {
  addNetwork,
  isTrustedAddress,
  listNetworks,
  removeNetwork,
} from '#lib/accounts/network.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { listOwnAddresses, maySendAs, resolveRecipient } from '#lib/accounts/route.ts';
import { decryptSecret, encryptSecret, signText, verifyText } from '#lib/accounts/secret.ts';
import {
  checkSession,
  createInternalToken,
  signIn,
  signInWithToken,
} from '#lib/accounts/sessions.ts';
import { completeSetup, createSetupToken, isSetUp } from '#lib/accounts/setup.ts';
import { recordFailure, removeSpent } from '#lib/accounts/throttle.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { readSetting, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
const by = 'test';
const password = 'correct horse';
const refused = (reason: string) => (error: unknown) => isRefusal(error) && error.reason === reason;

before(async () => {
  await writeSetting('security.failureDelayMs', 0, by);
});
after(database.close);

describe('set-up', () => {
  it('makes the first domain and administrator by a link that works once', async () => {
    assert.equal(await isSetUp(), false);
    const stale = await createSetupToken();
    const token = await createSetupToken();
    const input = { address: 'Ada@Example.TEST', password, displayName: 'Ada' };
    await assert.rejects(completeSetup({ ...input, token: stale }), refused('forbidden'));
    // Two people with the same link at the same moment: one of them sets the server up.
    const both = await Promise.allSettled(
      [1, 2].map(() => completeSetup({ ...input, token, hostname: 'mail.example.test' })),
    );
    const [loser] = both.filter((result) => result.status === 'rejected');
    assert.ok(loser && isRefusal(loser.reason, 'forbidden'));
    const [winner] = both.filter((result) => result.status === 'fulfilled');
    assert.ok(winner);
    const admin = winner.value;
    assert.equal(admin.address, 'ada@example.test');
    assert.equal(admin.role, 'admin');
    assert.equal(await isSetUp(), true);
    assert.equal(await readSetting('server.hostname'), 'mail.example.test');
    await assert.rejects(completeSetup({ ...input, token }), refused('forbidden'));
    await assert.rejects(createSetupToken(), refused('forbidden'));
  });
});

describe('domains and users', () => {
  it('refuses what is wrong, taken or in use', async () => {
    await addDomain({ name: 'Second.test' }, by);
    await addAccount({ address: 'bob@second.test', password }, by);
    await assert.rejects(addDomain({ name: 'second.test' }, by), refused('exists'));
    await assert.rejects(addDomain({ name: 'not a domain' }, by), refused('invalid'));
    await assert.rejects(removeDomain('second.test', by), refused('in-use'));
    const taken = { address: 'BOB@second.test', password };
    await assert.rejects(addAccount(taken, by), refused('exists'));
    await assert.rejects(addAccount({ ...taken, password: 'x' }, by), refused('invalid'));
    const strange = { address: 'bob@elsewhere.test', password };
    await assert.rejects(addAccount(strange, by), refused('not-found'));
    assert.deepEqual(
      (await listDomains()).map((domain) => [domain.name, domain.accounts]),
      [
        ['example.test', 1],
        ['second.test', 1],
      ],
    );
    assert.equal((await listAccounts({ search: 'BOB' })).total, 1);
    assert.equal(
      (await listAccounts({ domain: 'example.test' })).rows[0]?.address,
      'ada@example.test',
    );
  });

  it('keeps the last administrator', async () => {
    const ada = await findAccount('ada@example.test');
    assert.ok(ada);
    await assert.rejects(updateAccount(ada.id, { isDisabled: true }, by), refused('forbidden'));
    const demoted = giveRole(ada.id, { role: 'user', domains: [] }, by);
    await assert.rejects(demoted, refused('forbidden'));
    await assert.rejects(removeAccount(ada.id, by), refused('forbidden'));
  });
});

describe('signing in', () => {
  const attempt = {
    address: 'bob@second.test',
    password,
    remote: '192.0.2.1',
    protocol: 'imap' as const,
  };

  it('accepts the right password and tells all failures alike', async () => {
    assert.equal(
      (await signIn({ ...attempt, address: 'BOB@Second.test' })).address,
      attempt.address,
    );
    const texts = new Set<string>();
    for (const wrong of [
      { ...attempt, password: 'wrong' },
      { ...attempt, address: 'nobody@second.test' },
      { ...attempt, address: 'rubbish' },
      { ...attempt, address: 'bob\0@second.test' },
      { ...attempt, password: 'x'.repeat(5000) },
    ]) {
      await assert.rejects(signIn(wrong), (error: Error) => {
        texts.add(error.message);
        return refused('auth-failed')(error);
      });
    }
    assert.equal(texts.size, 1);
  });

  it('closes for an address after the limit, and opens after the window', async () => {
    const remote = '198.51.100.7';
    const limit = await readSetting('security.maxLoginFailures');
    for (let index = 0; index < limit; index += 1) {
      await assert.rejects(signIn({ ...attempt, remote, password: 'no' }), refused('auth-failed'));
    }
    await assert.rejects(signIn({ ...attempt, remote }), refused('throttled'));
    assert.ok(await signIn({ ...attempt, remote: '198.51.100.8' }), 'others still get in');
    freezeClock(new Date(now().getTime() + 16 * 60_000));
    assert.ok(await signIn({ ...attempt, remote }));
    freezeClock(null);
  });

  it('closes an account to strangers, never to addresses its owner signed in from', async () => {
    const home = '203.0.113.5';
    assert.ok(await signIn({ ...attempt, remote: home }));
    const limit = await readSetting('security.maxLoginFailures');
    for (let index = 0; index < 10 * limit; index += 1) {
      await recordFailure({ remote: `198.51.100.${100 + (index % 20)}`, account: attempt.address });
    }
    await assert.rejects(
      signIn({ ...attempt, remote: '203.0.113.6' }),
      refused('throttled'),
      'a new address waits, the password may be guessed',
    );
    freezeClock(new Date(now().getTime() + 60_000));
    assert.equal(await removeSpent(), 0);
    assert.ok(await signIn({ ...attempt, remote: home }));
    freezeClock(new Date(now().getTime() + 31 * 86_400_000));
    assert.ok((await removeSpent()) > 0);
    assert.equal(await db.loginThrottle.count(), 0, 'nothing stays for ever');
    freezeClock(null);
  });

  it('ends tokens and sessions with a new password, a disabled account or time', async () => {
    const bob = await signIn(attempt);
    const token = createInternalToken(bob);
    const withToken = { remote: '127.0.0.1', protocol: 'imap' as const };
    assert.equal((await signInWithToken({ ...withToken, token })).id, bob.id);
    await assert.rejects(
      signInWithToken({ ...withToken, token: `${token}x` }),
      refused('auth-failed'),
    );
    freezeClock(new Date(now().getTime() + 11 * 60_000));
    await assert.rejects(signInWithToken({ ...withToken, token }), refused('auth-failed'));
    freezeClock(null);
    await setPassword(bob.id, 'another long one', by);
    await assert.rejects(signInWithToken({ ...withToken, token }), refused('auth-failed'));
    assert.equal(await checkSession({ accountId: bob.id, epoch: bob.epoch }), null);
    const again = await signIn({ ...attempt, password: 'another long one' });
    await updateAccount(bob.id, { isDisabled: true }, by);
    assert.equal(await checkSession({ accountId: bob.id, epoch: again.epoch }), null);
    await assert.rejects(
      signIn({ ...attempt, password: 'another long one' }),
      refused('auth-failed'),
    );
    await updateAccount(bob.id, { isDisabled: false }, by);
  });
});

describe('many tries at once', () => {
  it('does not let a burst of guesses pass before the first is counted', async () => {
    const limit = await readSetting('security.maxLoginFailures');
    const guess = {
      address: 'ada@example.test',
      remote: '203.0.113.77',
      protocol: 'imap' as const,
    };
    const tries = Array.from({ length: limit * 4 }, (_, i) =>
      signIn({ ...guess, password: `g${i}` }),
    );
    const results = await Promise.allSettled(tries);
    const reasons = results.map((each) => each.status === 'rejected' && each.reason.reason);
    const tested = reasons.filter((reason) => reason === 'auth-failed').length;
    assert.ok(tested >= limit && tested < limit + 4, `${tested} guesses were tested`);
    assert.equal(reasons.filter((reason) => reason === 'throttled').length, limit * 4 - tested);
  });
});

describe('recipients', () => {
  before(async () => {
    await addAccount({ address: 'cleo@example.test', password }, by);
    await addAlias(
      {
        address: 'team@example.test',
        targets: ['ada@example.test', 'bob@second.test', 'out@far.test'],
      },
      by,
    );
    await addAlias({ address: 'loop-a@example.test', targets: ['loop-b@example.test'] }, by);
    await addAlias(
      { address: 'loop-b@example.test', targets: ['loop-a@example.test', 'cleo@example.test'] },
      by,
    );
    await addAlias({ address: '@second.test', targets: ['cleo@example.test'] }, by);
    await addAlias({ address: 'off@example.test', targets: ['cleo@example.test'] }, by);
    await updateAlias('off@example.test', { isDisabled: true }, by);
  });

  const table: [address: string, expected: string, why: string][] = [
    ['ada@example.test', 'ada@example.test', 'a user'],
    ['ADA@EXAMPLE.TEST', 'ada@example.test', 'case does not matter'],
    ['ada+lists@example.test', 'ada+lists@example.test(lists)', 'a detail'],
    [
      'team@example.test',
      'ada@example.test bob@second.test >out@far.test',
      'one to many, outside too',
    ],
    [
      'team+x@example.test',
      'ada@example.test bob@second.test >out@far.test',
      'an alias with a detail',
    ],
    ['loop-a@example.test', 'cleo@example.test', 'a loop of aliases ends'],
    ['anything@second.test', 'cleo@example.test', 'the catch-all'],
    ['bob@second.test', 'bob@second.test', 'a user goes before the catch-all'],
    [
      'postmaster@example.test',
      'postmaster@example.test',
      'postmaster is always received (by the first administrator)',
    ],
    ['nobody@example.test', 'unknown', 'no such user'],
    ['off@example.test', 'unknown', 'a disabled alias'],
    ['user%far.test@example.test', 'unknown', 'the percent hack is a plain local part'],
    ['x@far.test', 'not-local', 'another domain'],
    ['', 'unknown', 'nothing'],
    ['a b@example.test', 'unknown', 'not an address'],
  ];
  for (const [address, expected, why] of table) {
    it(`${address} → ${expected}: ${why}`, async () => {
      const found = await resolveRecipient(address, '+');
      const text =
        found.status === 'local'
          ? [
              ...found.mailboxes
                .map((box) => (box.detail ? `${box.address}(${box.detail})` : box.address))
                .sort(),
              ...found.forwards.map((forward) => `>${forward}`),
            ].join(' ')
          : found.status;
      assert.equal(text, expected);
    });
  }

  it('receives nothing for a disabled domain or user', async () => {
    await updateDomain('second.test', { isDisabled: true }, by);
    assert.equal((await resolveRecipient('bob@second.test', '+')).status, 'disabled');
    await updateDomain('second.test', { isDisabled: false }, by);
    const cleo = await findAccount('cleo@example.test');
    assert.ok(cleo);
    await updateAccount(cleo.id, { isDisabled: true }, by);
    assert.equal((await resolveRecipient('cleo@example.test', '+')).status, 'disabled');
    await updateAccount(cleo.id, { isDisabled: false }, by);
  });

  it('says what an account may send as', async () => {
    const bob = await findAccount('bob@second.test');
    const cleo = await findAccount('cleo@example.test');
    assert.ok(bob && cleo);
    assert.deepEqual(await listOwnAddresses(bob.id), ['bob@second.test', 'team@example.test']);
    const may = (address: string) => maySendAs(bob.id, address, '+');
    assert.deepEqual(
      await Promise.all(
        [
          'bob@second.test',
          'Team@Example.test',
          'bob+x@second.test',
          'ada@example.test',
          'x@second.test',
          '',
        ].map(may),
      ),
      [true, true, true, false, false, false],
    );
    assert.equal(await maySendAs(cleo.id, 'whatever@second.test', '+'), true, 'by the catch-all');
    assert.equal(await maySendAs(cleo.id, 'bob@second.test', '+'), false, 'but not as a user');
    await addAccount({ address: 'bob-paul@second.test', password }, by);
    assert.equal(await maySendAs(bob.id, 'bob-x@second.test', '-'), true);
    assert.equal(await maySendAs(bob.id, 'bob-paul@second.test', '-'), false, 'another user');
  });

  it('lists, changes and removes aliases', async () => {
    await updateAlias(
      'team@example.test',
      { targets: ['ada@example.test'], comment: 'the team' },
      by,
    );
    assert.deepEqual(
      (await listAliases({ target: 'ada@example.test' })).map((alias) => alias.address),
      ['team@example.test'],
    );
    assert.equal((await listAliases({ search: 'THE TEAM' })).length, 1);
    await assert.rejects(
      addAlias({ address: 'ada@example.test', targets: ['x@far.test'] }, by),
      refused('exists'),
    );
    await assert.rejects(
      addAlias({ address: 'new@example.test', targets: [] }, by),
      refused('invalid'),
    );
    await removeAlias('off@example.test', by);
    await assert.rejects(removeAlias('off@example.test', by), refused('not-found'));
  });
});

describe('trusted networks', () => {
  it('trusts loopback and the rows, nothing else', async () => {
    const table: [string, boolean][] = [
      ['127.0.0.1', true],
      ['127.0.0.2', false],
      ['::1', true],
      ['::ffff:127.0.0.1', true],
      ['10.1.2.3', true],
      ['::ffff:10.1.2.3', true],
      ['10.2.0.1', false],
      ['2001:db8::5', true],
      ['2001:db9::5', false],
      ['rubbish', false],
    ];
    await addNetwork({ cidr: '10.1.0.0/16', comment: 'printers' }, by);
    await addNetwork({ cidr: '2001:db8::/32' }, by);
    for (const [address, expected] of table)
      assert.equal(await isTrustedAddress(address), expected, address);
    await assert.rejects(addNetwork({ cidr: '0.0.0.0/0' }, by), refused('invalid'));
    await assert.rejects(addNetwork({ cidr: '10.1.0.0/16' }, by), refused('exists'));
    await removeNetwork('10.1.0.0/16', by);
    assert.equal(await isTrustedAddress('10.1.2.3'), false, 'a removed row counts at once');
    assert.equal((await listNetworks()).length, 1);
  });
});

describe('secrets and settings', () => {
  it('seals and signs', () => {
    const sealed = encryptSecret('pässword');
    assert.equal(decryptSecret(sealed), 'pässword');
    assert.equal(decryptSecret(`${sealed.slice(0, -4)}AAAA`), null);
    assert.equal(verifyText('a', signText('a', 'x.y')), 'x.y');
    assert.equal(verifyText('b', signText('a', 'x.y')), null, 'a purpose of its own');
  });

  it('refuses wrong values with the field, and resets', async () => {
    await assert.rejects(
      writeSetting('smtp.banner', 'a\r\nb', by),
      (error) => isRefusal(error, 'invalid') && error.field === 'smtp.banner',
    );
    await assert.rejects(writeSetting('smtp.messageSizeBytes', 'many', by), refused('invalid'));
    await assert.rejects(writeSetting('smtp.nothing', 1, by), refused('not-found'));
    await writeSetting('smtp.banner', 'mail.example.org hello', by);
    assert.equal(await readSetting('smtp.banner'), 'mail.example.org hello');
    await resetSetting('smtp.banner', by);
    assert.equal(await readSetting('smtp.banner'), '');
  });
});
