// Renaming users: what comes along, what ends, what is refused, by whom, and the way back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccessRule, listAccessRules } from '#lib/accounts/access-rule.ts';
import {
  type Account,
  addAccount,
  findAccount,
  readAccount,
  requireAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addAlias, findAlias } from '#lib/accounts/alias.ts';
import { addAppPassword } from '#lib/accounts/app-password.ts';
import { deleteAccount } from '#lib/accounts/deleted-account.ts';
import { addDomain, findDomain, updateDomain } from '#lib/accounts/domain.ts';
import { setMember } from '#lib/accounts/member.ts';
import { addRewrite, listRewrites } from '#lib/accounts/rewrite.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { maySendAs, resolveRecipient } from '#lib/accounts/route.ts';
import { checkSession, readScramKeys, signIn } from '#lib/accounts/sessions.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { listWebSessions, startWebSession } from '#lib/accounts/web-session.ts';
import { now } from '#lib/clock.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { undoGroup } from '#lib/configuration/undo-group.ts';
import { db, write } from '#lib/db.ts';
import { listRules, saveRule } from '#lib/filters/rules.ts';
import { listRevisions } from '#lib/history/revision.ts';
import { addRelayRule, listRelayRules } from '#lib/queue/relay-rule.ts';
import {
  type Rename,
  renameAccount,
  renameSharedOf,
  renameUserOf,
} from '#lib/renaming/rename-user.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';
const by = 'test';
const remote = '192.0.2.7';

