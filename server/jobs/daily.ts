// When a time of day was last, by the clock of the service.
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** The last moment not after `at` at which clocks `offsetMinutes` ahead of UTC showed `time` ("02:30"). Pure. */
export function findLastMoment(time: string, at: Date, offsetMinutes: number): Date {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const shiftMs = offsetMinutes * minuteMs;
  const midnight = Math.floor((at.getTime() + shiftMs) / dayMs) * dayMs - shiftMs;
  const today = midnight + (hours * 60 + minutes) * minuteMs;
  return new Date(today > at.getTime() ? today - dayMs : today);
}
