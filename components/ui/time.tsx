// A moment, in the zone of the service or the reader's own (time-zone.tsx); the full date is the tooltip. What depends on
// the present moment the browser alone draws.
'use client';
import { useEffect, useState } from 'react';
import { formatMoment } from './moment.ts';
import { useTimeZone } from './time-zone.tsx';

export function Time({ at, className }: { at: Date | string; className?: string }) {
  const { timeZone, isAssumed } = useTimeZone();
  const [now, setNow] = useState<Date>();
  // Once for each moment that is shown: today may be another day by then.
  const iso = typeof at === 'string' ? at : at.toISOString();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new moment asks what time it is
  useEffect(() => setNow(new Date()), [iso]);
  const date = new Date(iso);
  const whole = () => date.toLocaleString('sv-SE', { timeZone }).slice(0, 16);
  return (
    <time
      dateTime={iso}
      title={
        now && date.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long', timeZone })
      }
      className={className}
    >
      {now ? formatMoment(date, now, timeZone) : `${whole()}${isAssumed ? ' UTC' : ''}`}
    </time>
  );
}
