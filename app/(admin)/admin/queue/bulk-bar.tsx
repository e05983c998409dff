// What may be done to all that the filter finds: each with its number, and asked before.
'use client';
import { ActionButton } from '#components/ui/action-button.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { changeAllAction } from './actions.ts';

export type BulkCounts = Record<'retry' | 'hold' | 'release' | 'bounce' | 'drop', number>;

const actions: {
  action: keyof BulkCounts;
  label: string;
  title: string;
  text: string;
  isDanger?: boolean;
}[] = [
  {
    action: 'retry',
    label: 'Retry now',
    title: 'Try all now?',
    text: 'They are tried as soon as there is a place.',
  },
  {
    action: 'hold',
    label: 'Hold',
    title: 'Hold all?',
    text: 'They wait until somebody releases them.',
  },
  {
    action: 'release',
    label: 'Release',
    title: 'Release all?',
    text: 'They leave now, or at the time their senders chose.',
  },
  {
    action: 'bounce',
    label: 'Return…',
    title: 'Return all to their senders?',
    text: 'They reach nobody; each sender gets a report.',
    isDanger: true,
  },
  {
    action: 'drop',
    label: 'Delete…',
    title: 'Delete all?',
    text: 'They reach nobody, and no sender is told.',
    isDanger: true,
  },
];

export function BulkBar({
  filter,
  counts,
  total,
  maxBulk,
}: {
  filter: Record<string, string>;
  counts: BulkCounts;
  total: number;
  maxBulk: number;
}) {
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2 text-sm text-muted">
      <span className="mr-1">{formatPlural(total, 'recipient', 'recipients')}; all of them:</span>
      {actions.map(({ action, label, title, text, isDanger }) => {
        const count = Math.min(counts[action], maxBulk);
        if (count === 0) return null;
        const many = formatPlural(count, 'recipient', 'recipients');
        const rest =
          counts[action] > maxBulk ? ' At most so many at a time: do it again for the rest.' : '';
        return (
          <ActionButton
            key={action}
            size="sm"
            variant={isDanger ? 'danger-ghost' : 'secondary'}
            action={() => changeAllAction(filter, action)}
            doneText={`Done for ${many}`}
            confirm={{
              title,
              text: `${many}. ${text}${rest}`,
              confirmLabel: label.replace('…', ''),
              isDanger: isDanger === true,
            }}
          >
            {label}
          </ActionButton>
        );
      })}
    </div>
  );
}
