// Guessing of passwords over real sockets: SMTP, IMAP, POP3 and the web count together, by address, by network and
// by account, and the owner still gets in.
import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { after, before, beforeEach, test } from 'node:test';
import { addAccount, updateAccount } from '#lib/accounts/account.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import { db, write } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startImapServers } from '#server/imap/servers.ts';
import type { Running } from '#server/net/running.ts';
import { startPop3Servers } from '#server/pop3/servers.ts';
import { connectTo } from '#tests/server/smtp/client.ts';
import { openWorld, password, type World } from '#tests/server/smtp/world.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

/** Of one address; an account has room for ten times as many. */
const limit = 5;
const user = 'ada@example.org';

let world: World;
let others: Running[];
const ports = { imap: 0, pop3: 0 };
before(async () => {
  world = await openWorld();
  for (const name of ['IMAP', 'IMAPS', 'POP3', 'POP3S']) process.env[`DREY_${name}_PORT`] = '0';
  others = [await startImapServers(), await startPop3Servers()];
  for (const { ports: open } of others) Object.assign(ports, open);
  await writeSetting('security.maxLoginFailures', limit, 'test');
  await writeSetting('smtp.maxErrors', 1000, 'test');
});
after(async () => {
  for (const each of others) await each.stop();
  await world.close();
});
beforeEach(() => write((tx) => tx.loginThrottle.deleteMany()));

type Outcome = 'in' | 'failed' | 'throttled';
type Try = { from: string; name?: string; secret?: string };

/** From the words of the server. */
function read(said: string, good: RegExp): Outcome {
  if (good.test(said)) return 'in';
  return /too many/i.test(said) ? 'throttled' : 'failed';
}

/** One try, with a connection of its own where none is given. */
const ways: Record<string, (attempt: Required<Try>) => Promise<Outcome>> = {
  async submission({ from, name, secret }) {
    const client = connectLines(world.ports.submission, from);
    await client.expect(/^220 /m);
    await client.ask('EHLO x.test', /^250 /m);
    const token = Buffer.from(`\0${name}\0${secret}`).toString('base64');
    const said = await client.ask(`AUTH PLAIN ${token}`, /^\d{3} .*\r\n/m);
    client.close();
    return read(said, /^235 /m);
  },
  async imap({ from, name, secret }) {
    const client = connectLines(ports.imap, from);
    await client.expect(/^\* OK/m);
    const said = await client.ask(`a LOGIN "${name}" "${secret}"`, /^a \w+ .*\r\n/m);
    client.close();
    return read(said, /^a OK/m);
  },
  async pop3({ from, name, secret }) {
    const client = connectLines(ports.pop3, from);
    await client.expect(/^\+OK/m);
    await client.ask(`USER ${name}`, /^\+OK/m);
    const said = await client.ask(`PASS ${secret}`, /^[+-].*\r\n/m);
    client.close();
    return read(said, /^\+OK/m);
  },
  // What the sign-in page does (app/auth-options.ts); the rest of the page is Next's.
  async web({ from, name, secret }) {
    try {
      await signIn({ address: name, password: secret, remote: from, protocol: 'web' });
      return 'in';
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return error.reason === 'throttled' ? 'throttled' : 'failed';
    }
  },
};
const names = Object.keys(ways);

function attempt(way: string, { from, name = user, secret = 'wrong' }: Try): Promise<Outcome> {
  return (ways[way] as (typeof ways)[string])({ from, name, secret });
}

async function tryAll(options: Try): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const name of names) outcomes.push(await attempt(name, options));
  return outcomes;
}

const all = (outcome: Outcome) => names.map(() => outcome);

test('a thousand wrong passwords from one address: few are looked at, over all protocols', async () => {
  const counts = { in: 0, failed: 0, throttled: 0 };
  const from = '127.0.0.50';
  for (let count = 0; count < 600; count++) {
    // Many users from one address, too.
    const name = count % 3 === 0 ? `user${count}@example.org` : user;
    counts[await attempt(names[count % names.length] as string, { from, name })]++;
  }
  // The rest within one connection.
  const client = connectLines(world.ports.submission, from);
  await client.expect(/^220 /m);
  await client.ask('EHLO x.test', /^250 /m);
  for (let count = 0; count < 400; count++) counts[await guess(client, count)]++;
  client.close();
  assert.deepEqual(counts, { in: 0, failed: limit, throttled: 1000 - limit });
  assert.deepEqual(await tryAll({ from, secret: password }), all('throttled'));
  await flushTrail();
  const noted = await db.trailEvent.count({ where: { kind: 'login-failed', remote: from } });
  assert.ok(noted >= limit && noted <= 400, `${noted} events of a minute or two`);
  assert.deepEqual(await tryAll({ from: '127.0.0.51', secret: password }), all('in'));
});

