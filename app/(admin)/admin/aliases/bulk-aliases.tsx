// What can be done to the aliases that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import type { AliasAction } from '#lib/accounts/bulk-aliases.ts';
import { changeAliasesAction } from './actions.ts';

const questions: BulkQuestion<AliasAction>[] = [
  {
    label: 'Turn on',
    title: 'Turn these aliases on?',
    text: 'They take mail again.',
    make: () => 'enable',
  },
  {
    label: 'Turn off',
    title: 'Turn these aliases off?',
    text: 'Mail for them is treated as if they were not there.',
    make: () => 'disable',
  },
  {
    label: 'Remove…',
    title: 'Remove these aliases?',
    text: 'Mail for them is refused from then on.',
    isDanger: true,
    make: () => 'remove',
  },
];

export function BulkAliases({ filter }: { filter: Record<string, string> }) {
  return (
    <BulkBar
      noun="alias"
      plural="aliases"
      filter={filter}
      questions={questions}
      perform={changeAliasesAction}
    />
  );
}
