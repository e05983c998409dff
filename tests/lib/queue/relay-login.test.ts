// What is tried of a relay rule on request: hosts that are named themselves, with the login in clear.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { write } from '#lib/db.ts';
import { readRelayLogin } from '#lib/queue/relay-login.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('the login of a relay rule', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database?.close());

  it('is the stored one, for the hosts that are named', async () => {
    const { id } = await addRelayRule(
      {
        recipient: 'a.test',
        target: 'hosts',
        hosts: 'smart.test:587, mx:other.test',
        tlsMode: 'required',
        username: 'ann',
        password: 'nuts in snow',
      },
      'test',
    );
    assert.deepEqual(await readRelayLogin(id), {
      hosts: [{ host: 'smart.test', port: 587 }],
      tlsMode: 'required',
      username: 'ann',
      password: 'nuts in snow',
    });
    await write((tx) => tx.relayRule.update({ where: { id }, data: { secret: 'of another key' } }));
    await assert.rejects(readRelayLogin(id), { reason: 'unavailable' });
  });

  it('is none where no host is named, and where there is no rule', async () => {
    const { id } = await addRelayRule({ recipient: 'b.test', target: 'hold' }, 'test');
    await assert.rejects(readRelayLogin(id), { reason: 'unavailable' });
    await assert.rejects(readRelayLogin('none'), { reason: 'not-found' });
  });
});
