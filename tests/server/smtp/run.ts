// The long form of SMTP's fuzz, by hand: npm run test:smtp -- fuzz [sessions] [seed]
import { randomInt } from 'node:crypto';
import { fuzzSessions } from './fuzz.ts';
import { openWorld } from './world.ts';

const [what, rounds = '100000', seed = String(randomInt(2 ** 31))] = process.argv.slice(2);
if (what !== 'fuzz') throw new Error('Say: fuzz [sessions] [seed]');
process.stdout.write(`fuzz: seed ${seed}\n`);
const world = await openWorld();
const started = performance.now();
const count = await fuzzSessions(world, Number(rounds), Number(seed));
const client = await world.asStranger();
await client.say('EHLO relay.far.test');
const answer = await client.deliver({ to: 'ada@example.org' });
if (!answer.startsWith('250 ')) throw new Error(`After the fuzz: ${answer}`);
const seconds = Math.round((performance.now() - started) / 1000);
process.stdout.write(
  `fuzz: ${count.sessions} sessions, ${count.replies} replies, ${count.accepted} messages in ${seconds} s; the server serves\n`,
);
await world.close();
process.exit(0);
