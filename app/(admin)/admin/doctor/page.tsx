// The doctor: every check of this server, what it found last and since when, and what to do about it.
import { HeartHandshake } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { type DoctorVerdict, type Outcome, readDoctorReport } from '#lib/doctor/report.ts';
import { requireAdmin } from '../../../session.ts';
import { CheckList } from './check-list.tsx';
import { RunButton } from './run-button.tsx';

export const metadata: Metadata = { title: 'Doctor' };

const sections: { title: string; description: string; verdicts: DoctorVerdict[] }[] = [
  {
    title: 'To be done',
    description: 'Mail suffers from these.',
    verdicts: ['problem'],
  },
  {
    title: 'To be looked at',
    description: 'It works, but not for everybody or not for long.',
    verdicts: ['warning'],
  },
  {
    title: 'Not known',
    description: 'Nobody could tell this time.',
    verdicts: ['unknown'],
  },
  { title: 'Good', description: 'Nothing to do here.', verdicts: ['ok'] },
];

export default async function DoctorPage() {
  await requireAdmin();
  const report = await readDoctorReport();
  return (
    <>
      <PageHeader
        title="Doctor"
        description={
          <>
            Name, DNS, ports, certificate, disk and more, looked at by the server itself. In a
            terminal: <code className="font-mono text-sm">npx drey doctor</code>.
          </>
        }
        action={<RunButton variant="primary">Check now</RunButton>}
      />
      {report ? (
        <Report at={report.at} outcomes={report.outcomes} />
      ) : (
        <EmptyState isBoxed icon={<HeartHandshake />} title="Nothing was looked at yet">
          A check of everything takes some seconds. It asks the DNS and tries to reach port 25 of
          the mail servers in the{' '}
          <Link href="/admin/settings/doctor" className="text-accent-text hover:underline">
            settings
          </Link>
          ; it sends nothing.
        </EmptyState>
      )}
    </>
  );
}

function Report({ at, outcomes }: { at: Date; outcomes: Outcome[] }) {
  const count = (verdict: DoctorVerdict) =>
    outcomes.filter((outcome) => outcome.verdict === verdict).length;
  const problems = count('problem');
  const warnings = count('warning');
  return (
    <>
      <p role="status" className="mb-4 text-muted">
        {problems + warnings === 0
          ? 'All is well'
          : `${formatPlural(problems, 'problem')}, ${formatPlural(warnings, 'warning')}`}
        , looked at <Time at={at} />.
      </p>
      {sections.map(({ title, description, verdicts }) => {
        const some = outcomes.filter(({ verdict }) => verdicts.includes(verdict));
        if (some.length === 0) return null;
        return (
          <Section key={title} title={title} description={description}>
            <CheckList outcomes={some} />
          </Section>
        );
      })}
    </>
  );
}
