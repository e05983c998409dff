// First steps: what a new server needs until it takes and sends mail, one thing after the other, each with checks of its own.
// Nothing here is only here: each step changes what a page of the panel changes too.
import { Check } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { joinClasses } from '#components/ui/class-names.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import {
  type FirstRunStep,
  findOpenStep,
  firstRunSteps,
  readFirstRun,
} from '#lib/accounts/first-run.ts';
import { readDoctorReport } from '#lib/doctor/report.ts';
import { requireAdmin } from '../../../session.ts';
import { type Parameters, readParameters } from '../../parameters.ts';
import { CheckList } from '../doctor/check-list.tsx';
import { RunButton } from '../doctor/run-button.tsx';
import { NextButton } from './next-button.tsx';
import { StepBody } from './step-body.tsx';
import { steps } from './steps.ts';

export const metadata: Metadata = { title: 'First steps' };

export default async function WizardPage({ searchParams }: { searchParams: Parameters }) {
  const admin = await requireAdmin();
  const { step: asked = '' } = await readParameters(searchParams);
  const passed = await readFirstRun();
  const open = await findOpenStep();
  const current = firstRunSteps.find((step) => step === asked) ?? open ?? 'finish';
  const { title, text, checks } = steps[current];
  const report = await readDoctorReport();
  const outcomes = (report?.outcomes ?? []).filter(({ id }) => checks.includes(id));
  return (
    <>
      <PageHeader
        title="First steps"
        description="What a new server needs until it takes and sends mail. Leave it whenever you like and come back."
      />
      <Progress current={current} passed={passed} />
      <Section title={title} description={text}>
        <StepBody step={current} admin={admin} />
      </Section>
      {checks.length > 0 && (
        <Section
          title="Is it right?"
          description="Looked at from this server."
          action={
            <RunButton ids={checks} variant={outcomes.length === 0 ? 'primary' : undefined}>
              {outcomes.length === 0 ? 'Check now' : 'Check again'}
            </RunButton>
          }
        >
          {outcomes.length > 0 ? (
            <CheckList outcomes={outcomes} />
          ) : (
            <p className="text-muted">Not looked at yet.</p>
          )}
        </Section>
      )}
      <NextButton
        key={current}
        step={current}
        next={firstRunSteps[firstRunSteps.indexOf(current) + 1] ?? null}
        isGood={outcomes.length > 0 && outcomes.every(({ verdict }) => verdict !== 'problem')}
      />
    </>
  );
}

function Progress({ current, passed }: { current: FirstRunStep; passed: Set<FirstRunStep> }) {
  return (
    <nav aria-label="Steps" className="mb-6">
      <ol className="flex flex-wrap gap-x-1 gap-y-2">
        {firstRunSteps.map((step, index) => (
          <li key={step}>
            <Link
              href={`/admin/wizard?step=${step}`}
              aria-current={step === current ? 'step' : undefined}
              className={joinClasses(
                'flex items-center gap-2 rounded-md px-2 py-1 pointer-coarse:py-2',
                step === current
                  ? 'bg-accent-soft font-medium text-accent-text'
                  : 'text-muted hover:bg-hover hover:text-ink',
              )}
            >
              <span
                className={joinClasses(
                  'flex size-5 shrink-0 items-center justify-center rounded-full text-xs tabular-nums',
                  passed.has(step) ? 'bg-ok-soft text-ok-text' : 'bg-pressed text-muted',
                )}
              >
                {passed.has(step) ? <Check aria-label="done" className="size-3.5" /> : index + 1}
              </span>
              {steps[step].short}
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}
