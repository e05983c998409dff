// Signing in, sending limits, quotas and what is kept, seen by IMAP, submission and the panel.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { readActions } from '#tests/support/web-client.ts';
import { ada, bob, hoursAgo, openWorld, password, type World } from './world.ts';

const letter = (subject: string, ...text: string[]) => [
  'From: olive@far.test',
  `Subject: ${subject}`,
  '',
  ...(text.length > 0 ? text : ['Hello']),
];
const senders = ['s1', 's2', 's3', 's4', 's5', 's6', 's7', 's8'].map((name) => `${name}@own.test`);

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

  prove('security.loginWindowMinutes', async (world) => {
    await world.set('security.failureDelayMs', '0');
    await world.set('security.maxLoginFailures', '3');
    /** What a third failure does to an address, 20 minutes after the others. */
    const failFrom = async (from: string) => {
      const fail = async () =>
        assert.match(await logIn(world, bob, { from, secret: 'no' }), /^a NO/m);
      for (let round = 0; round < 2; round++) await fail();
      const row = ['UPDATE "LoginThrottle" SET "startedAt" = ? WHERE "id" = ?'] as const;
      world.alter(...row, hoursAgo(1 / 3), `address:${from}`);
      await fail();
      return logIn(world, bob, { from });
    };
    await world.set('security.loginWindowMinutes', '10');
    assert.match(await failFrom('127.0.3.11'), /^a OK/m);
    await world.set('security.loginWindowMinutes', '30');
    assert.match(await failFrom('127.0.3.12'), /^a NO/m, 'a pause');
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

  /** Lets what the user sent until now lie half an hour back. */
  const sentLongAgo = ({ alter }: World, user: string) =>
    alter('UPDATE "TrailEvent" SET "at" = ? WHERE "sender" = ?', hoursAgo(0.5), user);

  prove('sending.burstMinutes', async (world) => {
    const user = senders[6] ?? '';
    await world.set('sending.burstMessages', '2');
    await world.set('sending.burstMinutes', '5');
    for (const subject of ['One', 'Two']) await world.submit(user, { to: bob, subject });
    sentLongAgo(world, user);
    await world.submit(user, { to: bob, subject: 'Three' });
    assert.equal(holdOf(world, user), '');
    sentLongAgo(world, user);
    await world.set('sending.burstMinutes', '60');
    await world.submit(user, { to: bob, subject: 'Four' });
    await waitFor(() => holdOf(world, user), 'a hold');
  });

  prove('sending.burstFactor', async (world) => {
    const user = senders[7] ?? '';
    // One message on each of the days before.
    for (const day of [1, 2, 3]) {
      world.alter(
        `INSERT INTO "SendingDay" SELECT "id", CAST(? AS INTEGER), 1, 0 FROM "Account"
          WHERE "address" = ?`,
        String(Math.floor(Date.now() / 86_400_000) - day),
        user,
      );
    }
    await world.set('sending.burstMessages', '1');
    await world.set('sending.burstFactor', '5');
    for (const subject of ['One', 'Two', 'Three']) await world.submit(user, { to: bob, subject });
    assert.equal(holdOf(world, user), '');
    await world.set('sending.burstFactor', '3');
    await world.submit(user, { to: bob, subject: 'Four' });
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

  const idOf = ({ select }: World, user: string) =>
    String(select('SELECT "id" FROM "Account" WHERE "address" = ?', user)[0]?.id);

  prove('storage.undeleteDays', async (world) => {
    await world.bring(letter('deleted long ago'), { to: [bob] });
    await world.read(bob, /deleted long ago/);
    await world.imap(bob, async (client) => {
      await client.mailboxOpen('INBOX');
      const found = await client.search({ subject: 'deleted long ago' });
      await client.messageDelete(found || []);
    });
    const page = `/admin/users/${idOf(world, bob)}/deleted`;
    const isShown = async () => /deleted long ago/.test((await world.panel.get(page)).text);
    const where = `"mailboxId" IN (SELECT "id" FROM "Mailbox" WHERE "name" LIKE '#deleted/%')`;
    world.alter(`UPDATE "Message" SET "savedAt" = ? WHERE ${where}`, hoursAgo(10 * 24));
    await world.set('storage.undeleteDays', '20');
    await world.runJob('purge-deleted');
    assert.equal(await isShown(), true);
    await world.set('storage.undeleteDays', '5');
    await world.runJob('purge-deleted');
    assert.equal(await isShown(), false);
  });

  prove('storage.deletedUserDays', async (world) => {
    const [localPart, domain] = ['gone', 'own.test'];
    const user = { localPart, domain, displayName: '', password, quota: '', messages: '' };
    const add = async () => {
      const returned = await world.act('users/actions.ts#addUserAction', user);
      return (returned as { status: string }).status;
    };
    assert.equal(await add(), 'ok');
    const id = idOf(world, 'gone@own.test');
    assert.equal(await world.act('users/actions.ts#removeUserAction', [id]), undefined);
    world.alter('UPDATE "Account" SET "deletedAt" = ? WHERE "id" = ?', hoursAgo(10 * 24), id);
    await world.set('storage.deletedUserDays', '20');
    await world.runJob('purge-users');
    assert.equal(await add(), 'error', 'the address is taken');
    await world.set('storage.deletedUserDays', '5');
    await world.runJob('purge-users');
    assert.equal(await add(), 'ok');
  });

  prove('storage.trailDays', async (world) => {
    const recipient = 'nobody-of-old@own.test';
    await (await world.mail()).ask(`RCPT TO:<${recipient}>`, /^550 /m);
    await world.event('refused', `"recipient" = '${recipient}'`);
    const setBack = 'UPDATE "TrailEvent" SET "at" = ? WHERE "recipient" = ?';
    world.alter(setBack, hoursAgo(10 * 24), recipient);
    const count = async () => {
      await world.runJob('trail-retention');
      return world.select('SELECT "id" FROM "TrailEvent" WHERE "recipient" = ?', recipient).length;
    };
    await world.set('storage.trailDays', '20');
    assert.equal(await count(), 1);
    await world.set('storage.trailDays', '5');
    assert.equal(await count(), 0);
  });

  prove('storage.historyDays', async (world) => {
    const day = hoursAgo(10 * 24);
    world.alter('UPDATE "Revision" SET "at" = ? WHERE "id" = 1', day);
    const isShown = async () => {
      await world.runJob('history-retention');
      return (await world.panel.get('/admin/history?before=2')).text.includes('id="revision-1"');
    };
    await world.set('storage.historyDays', '20');
    assert.equal(await isShown(), true);
    await world.set('storage.historyDays', '5');
    assert.equal(await isShown(), false);
  });

  prove('storage.tombstoneDays', async (world) => {
    const client = connectLines(world.daemon.ports.imap);
    world.clients.push(client);
    await client.expect(/^\* OK/m);
    await client.ask(`a LOGIN ${ada} "${password}"`, /^a OK/m);
    await client.ask('b ENABLE QRESYNC', /^b OK/m);
    await client.ask('c CREATE Old', /^c OK/m);
    for (const text of ['Subject: 1', 'Subject: 2', 'Subject: 3']) {
      await client.ask(`d APPEND Old {${text.length}+}\r\n${text}`, /^d OK/m);
    }
    const opened = await client.ask('e SELECT Old', /^e OK/m);
    const validity = /UIDVALIDITY (\d+)/.exec(opened)?.[1];
    const remove = async (uid: number) => {
      await client.ask(`f UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`, /^f OK/m);
      return /HIGHESTMODSEQ (\d+)/.exec(await client.ask('g EXPUNGE', /^g OK.*\r\n/m))?.[1];
    };
    const known = await remove(1);
    await remove(2);
    world.alter('UPDATE "Tombstone" SET "day" = "day" - 10 WHERE "day" > ?', '0');
    /** What a mail program hears that was away since the first one went. */
    const comeBack = async () => {
      await world.runJob('tombstones');
      await client.ask('h CLOSE', /^h OK/m);
      const said = await client.ask(`i SELECT Old (QRESYNC (${validity} ${known}))`, /^i OK/m);
      return /VANISHED \(EARLIER\) (.*)\r/.exec(said)?.[1];
    };
    await world.set('storage.tombstoneDays', '20');
    assert.equal(await comeBack(), '2');
    await world.set('storage.tombstoneDays', '5');
    assert.equal(await comeBack(), '1:2', 'everything that is not there');
  });
});
