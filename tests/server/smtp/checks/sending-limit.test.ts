// What users may send, as the checks tell it: over a real socket, and as "what would happen" tells it.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { updateAccount } from '#lib/accounts/account.ts';
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { db, write } from '#lib/db.ts';
import { holdSending, releaseSending } from '#lib/queue/sending-hold.ts';
import { explainMail } from '#server/smtp/explain.ts';
import { type Connected, connectTo } from '../client.ts';
import { openWorld, password, type World } from '../world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());
beforeEach(async () => {
  await write(async (tx) => {
    await tx.sendingDay.deleteMany();
    await tx.knownRecipient.deleteMany();
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
});

async function signedIn(): Promise<Connected> {
  const client = await connectTo(world.ports.submission);
  await client.say('EHLO client.test');
  const secret = Buffer.from(`\0bob@example.org\0${password}`).toString('base64');
  assert.match(await client.say(`AUTH PLAIN ${secret}`), /^235 /);
  return client;
}

const data = 'From: bob@example.org\r\nSubject: Hi\r\n\r\nText\r\n';
const mail = (to: string | string[]) => ({ from: 'bob@example.org', to, data });
const limit = (dailyMessages: number | null, dailyRecipients: number | null) =>
  updateAccount(world.bob.id, { dailyMessages, dailyRecipients }, 'test');

test('messages a day: refused at MAIL, for now', async () => {
  await limit(1, null);
  const client = await signedIn();
  assert.match(await client.deliver(mail('ada@example.org')), /^250 /);
  assert.match(
    await client.say('MAIL FROM:<bob@example.org>'),
    /^452 4\.7\.28 You have sent as many/,
  );
  client.destroy();
  // Strangers and neighbours do not know of it.
  const neighbour = await world.asNeighbour();
  await neighbour.say('EHLO relay.far.test');
  assert.match(await neighbour.deliver({ to: 'ada@example.org' }), /^250 /);
  await limit(null, null);
});

test('new recipients: for now where they fit another day, for good where they never do', async () => {
  await limit(null, 2);
  const client = await signedIn();
  assert.match(await client.deliver(mail(['a@far.test', 'ada@example.org'])), /^250 /);
  assert.match(await client.deliver(mail(['b@far.test', 'c@far.test'])), /^452 4\.7\.28 /);
  const three = ['b@far.test', 'c@far.test', 'd@far.test'];
  assert.match(await client.deliver(mail(three)), /^550 5\.7\.28 .*this message has 3/);
  assert.match(await client.deliver(mail(['a@far.test', 'b@far.test'])), /^250 /);
  client.destroy();
  await limit(null, null);
});

test('two connections at the last place: one gets it', async () => {
  await limit(1, null);
  const clients = await Promise.all([signedIn(), signedIn(), signedIn()]);
  for (const client of clients) {
    assert.match(await client.say('MAIL FROM:<bob@example.org>'), /^250 /);
    await client.say('RCPT TO:<ada@example.org>');
    assert.match(await client.say('DATA'), /^354 /);
  }
  const replies = await Promise.all(
    clients.map(async (client) => {
      await client.send(`${data}.\r\n`);
      return client.read();
    }),
  );
  assert.deepEqual(replies.map((reply) => reply.slice(0, 3)).sort(), ['250', '452', '452']);
  for (const client of clients) client.destroy();
  await limit(null, null);
});

test('what would happen: says it, counts nothing', async () => {
  const asked = { client: '192.0.2.7', from: 'bob@example.org', user: 'bob@example.org' };
  await holdSending(world.bob.id, 'test');
  const held = await explainMail({ ...asked, to: ['ada@example.org'] });
  assert.equal(held.refusal, null);
  assert.equal(held.ends[0]?.kind, 'held');
  assert.ok(
    held.steps.some(({ check, note }) => check === 'sending-limit-at-end' && /held/.test(note)),
  );
  await releaseSending(world.bob.id, 'test');
  await limit(null, 1);
  const refused = await explainMail({ ...asked, to: ['a@far.test', 'b@far.test'] });
  assert.equal(refused.refusal?.enhanced, '5.7.28');
  await limit(null, null);
  assert.deepEqual((await readSendingUsage(world.bob.id))?.today, {
    messages: 0,
    newRecipients: 0,
  });
  assert.equal(await db.knownRecipient.count(), 0);
});
