// The doctor looks by itself once a day: when, and what it says then.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { type DoctorVerdict, readDoctorReport } from '#lib/doctor/report.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { removeFinding } from '#lib/trail/finding.ts';
import type { DoctorCheck } from '#server/doctor/check.ts';
import { runDoctor } from '#server/doctor/index.ts';
import { findLastMoment } from '#server/jobs/daily.ts';
import { lookWhenDue } from '#server/jobs/doctor.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const at = (text: string) => new Date(`2026-11-${text}:00Z`);

describe('the last moment of a time of day', () => {
  const cases: [time: string, at: string, offsetMinutes: number, expected: string][] = [
    ['02:30', '21T02:30', 0, '21T02:30'],
    ['02:30', '21T02:29', 0, '20T02:30'],
    ['02:30', '21T01:31', 60, '21T01:30'],
    ['23:30', '21T00:00', -60, '20T00:30'],
    ['00:00', '21T12:00', 0, '21T00:00'],
  ];
  for (const [time, moment, offset, expected] of cases) {
    it(`${time} at ${moment} and ${offset} minutes is ${expected}`, () =>
      assert.deepEqual(findLastMoment(time, at(moment), offset), at(expected)));
  }
});

describe('the doctor by itself', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let runs = 0;
  let verdict: DoctorVerdict = 'ok';
  const list: DoctorCheck[] = ['one', 'two'].map((id) => ({
    ...{ id, title: id, looksAt: '' },
    run: async () => ({ verdict, found: 'So.', fix: '' }),
  }));
  const look = async (text: string, begun = at('20T12:00')) => {
    freezeClock(at(text));
    runs = 0;
    const done = await lookWhenDue(async () => {
      runs++;
      return runDoctor(undefined, list);
    }, begun);
    return { runs, ...done };
  };
  const quiet = { runs: 0, problems: 0, warnings: 0 };
  const well = { ...quiet, runs: 1 };

  before(async () => {
    database = await openTestDatabase();
    await writeSetting('doctor.time', '05:30', 'test');
  });
  after(() => database.close());
  beforeEach(async () => {
    verdict = 'ok';
    await removeFinding('doctor');
  });
  afterEach(() => freezeClock(null));

  it('leaves it to the node that is at it', async () => {
    freezeClock(at('21T06:00'));
    assert.ok(await takeLease('doctor', 'another node', 60_000));
    assert.deepEqual(await look('21T06:00'), quiet);
    await endLease('doctor', 'another node');
    assert.deepEqual(await look('21T06:00'), well);
  });

  it('waits for the time of day where nobody has asked it yet', async () => {
    assert.deepEqual(await look('21T05:29'), quiet);
    assert.deepEqual(await look('21T05:30'), well);
    assert.deepEqual(await look('21T05:31'), quiet);
    assert.deepEqual(await look('22T05:29'), quiet);
    assert.deepEqual(await look('22T05:30'), well);
  });

  it('makes up for what was missed, at once', async () => {
    assert.deepEqual(await look('21T06:00'), well);
    assert.deepEqual(await look('23T04:00', at('23T03:59')), well);
  });

  it('looks though a part of the checks was asked by hand', async () => {
    assert.deepEqual(await look('21T06:00'), well);
    freezeClock(at('22T05:31'));
    await runDoctor(['two'], list);
    assert.deepEqual(await look('22T05:32'), well);
    assert.deepEqual((await readDoctorReport())?.at, now());
  });

  it('does not look again after all were asked by hand', async () => {
    freezeClock(at('21T05:31'));
    await runDoctor(undefined, list);
    assert.deepEqual(await look('21T05:32'), quiet);
  });

  it('says how many want somebody', async () => {
    verdict = 'problem';
    assert.deepEqual(await look('21T06:00'), { ...well, problems: 2 });
    verdict = 'warning';
    assert.deepEqual(await look('22T06:00'), { ...well, warnings: 2 });
  });

  it('is off, and goes by the clock of the service', async () => {
    await writeSetting('doctor.time', '', 'test');
    assert.deepEqual(await look('21T06:00'), quiet);
    await writeSetting('doctor.time', '05:30', 'test');
    await writeSetting('server.timeZone', 'Asia/Tokyo', 'test');
    assert.deepEqual(await look('20T20:29'), quiet);
    assert.deepEqual(await look('20T20:30'), well);
    await assert.rejects(writeSetting('doctor.time', '25:00', 'test'));
  });
});
