// The filter of the events in the address of their page; the export reads the same.
import type { TrailFilter } from '#lib/trail/list.ts';

export const filterNames = ['q', 'kind', 'reason', 'from', 'until', 'trace', 'before'] as const;

/** What it does not know counts as not given. */
export function readFilter(parameters: Record<string, string>): TrailFilter {
  const { q, kind, reason, from = '', until = '', trace, before = '' } = parameters;
  return {
    search: q,
    kind: kind || undefined,
    reason: reason || undefined,
    from: readTime(from),
    until: readTime(until),
    traceId: trace || undefined,
    before: readCursor(before),
  };
}

/** Of a form field "2026-11-21T10:00", in the time zone of the server. */
function readTime(text: string): Date | undefined {
  const time = new Date(text);
  return text === '' || Number.isNaN(time.getTime()) ? undefined : time;
}

/** "2026-11-21T10:00:00.000Z,id" of the last event of the page before. */
function readCursor(text: string): { at: Date; id: string } | undefined {
  const [time = '', id = ''] = text.split(',');
  const at = new Date(time);
  return id === '' || Number.isNaN(at.getTime()) ? undefined : { at, id };
}
