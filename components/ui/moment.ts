// A moment in words: the nearer, the fewer.

const dayMs = 24 * 3600_000;

/** Today "14:05", this week "Tue 14:05", this year "3 May 14:05", else "2024-05-03 14:05"; `timeZone` undefined is the reader's own. */
export function formatMoment(date: Date, now: Date, timeZone?: string): string {
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit', timeZone });
  const dayOf = (moment: Date) => moment.toLocaleDateString('sv-SE', { timeZone });
  const day = dayOf(date);
  const today = dayOf(now);
  if (day === today) return clock;
  if (Math.abs(now.getTime() - date.getTime()) < 6 * dayMs) {
    return `${date.toLocaleDateString('en-GB', { weekday: 'short', timeZone })} ${clock}`;
  }
  if (day.slice(0, 4) === today.slice(0, 4)) {
    const short = { day: 'numeric', month: 'short', timeZone } as const;
    return `${date.toLocaleDateString('en-GB', short)} ${clock}`;
  }
  return `${day} ${clock}`;
}
