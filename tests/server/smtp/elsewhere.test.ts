// A domain whose mailboxes are on another server, from the port of strangers to that server, and what its users send.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { activateDkimKeys, createDkimKeys } from '#lib/accounts/dkim-key.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { connectTo } from './client.ts';
import { openWorld, password, type World } from './world.ts';

let world: World;
let queue: Running;
let branch: Sink;
let outside: Sink;

before(async () => {
  world = await openWorld();
  [branch, outside] = await Promise.all([startSink(), startSink()]);
  queue = await startQueue();
  await addDomain({ name: 'branch.test', elsewhere: 'listed' }, 'test');
  await addAccount({ address: 'eve@branch.test', password }, 'test');
  await createDkimKeys('branch.test', 'test');
  await activateDkimKeys('branch.test', null, null, 'test');
  const way = (sink: Sink) => ({ hosts: `127.0.0.1:${sink.port}`, tlsMode: 'none' as const });
  await addRelayRule({ recipient: 'branch.test', ...way(branch) }, 'test');
  await addRelayRule(way(outside), 'test');
});
after(async () => {
  await queue.stop();
  await branch.close();
  await outside.close();
  await world.close();
});

const message = 'From: a@far.test\r\nTo: eve@branch.test\r\nSubject: Hello\r\n\r\nHi.\r\n';

it('takes mail for its users and passes it on as it came, unsigned', async () => {
  const stranger = await world.asStranger();
  await stranger.say('EHLO relay.far.test');
  const mail = { from: 'a@far.test', to: 'eve+tag@branch.test', data: message };
  assert.match(await stranger.deliver(mail), /^250 /);
  const [taken] = await branch.waitFor(1);
  assert.deepEqual([taken?.sender, taken?.recipients], ['a@far.test', ['eve+tag@branch.test']]);
  assert.doesNotMatch(taken?.text ?? '', /^(DKIM-Signature|Delivered-To):/im);
  assert.deepEqual(await world.readInbox(world.ada), []);
});

it('refuses whom it does not know at RCPT, unless it takes all', async () => {
  const stranger = await world.asStranger();
  await stranger.say('EHLO relay.far.test');
  await stranger.say('MAIL FROM:<a@far.test>');
  assert.match(await stranger.say('RCPT TO:<nobody@branch.test>'), /^550 5\.1\.1 /);
  await updateDomain('branch.test', { elsewhere: 'all' }, 'test');
  assert.match(await stranger.say('RCPT TO:<nobody@branch.test>'), /^250 /);
  // No way through to third parties.
  assert.match(await stranger.say('RCPT TO:<x%far.test@branch.test>'), /^5/);
  assert.match(await stranger.say('RCPT TO:<x@far.test>'), /^554 5\.7\.1 /);
  await updateDomain('branch.test', { elsewhere: 'listed' }, 'test');
});

it('signs what its users send', async () => {
  const client = await connectTo(world.ports.submissions, { tls: true });
  await client.say('EHLO here');
  const plain = Buffer.from(`\0eve@branch.test\0${password}`).toString('base64');
  assert.match(await client.say(`AUTH PLAIN ${plain}`), /^235 /);
  const data = 'From: eve@branch.test\r\nTo: b@far.test\r\nSubject: Hello\r\n\r\nHi.\r\n';
  assert.match(await client.deliver({ from: 'eve@branch.test', to: 'b@far.test', data }), /^250 /);
  const [taken] = await outside.waitFor(1);
  assert.equal(taken?.text.match(/\bd=branch\.test/g)?.length, 2);
  client.destroy();
});
