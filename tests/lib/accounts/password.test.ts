// Hashing and verifying: few at once, no endless queue, a cached verify that costs nothing and is bound to its hash.
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { after, describe, it } from 'node:test';
import { hashPassword, isCurrentHash, verifyPassword } from '#lib/accounts/password.ts';
import { isRefusal } from '#lib/errors.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { known } from './hash/known.ts';

const database = await openTestDatabase();
after(() => database.close());

/** How many hashes were begun: native tasks, the only kind here that gives itself no name. */
async function countHashes(work: () => Promise<unknown>): Promise<number> {
  let count = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (String(type) === 'undefined') count++;
    },
  }).enable();
  await work();
  hook.disable();
  return count;
}

describe('passwords', () => {
  it('are hashed once for each first verify, and not again', async () => {
    const stored = await hashPassword('a long password');
    assert.ok(isCurrentHash(stored));
    const verify = (hash: string | null, password: string) =>
      countHashes(() => verifyPassword(hash, password));
    assert.equal(await verify(stored, 'a long password'), 1);
    assert.equal(await verify(stored, 'a long password'), 0, 'polled');
    assert.equal(await verify(stored, 'a long passwore'), 1, 'a wrong one costs');
    assert.equal(await verify(stored, 'a long passwore'), 1, 'each time');
    const other = await hashPassword('a long password');
    assert.equal(await verify(other, 'a long password'), 1, 'another hash of the same');
  });

  it('cost the same where there is no account', async () => {
    await verifyPassword(null, 'warm up');
    assert.equal(await countHashes(() => verifyPassword(null, 'whatever it is')), 1);
    const cheap = known.find(({ hash }) => hash.startsWith('{SSHA}'));
    assert.ok(cheap);
    assert.equal(
      await countHashes(() => verifyPassword(cheap.hash, 'wrong')),
      1,
      'a wrong one for a cheap imported hash',
    );
    assert.equal(await verifyPassword(cheap.hash, cheap.password), true);
    assert.equal(await verifyPassword(cheap.hash, 'x'.repeat(2000)), false);
  });

  it('wait in a queue that has an end, and all that were let in are answered', async () => {
    const stored = await hashPassword('a long password');
    const outcomes = await Promise.allSettled(
      Array.from({ length: 500 }, (_, at) => verifyPassword(stored, `wrong ${at}`)),
    );
    const answered = outcomes.filter(({ status }) => status === 'fulfilled').length;
    const refused = outcomes.filter(
      (each) => each.status === 'rejected' && isRefusal(each.reason, 'unavailable'),
    ).length;
    assert.equal(answered, 404, 'four at work and four hundred waiting');
    assert.equal(refused, 96);
    assert.equal(await verifyPassword(stored, 'a long password'), true, 'and it goes on');
  });
});
