// TLS policies where the queue sends: the trail tells them, a relay rule goes before, "TLS-Required: No" waives them.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, it } from 'node:test';
import { addDomain } from '#lib/accounts/domain.ts';
import {
  addRelayRule,
  listRelayRules,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { listOutboundTls } from '#lib/queue/tls-out.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { tlsPolicyCommands } from '#server/cli/tls-policy.ts';
import { flushTls } from '#server/delivery/tls/tls-report-count.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { makeAuthority, type Signed, tlsaOf } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { eventsOf, queueMail, untilGone, untilTried } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let queue: Running;
let sink: Sink;
let pems: Signed;
let other: Signed;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns();
  await dns.use();
  await writeSetting('server.hostname', 'mail.own.test', 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  const authority = await makeAuthority();
  [pems, other] = [await authority.sign('mx.far.test'), await authority.sign('mx.far.test')];
});
beforeEach(async () => {
  forgetAnswers();
  sink = await startSink({ tls: pems });
  await writeSetting('delivery.mxPort', sink.port, 'test');
  dns.zone = {
    'far.test': { MX: ['10 mx.far.test'], isSecure: true },
    'mx.far.test': { A: ['127.0.0.1'], isSecure: true },
  };
  publish(tlsaOf(pems.cert));
  queue = await startQueue();
});
afterEach(async () => {
  await queue.stop();
  await sink.close();
  for (const rule of await listRelayRules()) await removeRelayRule(rule.id, 'test');
});
after(async () => {
  await dns.close();
  await database.close();
});

function publish(record: string): void {
  dns.zone[`_${sink.port}._tcp.mx.far.test`] = { TLSA: [record], isSecure: true };
}

/** What `drey tls-policy` prints. */
async function ask(domain: string): Promise<string[]> {
  const result = await tlsPolicyCommands[0]?.run({ arguments: [domain], options: {} });
  assert.ok(result && 'rows' in result);
  return result.rows.map(({ host, policy, why }) => `${host} | ${policy} | ${why}`);
}

it('tells the policy in the trail, the panel and the terminal', async () => {
  const sent = await queueMail({ to: ['bob@far.test'] });
  await untilGone(sent.messageId);
  const [event] = await eventsOf(sent.traceId);
  assert.deepEqual([event?.kind, event?.detail.tls], ['sent', 'TLSv1.3, DANE']);
  await flushTls();
  const [row] = await listOutboundTls();
  assert.deepEqual(
    [row?.domain, row?.successes, row?.failures, row?.policyTypes],
    ['far.test', 1, 0, ['tlsa']],
  );
  assert.deepEqual(await ask('Far.test'), ['mx.far.test | DANE | 1 TLSA record at mx.far.test']);
  assert.match((await ask('own.test'))[0] ?? '', /received here/);
  assert.equal(sink.connections, 1, 'asking connects to nobody');
});

it('a mismatch waits, in plain words', async () => {
  publish(tlsaOf(other.cert));
  const { messageId, traceId } = await queueMail({ to: ['bob@far.test'] });
  const [row] = await untilTried(messageId, 1);
  const text =
    /^mx.far.test breaks its DANE record: its certificate is not the one that the TLSA records name/;
  assert.match(row?.lastText ?? '', text);
  assert.match((await eventsOf(traceId))[0]?.text ?? '', text);
  assert.equal(sink.messages.length, 0);
});

it('"TLS-Required: No" goes all the same (RFC 8689 §5)', async () => {
  publish(tlsaOf(other.cert));
  const text = 'From: ada@own.test\r\nTLS-Required: No\r\n\r\nbody\r\n';
  const { messageId } = await queueMail({ to: ['bob@far.test'], text });
  await untilGone(messageId);
  assert.equal(sink.messages.length, 1);
});

it('a relay rule goes before what the domain says', async () => {
  publish(tlsaOf(other.cert));
  await addRelayRule({ recipient: 'far.test', hosts: `127.0.0.1:${sink.port}` }, 'test');
  const { messageId } = await queueMail({ to: ['bob@far.test'] });
  await untilGone(messageId);
  assert.equal(sink.messages.length, 1);
  assert.match((await ask('far.test'))[0] ?? '', /relay rule: opportunistic/);
});

it('a relay rule may ask for DANE, of its own host and of those behind MX', async () => {
  const hosts = `mx.far.test:${sink.port}`;
  const rule = await addRelayRule({ recipient: '*', hosts, tlsMode: 'dane' }, 'test');
  const sent = await queueMail({ to: ['bob@any.test'] });
  await untilGone(sent.messageId);
  const [event] = await eventsOf(sent.traceId);
  assert.equal(event?.detail.tls, 'TLSv1.3, DANE');
  // By MX, where the domain has none.
  await updateRelayRule(rule.id, { target: 'mx' }, 'test');
  dns.zone[`_${sink.port}._tcp.mx.far.test`] = { isSecure: true };
  forgetAnswers();
  const { messageId } = await queueMail({ to: ['bob@far.test'] });
  const [row] = await untilTried(messageId, 1);
  assert.match(row?.lastText ?? '', /^the relay rule wants DANE/);
  assert.equal(sink.messages.length, 1);
});

it('a relay rule may ask for less by MX, and for more', async () => {
  publish(tlsaOf(other.cert));
  const rule = await addRelayRule({ target: 'mx', tlsMode: 'required' }, 'test');
  const sent = await queueMail({ to: ['bob@far.test'] });
  await untilGone(sent.messageId);
  assert.equal(sink.messages[0]?.isSecure, true);
  assert.match((await ask('far.test'))[0] ?? '', /relay rule: required/);
  // Nobody knows the authority.
  await updateRelayRule(rule.id, { tlsMode: 'verified' }, 'test');
  await untilTried((await queueMail({ to: ['bob@far.test'] })).messageId, 1);
  assert.equal(sink.messages.length, 1);
});

it('a conversation under one policy serves no other', async () => {
  const first = await queueMail({ to: ['bob@far.test'] });
  await untilGone(first.messageId);
  publish(tlsaOf(other.cert));
  forgetAnswers();
  const second = await queueMail({ to: ['bob@far.test'] });
  await untilTried(second.messageId, 1);
  assert.equal(sink.messages.length, 1);
});
