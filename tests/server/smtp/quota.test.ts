// Room in mailboxes and domains, as SMTP tells it: for now (452 4.2.2) what the user may change, for good
// (552 5.2.2) what never fits; at RCPT where that can be known, at the end of the data otherwise.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { updateAccount } from '#lib/accounts/account.ts';
import { updateDomain } from '#lib/accounts/domain.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { readQuota } from '#server/store/quota/quota.ts';
import { sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

type Limits = { quotaBytes?: number | null; quotaMessages?: number | null };
const limitBob = (limits: Limits) => updateAccount(world.bob.id, limits, 'test');
const limitDomain = (limits: { quotaBytes?: number; quotaMessages?: number }) =>
  updateDomain('example.org', limits, 'test');

/** A message of some bytes more than that. */
const makeLarge = (bytes: number) =>
  `${sample}${'x'
    .repeat(70)
    .concat('\r\n')
    .repeat(bytes / 72)}`;

async function ask(from: string, ...recipients: string[]): Promise<string[]> {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.say(`MAIL FROM:<eve@far.test>${from}`);
  const replies: string[] = [];
  for (const recipient of recipients) {
    replies.push((await client.say(`RCPT TO:<${recipient}>`)).slice(0, 9).trim());
  }
  await client.say('QUIT');
  return replies;
}

async function send(to: string | string[], data: string): Promise<string> {
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  return client.deliver({ to, data });
}

test('bytes of a user', async () => {
  assert.match(await send('bob@example.org', sample), /^250 /);
  const { usedBytes } = await readQuota(world.bob.id);
  await limitBob({ quotaBytes: 1_000_000 + usedBytes });
  const both = ['bob@example.org', 'ada@example.org'];
  assert.deepEqual(await ask('', ...both), ['250 2.1.5', '250 2.1.5']);
  assert.deepEqual(await ask(' SIZE=1000000', ...both), ['250 2.1.5', '250 2.1.5']);
  assert.deepEqual(await ask(' SIZE=1000001', ...both), ['452 4.2.2', '250 2.1.5']);
  assert.deepEqual(await ask(` SIZE=${2_000_000}`, ...both), ['552 5.2.2', '250 2.1.5']);
  // The alias leads to both.
  assert.deepEqual(await ask(' SIZE=1000001', 'team@example.org'), ['452 4.2.2']);
  await limitBob({ quotaBytes: usedBytes });
  assert.deepEqual(await ask('', ...both), ['452 4.2.2', '250 2.1.5']);
  await limitBob({ quotaBytes: null });
});

test('an undeclared size shows at the end, and nobody has got a copy', async () => {
  await limitBob({ quotaBytes: 1_000_000 });
  const before = (await world.readInbox(world.ada)).length;
  const both = ['ada@example.org', 'bob@example.org'];
  assert.match(await send(both, makeLarge(1_400_000)), /^552 5\.2\.2 /);
  assert.match(await send('bob@example.org', makeLarge(700_000)), /^250 /);
  assert.match(await send(both, makeLarge(700_000)), /^452 4\.2\.2 The mailbox is full$/);
  assert.equal((await world.readInbox(world.ada)).length, before);
  await flushTrail();
  const events = await listEvents({ kind: 'refused' });
  assert.deepEqual(
    events.slice(0, 2).map(({ reason }) => reason),
    ['mailbox-full', 'never-fits'],
  );
  await limitBob({ quotaBytes: null });
});

test('messages of a user, own or by the setting', async () => {
  const { usedMessages } = await readQuota(world.bob.id);
  await limitBob({ quotaMessages: usedMessages + 1 });
  assert.match(await send('bob@example.org', sample), /^250 /);
  assert.match(await send('bob@example.org', sample), /^452 4\.2\.2 .* as many messages/);
  await limitBob({ quotaMessages: null });
  await writeSetting('storage.defaultQuotaMessages', usedMessages + 1, 'test');
  assert.deepEqual(await ask('', 'bob@example.org'), ['452 4.2.2']);
  await limitBob({ quotaMessages: 0 });
  assert.deepEqual(await ask('', 'bob@example.org'), ['250 2.1.5']);
  await limitBob({ quotaMessages: null });
  await resetSetting('storage.defaultQuotaMessages', 'test');
});

test('what a domain may use is shared by the recipients of one message', async () => {
  const both = ['ada@example.org', 'bob@example.org'];
  const quotas = await Promise.all([readQuota(world.ada.id), readQuota(world.bob.id)]);
  const used = quotas.reduce((sum, { usedMessages }) => sum + usedMessages, 0);
  const bytes = quotas.reduce((sum, { usedBytes }) => sum + usedBytes, 0);
  await limitDomain({ quotaMessages: used + 1 });
  assert.deepEqual(await ask('', ...both), ['250 2.1.5', '452 4.2.2']);
  assert.deepEqual(await ask('', 'bob@example.org', 'bob@example.org'), ['250 2.1.5', '250 2.1.5']);
  assert.deepEqual(await ask('', 'team@example.org'), ['452 4.2.2']);
  assert.match(await send('ada@example.org', sample), /^250 /);
  const reply = await send('ada@example.org', sample);
  assert.match(reply, /^452 4\.2\.2 The domain example\.org has as many messages as it may hold$/);
  await limitDomain({ quotaMessages: 0, quotaBytes: bytes + 100_000 });
  assert.deepEqual(await ask(' SIZE=40000', ...both), ['250 2.1.5', '250 2.1.5']);
  assert.deepEqual(await ask(' SIZE=60000', ...both), ['250 2.1.5', '452 4.2.2']);
  assert.deepEqual(await ask(` SIZE=${bytes + 100_001}`, ...both), ['552 5.2.2', '552 5.2.2']);
  await limitDomain({ quotaBytes: 0 });
  assert.deepEqual(await ask(' SIZE=60000', ...both), ['250 2.1.5', '250 2.1.5']);
});
