// What can be done to the entries that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import { removeEntriesAction } from './actions.ts';

const questions: BulkQuestion<null>[] = [
  {
    label: 'Remove…',
    title: 'Remove these entries?',
    text: 'Users no longer find them in the directory.',
    isDanger: true,
    make: () => null,
  },
];

export function BulkEntries({ filter }: { filter: Record<string, string> }) {
  return (
    <BulkBar
      noun="entry"
      plural="entries"
      filter={filter}
      questions={questions}
      perform={removeEntriesAction}
    />
  );
}
