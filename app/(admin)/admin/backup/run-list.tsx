// What was done with the backups last, and how it ended.
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import type { BackupRun } from '#lib/backup/run.ts';

const words: Record<BackupRun['kind'], string> = {
  backup: 'Backup',
  verify: 'Verification',
  prune: 'Tidying up',
  restore: 'Restore',
};

export function RunList({ runs }: { runs: BackupRun[] }) {
  const ended = runs.filter(({ state }) => state !== 'running');
  if (ended.length === 0) return null;
  return (
    <Section title="What was done">
      <ul className="-m-4 divide-y">
        {ended.map(({ id, kind, state, by, subject, text, startedAt }) => (
          <li key={id} className="flex flex-col gap-0.5 px-4 py-2.5">
            <span className="flex flex-wrap items-center gap-2">
              <Badge tone={state === 'done' ? 'ok' : 'danger'}>
                {state === 'done' ? 'done' : 'failed'}
              </Badge>
              <span className="font-medium">
                {words[kind]}
                {subject && ` for ${subject}`}
              </span>
              <span className="text-sm text-muted">
                <Time at={startedAt} />, by {by}
              </span>
            </span>
            <p className="text-sm break-words whitespace-pre-line text-muted">{text}</p>
          </li>
        ))}
      </ul>
    </Section>
  );
}
