// The settings of retries as a schedule; what it decides by a clock is in outcome.test.ts.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Settings } from '#lib/settings/index.ts';
import { scheduleOf } from '#server/queue/schedule.ts';

const hour = 3_600_000;
const settings = {
  'delivery.firstRetryMinutes': 7,
  'delivery.maxRetryMinutes': 90,
  'delivery.delayNoticeHours': 3,
  'delivery.lifetimeHours': 50,
} as Settings;

it('is made of the settings', () => {
  assert.deepEqual(scheduleOf(settings, null), {
    firstRetryMs: 7 * 60_000,
    maxRetryMs: 90 * 60_000,
    delayNoticeMs: 3 * hour,
    lifetimeMs: 50 * hour,
  });
});

it('is that of a relay rule where it has one of its own', () => {
  const rule = {
    firstRetryMinutes: null,
    maxRetryMinutes: null,
    delayNoticeHours: 0,
    lifetimeHours: 2,
  };
  const { firstRetryMs, delayNoticeMs, lifetimeMs } = scheduleOf(settings, rule);
  assert.deepEqual([firstRetryMs, delayNoticeMs, lifetimeMs], [7 * 60_000, 0, 2 * hour]);
});
