// The only source of time. Tests set it; nothing else calls Date.now() for a decision.
let offsetMs = 0;
let frozen: Date | null = null;
let passedMs = 0;

/** Now, as a Date of its own. */
export function now(): Date {
  return frozen ? new Date(frozen) : new Date(Date.now() + offsetMs);
}

/** Now plus `ms` milliseconds. */
export function fromNow(ms: number): Date {
  return new Date(now().getTime() + ms);
}

/** Whole seconds until `date` has come, at least one. */
export function secondsUntil(date: Date): number {
  return Math.max(1, Math.ceil((date.getTime() - now().getTime()) / 1000));
}

/** Tests: stand still at `date`; null lets time run again. */
export function freezeClock(date: Date | null): void {
  frozen = date;
}

/** Moves the clock of this process by `ms` (tests of the queue; DREY_TEST_CLOCK_OFFSET_MS sets it at start). */
export function shiftClock(ms: number): void {
  offsetMs += ms;
}

/** Milliseconds since the start of the process, by a clock that never jumps; for how long something lasted. */
export function uptimeMs(): number {
  return performance.now() + passedMs;
}

/** Tests: as if `ms` milliseconds had gone by, on both clocks. */
export function passTime(ms: number): void {
  passedMs += ms;
  offsetMs += ms;
}
