// Alias domains, wildcards, groups, postmaster and abuse: where mail goes, and who may send as what.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addAlias, updateAlias } from '#lib/accounts/alias.ts';
import { fitsPattern } from '#lib/accounts/alias-pattern.ts';
import { addDomain, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { addNetwork, isTrustedAddress, updateNetwork } from '#lib/accounts/network.ts';
import { listOwnAddresses, maySendAs, resolveRecipient } from '#lib/accounts/route.ts';
import { freezeClock, now } from '#lib/clock.ts';
import { isRefusal } from '#lib/errors.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
const by = 'test';
const password = 'correct horse';
const refused = (reason: string, field?: string) => (error: unknown) =>
  isRefusal(error) && error.reason === reason && (!field || error.field === field);

const ids: Record<string, string> = {};

before(async () => {
  await addDomain({ name: 'main.test' }, by);
  await addDomain({ name: 'twin.test', aliasOf: 'MAIN.test' }, by);
  await addDomain({ name: 'all.test' }, by);
  for (const name of ['root', 'ada', 'bob', 'eve']) {
    const role = name === 'root' ? 'admin' : 'user';
    ids[name] = (await addAccount({ address: `${name}@main.test`, password, role }, by)).id;
  }
  ids.own = (await addAccount({ address: 'bob@twin.test', password }, by)).id;
  const alias = (address: string, ...targets: string[]) => addAlias({ address, targets }, by);
  await alias('info@main.test', 'ada@main.test');
  await alias('sales-*@main.test', 'ada@main.test');
  await alias('sales-north-*@main.test', 'bob@main.test');
  await alias('*.list@main.test', 'eve@main.test', 'far@elsewhere.test');
  await alias('@all.test', 'eve@main.test');
  await alias('a@all.test', 'b@all.test');
  await alias('b@all.test', 'a@all.test');
});
after(database.close);

async function endOf(address: string): Promise<string> {
  const found = await resolveRecipient(address, '+');
  if (found.status !== 'local') return found.status;
  const names = found.mailboxes.map(
    ({ accountId }) => Object.entries(ids).find(([, id]) => id === accountId)?.[0] ?? '?',
  );
  return [...names, ...found.forwards].sort().join(' ');
}

describe('where mail goes', () => {
  const cases: [address: string, end: string, why: string][] = [
    ['ada@twin.test', 'ada', 'a user of the other domain'],
    ['ADA+x@TWIN.test', 'ada', 'with a detail and capitals'],
    ['info@twin.test', 'ada', 'an alias of the other domain'],
    ['sales-7@twin.test', 'ada', 'a wildcard of the other domain'],
    ['bob@twin.test', 'own', 'its own user comes first'],
    ['nobody@twin.test', 'unknown', 'nobody there either'],
    ['sales-7@main.test', 'ada', 'a wildcard'],
    ['sales-@main.test', 'ada', 'a star stands for nothing too'],
    ['sales-north-1@main.test', 'bob', 'the longer one'],
    ['x.list@main.test', 'eve far@elsewhere.test', 'a star in front, a target outside'],
    ['sales-ada@main.test', 'ada', 'a wildcard'],
    ['salesx@main.test', 'unknown', 'not within it'],
    ['sales-1%ext.test@main.test', 'unknown', 'a route is not swallowed by a star'],
    ['ext.test!sales.list@main.test', 'unknown', 'nor a bang path'],
    ['"sales-x@ext.test"@main.test', 'unknown', 'nor a quoted one'],
    ['user%ext.test@all.test', 'unknown', 'nor by a catch-all'],
    ['ext.test!user@all.test', 'unknown', 'nor by a catch-all'],
    ['"user@ext.test"@all.test', 'unknown', 'nor by a catch-all'],
    ['sales-1%ext.test@twin.test', 'unknown', 'nor through an alias domain'],
    ['anything@all.test', 'eve', 'the catch-all'],
    ['a@all.test', 'unknown', 'a loop of aliases ends'],
    ['postmaster@main.test', 'root', 'the first administrator'],
    ['abuse@main.test', 'root', 'the same'],
    ['Postmaster@twin.test', 'root', 'in an alias domain'],
    ['abuse@twin.test', 'root', 'in an alias domain'],
    ['abuse@all.test', 'eve', 'the catch-all comes first'],
    ['ada@elsewhere.test', 'not-local', 'no domain of ours'],
  ];
  for (const [address, end, why] of cases) {
    it(`${address}: ${why}`, async () => assert.equal(await endOf(address), end));
  }

  it('abuse goes where postmaster does', async () => {
    await addDomain({ name: 'office.test' }, by);
    await addAlias({ address: 'postmaster@office.test', targets: ['bob@main.test'] }, by);
    assert.equal(await endOf('abuse@office.test'), 'bob');
    assert.equal(await endOf('abuse+1@office.test'), 'bob');
    // A user who was switched off must not make postmaster unreachable.
    await updateAccount(ids.bob as string, { isDisabled: true }, by);
    assert.equal(await endOf('postmaster@office.test'), 'root');
    assert.equal(await endOf('bob@main.test'), 'disabled');
    await updateAccount(ids.bob as string, { isDisabled: false }, by);
  });

  it('says who may write to a group', async () => {
    await addAlias(
      { address: 'staff@main.test', targets: ['ada@main.test'], posters: 'inside' },
      by,
    );
    for (const address of ['staff@main.test', 'staff+x@main.test', 'staff@twin.test']) {
      const found = await resolveRecipient(address, '+');
      assert.ok(found.status === 'local');
      assert.deepEqual(found.group, {
        address: 'staff@main.test',
        posters: 'inside',
        targets: ['ada@main.test'],
      });
    }
    await updateAlias('staff@main.test', { posters: 'anyone' }, by);
    const open = await resolveRecipient('staff@main.test', '+');
    assert.ok(open.status === 'local' && !open.group);
    await assert.rejects(
      updateAlias('staff@main.test', { posters: 'nobody' as 'anyone' }, by),
      refused('invalid', 'posters'),
    );
  });

  it('ends with the domain that an alias domain stands for', async () => {
    await updateDomain('main.test', { isDisabled: true }, by);
    assert.equal(await endOf('ada@twin.test'), 'unknown');
    assert.equal(await endOf('ada@main.test'), 'disabled');
    await updateDomain('main.test', { isDisabled: false }, by);
    await updateDomain('twin.test', { isDisabled: true }, by);
    assert.equal(await endOf('ada@twin.test'), 'disabled');
    await updateDomain('twin.test', { isDisabled: false }, by);
  });
});

describe('alias domains', () => {
  const wrong: [name: string, aliasOf: string, why: string][] = [
    ['new.test', 'nowhere.test', 'not here'],
    ['new.test', 'twin.test', 'an alias itself'],
    ['new.test', 'new.test', 'itself'],
  ];
  for (const [name, aliasOf, why] of wrong) {
    it(`are refused: ${why}`, async () => {
      await assert.rejects(addDomain({ name, aliasOf }, by), (error) => isRefusal(error));
    });
  }
  it('are no chain, have no catch-all, and keep what they stand for', async () => {
    await assert.rejects(
      updateDomain('main.test', { aliasOf: 'all.test' }, by),
      refused('invalid'),
    );
    await assert.rejects(
      updateDomain('all.test', { aliasOf: 'main.test' }, by),
      refused('invalid'),
    );
    const catchAll = { address: '@twin.test', targets: ['ada@main.test'] };
    await assert.rejects(addAlias(catchAll, by), refused('invalid', 'address'));
    await addDomain({ name: 'base.test' }, by);
    await addDomain({ name: 'also.test', aliasOf: 'base.test' }, by);
    await assert.rejects(removeDomain('base.test', by), refused('in-use'));
    await updateDomain('also.test', { aliasOf: '' }, by);
    await removeDomain('base.test', by);
    await assert.rejects(
      updateDomain('also.test', { archive: 'no' }, by),
      refused('invalid', 'archive'),
    );
  });
});

describe('wildcards', () => {
  const cases: [pattern: string, text: string, fits: boolean][] = [
    ['a*b', 'ab', true],
    ['a*b', 'aXb', true],
    ['a*b', 'a', false],
    ['aba*ba', 'aba', false],
    ['*x*', 'axb', true],
    ['*x*y', 'xay', true],
    ['*x*y', 'yx', false],
    ['plain', 'plain', true],
    [`${'a*'.repeat(5)}b`, 'a'.repeat(5000), false],
  ];
  for (const [pattern, text, fits] of cases) {
    it(`${pattern} ${fits ? 'fits' : 'does not fit'} ${text.slice(0, 20)}`, () => {
      assert.equal(fitsPattern(pattern, text), fits);
    });
  }
  for (const address of [
    '*@main.test',
    '**@main.test',
    'a*%b@main.test',
    '*a*b*c*d*e*@main.test',
  ]) {
    it(`refuses ${address}`, async () => {
      await assert.rejects(
        addAlias({ address, targets: ['ada@main.test'] }, by),
        refused('invalid', 'address'),
      );
    });
  }
});

describe('sending as', () => {
  const cases: [who: string, address: string, may: boolean, why: string][] = [
    ['ada', 'ada@twin.test', true, 'her name in an alias domain'],
    ['ada', 'ada+x@twin.test', true, 'with a detail'],
    ['ada', 'info@twin.test', true, 'her alias there'],
    ['ada', 'sales-7@main.test', true, 'her wildcard'],
    ['ada', 'sales-7@twin.test', true, 'her wildcard there'],
    ['ada', 'sales-north-7@main.test', false, 'a longer wildcard is somebody else’s'],
    ['bob', 'sales-north-7@main.test', true, 'which is his'],
    ['bob', 'sales-7@main.test', false, 'this one is not'],
    ['bob', 'bob@twin.test', false, 'that domain has a bob of its own'],
    ['bob', 'bob+x@twin.test', false, 'and his details'],
    ['own', 'bob@twin.test', true, 'who may'],
    ['own', 'bob@main.test', false, 'but not the other way round'],
    ['ada', 'sales-1%ext.test@main.test', false, 'no route'],
    ['eve', 'anything@all.test', true, 'her catch-all'],
    ['eve', 'ada@twin.test', false, 'somebody else’s'],
    ['eve', 'nobody@twin.test', false, 'nobody’s'],
    ['eve', 'ada@elsewhere.test', false, 'outside'],
  ];
  for (const [who, address, may, why] of cases) {
    it(`${who} as ${address}: ${why}`, async () => {
      assert.equal(await maySendAs(ids[who] as string, address, '+'), may);
    });
  }
  it('lists names in alias domains that nobody else has', async () => {
    const ofAda = await listOwnAddresses(ids.ada as string);
    assert.equal(ofAda[0], 'ada@main.test');
    assert.ok(ofAda.includes('ada@twin.test') && ofAda.includes('info@twin.test'));
    assert.ok(!(await listOwnAddresses(ids.bob as string)).includes('bob@twin.test'));
  });
});

describe('networks that end', () => {
  it('are trusted to the second, without a commit', async () => {
    const start = now();
    freezeClock(start);
    try {
      const expiresAt = new Date(start.getTime() + 60_000);
      await addNetwork({ cidr: '192.0.2.0/24', expiresAt }, by);
      assert.equal(await isTrustedAddress('192.0.2.9'), true);
      freezeClock(new Date(expiresAt.getTime() - 1));
      assert.equal(await isTrustedAddress('192.0.2.9'), true);
      freezeClock(expiresAt);
      assert.equal(await isTrustedAddress('192.0.2.9'), false);
      await assert.rejects(
        updateNetwork('192.0.2.0/24', { expiresAt }, by),
        refused('invalid', 'expiresAt'),
      );
      await updateNetwork('192.0.2.0/24', { expiresAt: null }, by);
      assert.equal(await isTrustedAddress('192.0.2.9'), true);
    } finally {
      freezeClock(null);
    }
  });
});
