import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '#server/delivery/outbound/reply.ts';
import { Destinations, judge, type Limits } from '#server/queue/concurrency.ts';

const limits: Limits = {
  initial: 2,
  max: 4,
  rateDelayMs: 0,
  firstRestMs: 60_000,
  longestRestMs: 240_000,
};
const at = (ms: number) => new Date(1_000_000 + ms);
const rest = { kind: 'rest' as const, why: '421 busy' };
const good = { kind: 'good' as const, why: '' };
const trouble = { kind: 'trouble' as const, why: '' };

const result = (kind: Result['kind'], code: number, status: string, text = ''): Result => ({
  ...{ kind, code, status, text },
  host: 'mx.far.test',
});

/** Attempts that may start now. */
function countPlaces(destinations: Destinations): number {
  let chosen = 0;
  while (destinations.ask('far', chosen, limits, at(0)).may) chosen += 1;
  return chosen;
}

describe('places of a destination', () => {
  it('are few at first, grow by one a round of successes, and end at the limit', () => {
    const destinations = new Destinations();
    assert.equal(countPlaces(destinations), 2);
    const seen: number[] = [];
    for (let count = 0; count < 8; count += 1) {
      destinations.end(destinations.begin('far', limits, at(0)), good, limits, at(0));
      seen.push(countPlaces(destinations));
    }
    assert.deepEqual(seen, [2, 3, 3, 3, 4, 4, 4, 4]);
  });

  it('are halved once for a round of trouble', () => {
    const destinations = new Destinations();
    for (let count = 0; count < 5; count += 1) {
      destinations.end(destinations.begin('far', limits, at(0)), good, limits, at(0));
    }
    const tickets = [1, 2, 3].map(() => destinations.begin('far', limits, at(0)));
    for (const ticket of tickets) destinations.end(ticket, trouble, limits, at(0));
    assert.equal(countPlaces(destinations), 2);
  });

  it('are none while it rests, longer each time; a success ends the row of rests', () => {
    const destinations = new Destinations();
    const fail = (ms: number) => {
      destinations.end(destinations.begin('far', limits, at(ms)), rest, limits, at(ms));
      const answer = destinations.ask('far', 0, limits, at(ms));
      return 'until' in answer ? answer.until.getTime() - at(ms).getTime() : 0;
    };
    assert.deepEqual(
      [fail(0), fail(60_000), fail(180_000), fail(420_000)],
      [60e3, 120e3, 240e3, 240e3],
    );
    assert.equal(destinations.ask('far', 0, limits, at(420_000), true).may, true);
    assert.equal(destinations.ask('other', 0, limits, at(420_000)).may, true);
    destinations.end(destinations.begin('far', limits, at(700_000)), good, limits, at(700_000));
    assert.equal(fail(700_000), 60_000);
  });

  it('are one with a rate, the next so much after the end', () => {
    const destinations = new Destinations();
    const slow = { ...limits, rateDelayMs: 5000 };
    const ticket = destinations.begin('far', slow, at(0));
    assert.deepEqual(destinations.ask('far', 0, slow, at(0)), { may: false, at: null });
    destinations.end(ticket, good, slow, at(1000));
    assert.deepEqual(destinations.ask('far', 0, slow, at(2000)), { may: false, at: at(6000) });
    assert.equal(destinations.ask('far', 0, slow, at(6000)).may, true);
  });
});

describe('what an answer says of the destination', () => {
  const cases: [string, Result[], string][] = [
    ['delivered', [result('delivered', 250, '2.0.0')], 'good'],
    ['an unknown user', [result('failed', 550, '5.1.1')], 'neutral'],
    ['a full mailbox', [result('deferred', 452, '4.2.2', 'mailbox full')], 'neutral'],
    ['421', [result('deferred', 421, '4.3.2', 'closing')], 'rest'],
    ['a policy that passes', [result('deferred', 450, '4.7.1', 'reputation')], 'rest'],
    ['too many', [result('deferred', 452, '4.5.3', 'Too many mails, wait')], 'rest'],
    ['try later', [result('deferred', 451, '4.3.0', 'please try again later')], 'rest'],
    ['greylisting', [result('deferred', 451, '4.7.1', 'Greylisted, try later')], 'neutral'],
    ['a greeting with 554', [result('deferred', 554, '4.3.2', 'go away')], 'rest'],
    ['no connection', [result('deferred', 0, '4.4.1')], 'rest'],
    ['a lost connection', [result('deferred', 0, '4.4.2')], 'trouble'],
    ['a fault of ours', [result('deferred', 0, '4.3.0')], 'neutral'],
    ['our TLS policy', [result('deferred', 0, '4.7.5')], 'neutral'],
    [
      'some served',
      [result('delivered', 250, '2.0.0'), result('deferred', 421, '4.7.0')],
      'trouble',
    ],
    ['nothing', [], 'neutral'],
  ];
  for (const [name, results, kind] of cases) {
    it(name, () => assert.equal(judge(results).kind, kind));
  }
});
