// Domains whose mailboxes are on another server: who is known there, what is passed on, what stays.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { resolveRecipient } from '#lib/accounts/route.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
after(() => database.close());

const by = 'test';
const password = 'correct horse battery';

before(async () => {
  await addDomain({ name: 'here.test' }, by);
  await addDomain({ name: 'branch.test' }, by);
  await addDomain({ name: 'twin.test', aliasOf: 'branch.test' }, by);
  await addAccount({ address: 'boss@here.test', password, role: 'admin' }, by);
  await addAccount({ address: 'ada@branch.test', password }, by);
  const off = await addAccount({ address: 'off@branch.test', password }, by);
  await updateAccount(off.id, { isDisabled: true }, by);
  await addAlias({ address: 'info@branch.test', targets: ['boss@here.test'] }, by);
  await addAlias({ address: 'team@here.test', targets: ['ada@branch.test'] }, by);
});

/** "mailboxes > forwards", or the status. */
async function resolve(address: string): Promise<string> {
  const found = await resolveRecipient(address, '+');
  if (found.status !== 'local') return found.status;
  const names = found.mailboxes.map((mailbox) => mailbox.address);
  return `${names.join(' ')}>${found.forwards.join(' ')}`;
}

describe('mail for a domain whose mailboxes are', () => {
  const addresses = [
    'ada@branch.test',
    'ada+x@branch.test',
    'ada@twin.test',
    'nobody@branch.test',
    'info@branch.test',
    'off@branch.test',
    'team@here.test',
    'postmaster@branch.test',
    'user%far.test@branch.test',
  ];
  const cases: [elsewhere: string, results: string[]][] = [
    [
      '',
      [
        'ada@branch.test>',
        'ada+x@branch.test>',
        'ada@branch.test>',
        'unknown',
        'boss@here.test>',
        'disabled',
        'ada@branch.test>',
        'postmaster@branch.test>',
        'unknown',
      ],
    ],
    [
      'all',
      [
        '>ada@branch.test',
        '>ada+x@branch.test',
        '>ada@branch.test',
        '>nobody@branch.test',
        'boss@here.test>',
        'disabled',
        '>ada@branch.test',
        '>postmaster@branch.test',
        'unknown',
      ],
    ],
    [
      'listed',
      [
        '>ada@branch.test',
        '>ada+x@branch.test',
        '>ada@branch.test',
        'unknown',
        'boss@here.test>',
        'disabled',
        '>ada@branch.test',
        'postmaster@branch.test>',
        'unknown',
      ],
    ],
    [
      'others',
      [
        'ada@branch.test>',
        'ada+x@branch.test>',
        'ada@branch.test>',
        '>nobody@branch.test',
        'boss@here.test>',
        'disabled',
        'ada@branch.test>',
        '>postmaster@branch.test',
        'unknown',
      ],
    ],
  ];
  for (const [elsewhere, results] of cases) {
    it(elsewhere || 'here', async () => {
      await updateDomain('branch.test', { elsewhere }, by);
      assert.deepEqual(await Promise.all(addresses.map(resolve)), results);
    });
  }

  it('nowhere while it is disabled', async () => {
    await updateDomain('branch.test', { elsewhere: 'all', isDisabled: true }, by);
    assert.equal(await resolve('nobody@branch.test'), 'disabled');
    await updateDomain('branch.test', { isDisabled: false }, by);
  });

  it('not both there and those of another domain', async () => {
    const both = updateDomain('twin.test', { elsewhere: 'all' }, by);
    await assert.rejects(both, { reason: 'invalid', field: 'elsewhere' });
    const wrong = updateDomain('branch.test', { elsewhere: 'some' }, by);
    await assert.rejects(wrong, { reason: 'invalid', field: 'elsewhere' });
  });
});
