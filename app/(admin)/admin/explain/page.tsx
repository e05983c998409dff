// What would happen to a mail, and why: the checks of a real session, without a trace.
import type { Metadata } from 'next';
import { PageHeader } from '#components/ui/page-header.tsx';
import { requireAdmin } from '../../../session.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { ExplainForm } from './explain-form.tsx';

export const metadata: Metadata = { title: 'Explain' };

export default async function ExplainPage({ searchParams }: { searchParams: Parameters }) {
  const admin = await requireAdmin();
  const {
    client = '',
    helo = '',
    from = '',
    to = '',
    user = '',
  } = await readParameters(searchParams);
  return (
    <>
      <PageHeader
        title="Explain"
        description="Describe a mail and see each check, what it decides, where that is set, and where the mail would end. Nothing is sent, stored or counted."
      />
      <ExplainForm initial={{ client, helo, from, to: to || admin.address, user }} />
    </>
  );
}
