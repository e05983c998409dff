// Numbers and moments of a plot, for people.
import { formatBytes } from '../../ui/format.ts';
import type { Format } from './geometry.ts';

/** 1234 → "1,234"; 0.5 s → "0.5 s"; null → "–" */
export function formatValue(value: number | null, format: Format): string {
  if (value === null) return '–';
  if (format === 'bytes') return formatBytes(Math.round(value));
  if (format === 'seconds') return formatSeconds(value);
  const rounded = value >= 100 ? Math.round(value) : Math.round(value * 10) / 10;
  return format === 'percent' ? `${rounded} %` : rounded.toLocaleString('en-US');
}

/** The same where there is little room: 12345 → "12k" */
export function formatShort(value: number, format: Format): string {
  if (format !== 'count' || value < 1000) return formatValue(value, format);
  return value.toLocaleString('en-US', { notation: 'compact', maximumFractionDigits: 1 });
}

function formatSeconds(seconds: number): string {
  if (seconds === 0) return '0 s';
  if (seconds < 1) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 120) return `${Math.round(seconds * 10) / 10} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${Math.round(seconds / 360) / 10} h`
    : `${Math.round(seconds / 8640) / 10} d`;
}

/** A moment as the step between two of them makes sense; `timeZone` undefined is the reader's own. */
export function formatPoint(ms: number, stepSeconds: number, timeZone?: string): string {
  const date = new Date(ms);
  const day = { day: 'numeric', month: 'short' } as const;
  // Days are days of UTC.
  if (stepSeconds >= 86_400) return date.toLocaleDateString('en-GB', { ...day, timeZone: 'UTC' });
  const clock = { hour: '2-digit', minute: '2-digit' } as const;
  if (stepSeconds < 3600) return date.toLocaleTimeString('en-GB', { ...clock, timeZone });
  return date.toLocaleString('en-GB', { ...day, ...clock, timeZone });
}
