// What can be done to the networks that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import { removeNetworksAction } from './actions.ts';

const questions: BulkQuestion<null>[] = [
  {
    label: 'Remove…',
    title: 'Remove these networks?',
    text: 'Computers in them must sign in to send mail to the outside.',
    isDanger: true,
    make: () => null,
  },
];

export function BulkNetworks({ filter }: { filter: Record<string, string> }) {
  return (
    <BulkBar noun="network" filter={filter} questions={questions} perform={removeNetworksAction} />
  );
}
