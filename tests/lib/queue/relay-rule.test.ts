import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { db } from '#lib/db.ts';
import { readRelayChooser } from '#lib/queue/relay-choice.ts';
import {
  addRelayRule,
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

const base: RelayRuleInput = { hosts: 'smart.test' };
const add = (input: RelayRuleInput, position?: number) => addRelayRule(input, 'test', position);

async function choose(
  sender: string,
  recipient: string,
  more: { user?: string; isLetGo?: boolean } = {},
) {
  const { user = '', isLetGo = false } = more;
  return (await readRelayChooser()).choose({ sender, recipient, user, isLetGo });
}

describe('relay rules', () => {
  const refused: [string, RelayRuleInput, string][] = [
    ['no host', { target: 'hosts' }, 'hosts'],
    ['a URL', { hosts: 'http://a.test' }, 'hosts'],
    ['an address of the C library', { hosts: '127.1' }, 'hosts'],
    ['the same in hexadecimal', { hosts: '0x7f.0x1' }, 'hosts'],
    ['port 0', { hosts: 'a.test:0' }, 'hosts'],
    ['port 65536', { hosts: 'a.test:65536' }, 'hosts'],
    [
      '21 hosts',
      { hosts: Array.from({ length: 21 }, (_, at) => `h${at}.test`).join(' ') },
      'hosts',
    ],
    ['a socket for SMTP', { hosts: 'unix:/run/x' }, 'hosts'],
    ['MX for LMTP', { target: 'lmtp', hosts: 'mx:a.test' }, 'hosts'],
    ['MX of an address', { hosts: 'mx:192.0.2.1' }, 'hosts'],
    ['DANE without a name', { hosts: '192.0.2.1', tlsMode: 'dane' }, 'hosts'],
    ['TLS at once by MX', { target: 'mx', tlsMode: 'implicit' }, 'tlsMode'],
    ['a bad other host', { target: 'mx', fallbackHosts: 'a b_c!' }, 'fallbackHosts'],
    [
      'other hosts at once',
      { ...base, fallbackHosts: 'b.test', fallbackAfter: 0 },
      'fallbackAfter',
    ],
    ['an unknown target', { ...base, target: 'any' as 'mx' }, 'target'],
    ['an unknown TLS mode', { ...base, tlsMode: 'maybe' as 'none' }, 'tlsMode'],
    ['an unknown family', { ...base, family: 'ipv5' as 'ipv4' }, 'family'],
    ['a lone dot', { ...base, recipient: '.' }, 'recipient'],
    ['half an address', { ...base, sender: 'a@' }, 'sender'],
    ['six stars', { ...base, recipient: '*.*.*.*.*.*' }, 'recipient'],
    ['the null recipient', { ...base, recipient: '<>' }, 'recipient'],
    ['one bad of several', { ...base, user: 'a@b.test, x y z!' }, 'user'],
    ['a password without login', { ...base, password: 'x' }, 'username'],
    ['a login for MX', { target: 'mx', username: 'a' }, 'username'],
    ['a line break in the login', { ...base, username: 'a\r\nb' }, 'username'],
    ['a line break in the password', { ...base, username: 'a', password: 'a\nb' }, 'password'],
    ['a long comment', { ...base, comment: 'x'.repeat(501) }, 'comment'],
    ['a line break in the reason', { target: 'return', text: 'a\nb' }, 'text'],
    ['IPv6 as IPv4', { ...base, sourceIpv4: '::1' }, 'sourceIpv4'],
    ['a name as address', { ...base, sourceIpv6: 'a.test' }, 'sourceIpv6'],
    ['a bad EHLO name', { ...base, helo: 'a b' }, 'helo'],
    ['half a minute', { ...base, firstRetryMinutes: 0.5 }, 'firstRetryMinutes'],
    ['no delivery at a time', { ...base, concurrency: 0 }, 'concurrency'],
    ['two months', { ...base, lifetimeHours: 1440 }, 'lifetimeHours'],
  ];
  for (const [reason, input, field] of refused) {
    it(`refuse ${reason}`, async () => {
      await assert.rejects(add(input), { reason: 'invalid', field });
    });
  }

  const canonical: [string, RelayRuleInput, Partial<RelayRuleInput>][] = [
    ['names in lower case', { hosts: 'Smart.TEST.' }, { target: 'hosts', hosts: 'smart.test:25' }],
    ['an IPv6 address', { hosts: '2001:DB8::1' }, { hosts: '[2001:db8::1]:25' }],
    ['brackets of Postfix', { hosts: '[smart.test]:587' }, { hosts: 'smart.test:587' }],
    [
      'several hosts',
      { hosts: 'a.test,\nb.test:26 mx:c.test' },
      { hosts: 'a.test:25 b.test:26 mx:c.test:25' },
    ],
    ['port 465 for TLS at once', { ...base, tlsMode: 'implicit' }, { hosts: 'smart.test:465' }],
    [
      'port 24 for LMTP',
      { target: 'lmtp', hosts: 'a.test /run/lmtp' },
      { hosts: 'a.test:24 unix:/run/lmtp' },
    ],
    [
      'an international domain',
      { ...base, recipient: '.Bücher.test' },
      { recipient: '.xn--bcher-kva.test' },
    ],
    [
      'addresses and "@domain"',
      { ...base, sender: 'Ada@Own.test @x.test' },
      { sender: 'ada@own.test x.test' },
    ],
    ['the null sender', { ...base, sender: '<>' }, { sender: '<>' }],
    ['no host: through MX', {}, { target: 'mx', hosts: '' }],
    [
      'nothing that a target has no use for',
      { target: 'discard', hosts: 'a.test', username: 'x', concurrency: 2 },
      { hosts: '', username: '', concurrency: null },
    ],
  ];
  for (const [reason, input, expected] of canonical) {
    it(`keep ${reason}`, async () => {
      const rule = await add(input);
      assert.deepEqual({ ...rule, ...expected }, rule);
    });
  }

  const fitting: [
    condition: 'recipient' | 'sender' | 'user',
    pattern: string,
    yes: string[],
    no: string[],
  ][] = [
    ['recipient', 'vip@far.test', ['VIP@far.test'], ['x@far.test', 'vip@deep.far.test']],
    [
      'recipient',
      'far.test',
      ['x@far.test'],
      ['x@deep.far.test', 'x@notfar.test', 'far.test@x.test'],
    ],
    ['recipient', '.far.test', ['x@far.test', 'x@deep.far.test'], ['x@notfar.test']],
    ['recipient', '*.far.test', ['x@deep.far.test'], ['x@far.test']],
    [
      'recipient',
      'sales-*@far.test',
      ['sales-eu@far.test', 'sales-@far.test'],
      ['sales@far.test', 'x@far.test'],
    ],
    ['recipient', '*@far*.test', ['a@far.test', 'a@farm.test'], ['a@near.test']],
    ['recipient', 'a.test b.test', ['x@a.test', 'x@b.test'], ['x@c.test']],
    ['sender', '<>', [''], ['a@own.test']],
    ['sender', 'own.test <>', ['', 'a@own.test'], ['a@x.test']],
    ['sender', 'own.test', ['a@own.test'], ['']],
    ['sender', '*', ['', 'a@own.test'], []],
    ['user', '*', ['a@own.test'], ['']],
    ['user', 'a@own.test', ['a@own.test'], ['', 'b@own.test']],
  ];
  for (const [condition, pattern, yes, no] of fitting) {
    it(`${condition} ${pattern} fits ${yes.join(', ')} alone`, async () => {
      await add({ ...base, [condition]: pattern });
      for (const address of [...yes, ...no]) {
        const mail = { sender: 'z@z.test', recipient: 'z@z.test', user: '', isLetGo: false };
        const found = (await readRelayChooser()).choose({ ...mail, [condition]: address });
        assert.equal(found !== null, yes.includes(address), address);
      }
    });
  }

  it('need all their conditions; the first that fits counts', async () => {
    await add({
      recipient: 'far.test',
      sender: 'own.test',
      user: 'ada@own.test',
      hosts: 'all.test',
    });
    await add({ recipient: 'far.test', sender: 'own.test', hosts: 'two.test' });
    await add({ recipient: 'far.test', hosts: 'one.test' });
    await add({ hosts: 'none.test' });
    const hostFor = async (sender: string, recipient: string, user = '') =>
      (await choose(sender, recipient, { user }))?.hosts;
    assert.equal(await hostFor('x@own.test', 'y@far.test', 'ada@own.test'), 'all.test:25');
    assert.equal(await hostFor('x@own.test', 'y@far.test', 'bob@own.test'), 'two.test:25');
    assert.equal(await hostFor('x@z.test', 'y@far.test', 'ada@own.test'), 'one.test:25');
    assert.equal(await hostFor('x@own.test', 'y@z.test'), 'none.test:25');
    const mail = { sender: 'x@z.test', recipient: 'y@far.test', user: '', isLetGo: false };
    const passed = (await readRelayChooser()).listPassed(mail);
    assert.deepEqual(
      passed.map(({ rule, why }) => [rule.position, why]),
      [
        [1, 'sender'],
        [2, 'sender'],
      ],
    );
  });

  it('that hold are passed by what was released', async () => {
    await add({ recipient: 'far.test', target: 'hold' });
    await add({ recipient: 'far.test', hosts: 'next.test' });
    assert.equal((await choose('', 'x@far.test'))?.target, 'hold');
    assert.equal((await choose('', 'x@far.test', { isLetGo: true }))?.hosts, 'next.test:25');
  });

  it('keep, change and remove the password, sealed in the row', async () => {
    const rule = await add({ ...base, username: 'u', password: 'pass word' });
    const secretOf = async () => (await choose('a@b.test', 'c@d.test'))?.password;
    assert.equal(rule.hasPassword, true);
    assert.ok(!JSON.stringify(rule).includes('pass word'));
    const row = await db.relayRule.findUniqueOrThrow({ where: { id: rule.id } });
    assert.ok(!row.secret.includes('pass word'));
    assert.equal(await secretOf(), 'pass word');
    await updateRelayRule(rule.id, { comment: 'new' }, 'test');
    assert.equal(await secretOf(), 'pass word');
    await updateRelayRule(rule.id, { password: 'other' }, 'test');
    assert.equal(await secretOf(), 'other');
    assert.equal((await updateRelayRule(rule.id, { username: '' }, 'test')).hasPassword, false);
    const again = await updateRelayRule(rule.id, { username: 'u', password: 'x' }, 'test');
    assert.equal(again.hasPassword, true);
    assert.equal((await updateRelayRule(rule.id, { password: '' }, 'test')).hasPassword, false);
  });

  it('are in one order; a new one comes before the one for all mail', async () => {
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.push((await add({ recipient: `${name}.test` })).id);
    const order = async () =>
      (await listRelayRules()).map(({ position, recipient }) => `${position} ${recipient || '*'}`);
    await moveRelayRule(ids[2] ?? '', 1, 'test');
    assert.deepEqual(await order(), ['1 c.test', '2 a.test', '3 b.test']);
    await moveRelayRule(ids[2] ?? '', 99, 'test');
    assert.deepEqual(await order(), ['1 a.test', '2 b.test', '3 c.test']);
    await add(base);
    await add({ sender: 'd.test', hosts: 'd.test' });
    await add({ recipient: 'first.test' }, 1);
    assert.deepEqual(
      (await order()).map((text) => text[0]),
      ['1', '2', '3', '4', '5', '6'],
    );
    assert.deepEqual((await order()).at(0), '1 first.test');
    assert.deepEqual((await listRelayRules()).at(-2)?.sender, 'd.test');
    await removeRelayRule(ids[0] ?? '', 'test');
    assert.deepEqual((await order()).slice(0, 2), ['1 first.test', '2 b.test']);
    await assert.rejects(moveRelayRule(ids[1] ?? '', 0, 'test'), { reason: 'invalid' });
  });

  it('refuse doubles and what is not there', async () => {
    const rule = await add(base);
    await assert.rejects(add({ target: 'mx' }), { reason: 'exists' });
    await updateRelayRule(rule.id, { hosts: 'other.test' }, 'test');
    for (const call of [
      updateRelayRule('nobody', { hosts: 'a.test' }, 'test'),
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
    assert.equal(events[0]?.recipient, 'relay rule all mail');
    assert.ok(!JSON.stringify(events).includes('pass word'));
  });
});
