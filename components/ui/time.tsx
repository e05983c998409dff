// A moment, in the reader's own zone; the full date is the tooltip. The server does not know that zone, so
// it draws UTC and the browser corrects it at once.
'use client';
import { useEffect, useState } from 'react';

const dayMs = 24 * 3600_000;

/** Today "14:05", this week "Tue 14:05", this year "3 May 14:05", else "2024-05-03 14:05". */
export function formatMoment(date: Date, now: Date): string {
  const clock = date.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const ageMs = now.getTime() - date.getTime();
  if (date.toDateString() === now.toDateString()) return clock;
  if (Math.abs(ageMs) < 6 * dayMs) {
    return `${date.toLocaleDateString('en-GB', { weekday: 'short' })} ${clock}`;
  }
  if (date.getFullYear() === now.getFullYear()) {
    return `${date.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' })} ${clock}`;
  }
  return `${date.toLocaleDateString('sv-SE')} ${clock}`;
}

export function Time({ at, className }: { at: Date | string; className?: string }) {
  const iso = typeof at === 'string' ? at : at.toISOString();
  const [text, setText] = useState(`${iso.slice(0, 16).replace('T', ' ')} UTC`);
  const [title, setTitle] = useState<string>();
  useEffect(() => {
    const date = new Date(iso);
    setText(formatMoment(date, new Date()));
    setTitle(date.toLocaleString('en-GB', { dateStyle: 'full', timeStyle: 'long' }));
  }, [iso]);
  return (
    <time dateTime={iso} title={title} className={className}>
      {text}
    </time>
  );
}
