// One-time links that set a password, changing one's own, and having to.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Account,
  addAccount,
  removeAccount,
  requireAccount,
  setPassword,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { changeOwnPassword } from '#lib/accounts/own-password.ts';
import {
  createPasswordLink,
  findByPasswordLink,
  setPasswordByLink,
} from '#lib/accounts/password-link.ts';
import { checkSession, signIn } from '#lib/accounts/sessions.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'admin@example.test';
const database = await openTestDatabase();
const refused = (reason: string, field?: string) => (error: unknown) =>
  isRefusal(error) && error.reason === reason && (field === undefined || error.field === field);
const tryIn = (address: string, password: string) =>
  signIn({ address, password, remote: '192.0.2.1', protocol: 'web' });

let anna: Account;
let ben: Account;
before(async () => {
  await writeSetting('security.failureDelayMs', 0, 'test');
  await addDomain({ name: 'example.test' }, by);
  const password = 'first of several';
  anna = await addAccount({ address: 'anna@example.test', password }, by);
  ben = await addAccount({ address: 'ben@example.test', password, mustChange: true }, by);
});
after(() => database.close());

describe('links that set a password', () => {
  it('work once, end sessions, and leave no token behind', async () => {
    const token = await createPasswordLink(anna.id, by);
    const rows = await db.oneTimeToken.findMany();
    assert.ok(
      rows.every((row) => !JSON.stringify(row).includes(token)),
      'hashed at rest',
    );
    assert.equal((await findByPasswordLink(token))?.id, anna.id);
    await assert.rejects(setPasswordByLink(token, 'short'), refused('invalid', 'password'));
    await assert.rejects(setPasswordByLink(token, 'annaanna99'), refused('invalid', 'password'));
    const before = await requireAccount(anna.address);
    assert.equal(await setPasswordByLink(token, 'second of several'), anna.address);
    assert.equal(await checkSession({ accountId: anna.id, epoch: before.epoch }), null);
    await tryIn(anna.address, 'second of several');
    await assert.rejects(tryIn(anna.address, 'first of several'), refused('auth-failed'));
    assert.equal(await findByPasswordLink(token), null);
    await assert.rejects(setPasswordByLink(token, 'third of several'), refused('forbidden'));
    assert.equal(await db.oneTimeToken.count({ where: { purpose: 'password' } }), 0);
  });

  it('of two who hold one, one is faster', async () => {
    const token = await createPasswordLink(anna.id, by);
    const outcomes = await Promise.allSettled([
      setPasswordByLink(token, 'fourth of several'),
      setPasswordByLink(token, 'fifth of several'),
    ]);
    assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  });

  it('end with a day, a newer link, a new password, a disabled or removed user', async () => {
    const late = await createPasswordLink(anna.id, by);
    freezeClock(new Date(now().getTime() + 24 * 3600_000 + 1));
    assert.equal(await findByPasswordLink(late), null);
    await assert.rejects(setPasswordByLink(late, 'sixth of several'), refused('forbidden'));
    freezeClock(null);
    const older = await createPasswordLink(anna.id, by);
    const newer = await createPasswordLink(anna.id, by);
    assert.equal(await findByPasswordLink(older), null);
    assert.ok(await findByPasswordLink(newer));
    await setPassword(anna.id, 'seventh of several', by);
    assert.equal(await findByPasswordLink(newer), null);
    const last = await createPasswordLink(anna.id, by);
    await updateAccount(anna.id, { isDisabled: true }, by);
    assert.equal(await findByPasswordLink(last), null);
    await assert.rejects(createPasswordLink(anna.id, by), refused('forbidden'));
    await updateAccount(anna.id, { isDisabled: false }, by);
    const { id } = await addAccount({ address: 'gone@example.test', password: 'some words' }, by);
    const gone = await createPasswordLink(id, by);
    await removeAccount(id, by);
    assert.equal(await findByPasswordLink(gone), null);
    await assert.rejects(createPasswordLink(id, by), refused('not-found'));
  });

  it('are none: set-up tokens, nonsense, long texts, links of shared mailboxes', async () => {
    for (const token of ['', 'x', 'y'.repeat(5000), '../..', '%00']) {
      assert.equal(await findByPasswordLink(token), null);
      await assert.rejects(setPasswordByLink(token, 'eighth of several'), refused('forbidden'));
    }
    const shared = await addSharedMailbox({ address: 'team@example.test' }, by);
    await assert.rejects(createPasswordLink(shared.id, by), refused('forbidden'));
  });

  it('leave events without the token', async () => {
    const token = await createPasswordLink(anna.id, by);
    const events = await db.trailEvent.findMany({ where: { recipient: `user ${anna.address}` } });
    assert.ok(events.some(({ text, sender }) => text.includes('link') && sender === by));
    assert.ok(!JSON.stringify(events).includes(token));
  });
});

describe("changing one's own password", () => {
  const change = (of: Account, present: string, next: string) =>
    changeOwnPassword({ account: of, present, next, remote: '192.0.2.7' });

  it('asks for the present one, and counts wrong ones', async () => {
    await assert.rejects(change(ben, 'wrong', 'words of its own'), refused('invalid', 'present'));
    const counted = await db.loginThrottle.findUnique({ where: { id: 'address:192.0.2.7' } });
    assert.equal(counted?.failures, 1);
  });

  it('asks for another one, and lets who had to change it go on', async () => {
    assert.equal((await requireAccount(ben.address)).mustChange, true);
    await tryIn(ben.address, 'first of several');
    await assert.rejects(
      change(ben, 'first of several', 'first of several'),
      refused('invalid', 'password'),
    );
    await assert.rejects(
      change(ben, 'first of several', 'password'),
      refused('invalid', 'password'),
    );
    await change(ben, 'first of several', 'words of its own');
    const changed = await requireAccount(ben.address);
    assert.equal(changed.mustChange, false);
    assert.ok(changed.epoch > ben.epoch);
  });
});
