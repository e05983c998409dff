// What the page and its table ask for, from the parameters of the address.
import type { RevisionFilter } from '#lib/history/revision.ts';

/** Of a form field "2026-11-21T10:00", in the time zone of the server. */
function readTime(text = ''): Date | undefined {
  const time = new Date(text);
  return text === '' || Number.isNaN(time.getTime()) ? undefined : time;
}

export function readFilter(parameters: Record<string, string>): RevisionFilter {
  const before = Number(parameters.before);
  return {
    search: parameters.q || undefined,
    by: parameters.by || undefined,
    kind: parameters.kind || undefined,
    from: readTime(parameters.from),
    until: readTime(parameters.until),
    before: Number.isInteger(before) && before > 0 && before < 2 ** 31 ? before : undefined,
  };
}
