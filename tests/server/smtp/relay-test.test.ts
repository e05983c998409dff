// The relay self-test: over real sockets it finds an open server open and a closed one closed, and leaves nothing
// behind but its finding.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addNetwork, removeNetwork } from '#lib/accounts/network.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { readFinding } from '#lib/trail/finding.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { testRelay } from '#server/smtp/relay-test/relay-test.ts';
import { runRelayTest, startRelayTests } from '#server/smtp/relay-test/relay-watch.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const endpoint = () => ({ host: '127.0.0.1', port: world.ports.smtp });
const countEvents = async () => {
  await flushTrail();
  return db.trailEvent.count();
};

test('a closed server is found closed, though the test comes from a trusted address', async () => {
  const before = await countEvents();
  const finding = await testRelay(endpoint());
  assert.equal(finding.isGood, true, finding.text);
  const steps = finding.detail as { reply: string; isGood: boolean }[];
  assert.ok(steps.length > 60, String(steps.length));
  assert.ok(steps.every(({ isGood }) => isGood));
  assert.ok(steps.some(({ reply }) => reply === '554 5.7.1 Relaying denied'));
  assert.equal(await countEvents(), before);
  assert.equal((await readFinding('relay-test'))?.isGood, true);
  assert.equal(await db.greylist.count(), 0);
});

test('a network too wide is found, told once in the trail, and found good again', async () => {
  await addNetwork({ cidr: '128.0.0.0/1' }, 'test');
  const before = await countEvents();
  const finding = await testRelay(endpoint());
  assert.equal(finding.isGood, false);
  assert.match(finding.text, /192\.0\.2\.66 to .* was accepted/);
  await testRelay(endpoint());
  assert.equal(await countEvents(), before + 1);
  await removeNetwork('128.0.0.0/1', 'test');
  assert.equal((await testRelay(endpoint())).isGood, true);
  const told = (await db.trailEvent.findMany({ where: { recipient: 'relay-test' } })).map(
    ({ reason }) => reason,
  );
  assert.deepEqual(told.sort(), ['good-again', 'turned-bad']);
});

test('no other client is taken for the test while it runs', async () => {
  const testing = testRelay(endpoint());
  const client = await world.asNeighbour();
  await client.say('EHLO near.test');
  await client.say('MAIL FROM:<ada@example.org>');
  assert.match(await client.say('RCPT TO:<user@ext.test>'), /^250 /);
  assert.equal((await testing).isGood, true);
});

test('it runs when asked, and says so where the port is shut', async () => {
  await assert.rejects(runRelayTest(), { reason: 'unavailable' });
  const watch = await startRelayTests();
  const [one, two] = await Promise.all([runRelayTest(), runRelayTest()]);
  assert.equal(one, two);
  await watch.stop();
  await writeSetting('smtp.maxConnections', 1, 'test');
  const inTheWay = await world.asNeighbour();
  await assert.rejects(testRelay(endpoint()), { reason: 'unavailable' });
  inTheWay.destroy();
});
