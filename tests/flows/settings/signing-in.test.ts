// Signing in, sending limits, quotas and what is kept, seen by IMAP, submission and the panel.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { readActions } from '#tests/support/web-client.ts';
import { ada, bob, openWorld, password, type World } from './world.ts';

const letter = (subject: string, ...text: string[]) => [
  'From: olive@far.test',
  `Subject: ${subject}`,
  '',
  ...(text.length > 0 ? text : ['Hello']),
];
const senders = ['s1', 's2', 's3', 's4', 's5', 's6'].map((name) => `${name}@own.test`);

describe('settings of signing in, sending and storage', () => {
  const prove = openWorld({
    lines: [
      ...senders.map((user) => ['user', 'add', user, '--password-stdin']),
      // Nothing leaves here.
      ['queue', 'pause', '*'],
    ],
  });

  /** The answer to LOGIN. */
  async function logIn(
    { daemon, clients }: World,
    user: string,
    { from = '127.0.0.1', secret = password } = {},
  ): Promise<string> {
    const client = connectLines(daemon.ports.imap, from);
    clients.push(client);
    await client.expect(/^\* OK/m);
    return client.ask(`a LOGIN "${user}" "${secret}"`, /^a .*\r\n/m);
  }

  prove(['security.maxLoginFailures', 'security.failureDelayMs'], async (world) => {
    await world.set('security.failureDelayMs', '0');
    await world.set('security.maxLoginFailures', '3');
    const wrong = { from: '127.0.3.1', secret: 'wrong' };
    for (let round = 0; round < 3; round++) assert.match(await logIn(world, ada, wrong), /^a NO/m);
    assert.match(await logIn(world, ada, { from: '127.0.3.1' }), /^a NO/m, 'a pause');
    assert.match(await logIn(world, ada, { from: '127.0.3.2' }), /^a OK/m);
    // The later of two failures is answered first when the earlier one waits.
    await world.set('security.failureDelayMs', '10000');
    const slow = logIn(world, ada, { from: '127.0.3.3', secret: 'wrong' }).then(
      () => 'slow',
      () => 'ended',
    );
    await waitFor(
      () => world.select(`SELECT * FROM "LoginThrottle" WHERE "id" LIKE '%127.0.3.3%'`)[0],
      'the failure',
    );
    await world.set('security.failureDelayMs', '0');
    const quick = logIn(world, ada, { from: '127.0.3.4', secret: 'wrong' }).then(() => 'quick');
    assert.equal(await Promise.race([slow, quick]), 'quick');
  });

  prove('security.loginDomain', async (world) => {
    await world.set('security.failureDelayMs', '0');
    assert.match(await logIn(world, 'ada'), /^a NO/m);
    await world.set('security.loginDomain', 'own.test');
    assert.match(await logIn(world, 'ada'), /^a OK/m);
  });

  prove('security.mechanisms', async ({ set, daemon, clients }) => {
    const offered = async () => {
      const client = connectLines(daemon.ports.submission);
      clients.push(client);
      await client.expect(/^220 /m);
      return client.ask('EHLO client.test', /^250 .*\r\n/m);
    };
    assert.match(await offered(), /AUTH .*SCRAM-SHA-256/);
    await set('security.mechanisms', 'PLAIN');
    // The webmail signs in with a token all the same.
    assert.match(await offered(), /AUTH PLAIN/);
    assert.doesNotMatch(await offered(), /SCRAM/);
  });

  prove(['security.minPasswordLength', 'security.refuseCommonPasswords'], async (world) => {
    const { panel, set, select } = world;
    const action = readActions().get('app/(admin)/admin/users/actions.ts#setPasswordAction');
    assert.ok(action);
    const [{ id } = {}] = select('SELECT "id" FROM "Account" WHERE "address" = ?', bob);
    const choose = async (chosen: string) =>
      JSON.stringify((await panel.act(action, { id: String(id), password: chosen })).returned);
    await set('security.minPasswordLength', '30');
    assert.match(await choose('seven brown leaves'), /30/);
    await set('security.minPasswordLength', '8');
    assert.doesNotMatch(await choose('password123'), /"status":"ok"/);
    await set('security.refuseCommonPasswords', 'off');
    assert.match(await choose('password123'), /"status":"ok"/);
    assert.match(await choose(password), /"status":"ok"/);
  });

  const holdOf = ({ select }: World, user: string) =>
    select('SELECT "sendingHold" FROM "Account" WHERE "address" = ?', user)[0]?.sendingHold;

  prove('sending.messagesPerDay', async ({ set, submit }) => {
    const user = senders[0] ?? '';
    await set('sending.messagesPerDay', '1');
    await submit(user, { to: bob, subject: 'One' });
    await assert.rejects(submit(user, { to: bob, subject: 'Two' }), /452/);
  });

  prove('sending.newRecipientsPerDay', async ({ set, submit }) => {
    const user = senders[1] ?? '';
    await set('sending.newRecipientsPerDay', '1');
    await submit(user, { to: 'a@far.test', subject: 'One' });
    await assert.rejects(submit(user, { to: 'b@far.test', subject: 'Two' }), /452|550/);
    await submit(user, { to: 'a@far.test', subject: 'Known by now' });
  });

  prove('sending.burstMessages', async (world) => {
    const user = senders[2] ?? '';
    await world.set('sending.burstMessages', '1');
    for (const subject of ['One', 'Two']) await world.submit(user, { to: bob, subject });
    await waitFor(() => holdOf(world, user), 'a hold');
  });

  prove('sending.burstRecipients', async (world) => {
    const user = senders[3] ?? '';
    await world.set('sending.burstRecipients', '1');
    for (const to of ['a@far.test', 'b@far.test']) await world.submit(user, { to, subject: 'Hi' });
    await waitFor(() => holdOf(world, user), 'a hold');
  });

  prove('storage.defaultQuotaMessages', async ({ set, mail }) => {
    await set('storage.defaultQuotaMessages', '1');
    const client = await mail();
    // Two mails of the proofs before are there.
    assert.match(await client.ask(`RCPT TO:<${bob}>`, /^\d{3} .*\r\n/m), /^452 4\.2\.2/m);
  });

  prove('storage.defaultQuotaBytes', async ({ set, mail }) => {
    await set('storage.defaultQuotaBytes', '100');
    const client = await mail();
    assert.match(await client.ask(`RCPT TO:<${bob}>`, /^\d{3} .*\r\n/m), /^452 4\.2\.2|^552/m);
  });

  prove('storage.fileThresholdBytes', async ({ set, bring, read, daemon }) => {
    const folder = join(daemon.folder, 'blobs');
    const countFiles = () =>
      existsSync(folder)
        ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
            entry.isFile(),
          ).length
        : 0;
    await bring(letter('kept in a row'));
    await read(ada, /kept in a row/);
    const before = countFiles();
    await set('storage.fileThresholdBytes', '0');
    await bring(letter('kept in a file'));
    await read(ada, /kept in a file/);
    assert.equal(countFiles(), before + 1);
  });
});
