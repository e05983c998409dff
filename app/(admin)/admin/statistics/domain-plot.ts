// The mail of one domain as a plot: by the hour as far back as hours are kept, else by the day.
import type { PlotProps } from '#components/admin/plot/plot.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import {
  type DomainMail,
  domainHoursKept,
  readDomainDays,
  readDomainHours,
} from '#lib/numbers/domain-mail.ts';
import type { Range } from '#lib/numbers/timeline.ts';

const hourSeconds = 3600;
const daySeconds = 24 * hourSeconds;

const ways: [way: keyof DomainMail, title: string][] = [
  ['externalIn', 'from outside'],
  ['externalOut', 'to outside'],
  ['internal', 'within'],
];

/** How long a point lasts, and how many there are; an hour alone would be one point. */
function findPoints({ seconds, rows }: Range): { stepSeconds: number; points: number } {
  const hours = Math.max(24, Math.round((seconds * rows) / hourSeconds));
  return hours <= domainHoursKept
    ? { stepSeconds: hourSeconds, points: hours }
    : { stepSeconds: daySeconds, points: hours / 24 };
}

export async function readDomainPlot(domain: string, range: Range): Promise<PlotProps> {
  const { stepSeconds, points } = findPoints(range);
  const read = stepSeconds === hourSeconds ? readDomainHours : readDomainDays;
  const rows = await read(domain, points);
  return {
    title: domain,
    at: rows.map(({ at }) => at.getTime()),
    stepSeconds,
    format: 'count',
    lines: ways.map(([way, title]) => {
      const values = rows.map((row) => row[way]);
      return { title, values, note: formatCount(values.reduce((sum, value) => sum + value, 0)) };
    }),
  };
}

/** "Copies by the hour, the last 7 days." */
export function describeDomainPlot(range: Range): string {
  const { stepSeconds, points } = findPoints(range);
  const hours = (points * stepSeconds) / hourSeconds;
  const span = hours > 24 ? formatPlural(hours / 24, 'day') : formatPlural(hours, 'hour');
  return `Copies by the ${stepSeconds === hourSeconds ? 'hour' : 'day (UTC)'}, the last ${span}.`;
}
