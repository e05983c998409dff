// How much of one client the trail keeps.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passTime } from '#lib/clock.ts';
import { mayRecord } from '#lib/trail/flood.ts';

const times = (count: number, client: string) =>
  Array.from({ length: count }, () => mayRecord(client)).filter(Boolean).length;

test('the first of each minute, for each client its own', () => {
  passTime(60_000);
  assert.ok(times(1000, '192.0.2.1') <= 400);
  assert.equal(mayRecord('192.0.2.2'), true);
  passTime(60_000);
  assert.equal(mayRecord('192.0.2.1'), true);
});

test('a crowd without end is not counted without end', () => {
  passTime(60_000);
  let noted = 0;
  for (let index = 0; index < 120_000; index++) if (mayRecord(`crowd ${index}`)) noted++;
  assert.ok(noted <= 100_000);
  passTime(60_000);
  assert.equal(mayRecord('crowd 119999'), true);
});
