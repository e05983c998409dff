// Shared mailboxes and their members: who may be what, what goes with whom, and whose addresses one sends with.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  addAccount,
  readAccount,
  removeAccount,
  setPassword,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import {
  deleteAccount,
  purgeDeletedAccounts,
  restoreAccount,
} from '#lib/accounts/deleted-account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { listMembers, removeMember, setMember } from '#lib/accounts/member.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { listOwnAddresses, maySendAs, resolveRecipient } from '#lib/accounts/route.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import {
  addSharedMailbox,
  listSharedMailboxes,
  removeSharedMailbox,
  requireSharedMailbox,
  walkSharedMailboxes,
} from '#lib/accounts/shared.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { membersSection } from '#lib/configuration/sections/members.ts';
import { sharedMailboxesSection } from '#lib/configuration/sections/shared-mailboxes.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'correct horse battery';

describe('shared mailboxes', () => {
  let close: () => Promise<void>;
  before(async () => {
    close = (await openTestDatabase()).close;
    await addDomain({ name: 'example.test' }, 'test');
    await writeSetting('security.failureDelayMs', 0, 'test');
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  const addUser = (name: string) =>
    addAccount({ address: `${name}@example.test`, password }, 'test');
  const addShared = (name: string) =>
    addSharedMailbox({ address: `${name}@example.test`, displayName: ' Sales\n' }, 'test');
  const may = { mayWrite: true, maySend: true };

  it('receive mail, and nobody signs in as one', async () => {
    const sales = await addShared('sales');
    assert.equal(sales.kind, 'shared');
    assert.equal(sales.displayName, 'Sales');
    const found = await resolveRecipient('Sales@example.test', '+');
    assert.equal(found.status === 'local' && found.mailboxes[0]?.accountId, sales.id);
    const attempt = { address: sales.address, remote: '192.0.2.1', protocol: 'imap' } as const;
    for (const tried of ['', password]) {
      await assert.rejects(signIn({ ...attempt, password: tried }), { reason: 'auth-failed' });
    }
    await assert.rejects(setPassword(sales.id, password, 'test'), { reason: 'forbidden' });
    const promoted = giveRole(sales.id, { role: 'admin', domains: [] }, 'test');
    await assert.rejects(promoted, { reason: 'forbidden' });
  });

  it('have an address that is nobody else’s', async () => {
    await addUser('taken');
    await addAlias({ address: 'alias@example.test', targets: ['x@example.net'] }, 'test');
    for (const name of ['taken', 'alias']) {
      await assert.rejects(addShared(name), { reason: 'exists' });
    }
    await assert.rejects(addSharedMailbox({ address: 'a@nowhere.test' }, 'test'), {
      reason: 'not-found',
    });
    await assert.rejects(addSharedMailbox({ address: 'no address' }, 'test'), {
      reason: 'invalid',
    });
    await assert.rejects(requireSharedMailbox('taken@example.test'), { reason: 'not-found' });
    await assert.rejects(removeSharedMailbox('taken@example.test', 'test'), {
      reason: 'not-found',
    });
  });

  it('have users as members, each once', async () => {
    const [team, other] = [await addShared('team'), await addShared('team2')];
    const [ada, bob] = [await addUser('ada'), await addUser('bob')];
    await setMember(team.id, bob.id, { mayWrite: false, maySend: false }, 'test');
    await setMember(team.id, ada.id, may, 'test');
    await setMember(team.id, bob.id, { mayWrite: false, maySend: true }, 'test');
    assert.deepEqual((await listMembers([team.id])).get(team.id), [
      { accountId: ada.id, address: ada.address, ...may },
      { accountId: bob.id, address: bob.address, mayWrite: false, maySend: true },
    ]);
    await assert.rejects(setMember(team.id, other.id, may, 'test'), { reason: 'invalid' });
    await assert.rejects(setMember(ada.id, bob.id, may, 'test'), { reason: 'not-found' });
    await assert.rejects(setMember(team.id, 'nobody', may, 'test'), { reason: 'not-found' });
    await removeMember(team.id, ada.id, 'test');
    await assert.rejects(removeMember(team.id, ada.id, 'test'), { reason: 'not-found' });
    const [listed] = await listSharedMailboxes({ search: 'team@' });
    assert.deepEqual(
      listed?.members.map((member) => member.address),
      [bob.address],
    );
  });

  it('are walked through with their members, however many', async () => {
    await addDomain({ name: 'many.test' }, 'test');
    const [first, last] = [await addUser('first'), await addUser('last')];
    const ids: string[] = [];
    for (let at = 101; at < 206; at++) {
      ids.push((await addSharedMailbox({ address: `m${at}@many.test` }, 'test')).id);
    }
    await setMember(ids[0] as string, first.id, may, 'test');
    await setMember(ids[104] as string, first.id, may, 'test');
    await setMember(ids[104] as string, last.id, may, 'test');
    const found = await Array.fromAsync(walkSharedMailboxes({ domain: 'many.test' }));
    assert.deepEqual(
      found.map(({ id }) => id),
      ids,
    );
    const members = found.map((one) => one.members.map(({ address }) => address).join(' '));
    assert.equal(members[0], first.address);
    assert.equal(members[104], `${first.address} ${last.address}`);
    assert.equal(members.filter((one) => one !== '').length, 2);
  });

  it('lend their addresses to members that may send, and to nobody else', async () => {
    const desk = await addShared('desk');
    await addAlias({ address: 'help@example.test', targets: [desk.address] }, 'test');
    const [sender, reader, stranger] = [
      await addUser('sender'),
      await addUser('reader'),
      await addUser('stranger'),
    ];
    await setMember(desk.id, sender.id, may, 'test');
    await setMember(desk.id, reader.id, { mayWrite: true, maySend: false }, 'test');
    const cases: [string, string, boolean][] = [
      [sender.id, desk.address, true],
      [sender.id, 'help@example.test', true],
      [sender.id, 'desk+x@example.test', true],
      [sender.id, sender.address, true],
      [reader.id, desk.address, false],
      [stranger.id, desk.address, false],
      [desk.id, sender.address, false],
    ];
    for (const [id, address, isAllowed] of cases) {
      assert.equal(await maySendAs(id, address, '+'), isAllowed, `${id} ${address}`);
    }
    assert.deepEqual(await listOwnAddresses(sender.id), [
      sender.address,
      desk.address,
      'help@example.test',
    ]);
    await updateAccount(desk.id, { isDisabled: true }, 'test');
    assert.equal(await maySendAs(sender.id, desk.address, '+'), false);
  });

  it('leave nothing behind, and neither do members', async () => {
    const [box, kept] = [await addShared('box'), await addShared('kept')];
    const [gone, stays] = [await addUser('gone'), await addUser('stays')];
    for (const shared of [box, kept]) {
      for (const user of [gone, stays]) await setMember(shared.id, user.id, may, 'test');
    }
    await removeAccount(gone.id, 'test');
    await removeSharedMailbox(box.address, 'test');
    assert.equal(await readAccount(box.id), null);
    const rows = await db.member.findMany({ where: { sharedId: { in: [box.id, kept.id] } } });
    assert.deepEqual(
      rows.map((row) => [row.sharedId, row.memberId]),
      [[kept.id, stays.id]],
    );
  });

  it('are kept when deleted, with mail, members and address, and come back', async () => {
    const [box, ada] = [await addShared('window'), await addUser('looker')];
    await setMember(box.id, ada.id, may, 'test');
    await deleteAccount(box.id, 'test');
    assert.equal((await resolveRecipient(box.address, '+')).status, 'disabled');
    assert.equal(await maySendAs(ada.id, box.address, '+'), false);
    await assert.rejects(addShared('window'), { reason: 'exists' });
    const seen = async (areDeleted: boolean) =>
      (await listSharedMailboxes({ search: 'window', areDeleted })).map(({ address }) => address);
    assert.deepEqual([await seen(false), await seen(true)], [[], [box.address]]);
    const listed = await sharedMailboxesSection.list();
    assert.ok(!listed.some(({ key }) => key === box.id));
    assert.ok(!(await membersSection.list()).some(({ fields }) => fields.mailbox === box.address));
    await assert.rejects(updateAccount(box.id, { isDisabled: false }, 'test'), {
      reason: 'conflict',
    });
    await restoreAccount(box.id, 'test');
    assert.equal(await maySendAs(ada.id, box.address, '+'), true);
    assert.deepEqual([await seen(false), await seen(true)], [[box.address], []]);
    await assert.rejects(restoreAccount(box.id, 'test'), { reason: 'conflict' });
  });

  it('go for good when their time is over', async () => {
    const box = await addShared('purged');
    await deleteAccount(box.id, 'test');
    await purgeDeletedAccounts();
    assert.ok((await readAccount(box.id))?.deletedAt);
    freezeClock(new Date(now().getTime() + 15 * 24 * 3_600_000));
    await purgeDeletedAccounts();
    freezeClock(null);
    assert.equal(await readAccount(box.id), null);
  });

  it('leave an event for each change', async () => {
    const audit = await addShared('audit');
    const user = await addUser('auditor');
    await setMember(audit.id, user.id, { mayWrite: false, maySend: true }, 'boss');
    await removeMember(audit.id, user.id, 'boss');
    await removeSharedMailbox(audit.address, 'boss');
    const events = await listEvents({ search: 'shared mailbox audit@example.test' });
    assert.deepEqual(events.map((event) => event.text).sort(), [
      'added',
      'member auditor@example.test: reads, sends',
      'no member: auditor@example.test',
      'removed',
    ]);
  });
});
