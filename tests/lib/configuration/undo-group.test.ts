// What was changed together goes back together: all that was asked for or nothing, with a reason for each change that stays, and a
// preview that changes nothing.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { runBatch } from '#lib/accounts/batch-users.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { addNetwork, listNetworks, updateNetwork } from '#lib/accounts/network.ts';
import type { Staff } from '#lib/accounts/staff.ts';
import { readFile } from '#lib/configuration/file.ts';
import { applyConfiguration } from '#lib/configuration/plan.ts';
import {
  type GroupPart,
  listPossible,
  mostTogether,
  prepareGroup,
  previewGroup,
  undoGroup,
} from '#lib/configuration/undo-group.ts';
import { db, write } from '#lib/db.ts';
import { runFrom } from '#lib/history/origin.ts';
import { listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import { readSetting, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const by = 'ada@example.test';

const file = `
settings:
  web.title: Post
domains:
  - name: new.test
aliases:
  - address: team@new.test
    targets: [${by}]
  - address: desk@new.test
    targets: [team@new.test]
networks:
  - cidr: 10.1.0.0/16
  - cidr: 10.2.0.0/16
`;

async function look(): Promise<unknown> {
  return {
    title: await readSetting('web.title'),
    domains: await listDomainNames(),
    networks: (await listNetworks()).map(({ cidr, comment }) => `${cidr} ${comment}`),
    aliases: (await listAliases()).map(({ address }) => address),
  };
}

describe('taking back a group', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.test' }, by);
    await addAccount({ address: by, password: { stored: null } }, by);
  });
  after(() => database.close());

  const apply = async (text: string): Promise<number> => {
    await runFrom({}, () => applyConfiguration(readFile(text, String), by));
    return readRevisionNumber();
  };
  const staying = (parts: GroupPart[]) =>
    parts.flatMap(({ subject, refusal }) => (refusal === null ? [] : [`${subject}: ${refusal}`]));

  it('takes a whole file back, from any of its changes, and that again', async () => {
    const old = await look();
    const last = await apply(file);
    const applied = await look();
    assert.notDeepEqual(applied, old);
    const previewed = await previewGroup(last, by);
    assert.deepEqual(await look(), applied, 'a preview changes nothing');
    assert.equal(await readRevisionNumber(), last);
    await assert.rejects(previewGroup(last, by, -1), { reason: 'limit' }, 'no time for it');
    assert.deepEqual([previewed.length, staying(previewed)], [6, []]);
    const [middle] = previewed.slice(2);
    await prepareGroup(middle?.id ?? 0);
    const done = await undoGroup(middle?.id ?? 0, by);
    assert.deepEqual(done, previewed);
    assert.deepEqual(await look(), old);
    const undoing = await listRevisions({ pageSize: 6 });
    assert.equal(new Set(undoing.map(({ groupId }) => groupId)).size, 1);
    assert.ok(undoing.every(({ groupSize }) => groupSize === 6));
    assert.deepEqual(
      undoing.map(({ undoes }) => undoes),
      previewed.map(({ id }) => id).reverse(),
    );
    await undoGroup(undoing[0]?.id ?? 0, by);
    assert.deepEqual(await look(), applied);
    await undoGroup(await readRevisionNumber(), by);
    assert.deepEqual(await look(), old);
  });

  it('takes nothing back where one of them stays, unless it is left out', async () => {
    const last = await apply(file);
    await updateNetwork('10.2.0.0/16', { comment: 'since' }, by);
    const now = await look();
    const number = await readRevisionNumber();
    const previewed = await previewGroup(last, by);
    assert.match(staying(previewed).join(), /^network 10\.2\.0\.0\/16: .*changed since; .*since/);
    await assert.rejects(undoGroup(last, by), {
      reason: 'conflict',
      message: /^1 of 6 changes cannot be taken back, so none was:\n\d+ network 10\.2/,
    });
    assert.deepEqual([await look(), await readRevisionNumber()], [now, number]);
    const ids = listPossible(previewed);
    assert.equal(ids.length, 5);
    await undoGroup(last, by, ids);
    assert.deepEqual(
      (await listNetworks()).map(({ cidr }) => cidr),
      ['10.2.0.0/16'],
    );
    // Once more: what is back already says so.
    const again = await previewGroup(last, by);
    assert.equal(again.filter(({ refusal }) => refusal?.includes('already')).length, 5);
  });

  it('keeps its word: what the preview promised and is gone by now takes nothing back', async () => {
    const last = await runFrom({}, async () => {
      await addNetwork({ cidr: '10.3.0.0/16' }, by);
      await addNetwork({ cidr: '10.4.0.0/16' }, by);
      return readRevisionNumber();
    });
    const ids = listPossible(await previewGroup(last, by));
    await updateNetwork('10.3.0.0/16', { comment: 'meanwhile' }, by);
    await assert.rejects(undoGroup(last, by, ids), { reason: 'conflict' });
    assert.ok((await listNetworks()).some(({ cidr }) => cidr === '10.4.0.0/16'));
  });

  it('takes a batch of users back, and that again', async () => {
    await addDomain({ name: 'batch.test' }, by);
    const text = 'eve@batch.test\nkim@batch.test\nlea@batch.test';
    const input = { text, domain: 'batch.test', mustChange: false, isRehearsal: false };
    const staff: Staff = { id: '', address: by, role: 'admin', scope: 'all' };
    const last = await runFrom({}, async () => {
      const lines = await runBatch(staff, input);
      assert.ok(
        lines.every(({ outcome }) => outcome === 'add'),
        JSON.stringify(lines),
      );
      return readRevisionNumber();
    });
    const present = () =>
      db.account.count({ where: { address: { endsWith: '@batch.test' }, deletedAt: null } });
    const passwords = () => db.account.findMany({ select: { address: true, passwordHash: true } });
    const made = await passwords();
    assert.deepEqual(staying(await undoGroup(last, by)), []);
    assert.equal(await present(), 0);
    await undoGroup(await readRevisionNumber(), by);
    assert.equal(await present(), 3);
    assert.deepEqual(await passwords(), made);
  });

  it('says of each kind why it stays', async () => {
    const last = await runFrom({}, async () => {
      await addDomain({ name: 'full.test' }, by);
      await addAccount({ address: 'eve@full.test', password: { stored: null } }, by);
      await writeSetting('web.title', 'With people', by);
      return readRevisionNumber();
    });
    const parts = await previewGroup(last, by);
    assert.deepEqual(
      parts.map(({ subject, refusal }) => [subject, refusal === null]),
      [
        ['setting web.title', true],
        ['user eve@full.test', true],
        ['domain full.test', false],
      ],
    );
    assert.match(staying(parts)[0] ?? '', /still has 1 users \(with deleted ones\)/);
  });

  it('refuses numbers of others, none, and too many', async () => {
    await addAlias({ address: 'one@example.test', targets: [by] }, by);
    const last = await readRevisionNumber();
    await assert.rejects(undoGroup(last, by, [1]), { reason: 'not-found' });
    for (const run of [undoGroup, previewGroup]) {
      await assert.rejects(run(1_000_000, by), { reason: 'not-found' });
    }
    const row = { at: new Date(), by, kind: 'network', key: 'x', subject: 'x', groupId: 'many' };
    const rows = Array.from({ length: mostTogether + 1 }, (_, index) => {
      return { ...row, id: 10_000 + index };
    });
    await write((tx) => tx.revision.createMany({ data: rows }));
    await assert.rejects(previewGroup(10_000, by), { reason: 'limit', message: /these are 501/ });
  });
});
