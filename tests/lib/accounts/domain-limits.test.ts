// How many users and aliases a domain may have: who adds one too many is told so, whichever way.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias, removeAlias } from '#lib/accounts/alias.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { addDomain, findDomain, updateDomain } from '#lib/accounts/domain.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
  await addDomain({ name: 'small.test', maxUsers: 2, maxAliases: 1 }, 'test');
  await addDomain({ name: 'free.test' }, 'test');
});
after(() => database.close());

const addUser = (address: string) =>
  addAccount({ address, password: 'correct horse battery' }, 'test');
const addOther = (address: string) => addAlias({ address, targets: ['ada@free.test'] }, 'test');
const full = (what: string, most: number) => ({
  reason: 'limit',
  field: 'address',
  message: `small.test has as many ${what} as it may have: ${most}.`,
});

it('Users of a domain are counted, two at the same time as well, and deleted ones make room', async () => {
  const { id } = await addUser('ada@small.test');
  const both = await Promise.allSettled(['ben', 'cy'].map((name) => addUser(`${name}@small.test`)));
  assert.deepEqual(both.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected']);
  await assert.rejects(addUser('dora@small.test'), full('users', 2));
  await addSharedMailbox({ address: 'info@small.test' }, 'test');
  await deleteAccount(id, 'test');
  await addUser('dora@small.test');
  await assert.rejects(restoreAccount(id, 'test'), full('users', 2));
  await updateDomain('small.test', { maxUsers: 3 }, 'test');
  await restoreAccount(id, 'test');
});

it('Aliases likewise; a lower limit takes nothing away, and 0 is none', async () => {
  await addOther('a@small.test');
  await assert.rejects(addOther('b@small.test'), full('aliases', 1));
  await removeAlias('a@small.test', 'test');
  await addOther('b@small.test');
  await updateDomain('small.test', { maxAliases: 0 }, 'test');
  await addOther('c@small.test');
  await updateDomain('small.test', { maxAliases: 1 }, 'test');
  await assert.rejects(addOther('d@small.test'), full('aliases', 1));
  await addOther('a@free.test');
  const { maxUsers, maxAliases } = (await findDomain('small.test'))!;
  assert.deepEqual([maxUsers, maxAliases], [3, 1]);
});

it('A limit is a whole number', async () => {
  for (const maxUsers of [-1, 1.5, 10_000_000_000]) {
    await assert.rejects(updateDomain('free.test', { maxUsers }, 'test'), { field: 'maxUsers' });
  }
});
