// How long a conversation waits for which answer, with commands one by one and with several under way.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { readSettings } from '#lib/settings/index.ts';
import { Patience, timeoutsOf, usualTimeouts } from '#server/delivery/outbound/patience.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const timeouts = { greetingMs: 1, mailMs: 2, rcptMs: 3, dataMs: 4, bodyMs: 5, endMs: 6 };

it('waits for the answer that comes next', () => {
  const patience = new Patience(timeouts);
  assert.equal(patience.nextMs, null);
  patience.add('EHLO mail.test');
  assert.equal(patience.nextMs, 1);
  patience.keep(0);
  for (const command of [
    'MAIL FROM:<a@b.test>',
    'RCPT TO:<c@d.test>',
    'RCPT TO:<e@f.test>',
    'DATA',
  ])
    patience.add(command);
  const waits = [4, 3, 2, 1].map((left) => {
    patience.keep(left);
    return patience.nextMs;
  });
  assert.deepEqual(waits, [2, 3, 3, 4]);
});

it('the settings are what RFC 5321 asks for', async () => {
  const database = await openTestDatabase();
  assert.deepEqual(timeoutsOf(await readSettings()), usualTimeouts);
  await database.close();
});
