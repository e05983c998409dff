// What new users get where nothing else is said: of the domain, of every domain, of the settings; and protocols that are closed.
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  type Account,
  addAccount,
  type NewAccount,
  requireAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { runBatch } from '#lib/accounts/batch-users.ts';
import type { ClosableProtocol } from '#lib/accounts/closed-protocols.ts';
import { addDomain, removeDomain } from '#lib/accounts/domain.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { checkSession, type Protocol, signIn } from '#lib/accounts/sessions.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import {
  everyDomain,
  findUserDefaults,
  listUserDefaults,
  nothingSaid,
  readUserDefaults,
  type UserDefaults,
  writeUserDefaults,
} from '#lib/accounts/user-defaults.ts';
import { userDefaultsSection } from '#lib/configuration/sections/user-defaults.ts';
import { undoRevision } from '#lib/configuration/undo.ts';
import { db } from '#lib/db.ts';
import { listRevisions } from '#lib/history/revision.ts';
import { readPreferences } from '#lib/preferences/index.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { loadCommands } from '#server/cli/commands.ts';
import { runAs } from '#server/cli/staff.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const commands = await loadCommands();
const by = 'test';
const password = 'eleven brown leaves';
let count = 0;

describe('defaults of new users', () => {
  let close: () => Promise<void>;
  const write = (domain: string, change: Partial<UserDefaults>) =>
    writeUserDefaults(domain, change, by);
  const add = (more: Partial<NewAccount> = {}) =>
    addAccount({ address: `u${++count}@own.test`, password, ...more }, by);
  const gives = ({ quotaBytes, mustChange, closedProtocols }: Account) => [
    quotaBytes,
    mustChange,
    closedProtocols.join(),
  ];

  before(async () => {
    ({ close } = await openTestDatabase());
    await writeSetting('security.failureDelayMs', 0, by);
    for (const name of ['own.test', 'other.test']) await addDomain({ name }, by);
  });
  beforeEach(async () => {
    for (const { domain } of await listUserDefaults()) await write(domain, nothingSaid);
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  const cases: {
    why: string;
    every?: Partial<UserDefaults>;
    own?: Partial<UserDefaults>;
    given?: Partial<NewAccount>;
    wanted: [quotaBytes: number | null, mustChange: boolean, closed: string];
  }[] = [
    { why: 'nothing is said', wanted: [null, false, ''] },
    {
      why: 'every domain says it',
      every: { quotaBytes: 5, mustChange: true, closedProtocols: ['pop3'] },
      wanted: [5, true, 'pop3'],
    },
    {
      why: 'the domain goes first, field by field',
      every: { quotaBytes: 5, mustChange: true, closedProtocols: ['pop3'] },
      own: { quotaBytes: 0, mustChange: false, closedProtocols: [] },
      wanted: [0, false, ''],
    },
    {
      why: 'what a domain leaves out is as everywhere',
      every: { quotaBytes: 5 },
      own: { mustChange: true },
      wanted: [5, true, ''],
    },
    {
      why: 'what is given goes before all',
      own: { quotaBytes: 5, mustChange: true, closedProtocols: ['imap'] },
      given: { quotaBytes: 7, mustChange: false, closedProtocols: ['pop3'] },
      wanted: [7, false, 'pop3'],
    },
    {
      why: 'null is given too: as the settings',
      own: { quotaBytes: 5 },
      given: { quotaBytes: null },
      wanted: [null, false, ''],
    },
    {
      why: 'a password of another service is not changed here',
      own: { mustChange: true },
      given: { password: { stored: null } },
      wanted: [null, false, ''],
    },
  ];
  for (const { why, every = {}, own = {}, given, wanted } of cases) {
    it(why, async () => {
      await write(everyDomain, every);
      await write('own.test', own);
      assert.deepEqual(gives(await add(given)), wanted);
    });
  }

  it('set the language, the time zone and a letter that names the user', async () => {
    await write('own.test', {
      ...{ language: 'de', timeZone: 'Europe/Berlin' },
      ...{ welcomeSubject: 'Hello {name}', welcomeText: 'You are {address}.\r\nBye' },
    });
    const ada = await add({ displayName: 'Ada $&' });
    const { 'display.language': language, 'display.timeZone': zone } = await readPreferences(
      ada.id,
    );
    assert.deepEqual([language, zone], ['de', 'Europe/Berlin']);
    const letter = await db.welcome.findUnique({ where: { accountId: ada.id } });
    assert.deepEqual(
      [letter?.subject, letter?.text],
      ['Hello Ada $&', `You are ${ada.address}.\nBye`],
    );
    const other = await addAccount({ address: 'x@other.test', password }, by);
    assert.equal(await db.welcome.count({ where: { accountId: other.id } }), 0);
  });

  it('keep a letter together: no text below another subject', async () => {
    await write(everyDomain, { welcomeSubject: 'All', welcomeText: 'For all' });
    await write('own.test', { welcomeSubject: 'Own' });
    const { welcomeSubject, welcomeText } = await findUserDefaults('own.test');
    assert.deepEqual([welcomeSubject, welcomeText], ['Own', '']);
  });

  it('hold for lines too, where a password that was made up must be changed in any case', async () => {
    await write('own.test', { quotaBytes: 9, mustChange: true });
    const admin = await addAccount({ address: 'root@other.test', password, role: 'admin' }, by);
    const text = 'l1:a nest of seven nuts\nl2\nl3:three quiet squirrels:7';
    const input = { text, domain: 'own.test', mustChange: false, isRehearsal: false };
    await runBatch(await readStaff(admin), input);
    const made = await Promise.all(
      ['l1', 'l2', 'l3'].map((name) => requireAccount(`${name}@own.test`)),
    );
    assert.deepEqual(made.map(gives), [
      [9, true, ''],
      [9, true, ''],
      [7, true, ''],
    ]);
  });

  it('are refused where they could not be', async () => {
    const wrong: [change: Partial<UserDefaults>, field: string][] = [
      [{ quotaBytes: -1 }, 'quotaBytes'],
      [{ language: 'xx' }, 'language'],
      [{ timeZone: 'Mars/Olympus' }, 'timeZone'],
      [{ welcomeText: 'Hello' }, 'welcomeSubject'],
      [{ welcomeSubject: 'x'.repeat(201) }, 'welcomeSubject'],
      [{ closedProtocols: ['telnet' as ClosableProtocol] }, 'closedProtocols'],
    ];
    for (const [change, field] of wrong) {
      await assert.rejects(write('own.test', change), { reason: 'invalid', field }, field);
    }
    await assert.rejects(write('nowhere.test', { quotaBytes: 1 }), { reason: 'not-found' });
    assert.deepEqual(await listUserDefaults(), []);
  });

  it('take lines of the letter as they are, without characters that no database keeps', async () => {
    const text = 'One\r\n\tTwo\0\u001b[31m\rThree';
    await write('own.test', { welcomeSubject: 'Hello\0\r\nBcc: x', welcomeText: text });
    const { welcomeSubject, welcomeText } = await readUserDefaults('own.test');
    assert.deepEqual([welcomeSubject, welcomeText], ['Hello Bcc: x', 'One\n\tTwo[31m\nThree']);
  });

  it('are kept in the history and in files, and go with their domain', async () => {
    await addDomain({ name: 'gone.test' }, by);
    await write('gone.test', { quotaBytes: 3 });
    await write('gone.test', { quotaBytes: 4 });
    const [last] = await listRevisions({ pageSize: 1 });
    assert.equal(last?.subject, 'defaults of new users of gone.test');
    await undoRevision(last.id, by);
    assert.equal((await readUserDefaults('gone.test')).quotaBytes, 3);
    const [{ key = '', fields = {} } = {}] = await userDefaultsSection.list();
    await userDefaultsSection.remove(key, by);
    assert.deepEqual(await listUserDefaults(), []);
    assert.equal(await userDefaultsSection.add(fields, by), 'gone.test');
    assert.equal((await readUserDefaults('gone.test')).quotaBytes, 3);
    await removeDomain('gone.test', by);
    assert.deepEqual(await listUserDefaults(), []);
  });

  it('are for the staff of the domain on the command line, as far as its share goes', async () => {
    const { id } = await addAccount({ address: 'dora@own.test', password }, by);
    await giveRole(id, { role: 'domain-admin', domains: ['own.test'] }, by);
    await writeSetting('storage.defaultQuotaBytes', 1000, by);
    const definition = commands.find(({ name }) => name === 'user defaults');
    assert.ok(definition);
    const run = (words: string[], options: Record<string, string>, as: string | null) =>
      runAs(definition, { arguments: words, options }, as);
    const dora = 'dora@own.test';
    await run(['own.test'], { quota: '900', mustChange: 'yes', protocols: 'imap' }, dora);
    const { quotaBytes, mustChange, closedProtocols } = await readUserDefaults('own.test');
    assert.deepEqual(
      [quotaBytes, mustChange, closedProtocols],
      [900, true, ['pop3', 'submission']],
    );
    await assert.rejects(run(['own.test'], { quota: '2000' }, dora), { reason: 'forbidden' });
    await assert.rejects(run([''], { quota: '5' }, dora), { reason: 'forbidden' });
    await run(['own.test'], { mustChange: 'default', protocols: 'default' }, dora);
    await run(['own.test'], { quota: '2000' }, null);
    await run(['own.test'], { quota: '2000', language: 'de' }, dora);
    assert.equal(
      (await readUserDefaults('own.test')).language,
      'de',
      'what a super admin gave may stay',
    );
    await run(['own.test'], { quota: '900', language: 'default' }, dora);
    await run([''], { quota: '5000', language: 'fr' }, null);
    const found = await findUserDefaults('own.test');
    assert.deepEqual(
      [found.quotaBytes, found.mustChange, found.closedProtocols, found.language],
      [900, null, null, 'fr'],
    );
    await writeSetting('storage.defaultQuotaBytes', 0, by);
  });

  it('close protocols to mail programs and never the webmail, and count no failure', async () => {
    const { id, address, epoch } = await add({ closedProtocols: ['pop3'] });
    const enter = (protocol: Protocol) =>
      signIn({ address, password, remote: '192.0.2.9', protocol });
    for (let times = 0; times < 30; times++) {
      await assert.rejects(enter('pop3'), { reason: 'auth-failed' });
    }
    for (const protocol of ['imap', 'submission', 'web'] as const) {
      assert.equal((await enter(protocol)).id, id, protocol);
    }
    await updateAccount(id, { closedProtocols: [] }, by);
    assert.ok(await checkSession({ accountId: id, epoch }), 'what is opened ends nothing');
    assert.equal((await enter('pop3')).id, id);
    await updateAccount(id, { closedProtocols: ['imap'] }, by);
    assert.equal(await checkSession({ accountId: id, epoch }), null);
    await assert.rejects(enter('imap'), { reason: 'auth-failed' });
  });
});
