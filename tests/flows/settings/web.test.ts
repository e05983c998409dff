// The web pages, the directory, the mail log and backups, seen by HTTP, in files and by a syslog server.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe } from 'node:test';
import type { SettingKey } from '#lib/settings/index.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { slapdMissing, startSlapd, suffix } from '#tests/support/slapd.ts';
import { visit } from '#tests/support/web-client.ts';
import { ada, admin, hoursAgo, openWorld, password, type World } from './world.ts';

describe('settings of web pages, directory, log and backups', () => {
  const prove = openWorld({
    lines: [
      ['domain', 'add', 'other.test'],
      ['user', 'add', 'zoe@other.test', '--password-stdin'],
    ],
  });

  const readLogin = async ({ daemon }: World) => (await fetch(`${daemon.url}/login`)).text();

  prove(
    ['web.title', 'web.organisation', 'web.organisationLink', 'web.motd', 'web.signOutText'],
    async (world) => {
      await world.set('web.title', 'Squirrel Post');
      await world.set('web.organisation', 'The Old Oak');
      await world.set('web.organisationLink', 'https://oak.test/');
      await world.set('web.motd', 'Closed on Sunday');
      const page = await readLogin(world);
      for (const words of ['Squirrel Post', 'The Old Oak', 'https://oak.test/', 'Closed on Sunday'])
        assert.ok(page.includes(words), words);
      await world.set('web.signOutText', 'Come back soon');
      const left = await (await fetch(`${world.daemon.url}/login?bye=1`)).text();
      assert.match(left, /Come back soon/);
    },
  );

  prove('web.logo', async ({ set, daemon }) => {
    const file = join(daemon.folder, 'logo.svg');
    writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
    await set('web.logo', file);
    const answer = await fetch(`${daemon.url}/logo`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /svg/);
  });

  prove('web.pageSize', async ({ set, panel, daemon }) => {
    const addresses = Array.from({ length: 15 }, (_, row) => `alias${row}@own.test`);
    for (const address of addresses) await daemon.dreyJson(['alias', 'add', address, ada]);
    const shown = async () => {
      const { text } = await panel.get('/admin/aliases');
      return addresses.filter((address) => text.includes(address)).length;
    };
    assert.equal(await shown(), 15);
    await set('web.pageSize', '10');
    assert.equal(await shown(), 10);
  });

  prove(['log.file', 'log.name', 'log.syslog'], async ({ set, mail, daemon }) => {
    const file = join(daemon.folder, 'mail.log');
    const server = createSocket('udp4').unref();
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('message', (bytes) => heard.push(bytes.toString('utf8')));
    await set('log.file', file);
    await set('log.name', 'squirrel');
    await set('log.syslog', `127.0.0.1:${server.address().port}`);
    await (await mail()).ask('RCPT TO:<nobody@own.test>', /^550 /m);
    await waitFor(() => heard.find((line) => /squirrel\/smtpd.*nobody@own/.test(line)), 'syslog');
    const kept = () => readFileSync(file, 'utf8');
    assert.match(kept(), /squirrel\/smtpd\[\d+\]: NOQUEUE: reject: RCPT/);
    // The web app's process writes its own.
    await assert.rejects(visit(daemon.url, { address: 'guess@own.test', password }));
    await waitFor(() => /-login: .*auth failed.*user=<guess@own\.test>/.test(kept()), 'the guess');
    server.close();
  });

  prove(['directory.isShown', 'directory.scope'], async ({ set, daemon }) => {
    const user = await visit(daemon.url, { address: ada, password });
    const find = async (words: string) => (await user.get(`/api/mail/suggest?q=${words}`)).text;
    assert.match(await find('bob'), /bob@own\.test/);
    assert.doesNotMatch(await find('zoe'), /zoe@other\.test/);
    await set('directory.scope', 'all');
    assert.match(await find('zoe'), /zoe@other\.test/);
    await set('directory.isShown', 'off');
    assert.doesNotMatch(await find('bob'), /bob@own\.test/);
  });

  const people = [
    { uid: 'ella', cn: 'Ella Elm', password: 'engine', mail: 'ella@own.test' },
    { uid: 'odo', cn: 'Odo Elm', password: 'another engine', mail: 'odo@own.test' },
    { uid: 'pia', cn: 'Pia Pine', password: 'a third engine', mail: 'pia@own.test' },
  ];
  const usual: [SettingKey, string][] = [
    ['directory.ldapTls', 'none'],
    ['directory.ldapBase', suffix],
    ['directory.ldapBindName', `uid=pia,${suffix}`],
    ['directory.ldapPassword', 'a third engine'],
  ];
  const both = ['Ella Elm ella@own.test Works 12', 'Odo Elm odo@own.test Works 12'];

  /** With each value for "elm" another answer: name, address, organization, phone. */
  const asked: [key: SettingKey, typed: string, found: string[]][] = [
    ['directory.ldapBase', `uid=odo,${suffix}`, ['Odo Elm odo@own.test Works 12']],
    ['directory.ldapFilter', '(uid=ella)', ['Ella Elm ella@own.test Works 12']],
    ['directory.ldapNameAttribute', 'uid', []],
    ['directory.ldapMailAttribute', 'uid', []],
    [
      'directory.ldapOrganizationAttribute',
      'sn',
      ['Ella Elm ella@own.test x 12', 'Odo Elm odo@own.test x 12'],
    ],
    [
      'directory.ldapPhoneAttribute',
      '',
      ['Ella Elm ella@own.test Works ', 'Odo Elm odo@own.test Works '],
    ],
    ['directory.ldapTls', 'required', []],
    ['directory.ldapBindName', `uid=nobody,${suffix}`, []],
    ['directory.ldapPassword', 'wrong', []],
  ];

  prove(
    [
      'directory.ldapUrl',
      'directory.ldapTls',
      'directory.ldapBase',
      'directory.ldapBindName',
      'directory.ldapPassword',
      'directory.ldapFilter',
      'directory.ldapNameAttribute',
      'directory.ldapMailAttribute',
      'directory.ldapOrganizationAttribute',
      'directory.ldapPhoneAttribute',
      'directory.ldapTimeoutMs',
      'security.ldapSignIn',
      'security.ldapCreatesUsers',
    ],
    async (world) => {
      const slapd = await startSlapd(people);
      world.atEnd.push(slapd.stop);
      const user = await visit(world.daemon.url, { address: ada, password });
      const find = async () => {
        const { text } = await user.get('/api/mail/directory?q=elm');
        const { ldap } = JSON.parse(text) as { ldap: Record<string, string>[] };
        return ldap.map((one) => [one.name, one.address, one.organization, one.phone].join(' '));
      };
      for (const [key, typed] of usual) await world.set(key, typed);
      assert.deepEqual(await find(), []);
      await world.set('directory.ldapUrl', slapd.url);
      assert.deepEqual(await find(), both);
      for (const [key, typed, found] of asked) {
        await world.set(key, typed);
        assert.deepEqual(await find(), found, key);
        const before = usual.find(([each]) => each === key);
        if (before) await world.set(...before);
        else await world.reset(key);
        assert.deepEqual(await find(), both, `${key} as before`);
      }

      const logIn = async () => {
        const client = connectLines(world.daemon.ports.imap);
        world.clients.push(client);
        await client.expect(/^\* OK/m);
        return client.ask('a LOGIN ella@own.test engine', /^a .*\r\n/m);
      };
      await world.set('security.failureDelayMs', '0');
      assert.match(await logIn(), /^a NO/m);
      await world.set('security.ldapSignIn', 'on');
      assert.match(await logIn(), /^a NO/m, 'is not here yet');
      await world.set('security.ldapCreatesUsers', 'on');
      assert.match(await logIn(), /^a OK/m);
      await world.set('security.ldapSignIn', 'off');
      assert.match(await logIn(), /^a NO/m);

      const asking: Socket[] = [];
      const silent = createServer((socket) => {
        asking.push(socket);
        socket.on('error', () => {}).resume();
      });
      world.atEnd.push(() => silent.close());
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      const { port } = silent.address() as AddressInfo;
      await world.set('directory.ldapUrl', `ldap://127.0.0.1:${port}`);
      const test = (name: string) =>
        world.act('directory/actions.ts#testLdapAction', { text: 'elm' }).then(() => name);
      // On a machine that is slow itself the first one's ten seconds may be over before the second one is asked.
      await waitFor(async () => {
        await world.set('directory.ldapTimeoutMs', '10000');
        const before = asking.length;
        const slow = test('slow');
        await waitFor(() => asking.length > before, 'the first question');
        await world.set('directory.ldapTimeoutMs', '100');
        const first = await Promise.race([slow, test('quick')]);
        for (const socket of asking) socket.destroy();
        await slow;
        return first === 'quick';
      }, 'who waits for less to be the first');
    },
    slapdMissing(),
  );

  /** Runs of the kind that are over, as soon as none is under way. */
  async function listRuns({ select }: World, kind: string): Promise<Record<string, unknown>[]> {
    const isBusy = () =>
      select(`SELECT "id" FROM "BackupRun" WHERE "state" = 'running'`).length > 0;
    const list = () =>
      select('SELECT * FROM "BackupRun" WHERE "kind" = ? ORDER BY "startedAt"', kind);
    // What follows a backup begins a moment after it.
    const isFollowed = () =>
      select(`SELECT b."id" FROM "BackupRun" b WHERE b."kind" = 'backup' AND b."by" = 'schedule'
        AND b."state" = 'done' AND NOT EXISTS (SELECT 1 FROM "BackupRun" p
          WHERE p."kind" = 'prune' AND p."startedAt" >= b."startedAt")`).length === 0;
    await waitFor(() => !isBusy() && isFollowed(), 'the end of the runs');
    return list();
  }
  const countRuns = async (world: World, kind: string) => (await listRuns(world, kind)).length;
  const runBackup = async (world: World) => {
    await world.runJob('backup');
    return countRuns(world, 'backup');
  };
  /** All runs of the kind, a second apart as they began: the last one stays the last. */
  const setBack = ({ select, alter }: World, kind: string, hours: number) => {
    const runs = select('SELECT "id" FROM "BackupRun" WHERE "kind" = ? ORDER BY "startedAt"', kind);
    for (const [place, { id }] of runs.entries()) {
      const at = hoursAgo(hours - place / 3600);
      alter('UPDATE "BackupRun" SET "startedAt" = ? WHERE "id" = ?', at, String(id));
    }
  };

  prove(
    [
      'backup.folder',
      'backup.schedule',
      'backup.time',
      'backup.everyHours',
      'backup.verifyDays',
      'backup.tellsAdmins',
    ],
    async (world) => {
      const folder = join(world.daemon.folder, 'backup');
      await world.set('backup.verifyDays', '0');
      await world.set('backup.schedule', 'off');
      await world.set('backup.folder', folder);
      assert.equal(await runBackup(world), 0);
      await world.set('backup.schedule', 'hours');
      assert.equal(await runBackup(world), 1);
      assert.equal(readdirSync(join(folder, 'snapshots')).length, 1);
      setBack(world, 'backup', 5);
      await world.set('backup.everyHours', '6');
      assert.equal(await runBackup(world), 1);
      await world.set('backup.everyHours', '4');
      assert.equal(await runBackup(world), 2);

      // Five hours ago is before or after the time of day.
      setBack(world, 'backup', 5);
      await world.set('server.timeZone', 'UTC');
      await world.set('backup.time', hoursAgo(8).slice(11, 16));
      await world.set('backup.schedule', 'daily');
      assert.equal(await runBackup(world), 2);
      await world.set('backup.time', hoursAgo(2).slice(11, 16));
      assert.equal(await runBackup(world), 3);

      assert.equal(await countRuns(world, 'verify'), 0);
      await world.set('backup.verifyDays', '10');
      const backUp = async () => {
        setBack(world, 'backup', 30);
        await runBackup(world);
        return countRuns(world, 'verify');
      };
      // Behind this backup, or behind the one before it where that one asked late whether it is time.
      const areVerified = (count: number) => async () =>
        (await countRuns(world, 'verify')) === count;
      await backUp();
      await waitFor(areVerified(1), 'a verification');
      setBack(world, 'verify', 5 * 24);
      await backUp();
      await world.set('backup.verifyDays', '3');
      await backUp();
      await waitFor(areVerified(2), 'another verification');

      const breakFolder = async () => {
        renameSync(folder, `${folder}.away`);
        writeFileSync(folder, 'in the way');
        await backUp();
        assert.equal((await listRuns(world, 'backup')).at(-1)?.state, 'failed');
        rmSync(folder);
        renameSync(`${folder}.away`, folder);
      };
      await world.set('backup.tellsAdmins', 'off');
      await breakFolder();
      await backUp();
      await world.set('backup.tellsAdmins', 'on');
      await breakFolder();
      await world.read(admin, /^Subject: The backup failed/m);
      const letters = await world.imap(admin, async (client) => {
        await client.mailboxOpen('INBOX');
        return (await client.search({ subject: 'The backup' })) || [];
      });
      assert.equal(letters.length, 1);
    },
  );

  prove(['backup.keepDaily', 'backup.keepWeekly', 'backup.keepMonthly'], async (world) => {
    const folder = join(world.daemon.folder, 'kept');
    await world.set('backup.schedule', 'off');
    await world.set('backup.folder', folder);
    const begin = async (kind: string) => {
      assert.equal(await world.act('backup/actions.ts#beginBackupAction', [kind]), undefined);
      await listRuns(world, kind);
    };
    await begin('backup');
    const snapshots = join(folder, 'snapshots');
    const [fresh = ''] = readdirSync(snapshots);
    const old = new Date(Date.now() - 70 * 86_400_000);
    const name = `${old.toISOString().replace(/:/g, '-')}.json`;
    /** Whether a backup that is 70 days old stays. */
    const isKept = async (daily: string, weekly: string, monthly: string) => {
      copyFileSync(join(snapshots, fresh), join(snapshots, name));
      await world.set('backup.keepDaily', daily);
      await world.set('backup.keepWeekly', weekly);
      await world.set('backup.keepMonthly', monthly);
      await begin('prune');
      assert.ok(readdirSync(snapshots).includes(fresh));
      return readdirSync(snapshots).includes(name);
    };
    assert.equal(await isKept('1', '0', '0'), false);
    assert.equal(await isKept('2', '0', '0'), true);
    assert.equal(await isKept('1', '2', '0'), true);
    assert.equal(await isKept('1', '0', '2'), true);
  });
});
