// Every kind of change is kept with what stood before and after, and can be taken back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  addAccessRule,
  listAccessRules,
  moveAccessRule,
  removeAccessRule,
  updateAccessRule,
} from '#lib/accounts/access-rule.ts';
import { type Account, addAccount, findAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, findAlias, removeAlias, updateAlias } from '#lib/accounts/alias.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { addDomain, findDomain, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { findFooter, writeFooter } from '#lib/accounts/footer.ts';
import { listMembers, removeMember, setMember } from '#lib/accounts/member.ts';
import { addNetwork, listNetworks, removeNetwork, updateNetwork } from '#lib/accounts/network.ts';
import { addRewrite, listRewrites, removeRewrite, updateRewrite } from '#lib/accounts/rewrite.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { addSharedMailbox, requireSharedMailbox } from '#lib/accounts/shared.ts';
import { sharedMailboxesSection } from '#lib/configuration/sections/shared-mailboxes.ts';
import { listUsers } from '#lib/configuration/sections/users.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import {
  addDirectoryEntry,
  removeDirectoryEntry,
  requireDirectoryEntry,
  updateDirectoryEntry,
} from '#lib/contacts/directory-entry.ts';
import { db } from '#lib/db.ts';
import { runFrom } from '#lib/history/origin.ts';
import { listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import {
  addRelayRule,
  listRelayRules,
  moveRelayRule,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { readSetting, resetSetting, settings, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';
const last = async () => (await listRevisions({ pageSize: 1 }))[0]!;
const lastId = async () => (await last()).id;

const sales = 'sales@example.test';
const withoutEpoch = ({ epoch: _epoch, ...account }: Account) => account;
const salesId = async () => (await requireSharedMailbox(sales)).id;
const eve = 'eve@example.test';
const eveId = async () => (await findAccount(eve))?.id ?? '';
const desk = 'desk@example.test';
const deskId = async () => (await findAccount(desk))?.id ?? '';
const adaId = async () => (await findAccount(by))?.id ?? '';
const entryId = async () => (await requireDirectoryEntry('example.test', 'olive@far.test')).id;

/** What a person sees of everything that the history keeps. */
async function look(): Promise<unknown> {
  const withoutId = (rows: object[]) =>
    rows.map((row) => ({ ...row, id: undefined, createdAt: undefined }));
  return {
    title: await readSetting('web.title'),
    networks: withoutId(await listNetworks()),
    domain: withoutId([(await findDomain('other.test')) ?? {}]),
    footer: await findFooter('other.test'),
    alias: withoutId([(await findAlias('team@example.test')) ?? {}]),
    access: withoutId(await listAccessRules()),
    rewrites: withoutId(await listRewrites()),
    relays: withoutId(await listRelayRules()),
    shared: withoutEpoch(await requireSharedMailbox(sales)),
    members: await listMembers([await salesId()]),
    users: await listUsers(false),
    sharedMailboxes: await sharedMailboxesSection.list(),
    directory: withoutId(await db.directoryEntry.findMany()),
  };
}

describe('the history of the configuration', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addAccount({ address: 'ada@example.test', password: { stored: null } }, by);
    await addSharedMailbox({ address: sales }, by);
  });
  after(() => database.close());

  it('keeps who, where, why, and what stood before and after', async () => {
    const origin = { place: '192.0.2.7', reason: 'A new office' };
    await runFrom(origin, () => addNetwork({ cidr: '10.0.0.0/8', comment: 'office' }, by));
    const { id, before: old, after: now, ...rest } = await last();
    assert.equal(id, await readRevisionNumber());
    assert.equal(old, null);
    assert.deepEqual(now, { cidr: '10.0.0.0/8', comment: 'office', expiresAt: null });
    const { at: _at, groupId: _group, ...facts } = rest;
    assert.deepEqual(facts, {
      ...{ by, ...origin, kind: 'network', key: '10.0.0.0/8', subject: 'network 10.0.0.0/8' },
      ...{ undoes: null, undoneBy: null, pendingUntil: null, groupSize: 1 },
    });
  });

  it('counts without gaps, and not what changes nothing or is refused', async () => {
    const from = await readRevisionNumber();
    await updateNetwork('10.0.0.0/8', { comment: 'office' }, by);
    await assert.rejects(addNetwork({ cidr: '10.0.0.0/8' }, by));
    assert.equal(await readRevisionNumber(), from);
    const many = Array.from({ length: 20 }, (_, index) => `10.9.${index}.0/24`);
    await Promise.all(many.map((cidr) => addNetwork({ cidr }, by)));
    await Promise.all(many.map((cidr) => removeNetwork(cidr, by)));
    const ids = (await db.revision.findMany({ orderBy: { id: 'asc' } })).map(({ id }) => id);
    assert.deepEqual(
      ids,
      ids.map((_, index) => index + 1),
    );
    assert.equal(await readRevisionNumber(), from + 40);
  });

  const rule = async (index: number) => (await listAccessRules())[index]?.id ?? '';
  const relay = async (index: number) => (await listRelayRules())[index]?.id ?? '';
  const rewriting = async () => (await listRewrites())[0]?.id ?? '';
  const mayWrite = { mayWrite: true, maySend: false };
  const maySend = { mayWrite: false, maySend: true };
  /** In this order; each is done, taken back, that taken back too, so it stands for the next. */
  const changes: [string, () => Promise<unknown>][] = [
    ['a setting set', () => writeSetting('web.title', 'Post', by)],
    ['a setting changed', () => writeSetting('web.title', 'Mail', by)],
    ['a setting reset', () => resetSetting('web.title', by)],
    ['a network added', () => addNetwork({ cidr: '10.1.0.0/16', comment: 'one' }, by)],
    ['a network changed', () => updateNetwork('10.1.0.0/16', { comment: 'two' }, by)],
    ['a network removed', () => removeNetwork('10.1.0.0/16', by)],
    ['a domain added', () => addDomain({ name: 'other.test', comment: 'new' }, by)],
    ['a domain changed', () => updateDomain('other.test', { quotaBytes: 5000, archive: by }, by)],
    ['a footer', () => writeFooter('other.test', { text: 'Hi', html: '', for: 'everyone' }, by)],
    ['a domain disabled', () => updateDomain('other.test', { isDisabled: true }, by)],
    ['a domain removed', () => removeDomain('other.test', by)],
    ['an alias added', () => addAlias({ address: 'team@example.test', targets: [by] }, by)],
    [
      'an alias changed',
      () => updateAlias('team@example.test', { targets: [by, 'olive@far.test'] }, by),
    ],
    ['an alias disabled', () => updateAlias('team@example.test', { isDisabled: true }, by)],
    ['an alias removed', () => removeAlias('team@example.test', by)],
    [
      'an access rule added',
      () => addAccessRule({ scope: 'sender', pattern: '@bad.test', action: 'reject' }, by),
    ],
    [
      'a second one',
      () => addAccessRule({ scope: 'sender', pattern: '@good.test', action: 'accept' }, by),
    ],
    ['an access rule changed', async () => updateAccessRule(await rule(0), { comment: 'no' }, by)],
    ['an access rule moved', async () => moveAccessRule(await rule(1), 1, by)],
    ['an access rule removed', async () => removeAccessRule(await rule(0), by)],
    [
      'a rewriting added',
      () => addRewrite({ scope: 'sender', pattern: 'a@b.test', replacement: 'c@b.test' }, by),
    ],
    [
      'a rewriting changed',
      async () => updateRewrite(await rewriting(), { replacement: 'd@b.test' }, by),
    ],
    ['a rewriting removed', async () => removeRewrite(await rewriting(), by)],
    ['a relay rule added', () => addRelayRule({ target: 'hosts', hosts: 'smart.test:587' }, by)],
    ['another', () => addRelayRule({ recipient: 'far.test', target: 'hold' }, by)],
    ['a relay rule changed', async () => updateRelayRule(await relay(1), { concurrency: 3 }, by)],
    ['a relay rule moved', async () => moveRelayRule(await relay(1), 1, by)],
    ['a relay rule removed', async () => removeRelayRule(await relay(0), by)],
    [
      'a shared mailbox changed',
      async () => updateAccount(await salesId(), { displayName: 'Sales', isDisabled: true }, by),
    ],
    ['a member added', async () => setMember(await salesId(), await adaId(), mayWrite, by)],
    ['a member changed', async () => setMember(await salesId(), await adaId(), maySend, by)],
    ['a member removed', async () => removeMember(await salesId(), await adaId(), by)],
    [
      'a directory entry added',
      () => addDirectoryEntry('example.test', { name: 'Olive', address: 'olive@far.test' }, by),
    ],
    [
      'a directory entry changed',
      async () => updateDirectoryEntry(await entryId(), { name: 'Oli', phone: '1' }, by),
    ],
    ['a directory entry removed', async () => removeDirectoryEntry(await entryId(), by)],
    ['a user added', () => addAccount({ address: eve, password: { stored: null } }, by)],
    ['a name', async () => updateAccount(await eveId(), { displayName: 'Eve' }, by)],
    [
      'quotas and limits',
      async () =>
        updateAccount(
          await eveId(),
          { quotaBytes: 1000, quotaMessages: 10, dailyMessages: 5, dailyRecipients: 6 },
          by,
        ),
    ],
    [
      'a role',
      async () => giveRole(await eveId(), { role: 'domain-admin', domains: ['example.test'] }, by),
    ],
    [
      'closed protocols',
      async () => updateAccount(await eveId(), { closedProtocols: ['pop3'] }, by),
    ],
    ['a user disabled', async () => updateAccount(await eveId(), { isDisabled: true }, by)],
    ['a disabled user deleted', async () => deleteAccount(await eveId(), by)],
    ['a user restored', async () => restoreAccount(await eveId(), by)],
    ['a shared mailbox added', () => addSharedMailbox({ address: desk }, by)],
    ['a shared mailbox deleted', async () => deleteAccount(await deskId(), by)],
    ['a shared mailbox restored', async () => restoreAccount(await deskId(), by)],
  ];
  for (const [what, change] of changes) {
    it(`takes back ${what}, and that again`, async () => {
      const old = await look();
      await change();
      const now = await look();
      assert.notDeepEqual(now, old);
      const id = await lastId();
      await undoRevision(id, by);
      assert.deepEqual(await look(), old);
      const undoing = await last();
      assert.equal(undoing.undoes, id);
      await undoRevision(undoing.id, by);
      assert.deepEqual(await look(), now);
    });
  }

  it('deletes whom an undo takes back, with sign-outs, and restores the same account', async () => {
    const { id } = await addAccount(
      { address: 'kim@example.test', password: 'a nest of seven nuts' },
      by,
    );
    const added = await lastId();
    const made = await db.account.findUniqueOrThrow({ where: { id } });
    assert.match(await undoRevision(added, by), /can be restored/);
    const gone = await db.account.findUniqueOrThrow({ where: { id } });
    assert.ok(gone.deletedAt && gone.epoch > made.epoch);
    await undoRevision(await lastId(), by);
    const { epoch: _epoch, ...back } = await db.account.findUniqueOrThrow({ where: { id } });
    const { epoch: _made, ...old } = made;
    assert.deepEqual(back, old, 'with the same password');
    await assert.rejects(undoRevision(added, 'kim@example.test'), { message: /yourself/ });
    await updateAccount(id, { quotaBytes: 7 }, by);
    await assert.rejects(undoRevision(added, by), { reason: 'conflict' });
  });

  it('removes no user for good, and says who cannot come back', async () => {
    const { id } = await addAccount(
      { address: 'lea@example.test', password: { stored: null } },
      by,
    );
    const added = await lastId();
    await writeSetting('storage.deletedUserDays', 0, by);
    await assert.rejects(undoRevision(added, by), { reason: 'forbidden', message: /for good/ });
    await deleteAccount(id, by);
    await assert.rejects(undoRevision(await lastId(), by), {
      reason: 'not-found',
      message: /removed for good by now/,
    });
    await resetSetting('storage.deletedUserDays', by);
  });

  it('leaves the last administrator in office', async () => {
    const { id } = await addAccount(
      { address: 'root@example.test', password: 'a nest of seven nuts', role: 'admin' },
      by,
    );
    await assert.rejects(undoRevision(await lastId(), by), { message: /last administrator/ });
    await updateAccount(id, { displayName: 'Root' }, by);
    await undoRevision(await lastId(), by);
  });

  it('refuses where something was changed since, and says what stands now', async () => {
    await updateNetwork('10.0.0.0/8', { comment: 'first' }, by);
    const id = await lastId();
    await updateNetwork('10.0.0.0/8', { comment: 'second' }, by);
    await assert.rejects(undoRevision(id, by), {
      reason: 'conflict',
      message: /Network 10\.0\.0\.0\/8 was changed since; it is now: .*comment second/,
    });
    await removeNetwork('10.0.0.0/8', by);
    await assert.rejects(undoRevision(id, by), { message: /it is not here any more/ });
    await assert.rejects(undoRevision(1_000_000, by), { reason: 'not-found' });
  });

  it('leaves nothing where the room refuses', async () => {
    await addDomain({ name: 'full.test' }, by);
    const id = await lastId();
    await addAlias({ address: 'x@full.test', targets: [by] }, by);
    const count = await readRevisionNumber();
    await assert.rejects(undoRevision(id, by), { reason: 'in-use' });
    assert.equal(await readRevisionNumber(), count);
  });

  it('never holds a secret, and says that it cannot be known again', async () => {
    const secret = settings.find(({ control }) => control.kind === 'secret');
    assert.ok(secret);
    await writeSetting(secret.key, readTypedSetting(secret.key, 'first words'), by);
    await writeSetting(secret.key, readTypedSetting(secret.key, 'second words'), by);
    await assert.rejects(undoRevision(await lastId(), by), { message: /not known any more/ });
    const hosts = { target: 'hosts' as const, hosts: 'relay.test', sender: 'me.test' };
    const { id } = await addRelayRule({ ...hosts, username: 'u', password: 'third words' }, by);
    await updateRelayRule(id, { password: 'fourth words' }, by);
    await assert.rejects(undoRevision(await lastId(), by), { message: /not known any more/ });
    await updateRelayRule(id, { password: 'fifth words', comment: 'new' }, by);
    assert.match(await undoRevision(await lastId(), by), /not known any more/);
    assert.equal((await listRelayRules()).find((one) => one.id === id)?.comment, '');
    await removeRelayRule(id, by);
    assert.match(await undoRevision(await lastId(), by), /set it again/);
    const rows = JSON.stringify(await db.revision.findMany());
    assert.doesNotMatch(rows, /words|v1:/);
  });

  it('is found by who, what and when, and page by page', async () => {
    const all = await listRevisions({ pageSize: 1000 });
    const relays = await listRevisions({ kind: 'relay rule', pageSize: 1000 });
    assert.ok(relays.length > 5 && relays.length < all.length);
    assert.ok((await listRevisions({ search: 'SMART.test' })).length > 0);
    assert.equal((await listRevisions({ by: 'nobody' })).length, 0);
    assert.equal((await listRevisions({ by: '192.0.2.7' })).length, 1);
    assert.equal((await listRevisions({ until: all.at(-1)?.at })).length, 0);
    const next = await listRevisions({ before: all[9]?.id, pageSize: 5 });
    assert.deepEqual(
      next.map(({ id }) => id),
      all.slice(10, 15).map(({ id }) => id),
    );
    const undone = all.find(({ undoes }) => undoes !== null);
    assert.equal(all.find(({ id }) => id === undone?.undoes)?.undoneBy, undone?.id);
  });
});
