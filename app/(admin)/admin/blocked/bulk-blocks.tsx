// What can be done to the blocks that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import { liftBlocksAction } from './actions.ts';

const questions: BulkQuestion<null>[] = [
  {
    label: 'Lift',
    title: 'Lift these blocks?',
    text: 'They may try to sign in again at once.',
    make: () => null,
  },
];

export function BulkBlocks({ filter }: { filter: Record<string, string> }) {
  return <BulkBar noun="block" filter={filter} questions={questions} perform={liftBlocksAction} />;
}
