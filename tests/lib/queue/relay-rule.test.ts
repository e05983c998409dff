import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { db } from '#lib/db.ts';
import {
  addRelayRule,
  findRelay,
  listRelayRules,
  moveRelayRule,
  type RelayRuleInput,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;

before(async () => {
  database = await openTestDatabase();
});
afterEach(async () => {
  for (const rule of await listRelayRules()) await removeRelayRule(rule.id, 'test');
});
after(() => database.close());

const base: RelayRuleInput = { match: 'default', host: 'smart.test' };

describe('relay rules', () => {
  const refused: [string, RelayRuleInput, string][] = [
    ['a space in the host', { ...base, host: 'a b' }, 'host'],
    ['a host with a port', { ...base, host: 'a.test:25' }, 'host'],
    ['an address of the C library', { ...base, host: '127.1' }, 'host'],
    ['the same in hexadecimal', { ...base, host: '0x7f.0x1' }, 'host'],
    ['port 0', { ...base, port: 0 }, 'port'],
    ['port 65536', { ...base, port: 65_536 }, 'port'],
    ['half a port', { ...base, port: 25.5 }, 'port'],
    ['an unknown match', { ...base, match: 'any' as 'default' }, 'match'],
    ['an unknown TLS mode', { ...base, tlsMode: 'maybe' as 'none' }, 'tlsMode'],
    ['no pattern', { ...base, match: 'recipient' }, 'pattern'],
    ['a lone dot', { ...base, match: 'recipient', pattern: '.' }, 'pattern'],
    ['a wildcard', { ...base, match: 'recipient', pattern: '*.test' }, 'pattern'],
    ['an address without a name', { ...base, match: 'sender', pattern: '@a.test' }, 'pattern'],
    ['the null recipient', { ...base, match: 'recipient', pattern: '<>' }, 'pattern'],
    ['a password without login', { ...base, password: 'x' }, 'username'],
    ['a line break in the login', { ...base, username: 'a\r\nb' }, 'username'],
    ['a line break in the password', { ...base, username: 'a', password: 'a\nb' }, 'password'],
    ['a long comment', { ...base, comment: 'x'.repeat(501) }, 'comment'],
  ];
  for (const [reason, input, field] of refused) {
    it(`refuse ${reason}`, async () => {
      await assert.rejects(addRelayRule(input, 'test'), { reason: 'invalid', field });
    });
  }

  const canonical: [string, RelayRuleInput, Partial<RelayRuleInput>][] = [
    ['names in lower case', { ...base, host: 'Smart.TEST.' }, { host: 'smart.test', port: 25 }],
    ['an IPv6 address in brackets', { ...base, host: '[2001:DB8::1]' }, { host: '2001:db8::1' }],
    ['port 465 for TLS at once', { ...base, tlsMode: 'implicit' }, { port: 465 }],
    [
      'an international domain',
      { ...base, match: 'recipient', pattern: '.Bücher.test' },
      { pattern: '.xn--bcher-kva.test' },
    ],
    [
      'an address',
      { ...base, match: 'sender', pattern: 'Ada@Own.test' },
      { pattern: 'ada@own.test' },
    ],
    ['the null sender', { ...base, match: 'sender', pattern: '<>' }, { pattern: '<>' }],
    ['no host: through MX', { ...base, host: '' }, { host: '' }],
  ];
  for (const [reason, input, expected] of canonical) {
    it(`keep ${reason}`, async () => {
      const rule = await addRelayRule(input, 'test');
      assert.deepEqual({ ...rule, ...expected }, rule);
    });
  }

  it('match by address, domain and domain with all below', async () => {
    const add = (match: 'recipient' | 'sender', pattern: string, host: string) =>
      addRelayRule({ match, pattern, host }, 'test');
    await add('recipient', 'vip@far.test', 'vip.test');
    await add('recipient', '.far.test', 'below.test');
    await add('sender', 'own.test', 'own.relay.test');
    await add('sender', '<>', 'null.relay.test');
    await addRelayRule({ match: 'default', host: 'default.test' }, 'test');
    const hostFor = async (sender: string, recipient: string) =>
      (await findRelay(sender, recipient))?.host;
    assert.equal(await hostFor('a@own.test', 'VIP@far.test'), 'vip.test');
    assert.equal(await hostFor('a@own.test', 'x@far.test'), 'below.test');
    assert.equal(await hostFor('a@own.test', 'x@deep.far.test'), 'below.test');
    assert.equal(await hostFor('a@own.test', 'x@notfar.test'), 'own.relay.test');
    assert.equal(await hostFor('a@deep.own.test', 'x@b.test'), 'default.test');
    assert.equal(await hostFor('', 'x@b.test'), 'null.relay.test');
  });

  it('a rule without a host means MX, before the default', async () => {
    await addRelayRule({ match: 'default', host: 'default.test' }, 'test');
    await addRelayRule({ match: 'recipient', pattern: 'far.test', host: '' }, 'test');
    assert.equal(await findRelay('a@own.test', 'x@far.test'), null);
  });

  it('keep, change and remove the password, sealed in the row', async () => {
    const rule = await addRelayRule({ ...base, username: 'u', password: 'pass word' }, 'test');
    assert.equal(rule.hasPassword, true);
    assert.ok(!JSON.stringify(rule).includes('pass word'));
    const row = await db.relayRule.findUniqueOrThrow({ where: { id: rule.id } });
    assert.ok(!row.secret.includes('pass word'));
    assert.equal((await findRelay('a@b.test', 'c@d.test'))?.password, 'pass word');
    await updateRelayRule(rule.id, { comment: 'new' }, 'test');
    assert.equal((await findRelay('a@b.test', 'c@d.test'))?.password, 'pass word');
    await updateRelayRule(rule.id, { password: 'other' }, 'test');
    assert.equal((await findRelay('a@b.test', 'c@d.test'))?.password, 'other');
    assert.equal((await updateRelayRule(rule.id, { username: '' }, 'test')).hasPassword, false);
    const again = await updateRelayRule(rule.id, { username: 'u', password: 'x' }, 'test');
    assert.equal(again.hasPassword, true);
    assert.equal((await updateRelayRule(rule.id, { password: '' }, 'test')).hasPassword, false);
  });

  it('are ordered within their kind', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      const input = { ...base, match: 'recipient' as const, pattern: `${name}.test` };
      ids.push((await addRelayRule(input, 'test')).id);
    }
    const order = async () =>
      (await listRelayRules()).map((rule) => `${rule.position} ${rule.pattern}`);
    await moveRelayRule(ids[2] ?? '', 1, 'test');
    assert.deepEqual(await order(), ['1 c.test', '2 a.test', '3 b.test']);
    await moveRelayRule(ids[2] ?? '', 99, 'test');
    assert.deepEqual(await order(), ['1 a.test', '2 b.test', '3 c.test']);
    await assert.rejects(moveRelayRule(ids[0] ?? '', 0, 'test'), { reason: 'invalid' });
  });

  it('refuse doubles and what is not there', async () => {
    const rule = await addRelayRule(base, 'test');
    await assert.rejects(addRelayRule(base, 'test'), { reason: 'exists' });
    await updateRelayRule(rule.id, { host: 'other.test' }, 'test');
    for (const call of [
      updateRelayRule('nobody', { host: 'a.test' }, 'test'),
      removeRelayRule('nobody', 'test'),
      moveRelayRule('nobody', 1, 'test'),
    ]) {
      await assert.rejects(call, { reason: 'not-found' });
    }
  });

  it('leave an event for each change, without the password', async () => {
    await addRelayRule({ ...base, username: 'u', password: 'pass word' }, 'boss@own.test');
    await flushTrail();
    const events = await db.trailEvent.findMany({ where: { sender: 'boss@own.test' } });
    assert.equal(events.length, 1);
    assert.equal(events[0]?.recipient, 'relay rule default');
    assert.ok(!JSON.stringify(events).includes('pass word'));
  });
});
