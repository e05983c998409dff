// Settings that do not fit together: told beside each, and not where they fit.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findConflicts } from '#lib/settings/conflicts.ts';
import { readSettings, type Settings, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('settings that do not fit together', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
    await writeSetting('server.hostname', 'mail.own.test', 'test');
  });
  after(() => database?.close());

  const find = async (changes: Partial<Settings>) =>
    (await findConflicts({ ...(await readSettings()), ...changes })).map(({ keys }) => keys[0]);

  const cases: [why: string, changes: Partial<Settings>, found: string[]][] = [
    ['as installed', {}, []],
    [
      'a quota below a message',
      { 'storage.defaultQuotaBytes': 10_000_000 },
      ['storage.defaultQuotaBytes'],
    ],
    ['a quota of just one message', { 'storage.defaultQuotaBytes': 52_428_800 }, []],
    [
      'a wait at the door as long as it is open',
      { 'checks.greylistSeconds': 3600, 'checks.greylistHours': 1 },
      ['checks.greylistSeconds'],
    ],
    [
      'a first retry after the last',
      { 'delivery.firstRetryMinutes': 1000 },
      ['delivery.firstRetryMinutes'],
    ],
    [
      'a message that ends before its second try and its notice',
      { 'delivery.lifetimeHours': 3 },
      ['delivery.maxRetryMinutes', 'delivery.delayNoticeHours'],
    ],
    ['no notice at all', { 'delivery.delayNoticeHours': 0, 'delivery.lifetimeHours': 5 }, []],
    ['cut off before slowed down', { 'smtp.maxErrors': 3 }, ['smtp.softErrors']],
    [
      'Junk behind refusal',
      { 'checks.dnsListJunk': 3, 'checks.dnsLists': ['list.test'] },
      ['checks.dnsListJunk'],
    ],
    ['no list is asked', { 'checks.dnsListJunk': 3 }, []],
    ['a field beyond the header', { 'content.headerBytes': 40_000 }, ['content.headerFieldBytes']],
    ['the greeting of another', { 'smtp.banner': 'mail.other.test hello' }, ['smtp.banner']],
    ['the own greeting', { 'smtp.banner': 'MAIL.own.test hello' }, []],
  ];
  for (const [why, changes, found] of cases) {
    it(why, async () => assert.deepEqual(await find(changes), found));
  }
});
