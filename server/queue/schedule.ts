// When a mail is tried again and how long: by the settings, unless its relay rule says otherwise.
import type { RelayRule } from '#lib/queue/relay-rule.ts';
import type { Settings } from '#lib/settings/index.ts';
import type { Schedule } from './outcome.ts';

type Timed = Pick<
  RelayRule,
  'firstRetryMinutes' | 'maxRetryMinutes' | 'delayNoticeHours' | 'lifetimeHours'
>;

export function scheduleOf(settings: Settings, rule: Timed | null): Schedule {
  const { firstRetryMinutes, maxRetryMinutes, delayNoticeHours, lifetimeHours } = rule ?? {};
  const minute = 60_000;
  const hour = 60 * minute;
  return {
    firstRetryMs: (firstRetryMinutes ?? settings['delivery.firstRetryMinutes']) * minute,
    maxRetryMs: (maxRetryMinutes ?? settings['delivery.maxRetryMinutes']) * minute,
    delayNoticeMs: (delayNoticeHours ?? settings['delivery.delayNoticeHours']) * hour,
    lifetimeMs: (lifetimeHours ?? settings['delivery.lifetimeHours']) * hour,
  };
}
