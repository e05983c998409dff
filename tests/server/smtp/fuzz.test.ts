// A short form of the fuzz of whole sessions; `npm run test:smtp -- fuzz` plays the long one.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fuzzSessions } from './fuzz.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

test('a thousand sessions of nonsense, and mail still comes in', async () => {
  const count = await fuzzSessions(world, 1000, 20261121);
  assert.ok(count.replies > count.sessions);
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ to: 'ada@example.org' }), /^250 2\.0\.0 /);
});
