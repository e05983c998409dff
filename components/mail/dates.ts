// Dates as the list and the reader show them. Pure; `zone` is given only where the server draws the first page.

const dayMs = 24 * 3600_000;

/** "14:05" today, "Tue" this week, "3 May" this year, else "3 May 2024". */
export function formatRowDate(iso: string, now: Date, zone?: string): string {
  const date = new Date(iso);
  if (date.getTime() <= 0) return '';
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat('en-GB', { ...options, ...(zone ? { timeZone: zone } : {}) });
  const day = format({ year: 'numeric', month: '2-digit', day: '2-digit' });
  if (day.format(date) === day.format(now)) {
    return format({ hour: '2-digit', minute: '2-digit' }).format(date);
  }
  const ageMs = now.getTime() - date.getTime();
  if (ageMs > 0 && ageMs < 6 * dayMs) return format({ weekday: 'short' }).format(date);
  if (date.getUTCFullYear() === now.getUTCFullYear()) {
    return format({ day: 'numeric', month: 'short' }).format(date);
  }
  return format({ day: 'numeric', month: 'short', year: 'numeric' }).format(date);
}

/** "Tue, 3 May 2026, 14:05" */
export function formatFullDate(iso: string, zone?: string): string {
  const date = new Date(iso);
  if (date.getTime() <= 0) return 'no date';
  return new Intl.DateTimeFormat('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(zone ? { timeZone: zone } : {}),
  }).format(date);
}
