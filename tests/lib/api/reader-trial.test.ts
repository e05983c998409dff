// Trials of tokens that only read: one after the other, with a limit; who may change things waits for none.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { takeTrial } from '#lib/api/reader-trial.ts';
import { isRefusal, type Refusal } from '#lib/errors.ts';

const reader = { isReadOnly: true };

test('one after the other, whatever becomes of them, and not without end', async () => {
  const steps: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = takeTrial(reader, async (mostMs) => {
    steps.push(`first of ${mostMs} ms`);
    await gate.promise;
    steps.push('first ends');
    throw new Error('refused');
  });
  const others = Array.from({ length: 7 }, (_, index) =>
    takeTrial(reader, async () => steps.push(`trial ${index}`)),
  );
  await assert.rejects(
    takeTrial(reader, async () => {}),
    (error: Refusal) => isRefusal(error, 'throttled') && error.retryAt !== null,
  );
  await takeTrial({ isReadOnly: false }, async (mostMs) => steps.push(`a change, ${mostMs}`));
  gate.resolve();
  await assert.rejects(first, /refused/);
  await Promise.all(others);
  const trials = others.map((_, index) => `trial ${index}`);
  assert.deepEqual(steps, ['first of 250 ms', 'a change, undefined', 'first ends', ...trials]);
  await takeTrial(reader, async () => {});
});
