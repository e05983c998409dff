// How many files and connections the system lets one process have open.
import { readFile } from 'node:fs/promises';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, ok, problem, unknown, warning } from './check.ts';

/** Null: the system does not say. */
export function judgeOpenFiles(limit: number | null): Judged {
  if (limit === null) return unknown('This system does not say.');
  const text = `A process may have ${limit === Number.POSITIVE_INFINITY ? 'any number' : limit} open.`;
  const fix =
    'Put "LimitNOFILE=65536" into the [Service] part of the systemd unit, or "ulimit -n 65536" before the start.';
  if (limit < 1024) return problem(text, fix);
  return limit < 8192 ? warning(`${text} Each mail program needs some.`, fix) : ok(text);
}

/** The soft limit in the text of /proc/self/limits. */
export function readLimit(text: string): number | null {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(text) ?? [];
  if (soft === 'unlimited') return Number.POSITIVE_INFINITY;
  return soft && /^\d+$/.test(soft) ? Number(soft) : null;
}

export const openFiles: DoctorCheck = {
  id: 'open-files',
  title: 'Open files',
  looksAt: 'Each connection is an open file; when they are used up nobody gets in.',
  async run() {
    const text = await readFile('/proc/self/limits', 'utf8').catch(() => '');
    return judgeOpenFiles(readLimit(text));
  },
};
