// An event while it is written: days and clocks as the form shows them. Pure.
import type { CalendarEvent } from '#lib/calendar/event.ts';
import { addDays, toMoment, toWall, weekdayOf } from './calendar-days.ts';

export type StoredEvent = Omit<CalendarEvent, 'startsAt' | 'endsAt'> & {
  startsAt: string;
  endsAt: string;
};
/** What the form begins with. */
export type EventDraft =
  | { kind: 'new'; day: string; clock?: string }
  | { kind: 'edit'; event: StoredEvent };

export const repeats = [
  ...['never', 'daily', 'weekdays', 'weekly', 'biweekly', 'monthly', 'monthlyDay', 'yearly'],
  'other',
] as const;
export type Repeat =
  | 'never'
  | 'daily'
  | 'weekdays'
  | 'weekly'
  | 'biweekly'
  | 'monthly'
  | 'monthlyDay'
  | 'yearly'
  | 'other';

export type FormValues = {
  title: string;
  place: string;
  text: string;
  isAllDay: boolean;
  startDay: string;
  startClock: string;
  /** Of whole days the last one */
  endDay: string;
  endClock: string;
  priority: number;
  repeat: Repeat;
  /** A day, or empty */
  until: string;
  /** The rule where `repeat` is "other" */
  rule: string;
  reminderMinutes: number | null;
  timeZone: string;
};

const weekdays = ['SU', 'MO', 'TU', 'WE', 'TH', 'FR', 'SA'];

/** The values of a form; `now` is a clock for a new event without one. */
export function startValues(draft: EventDraft, zone: string, now: Date): FormValues {
  if (draft.kind === 'new') {
    const clock = draft.clock ?? nextHour(toWall(now, zone).clock);
    const end = addHour(draft.day, clock);
    return {
      ...{ title: '', place: '', text: '', isAllDay: false, priority: 0, timeZone: zone },
      ...{ startDay: draft.day, startClock: clock, endDay: end.day, endClock: end.clock },
      ...{ repeat: 'never', until: '', rule: '', reminderMinutes: null },
    };
  }
  const { event } = draft;
  const own = event.isAllDay ? 'UTC' : event.timeZone || zone;
  const start = toWall(new Date(event.startsAt), own);
  const end = toWall(new Date(event.endsAt), own);
  const rule = event.recurrence.split('\n')[0] ?? '';
  const until = /UNTIL=(\d{4})(\d{2})(\d{2})/.exec(rule);
  const { title, place, text, isAllDay, priority, reminderMinutes } = event;
  return {
    ...{ title, place, text, isAllDay, priority, reminderMinutes, rule },
    startDay: start.day,
    startClock: isAllDay ? '09:00' : start.clock,
    endDay: isAllDay ? addDays(end.day, -1) : end.day,
    endClock: isAllDay ? '10:00' : end.clock,
    repeat: repeatOf(rule, start.day),
    until: until ? `${until[1]}-${until[2]}-${until[3]}` : '',
    timeZone: event.timeZone || zone,
  };
}

function nextHour(clock: string): string {
  return `${String(Math.min(23, Number(clock.slice(0, 2)) + 1)).padStart(2, '0')}:00`;
}

function addHour(day: string, clock: string): { day: string; clock: string } {
  const hour = Number(clock.slice(0, 2)) + 1;
  const next = `${String(hour % 24).padStart(2, '0')}${clock.slice(2)}`;
  return { day: hour > 23 ? addDays(day, 1) : day, clock: next };
}

/** Another beginning. The event stays as long as it was; one that would end before it begins gets an hour. */
export function moveStart(
  values: FormValues,
  startDay: string,
  startClock: string,
): Partial<FormValues> {
  const { isAllDay } = values;
  const at = (day: string, clock: string) => Date.parse(`${day}T${isAllDay ? '00:00' : clock}:00Z`);
  const lengthMs = at(values.endDay, values.endClock) - at(values.startDay, values.startClock);
  const usualMs = isAllDay ? 0 : 3600_000;
  const endMs = at(startDay, startClock) + (lengthMs < 0 ? usualMs : lengthMs);
  // A year of five digits is on its way to another.
  if (Number.isNaN(endMs)) return { startDay, startClock };
  const [endDay = startDay, clock = ''] = new Date(endMs).toISOString().split('T');
  return { startDay, startClock, endDay, ...(isAllDay ? {} : { endClock: clock.slice(0, 5) }) };
}

/** Whole days or not. What ends at midnight has no part of that day. */
export function setAllDay(values: FormValues, isAllDay: boolean): Partial<FormValues> {
  const { startDay, startClock, endDay, endClock } = values;
  if (isAllDay) {
    const isOver = endClock === '00:00' && endDay > startDay;
    return { isAllDay, endDay: isOver ? addDays(endDay, -1) : endDay };
  }
  if (`${endDay} ${endClock}` > `${startDay} ${startClock}`) return { isAllDay };
  const end = addHour(startDay, startClock);
  return { isAllDay, endDay: end.day, endClock: end.clock };
}

function ruleOf(repeat: Repeat, day: string): string {
  const weekday = weekdays[weekdayOf(day)];
  const nth = Math.ceil(Number(day.slice(8)) / 7);
  const rules: Record<Repeat, string> = {
    never: '',
    daily: 'FREQ=DAILY',
    weekdays: 'FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR',
    weekly: 'FREQ=WEEKLY',
    biweekly: 'FREQ=WEEKLY;INTERVAL=2',
    monthly: 'FREQ=MONTHLY',
    monthlyDay: `FREQ=MONTHLY;BYDAY=${nth > 4 ? -1 : nth}${weekday}`,
    yearly: 'FREQ=YEARLY',
    other: '',
  };
  return rules[repeat];
}

function repeatOf(rule: string, day: string): Repeat {
  const plain = rule.replace(/;?UNTIL=[^;]*/, '');
  if (plain === '') return 'never';
  const found = repeats.find((each) => each !== 'never' && ruleOf(each as Repeat, day) === plain);
  return (found ?? 'other') as Repeat;
}

/** What is sent to the server. */
export function toEventInput(values: FormValues): object {
  const { title, place, text, isAllDay, priority, reminderMinutes, timeZone } = values;
  const zone = isAllDay ? 'UTC' : timeZone;
  const rule = values.repeat === 'other' ? values.rule : ruleOf(values.repeat, values.startDay);
  const whole = rule.replace(/;?UNTIL=[^;]*/, '');
  const until = whole && values.until ? `;UNTIL=${values.until.replaceAll('-', '')}` : '';
  const start = isAllDay ? '00:00' : values.startClock;
  const end = isAllDay ? '00:00' : values.endClock;
  return {
    ...{ title, place, text, isAllDay, priority, reminderMinutes },
    startsAt: toMoment(values.startDay, start, zone).toISOString(),
    endsAt: toMoment(isAllDay ? addDays(values.endDay, 1) : values.endDay, end, zone).toISOString(),
    recurrence: whole ? whole + until : '',
    timeZone: isAllDay ? '' : timeZone,
  };
}
