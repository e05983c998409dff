// Moments for people: the shorter the nearer, and the day is that of the zone they are shown in.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatMoment } from '#components/ui/moment.ts';

describe('a moment', () => {
  const now = new Date('2026-11-21T19:30:00Z');
  const cases: [why: string, at: string, zone: string, text: string][] = [
    ['today', '2026-11-21T14:05:00Z', 'UTC', '14:05'],
    ['today there', '2026-11-21T15:05:00Z', 'Asia/Tokyo', '00:05'],
    ['yesterday there', '2026-11-21T14:05:00Z', 'Asia/Tokyo', 'Sat 23:05'],
    ['this week', '2026-11-17T14:05:00Z', 'UTC', 'Tue 14:05'],
    ['this year', '2026-05-03T14:05:00Z', 'Europe/Berlin', '3 May 16:05'],
    ['long ago', '2024-05-03T23:05:00Z', 'Europe/Berlin', '2024-05-04 01:05'],
    ['the year of the zone', '2025-12-31T23:30:00Z', 'Europe/Berlin', '1 Jan 00:30'],
  ];
  for (const [why, at, zone, text] of cases) {
    it(why, () => assert.equal(formatMoment(new Date(at), now, zone), text));
  }
});