async function guess(client: LineClient, count: number): Promise<Outcome> {
  const token = Buffer.from(`\0${user}\0wrong${count}`).toString('base64');
  return read(await client.ask(`AUTH PLAIN ${token}`, /^\d{3} .*\r\n/m), /^235 /m);
}

test('one user from a hundred addresses: strangers wait, the owner where she was before does not', async () => {
  const home = '127.0.0.60';
  assert.equal(await attempt('imap', { from: home, secret: password }), 'in');
  const outcomes: Outcome[] = [];
  for (let count = 0; count < 100; count++) {
    const way = names[count % names.length] as string;
    outcomes.push(await attempt(way, { from: `127.0.1.${count + 1}` }));
  }
  assert.equal(outcomes.filter((outcome) => outcome === 'failed').length, 10 * limit);
  assert.equal(outcomes.at(-1), 'throttled');
  const strange = { from: '127.0.0.61', secret: password };
  assert.deepEqual(await tryAll(strange), all('throttled'), 'it may have been guessed');
  assert.deepEqual(await tryAll({ from: home, secret: password }), all('in'));
  assert.deepEqual(
    await tryAll({ from: '127.0.0.62', name: 'bob@example.org', secret: password }),
    all('in'),
    'another user does not notice',
  );
});

test('neighbours in one /64 count together', async () => {
  await writeSetting('smtp.xclientHosts', ['127.0.0.1'], 'test');
  const tryFrom = async (address: string) => {
    const client = await connectTo(world.ports.submissions, { tls: true });
    assert.match(await client.say(`XCLIENT ADDR=IPV6:${address}`), /^220 /);
    await client.say('EHLO x.test');
    const token = Buffer.from(`\0${user}\0wrong`).toString('base64');
    const said = await client.say(`AUTH PLAIN ${token}`);
    client.destroy();
    return read(said, /^235 /);
  };
  for (let host = 1; host <= limit; host++) {
    assert.equal(await tryFrom(`2001:db8:0:1::${host}`), 'failed');
  }
  assert.equal(await tryFrom('2001:db8:0:1:ffff::9'), 'throttled');
  assert.equal(await tryFrom('2001:db8:0:2::1'), 'failed');
  await writeSetting('smtp.xclientHosts', [], 'test');
});

test('an unknown user, a wrong password and a disabled user: the same words and the same work', async () => {
  const { id } = await addAccount({ address: 'shut@example.org', password }, 'test');
  await updateAccount(id, { isDisabled: true }, 'test');
  // What takes the time is the hash: a native task, the only kind here that gives itself no name.
  let hashes = 0;
  const hook = createHook({
    init: (_id, type) => {
      if (String(type) === 'undefined') hashes++;
    },
  }).enable();
  const dialogues: Record<string, (name: string, secret: string) => Promise<string>> = {
    async submission(name, secret) {
      const client = connectLines(world.ports.submission, '127.0.0.70');
      await client.expect(/^220 /m);
      await client.ask('EHLO x.test', /^250 /m);
      const token = Buffer.from(`\0${name}\0${secret}`).toString('base64');
      const said = await client.ask(`AUTH PLAIN ${token}`, /^\d{3} .*\r\n/m);
      client.close();
      return said;
    },
    async imap(name, secret) {
      const client = connectLines(ports.imap, '127.0.0.71');
      await client.expect(/^\* OK/m);
      const said = await client.ask(`a LOGIN "${name}" "${secret}"`, /^a \w+ .*\r\n/m);
      client.close();
      return said;
    },
    async pop3(name, secret) {
      const client = connectLines(ports.pop3, '127.0.0.72');
      await client.expect(/^\+OK/m);
      const asked = await client.ask(`USER ${name}`, /^[+-].*\r\n/m);
      const said = await client.ask(`PASS ${secret}`, /^[+-].*\r\n/m);
      client.close();
      return asked + said;
    },
  };
  for (const [name, talk] of Object.entries(dialogues)) {
    const seen: { said: string; hashes: number }[] = [];
    for (const [address, secret] of [
      [user, 'wrong'],
      ['nobody@example.org', password],
      ['shut@example.org', password],
      ['nobody@elsewhere.test', 'x'],
    ] as const) {
      hashes = 0;
      const said = await talk(address, secret);
      seen.push({ said, hashes });
    }
    for (const each of seen) assert.deepEqual(each, seen[0], name);
    assert.equal(seen[0]?.hashes, 1, `${name}: a hash was made`);
  }
  hook.disable();
});
