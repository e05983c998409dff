// Every failure waits for as long as the slowest look at a hash of another server took lately.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { verifyPassword } from '#lib/accounts/password.ts';
import { noteSlowCheck, readLeastWait } from '#lib/accounts/slowest-check.ts';
import { passTime } from '#lib/clock.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { known } from './hash/known.ts';

const database = await openTestDatabase();
after(() => database.close());
const hourMs = 3_600_000;

describe('the slowest look at a hash of another server', () => {
  it('is noted, whether the password fits or not, and own hashes are not', async () => {
    await verifyPassword(null, 'nobody has this');
    assert.equal(readLeastWait(), 0);
    const foreign = known.find(({ hash }) => hash.startsWith('$y$j9T'));
    assert.ok(foreign);
    await verifyPassword(foreign.hash, 'wrong');
    assert.ok(readLeastWait() > 0);
    passTime(25 * hourMs);
    assert.equal(readLeastWait(), 0);
    await verifyPassword(foreign.hash, foreign.password);
    assert.ok(readLeastWait() > 0);
    passTime(25 * hourMs);
  });

  it('counts for a day from the last of its kind, with a margin, and not without end', () => {
    noteSlowCheck(2000);
    assert.equal(readLeastWait(), 2500);
    noteSlowCheck(3);
    assert.equal(readLeastWait(), 2500, 'a quick one');
    passTime(20 * hourMs);
    noteSlowCheck(1900);
    passTime(20 * hourMs);
    assert.equal(readLeastWait(), 2500, 'one like it was seen since');
    noteSlowCheck(60_000);
    assert.equal(readLeastWait(), 5000);
    passTime(25 * hourMs);
    assert.equal(readLeastWait(), 0);
    noteSlowCheck(400);
    assert.equal(readLeastWait(), 500, 'what is forgotten is no measure');
  });
});