describe('renaming a user', () => {
  let close: () => Promise<void>;
  let root: Account & Staff;
  let dora: Account & Staff;
  const add = (address: string) => addAccount({ address, password }, by);
  const enter = (address: string, secret = password) =>
    signIn({ address, password: secret, remote, protocol: 'imap' });
  const rename = (id: string, address: string, keepsOld = true) =>
    renameAccount(id, { address, keepsOld }, by);
  const lastOf = async (kind: string) => {
    const revision = (await listRevisions({ pageSize: 50 })).find((one) => one.kind === kind);
    assert.ok(revision, kind);
    return revision;
  };

  before(async () => {
    ({ close } = await openTestDatabase());
    await writeSetting('security.failureDelayMs', 0, by);
    for (const name of ['own.test', 'new.test', 'other.test']) await addDomain({ name }, by);
    const admin = await addAccount({ address: 'root@own.test', password, role: 'admin' }, by);
    root = await readStaff(admin);
    const { id } = await add('dora@own.test');
    await giveRole(id, { role: 'domain-admin', domains: ['own.test', 'new.test'] }, by);
    dora = await readStaff(await requireAccount('dora@own.test'));
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  it('keeps the account and its passwords, ends what is open, and mail to both addresses arrives', async () => {
    const ada = await add('ada@own.test');
    await startWebSession(ada.id, { remote, agent: '', isProven: false });
    const app = { name: 'Phone', protocols: ['imap' as const] };
    const { password: appPassword } = await addAppPassword(ada.id, app, by);
    const renamed = await rename(ada.id, 'Ada.Byron@new.test');
    assert.deepEqual([renamed.id, renamed.address], [ada.id, 'ada.byron@new.test']);
    assert.equal(renamed.domainId, (await findDomain('new.test'))?.id);
    assert.equal(await checkSession({ accountId: ada.id, epoch: ada.epoch }), null);
    assert.deepEqual(await listWebSessions(ada.id), []);
    await assert.rejects(enter('ada@own.test'), { reason: 'auth-failed' });
    assert.equal((await enter(renamed.address)).id, ada.id);
    assert.equal((await enter(renamed.address, appPassword)).id, ada.id);
    const kept = await db.appPassword.findFirst({ where: { accountId: ada.id } });
    assert.notEqual(kept?.scram, '', 'its keys for SCRAM are made anew when it is used');
    for (const address of [renamed.address, 'ada@own.test', 'ada+lists@own.test']) {
      const found = await resolveRecipient(address, '+');
      assert.equal(found.status === 'local' && found.mailboxes[0]?.accountId, ada.id, address);
      assert.equal(await maySendAs(ada.id, address, '+'), true, address);
    }
    const events = await listEvents({ search: 'ada.byron@new.test' });
    assert.ok(events.some(({ text }) => text === 'renamed from ada@own.test'));
    const [last] = await listEvents({ search: 'user ada@own.test' });
    assert.equal(last?.text, 'renamed to ada.byron@new.test');
  });

  it('leaves no alias where none is wanted', async () => {
    const { id } = await add('bob@own.test');
    await rename(id, 'rob@own.test', false);
    assert.equal((await resolveRecipient('bob@own.test', '+')).status, 'unknown');
    assert.equal((await add('bob@own.test')).address, 'bob@own.test');
  });

  it('leaves nobody known who came as the old address', async () => {
    const { id, address } = await add('ken@own.test');
    await enter(address);
    const known = () => db.loginThrottle.count({ where: { id: { endsWith: ` ${address}` } } });
    assert.equal(await known(), 1);
    await rename(id, 'kenneth@own.test', false);
    assert.equal(await known(), 0);
  });

  it('tells nothing by the salt of SCRAM, and makes keys of the new one by the next password', async () => {
    const { id } = await add('sal@own.test');
    const invented = await readScramKeys('sally@own.test');
    await rename(id, 'sally@own.test');
    assert.deepEqual((await readScramKeys('sally@own.test')).salt, invented.salt);
    await enter('sally@own.test');
    const row = await db.account.findUnique({ where: { id } });
    assert.notEqual(row?.scram, '');
    assert.deepEqual((await readScramKeys('sally@own.test')).salt, invented.salt);
  });

  it('takes along what names the address, and brings all of it back', async () => {
    const [eve, fay] = [await add('eve@own.test'), await add('fay@other.test')];
    await addAlias({ address: 'all@own.test', targets: ['eve@own.test', 'fay@other.test'] }, by);
    await updateDomain((await findDomain('other.test'))!.name, { archive: 'eve@own.test' }, by);
    await addRewrite({ scope: 'sender', pattern: 'e@own.test', replacement: 'eve@own.test' }, by);
    await addRewrite({ scope: 'sender', pattern: 'eve@own.test', replacement: 'e@new.test' }, by);
    await addAccessRule({ scope: 'sender', pattern: 'eve@own.test', action: 'hold' }, by);
    const bcc = { scope: 'recipient', pattern: 'x@own.test', action: 'bcc' } as const;
    await addAccessRule({ ...bcc, argument: 'eve@own.test' }, by);
    await addRelayRule({ user: 'eve@own.test fay@other.test', target: 'hold' }, by);
    const forward = { do: 'forward', address: 'eve@own.test', isKept: true };
    await saveRule(fay.id, { name: 'On', conditions: [], actions: [forward] });
    const names = { name: 'Eve', address: 'eve@own.test', replyTo: 'eve@own.test' };
    const identity = { accountId: eve.id, id: 'i', position: 1, ...names, createdAt: new Date(0) };
    await write((tx) => tx.identity.create({ data: identity }));
    const team = await addSharedMailbox({ address: 'team@own.test' }, by);
    await setMember(team.id, eve.id, { mayWrite: true, maySend: true }, by);
    const subscription = { accountId: fay.id, name: 'Shared/eve@own.test/Work' };
    await write((tx) => tx.subscription.create({ data: subscription }));

    /** Everything that names somebody, as a text. */
    const look = async () =>
      JSON.stringify([
        (await findAlias('all@own.test'))?.targets.toSorted(),
        (await findDomain('other.test'))?.archive,
        (await listRewrites()).map(({ pattern, replacement }) => [pattern, replacement]),
        (await listAccessRules()).map(({ pattern, argument }) => [pattern, argument]),
        (await listRelayRules()).map(({ user }) => user),
        (await listRules(fay.id)).map(({ actions }) => actions),
        await db.identity.findFirst({ where: { accountId: eve.id } }),
        await db.subscription.findMany({ where: { accountId: fay.id } }),
      ]);
    const before = await look();
    await rename(eve.id, 'eva@new.test');
    const after = await look();
    assert.equal(after, before.replaceAll('eve@own.test', 'eva@new.test'));
    assert.equal(await maySendAs(eve.id, 'team@own.test', '+'), true);

    const [followed] = await listEvents({ search: 'renaming of eve@own.test' });
    assert.match(followed?.text ?? '', /archive of other\.test/);
    const scope = { domains: ['own.test', 'new.test'] };
    const seen = await listEvents({ ...scope, search: 'eva@new.test' });
    assert.ok(seen.length > 0 && !JSON.stringify(seen).includes('other.test'), 'of other domains');

    const { id, subject } = await lastOf('user');
    assert.equal(subject, 'user eva@new.test');
    await undoRevision(id, by);
    assert.equal(await look(), before);
    assert.equal((await readAccount(eve.id))?.address, 'eve@own.test');
    assert.equal(await findAlias('eve@own.test'), null);
    assert.equal((await resolveRecipient('eva@new.test', '+')).status, 'unknown');

    // And as a group, each part by itself.
    await addAlias({ address: 'eve.x@own.test', targets: ['eve@own.test'] }, by);
    await rename(eve.id, 'eve.x@own.test');
    await undoGroup((await lastOf('user')).id, by);
    assert.equal(await look(), before);
    assert.deepEqual((await findAlias('eve.x@own.test'))?.targets, ['eve@own.test']);
    assert.equal(await findAlias('eve@own.test'), null);
  });

  it('joins two targets that have become one', async () => {
    const { id } = await add('gus@own.test');
    await addAlias({ address: 'two@own.test', targets: ['gus@own.test', 'gustav@own.test'] }, by);
    await rename(id, 'gustav@own.test');
    assert.deepEqual((await findAlias('two@own.test'))?.targets, ['gustav@own.test']);
  });

  it('lets an own alias make way, and its earlier addresses lead on', async () => {
    const { id } = await add('ida@own.test');
    await addAlias({ address: 'ida.b@own.test', targets: ['ida@own.test'] }, by);
    await rename(id, 'ida.b@own.test');
    await rename(id, 'ida.c@new.test');
    for (const address of ['ida@own.test', 'ida.b@own.test']) {
      assert.deepEqual((await findAlias(address))?.targets, ['ida.c@new.test'], address);
    }
    // Back to the first: what it was called between stays.
    await rename(id, 'ida@own.test');
    assert.deepEqual((await findAlias('ida.c@new.test'))?.targets, ['ida@own.test']);
    assert.equal(await findAlias('ida@own.test'), null);
  });

  it('takes no address that is somebody’s, and nothing where it is refused', async () => {
    const { id } = await add('joe@own.test');
    await add('taken@own.test');
    await addAlias({ address: 'list@own.test', targets: ['joe@own.test', 'x@own.test'] }, by);
    await addSharedMailbox({ address: 'desk@own.test' }, by);
    const gone = await add('gone@own.test');
    await deleteAccount(gone.id, by);
    const cases: [address: string, reason: string][] = [
      ['taken@own.test', 'exists'],
      ['list@own.test', 'exists'],
      ['desk@own.test', 'exists'],
      ['gone@own.test', 'exists'],
      ['joe@own.test', 'invalid'],
      ['no address', 'invalid'],
      ['joe@nowhere.test', 'not-found'],
    ];
    for (const [address, reason] of cases) {
      await assert.rejects(rename(id, address), { reason }, address);
    }
    await assert.rejects(rename(gone.id, 'back@own.test'), { reason: 'conflict' });
    const desk = await requireAccount('desk@own.test');
    const renaming = renameUserOf(root, desk.id, { address: 'desk2@own.test', keepsOld: true });
    await assert.rejects(renaming, { reason: 'forbidden' });
    await assert.rejects(rename('nobody', 'back@own.test'), { reason: 'not-found' });
    assert.equal((await readAccount(id))?.address, 'joe@own.test');
    assert.equal((await enter('joe@own.test')).id, id);
  });

  it('keeps to the limits of the other domain', async () => {
    await addDomain({ name: 'small.test' }, by);
    const { id } = await add('kim@own.test');
    await write((tx) => tx.account.update({ where: { id }, data: { usedBytes: 500 } }));
    await updateDomain('small.test', { quotaBytes: 400 }, by);
    await assert.rejects(rename(id, 'kim@small.test'), { reason: 'limit' });
    await updateDomain('small.test', { quotaBytes: 600, maxUsers: 1 }, by);
    await rename(id, 'kim@small.test');
    const { id: second } = await add('lou@own.test');
    await assert.rejects(rename(second, 'lou@small.test'), { reason: 'limit' });
    // The alias wants room in the domain that is left, and within one domain nobody comes.
    await updateDomain('small.test', { maxAliases: 1 }, by);
    await rename(id, 'kimberly@small.test');
    await assert.rejects(rename(id, 'kit@small.test'), { reason: 'limit' });
    await rename(id, 'kit@small.test', false);
    assert.deepEqual((await findAlias('kim@small.test'))?.targets, ['kit@small.test']);
  });

  it('is for those who look after both domains, and after the user', async () => {
    const { id } = await add('max@own.test');
    const { id: foreign } = await add('max@other.test');
    const cases: [id: string, address: string, reason: string][] = [
      [id, 'max@other.test', 'not-found'],
      [foreign, 'maxi@own.test', 'not-found'],
      [root.id, 'rootless@own.test', 'forbidden'],
      [dora.id, 'dorothy@own.test', 'forbidden'],
      [id, 'max', 'invalid'],
    ];
    const asked = (id: string, rename: Rename) => renameUserOf(dora, id, rename);
    for (const [id, address, reason] of cases) {
      await assert.rejects(asked(id, { address, keepsOld: true }), { reason }, address);
    }
    await updateAccount(id, { quotaBytes: 5_000_000 }, by);
    await updateDomain('new.test', { quotaBytes: 1_000_000 }, by);
    await assert.rejects(asked(id, { address: 'max@new.test', keepsOld: true }), {
      reason: 'forbidden',
    });
    assert.equal((await asked(id, { address: 'maxim@own.test', keepsOld: true })).id, id);
    assert.equal((await findAlias('max@own.test'))?.targets[0], 'maxim@own.test');
    await renameUserOf(root, root.id, { address: 'boss@own.test', keepsOld: false });
    assert.equal((await findAccount('boss@own.test'))?.role, 'admin');
  });

  it('gives a shared mailbox another address: members stay, what they send from follows, and back', async () => {
    const { id } = await addSharedMailbox({ address: 'info@own.test' }, by);
    const { id: member } = await add('amy@own.test');
    await setMember(id, member, { mayWrite: true, maySend: true }, by);
    const identity = { accountId: member, id: 'one', position: 1, name: 'Info', createdAt: now() };
    const data = { ...identity, address: 'info@own.test' };
    await write((tx) => tx.identity.create({ data }));
    // Full of users, among whom it does not count.
    await updateDomain('new.test', { maxUsers: 1, quotaBytes: 0 }, by);
    const moved = await renameSharedOf(dora, 'info@own.test', {
      ...{ address: 'hello@new.test', keepsOld: true },
    });
    assert.deepEqual([moved.id, moved.kind], [id, 'shared']);
    for (const address of ['info@own.test', 'hello@new.test']) {
      const found = await resolveRecipient(address, '+');
      assert.equal(found.status === 'local' && found.mailboxes[0]?.accountId, id, address);
      assert.equal(await maySendAs(member, address, '+'), true, address);
    }
    const sender = async () =>
      (await db.identity.findFirst({ where: { accountId: member } }))?.address;
    assert.equal(await sender(), 'hello@new.test');
    const elsewhere = { address: 'info@other.test', keepsOld: true };
    await assert.rejects(renameSharedOf(dora, 'hello@new.test', elsewhere), {
      reason: 'not-found',
    });
    await assert.rejects(renameSharedOf(dora, 'amy@own.test', elsewhere), { reason: 'not-found' });
    await undoRevision((await lastOf('shared mailbox')).id, by);
    assert.equal((await readAccount(id))?.address, 'info@own.test');
    assert.equal(await sender(), 'info@own.test');
    assert.equal(await findAlias('info@own.test'), null);
  });
});
