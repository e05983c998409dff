// Ids: at any time of the clock, and never one twice.
import assert from 'node:assert/strict';
import { it, mock } from 'node:test';
import { newId, newTraceId } from '#lib/id.ts';

it('are made at once whatever the time is, letters and digits for messages on their way', () => {
  const seen = new Set<string>();
  // Each of 64 signs comes to each place of the time: once "-" or "_" stood there for minutes, hours or days.
  for (let place = 0; place < 8; place++) {
    for (let sign = 0; sign < 64; sign++) {
      mock.timers.enable({ apis: ['Date'], now: Math.min(sign * 64 ** place, 8.6e15) });
      const id = newTraceId();
      mock.timers.reset();
      assert.match(id, /^[A-Za-z0-9]{24}$/);
      seen.add(id);
    }
  }
  assert.equal(seen.size, 8 * 64);
  assert.match(newId(), /^[\w-]{24}$/);
});
