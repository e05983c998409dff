// The whole configuration as a file: written, compared and applied.
import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import { buttonClasses } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { requireAdmin } from '../../../session.ts';
import { ConfigurationForm } from './configuration-form.tsx';

export const metadata: Metadata = { title: 'Configuration file' };

export default async function ConfigurationPage() {
  await requireAdmin();
  return (
    <>
      <PageHeader
        title="Configuration file"
        description="Settings, domains, users, aliases, networks and rules as one YAML file, without passwords and keys. Of a file only the sections that stand in it are touched."
        action={
          <a className={buttonClasses()} href="/admin/configuration/export" download>
            <Download aria-hidden className="size-4" /> Export
          </a>
        }
      />
      <ConfigurationForm />
    </>
  );
}
