import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limitsUnder, RuleLimits } from '#server/queue/rule-limits.ts';

const at = (ms: number) => new Date(1_800_000_000_000 + ms);
const rule = (concurrency: number | null, rateDelaySeconds: number | null) => ({
  id: 'r',
  concurrency,
  rateDelaySeconds,
});

describe('limits of a relay rule', () => {
  it('none: whatever is under way', () => {
    const limits = new RuleLimits();
    for (let count = 0; count < 100; count += 1) limits.begin(rule(null, null));
    assert.deepEqual(limits.ask(rule(null, null), 100, at(0)), { may: true });
    assert.deepEqual(limits.ask(null, 100, at(0)), { may: true });
  });

  it('so many at one time, those about to start among them; a change counts at once', () => {
    const limits = new RuleLimits();
    limits.begin(rule(2, null));
    assert.deepEqual(limits.ask(rule(2, null), 0, at(0)), { may: true });
    assert.deepEqual(limits.ask(rule(2, null), 1, at(0)), { may: false, at: null });
    assert.deepEqual(limits.ask(rule(3, null), 1, at(0)), { may: true });
    limits.end(rule(2, null), at(0));
    assert.deepEqual(limits.ask(rule(2, null), 1, at(0)), { may: true });
  });

  it('one at a time with a pause', () => {
    const limits = new RuleLimits();
    const slow = rule(null, 10);
    limits.begin(slow);
    assert.deepEqual(limits.ask(slow, 0, at(0)), { may: false, at: null });
    limits.end(slow, at(5000));
    assert.deepEqual(limits.ask(slow, 0, at(6000)), { may: false, at: at(15_000) });
    assert.deepEqual(limits.ask(slow, 1, at(15_000)), { may: false, at: null });
    assert.deepEqual(limits.ask(slow, 0, at(15_000)), { may: true });
  });

  it('go before the settings where the hosts are named', () => {
    const usual = { initial: 5, max: 20, rateDelayMs: 3000, firstRestMs: 1, longestRestMs: 2 };
    assert.deepEqual(limitsUnder(usual, rule(50, 0), true), { ...usual, max: 50, rateDelayMs: 0 });
    assert.deepEqual(limitsUnder(usual, rule(null, null), true), usual);
    assert.deepEqual(limitsUnder(usual, rule(50, 0), false), usual);
  });
});
