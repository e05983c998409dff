// What can be done to the recipients that are chosen in the queue.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import type { BulkAction } from '#lib/queue/bulk.ts';
import { changeQueueAction } from './actions.ts';

const questions: BulkQuestion<BulkAction>[] = [
  {
    label: 'Retry now',
    title: 'Try them now?',
    text: 'They are tried as soon as there is a place.',
    make: () => 'retry',
  },
  {
    label: 'Hold',
    title: 'Hold them?',
    text: 'They wait until somebody releases them.',
    make: () => 'hold',
  },
  {
    label: 'Release',
    title: 'Release them?',
    text: 'They leave now, or at the time their senders chose.',
    make: () => 'release',
  },
  {
    label: 'Return…',
    title: 'Return them to their senders?',
    text: 'They reach nobody; each sender gets a report.',
    isDanger: true,
    make: () => 'bounce',
  },
  {
    label: 'Delete…',
    title: 'Delete them?',
    text: 'They reach nobody, and no sender is told.',
    isDanger: true,
    make: () => 'drop',
  },
];

export function BulkQueue({ filter }: { filter: Record<string, string> }) {
  return (
    <BulkBar noun="recipient" filter={filter} questions={questions} perform={changeQueueAction} />
  );
}
