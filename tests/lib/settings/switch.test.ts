// What a switch of a check writes: which value is off, which is on, and which checks have a switch at all.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { findSetting, writeSetting } from '#lib/settings/index.ts';
import { readServiceClock, startOfServiceDay } from '#lib/settings/service-zone.ts';
import { switchedValue } from '#lib/settings/switch.ts';
import { listChecks } from '#server/smtp/checks/listed.ts';
import { openTestDatabase } from '#tests/support/database.ts';

describe('the switch of a check', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database?.close());

  const cases: [key: string, wanted: string, value: unknown][] = [
    ['checks.greylisting', 'on', true],
    ['checks.greylisting', 'off', false],
    ['checks.messagesPerMinute', 'off', 0],
    ['checks.messagesPerMinute', 'on', 300],
    ['checks.reverseName', 'junk', 'junk'],
    ['checks.reverseName', 'off', 'off'],
    ['content.milters', 'off', []],
    ['content.clamav', 'off', ''],
  ];
  for (const [key, wanted, value] of cases) {
    it(`${key} ${wanted}`, () => assert.deepEqual(switchedValue(findSetting(key), wanted), value));
  }

  it('what has no value to begin with wants one', () =>
    assert.throws(() => switchedValue(findSetting('content.clamav'), 'on'), {
      reason: 'invalid',
    }));

  it('each check that can be off has the setting that does it, and follows it', async () => {
    const switched = (await listChecks()).filter(({ switchedBy }) => switchedBy);
    const names = switched.map(({ name }) => name);
    for (const name of ['greylisting', 'reverse-name', 'message-rate', 'clamav', 'milters']) {
      assert.ok(names.includes(name), name);
    }
    for (const { switchedBy } of switched) {
      const definition = findSetting(switchedBy ?? '');
      await writeSetting(definition.key, switchedValue(definition, 'off'), 'test');
    }
    const left = await listChecks();
    assert.deepEqual(
      left.filter(({ switchedBy, isOn }) => switchedBy && isOn).map(({ name }) => name),
      [],
    );
  });

  const days: [zone: string, at: string, midnight: string][] = [
    ['UTC', '2026-11-21T19:00:00Z', '2026-11-21T00:00:00Z'],
    ['Asia/Tokyo', '2026-11-21T19:00:00Z', '2026-11-21T15:00:00Z'],
    ['Asia/Kolkata', '2026-11-21T18:29:00Z', '2026-11-20T18:30:00Z'],
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z'],
    ['America/New_York', '2026-03-08T12:00:00Z', '2026-03-08T05:00:00Z'],
  ];
  for (const [zone, at, midnight] of days) {
    it(`the day begins in ${zone}`, async () => {
      await writeSetting('server.timeZone', zone, 'test');
      assert.deepEqual(await startOfServiceDay(new Date(at)), new Date(midnight));
    });
  }

  it('moments are written in the zone of the service', async () => {
    await writeSetting('server.timeZone', 'Asia/Kolkata', 'test');
    const write = await readServiceClock();
    assert.equal(write(new Date('2026-11-21T19:00:00Z')), '2026-11-22 00:30 Asia/Kolkata');
  });
});
