// The plot of a domain: by the hour as far as hours are kept, else by the day, with the totals of its lines.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { recordDomainMailIn } from '#lib/numbers/domain-mail.ts';
import { findRange } from '#lib/numbers/timeline.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import {
  describeDomainPlot,
  readDomainPlot,
} from '../../app/(admin)/admin/statistics/domain-plot.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
  freezeClock(new Date('2026-11-21T12:34:56Z'));
  const hour = Math.floor(now().getTime() / 3_600_000);
  const mail = { domain: 'own.test', externalIn: 2, externalOut: 1, internal: 0 };
  const at = [hour, hour - 100, hour - 30 * 24].map((one) => ({ ...mail, hour: one }));
  await write((tx) => recordDomainMailIn(tx, at));
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const cases: [
  range: string,
  stepSeconds: number,
  points: number,
  incoming: string,
  words: RegExp,
][] = [
  ['1h', 3600, 24, '2', /by the hour, the last 24 hours/],
  ['24h', 3600, 24, '2', /by the hour, the last 24 hours/],
  ['7d', 3600, 168, '4', /by the hour, the last 7 days/],
  ['90d', 86_400, 90, '6', /by the day \(UTC\), the last 90 days/],
  ['2y', 86_400, 728, '6', /by the day \(UTC\), the last 728 days/],
];
for (const [name, stepSeconds, points, incoming, words] of cases) {
  it(`${name} has ${points} points`, async () => {
    const plot = await readDomainPlot('own.test', findRange(name));
    assert.deepEqual([plot.stepSeconds, plot.at.length], [stepSeconds, points]);
    assert.deepEqual(
      plot.lines.map(({ values, note }) => [values.length, note]),
      [
        [points, incoming],
        [points, String(Number(incoming) / 2)],
        [points, '0'],
      ],
    );
    assert.match(describeDomainPlot(findRange(name)), words);
  });
}
