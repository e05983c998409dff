// The tables by which Postfix routes mail, as relay rules: what they would do, then what is there.
import assert from 'node:assert/strict';
import { after, afterEach, describe, it } from 'node:test';
import { findDomain } from '#lib/accounts/domain.ts';
import { db } from '#lib/db.ts';
import { applyImport, type ImportKind, planImport } from '#lib/queue/import-map.ts';
import { readRelayChooser } from '#lib/queue/relay-choice.ts';
import { addRelayRule, listRelayRules, removeRelayRule } from '#lib/queue/relay-rule.ts';
import { describeConditions, describeTarget } from '#lib/queue/relay-words.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
after(() => database.close());
afterEach(async () => {
  for (const rule of await listRelayRules()) await removeRelayRule(rule.id, 'test');
});

async function take(kind: ImportKind, text: string): Promise<string[]> {
  const planned = await planImport({ kind, text });
  const done = await applyImport({ kind, text }, 'test');
  assert.deepEqual(done, planned);
  return done.map(({ line, what }) => `${line} ${what}`);
}

const list = async () =>
  (await listRelayRules()).map((rule) => `${describeConditions(rule)} ${describeTarget(rule)}`);

describe('tables of Postfix', () => {
  it('transport_maps come in the order in which Postfix asks', async () => {
    const text = [
      '*                relay:[smart.test]',
      '.far.test        smtp:[below.test]:2525',
      '.deep.far.test   smtp:[deep.test]',
      'far.test         :[far-relay.test]',
      'vip@far.test     smtp:',
      'old.test         error:5.1.1 gone',
      'junk.test        discard:',
      'store.test       lmtp:unix:/run/lmtp',
      'near.test        relay:near-relay.test',
      'me.test          local:',
    ].join('\n');
    const whats = [...Array.from({ length: 9 }, (_, at) => `${at + 1} add`), '10 refuse'];
    assert.deepEqual(await take('transport', text), whats);
    assert.deepEqual(await list(), [
      'to vip@far.test to the mail servers of its recipient (MX)',
      'to far.test to far-relay.test:25',
      'to old.test returned to its sender: 5.1.1 gone',
      'to junk.test thrown away',
      'to store.test by LMTP to unix:/run/lmtp',
      'to near.test to mx:near-relay.test:25',
      'to *.deep.far.test to deep.test:25',
      'to *.far.test to below.test:2525',
      'all mail to smart.test:25',
    ]);
    assert.deepEqual(
      (await take('transport', text.replace('below.test', 'other.test'))).slice(0, 3),
      ['1 same', '2 change', '3 same'],
    );
  });

  it('senders come after recipients, and relayhost at the end', async () => {
    await take('relayhost', 'relayhost = [smart.test]:587');
    await take(
      'sender_relay',
      '@own.test [own-relay.test]:587\nada@own.test ada-relay.test\nx DUNNO',
    );
    await take('transport', 'far.test smtp:[far-relay.test]');
    assert.deepEqual(await list(), [
      'to far.test to far-relay.test:25',
      'from ada@own.test to mx:ada-relay.test:25',
      'from own.test to own-relay.test:587',
      'all mail to smart.test:587',
    ]);
  });

  it('smtp_sasl_password_maps go to the rules of the host, and nobody reads the password', async () => {
    await take('relayhost', '[smart.test]:587');
    await take('sender_relay', 'ada@own.test [ada-relay.test]:587');
    const text =
      '[smart.test]:587 name:pass:word\nada@own.test ada:secret\n[other.test] a:b\nx y\n[smart.test a:b';
    const planned = await planImport({ kind: 'sasl_passwd', text });
    assert.ok(!JSON.stringify(planned).includes('pass:word'));
    assert.deepEqual(await take('sasl_passwd', text), [
      '1 change',
      '2 change',
      '3 refuse',
      '4 refuse',
      '5 refuse',
    ]);
    const { choose } = await readRelayChooser();
    const mail = { recipient: 'x@far.test', user: '', isLetGo: false };
    const [other, own] = [
      choose({ ...mail, sender: '' }),
      choose({ ...mail, sender: 'ada@own.test' }),
    ];
    assert.deepEqual([other?.username, other?.password], ['name', 'pass:word']);
    assert.deepEqual([own?.username, own?.password], ['ada', 'secret']);
    assert.equal(await db.relayRule.count({ where: { secret: { contains: 'secret' } } }), 0);
  });

  it('smtp_tls_policy_maps set the mode of rules, or make one', async () => {
    await take('relayhost', '[smart.test]:587');
    await take('sender_relay', 'ada@own.test [once.test]:465');
    const text = [
      '[smart.test]:587 secure match=nexthop',
      'bank.test encrypt',
      '.bank.test dane-only',
      'any.test may',
      'print.test fingerprint match=aa',
      '[other.test] encrypt',
      '[once.test]:465 secure',
    ].join('\n');
    assert.deepEqual(await take('tls_policy', text), [
      '1 change',
      '2 add',
      '3 add',
      '4 same',
      '5 refuse',
      '6 refuse',
      '7 same',
    ]);
    assert.deepEqual(
      (await listRelayRules()).map(({ recipient, tlsMode }) => `${recipient} ${tlsMode}`),
      ['bank.test required', '*.bank.test dane', ' implicit', ' verified'],
    );
  });

  it('relay_domains are domains whose mailboxes are elsewhere', async () => {
    assert.deepEqual(await take('relay_domains', 'a.test, b.test\n\nc.test OK'), [
      '1 add',
      '1 add',
      '3 add',
    ]);
    assert.equal((await findDomain('b.test'))?.elsewhere, 'all');
    assert.deepEqual(
      (await planImport({ kind: 'relay_domains', text: 'a.test' }))[0]?.what,
      'same',
    );
  });

  it('leave a rule alone that holds', async () => {
    await addRelayRule({ recipient: 'far.test', target: 'hold' }, 'test');
    assert.deepEqual(await take('transport', 'far.test smtp:'), ['1 add']);
    assert.equal((await list()).length, 2);
  });
});
