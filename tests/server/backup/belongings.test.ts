// What a user made in the webmail comes back with the user, and what of it is missing to a user who is there.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { addAccount, removeAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { now } from '#lib/clock.ts';
import { saveCollection } from '#lib/collections/collection.ts';
import { db, write } from '#lib/db.ts';
import { listRules, removeRule, saveRule } from '#lib/filters/rules.ts';
import { readVacation, saveVacation } from '#lib/filters/vacation.ts';
import { noProgress } from '#server/backup/progress.ts';
import { restoreUser } from '#server/backup/restore-user.ts';
import { takeBackup } from '#server/backup/take-backup.ts';
import { removeOrphans } from '#server/store/cleanup.ts';
import { ensureMailboxes } from '#server/store/mailboxes.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { makePlace } from './fixture.ts';

const database = await openTestDatabase();
const place = makePlace();
after(async () => {
  await database.close();
  place.remove();
});
const options = { by: 'test', progress: noProgress };
const address = 'ada@example.test';

async function makeContact(accountId: string, id: string, mail: string): Promise<void> {
  await write(async (tx) => {
    const times = { createdAt: now(), updatedAt: now() };
    await tx.contact.create({ data: { accountId, id, uid: `urn:${id}`, name: id, ...times } });
    await tx.contactAddress.create({
      data: { accountId, contactId: id, position: 0, address: mail },
    });
  });
}

const addresses = async (accountId: string) =>
  (await db.contactAddress.findMany({ where: { accountId }, orderBy: { address: 'asc' } })).map(
    (row) => row.address,
  );

test('contacts, rules, the vacation answer and accounts elsewhere', async () => {
  await addDomain({ name: 'example.test' }, 'test');
  const { id } = await addAccount({ address, password: 'a long password' }, 'test');
  await ensureMailboxes(id);
  const rule = await saveRule(id, {
    name: 'on',
    conditions: [],
    actions: [{ do: 'forward', address: 'x@far.test' }],
  });
  await saveVacation(id, { isOn: true, text: 'Away', endsAt: '2030-01-01T00:00:00Z' });
  await saveCollection(id, {
    ...{ protocol: 'imap', host: 'imap.far.test', port: 993, tlsMode: 'implicit' },
    ...{ username: 'ada', password: 'secret there' },
  });
  await makeContact(id, 'eve', 'eve@far.test');
  await makeContact(id, 'zoe', 'zoe@far.test');
  const vacation = await readVacation(id);
  await takeBackup(place.folder);

  await removeRule(id, rule.id);
  await write(async (tx) => {
    await tx.contact.delete({ where: { accountId_id: { accountId: id, id: 'eve' } } });
    await tx.contactAddress.deleteMany({ where: { accountId: id } });
    await tx.contactAddress.create({
      data: { accountId: id, contactId: 'zoe', position: 1, address: 'new@far.test' },
    });
  });
  await restoreUser(place.folder, address, options);
  assert.deepEqual(
    (await listRules(id)).map(({ name }) => name),
    ['on'],
  );
  assert.deepEqual(await addresses(id), ['eve@far.test', 'new@far.test'], 'zoe stays as she is');

  await removeAccount(id, 'test');
  await removeOrphans();
  assert.equal(await db.filterRule.count(), 0);
  await restoreUser(place.folder, address, options);
  assert.deepEqual(await readVacation(id), vacation);
  assert.deepEqual(await addresses(id), ['eve@far.test', 'zoe@far.test']);
  assert.equal((await listRules(id)).length, 1);
  assert.equal(await db.collection.count({ where: { accountId: id } }), 1);
});
