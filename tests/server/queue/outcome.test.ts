import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Result } from '#server/delivery/outbound/reply.ts';
import { decide, type History, retryWaitMs, type Schedule } from '#server/queue/outcome.ts';

const minute = 60_000;
const hour = 60 * minute;
const start = new Date('2026-11-21T00:00:00Z');
const at = (ms: number) => new Date(start.getTime() + ms);
const schedule: Schedule = {
  firstRetryMs: 15 * minute,
  maxRetryMs: 4 * hour,
  delayNoticeMs: 4 * hour,
  lifetimeMs: 120 * hour,
};
const history: History = {
  createdAt: start,
  attempts: 1,
  isDelayTold: false,
  notify: '',
  sender: 'ada@example.test',
  isOwnSender: true,
  isSubmitted: true,
};
const result = (kind: Result['kind']): Result => ({
  kind,
  code: kind === 'failed' ? 550 : 450,
  status: '',
  text: 'x',
  host: 'mx',
});

describe('outcome of an attempt', () => {
  const cases: [string, Result['kind'], Partial<History>, number, ReturnType<typeof decide>][] = [
    ['delivered ends', 'delivered', {}, 0, { kind: 'delivered', tellsSuccess: false }],
    [
      'delivered after the lifetime ends too',
      'delivered',
      {},
      200 * hour,
      { kind: 'delivered', tellsSuccess: false },
    ],
    [
      'success was asked for, and nobody else tells of it',
      'delivered',
      { notify: 'FAILURE,success' },
      0,
      { kind: 'delivered', tellsSuccess: true },
    ],
    [
      'a stranger asks for success',
      'delivered',
      { notify: 'SUCCESS', isSubmitted: false },
      0,
      { kind: 'delivered', tellsSuccess: false },
    ],
    [
      'nobody is there to be told of success',
      'delivered',
      { notify: 'SUCCESS', sender: '' },
      0,
      { kind: 'delivered', tellsSuccess: false },
    ],
    [
      'first failure waits 15 minutes',
      'deferred',
      {},
      0,
      { kind: 'retry', at: at(15 * minute), tellsDelay: false },
    ],
    [
      'second waits twice as long',
      'deferred',
      { attempts: 2 },
      15 * minute,
      { kind: 'retry', at: at(45 * minute), tellsDelay: false },
    ],
    [
      'an own sender: not later than the notice is due',
      'deferred',
      { attempts: 5 },
      3.75 * hour,
      { kind: 'retry', at: at(4 * hour), tellsDelay: false },
    ],
    [
      'a stranger: the plain schedule',
      'deferred',
      { attempts: 5, isOwnSender: false },
      3.75 * hour,
      { kind: 'retry', at: at(7.75 * hour), tellsDelay: false },
    ],
    [
      'after 4 hours the delay is told',
      'deferred',
      { attempts: 6 },
      4 * hour,
      { kind: 'retry', at: at(8 * hour), tellsDelay: true },
    ],
    [
      'once only',
      'deferred',
      { attempts: 7, isDelayTold: true },
      8 * hour,
      { kind: 'retry', at: at(12 * hour), tellsDelay: false },
    ],
    [
      'no delay notice to strangers (amplifier)',
      'deferred',
      { isOwnSender: false },
      5 * hour,
      { kind: 'retry', at: at(5.25 * hour), tellsDelay: false },
    ],
    [
      'nor to the null sender',
      'deferred',
      { sender: '' },
      5 * hour,
      { kind: 'retry', at: at(5.25 * hour), tellsDelay: false },
    ],
    [
      'nor with NOTIFY=FAILURE',
      'deferred',
      { notify: 'FAILURE' },
      5 * hour,
      { kind: 'retry', at: at(5.25 * hour), tellsDelay: false },
    ],
    [
      'with NOTIFY=DELAY',
      'deferred',
      { notify: 'FAILURE,DELAY' },
      5 * hour,
      { kind: 'retry', at: at(5.25 * hour), tellsDelay: true },
    ],
    [
      'the last try is at the end of the lifetime',
      'deferred',
      { attempts: 40, isDelayTold: true },
      119 * hour,
      { kind: 'retry', at: at(120 * hour), tellsDelay: false },
    ],
    [
      'given up at the end',
      'deferred',
      { attempts: 41 },
      120 * hour,
      { kind: 'bounce', isExpired: true },
    ],
    ['5yz bounces at once', 'failed', {}, 0, { kind: 'bounce', isExpired: false }],
    ['5yz late is no expiry', 'failed', {}, 130 * hour, { kind: 'bounce', isExpired: false }],
    [
      'the null sender gets none',
      'failed',
      { sender: '' },
      0,
      { kind: 'drop', isExpired: false, why: 'null-sender' },
    ],
    [
      'nor at the end',
      'deferred',
      { sender: '' },
      120 * hour,
      { kind: 'drop', isExpired: true, why: 'null-sender' },
    ],
    [
      'NOTIFY=NEVER',
      'failed',
      { notify: 'NEVER' },
      0,
      { kind: 'drop', isExpired: false, why: 'notify' },
    ],
    [
      'NOTIFY=SUCCESS asks for no failure',
      'failed',
      { notify: 'SUCCESS' },
      0,
      { kind: 'drop', isExpired: false, why: 'notify' },
    ],
    [
      'NOTIFY=FAILURE',
      'failed',
      { notify: 'success,failure' },
      0,
      { kind: 'bounce', isExpired: false },
    ],
  ];
  for (const [reason, kind, change, afterMs, expected] of cases) {
    it(reason, () => {
      assert.deepEqual(
        decide(result(kind), { ...history, ...change }, schedule, at(afterMs)),
        expected,
      );
    });
  }

  it('no notice at all with 0 hours', () => {
    const decision = decide(
      result('deferred'),
      history,
      { ...schedule, delayNoticeMs: 0 },
      at(9 * hour),
    );
    assert.equal(decision.kind === 'retry' && decision.tellsDelay, false);
  });

  it('waits 15, 30, 60, 120, 240, 240 minutes', () => {
    const waits = [1, 2, 3, 4, 5, 6, 500].map(
      (attempts) => retryWaitMs(attempts, schedule) / minute,
    );
    assert.deepEqual(waits, [15, 30, 60, 120, 240, 240, 240]);
    // A first wait above the longest stays the first wait.
    assert.equal(retryWaitMs(3, { ...schedule, maxRetryMs: minute }), 15 * minute);
  });
});
