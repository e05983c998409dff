// A password that fitted is remembered for a while, and only with the stored hash that it fitted.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { recallFitting, rememberFitting } from '#lib/accounts/password-memory.ts';
import { passTime } from '#lib/clock.ts';

const stored = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA';
const minuteMs = 60_000;

describe('the memory of passwords', () => {
  it('knows only what fitted, with the hash that it fitted', () => {
    assert.equal(recallFitting(stored, 'one'), false);
    rememberFitting(stored, 'one');
    assert.equal(recallFitting(stored, 'one'), true);
    assert.equal(recallFitting(stored, 'two'), false);
    assert.equal(recallFitting(`${stored}x`, 'one'), false, 'the password was changed');
    assert.equal(recallFitting(stored.slice(0, -1), 'Aone'), false);
  });

  it('forgets what is not used, and everything after a day', () => {
    rememberFitting(stored, 'idle');
    passTime(16 * minuteMs);
    assert.equal(recallFitting(stored, 'idle'), false);
    rememberFitting(stored, 'busy');
    for (let passed = 0; passed < 24 * 60; passed += 10) {
      assert.equal(recallFitting(stored, 'busy'), true);
      passTime(10 * minuteMs);
    }
    passTime(minuteMs);
    assert.equal(recallFitting(stored, 'busy'), false);
  });
});
