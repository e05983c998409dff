// What can be done to the domains that are chosen in the list.
'use client';
import { BulkBar, type BulkQuestion } from '#components/admin/table/bulk-bar.tsx';
import type { DomainAction } from '#lib/accounts/bulk-domains.ts';
import { changeDomainsAction } from './actions.ts';

const questions: BulkQuestion<DomainAction>[] = [
  {
    label: 'Turn on',
    title: 'Turn these domains on?',
    text: 'They take mail again.',
    make: () => 'enable',
  },
  {
    label: 'Turn off',
    title: 'Turn these domains off?',
    text: 'Mail for them is refused; their users can still sign in and read.',
    make: () => 'disable',
  },
];

export function BulkDomains({ filter }: { filter: Record<string, string> }) {
  return (
    <BulkBar noun="domain" filter={filter} questions={questions} perform={changeDomainsAction} />
  );
}
