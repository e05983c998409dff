// Does mail wait for long?
import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { type DoctorCheck, listSome, ok, problem, warning } from './check.ts';

const hourMs = 3_600_000;

export type Waiting = {
  recipients: number;
  /** Of the oldest; null without any */
  ageMs: number | null;
  /** The destinations for which most wait */
  domains: string[];
  isPaused: boolean;
};

export function judgeQueue({ recipients, ageMs, domains, isPaused }: Waiting): Judged {
  const look = 'Admin → Queue shows for each mail what the other server said.';
  if (isPaused) return problem('The queue is paused: nothing is sent.', 'Admin → Queue → Resume.');
  if (ageMs === null) return ok('Nothing waits.');
  const hours = Math.floor(ageMs / hourMs);
  const text = `${recipients} wait, the oldest for ${hours} hours, most for ${listSome(domains, 3)}.`;
  if (hours >= 24 && recipients > 10) return problem(text, look);
  return hours >= 6 ? warning(text, look) : ok(text);
}

export const queue: DoctorCheck = {
  id: 'queue',
  title: 'Queue',
  looksAt: 'Mail that others do not take waits here.',
  async run() {
    const where = { state: { in: ['queued', 'sending'] } };
    const [recipients, oldest, domains, pause] = await Promise.all([
      db.queueRecipient.count({ where }),
      db.queueRecipient.findFirst({ where, orderBy: { createdAt: 'asc' } }),
      db.queueRecipient.groupBy({
        by: ['domain'],
        where,
        _count: { _all: true },
        orderBy: { _count: { domain: 'desc' } },
        take: 3,
      }),
      db.pause.findUnique({ where: { id: '*' } }),
    ]);
    return judgeQueue({
      recipients,
      ageMs: oldest ? now().getTime() - oldest.createdAt.getTime() : null,
      domains: domains.map(({ domain }) => domain),
      isPaused: pause !== null && (pause.until === null || pause.until > now()),
    });
  },
};
