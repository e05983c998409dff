// Postfix's tables, pasted as they are: shown line by line first, then taken over.
import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { requireAdmin } from '../../../session.ts';
import { ImportForm } from './import-form.tsx';

export const metadata: Metadata = { title: 'Import' };

export default async function ImportPage() {
  await requireAdmin();
  const domains = await listDomainNames();
  return (
    <>
      <PageHeader
        title="Import"
        description="Paste a table of Postfix as it is. Each line is shown with what it would do before anything is changed; what cannot be taken over is named with its line."
      />
      <ImportForm domains={domains} />
    </>
  );
}
