// Checks with what they found and what to do, on the doctor's page and in the steps of the first run.
import { CircleAlert, CircleCheck, CircleHelp, CircleX, Wrench } from 'lucide-react';
import { Time } from '#components/ui/time.tsx';
import type { DoctorVerdict, Outcome } from '#lib/doctor/report.ts';
import { RunButton } from './run-button.tsx';

const looks: Record<DoctorVerdict, { word: string; mark: React.ReactNode }> = {
  ok: { word: 'Good', mark: <CircleCheck aria-hidden className="text-ok-text" /> },
  warning: { word: 'Look at it', mark: <CircleAlert aria-hidden className="text-warn-text" /> },
  problem: { word: 'Problem', mark: <CircleX aria-hidden className="text-danger-text" /> },
  unknown: { word: 'Not known', mark: <CircleHelp aria-hidden className="text-muted" /> },
};

export function CheckList({ outcomes }: { outcomes: Outcome[] }) {
  return (
    <ul className="-m-4 divide-y">
      {outcomes.map((outcome) => (
        <Check key={outcome.id} outcome={outcome} />
      ))}
    </ul>
  );
}

function Check({ outcome }: { outcome: Outcome }) {
  const { id, title, looksAt, verdict, found, fix, since } = outcome;
  const { word, mark } = looks[verdict];
  return (
    <li
      aria-label={title}
      data-verdict={verdict}
      className="flex items-start gap-3 px-4 py-3 [&>svg]:mt-0.5 [&>svg]:size-5 [&>svg]:shrink-0"
    >
      {mark}
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-baseline gap-x-2">
          <h3 className="font-medium">{title}</h3>
          <span className="text-sm text-muted">
            {word} since <Time at={since} />
          </span>
        </div>
        <p className="break-words">{found}</p>
        {fix && (
          <p className="mt-1 flex gap-2 rounded-md bg-sunken px-2.5 py-1.5 text-sm break-words">
            <Wrench aria-hidden className="mt-0.5 size-4 shrink-0 text-muted" />
            <span className="min-w-0">{fix}</span>
          </p>
        )}
        <p className="mt-0.5 text-sm text-muted">{looksAt}</p>
      </div>
      <RunButton ids={[id]} name={`Check again: ${title}`} />
    </li>
  );
}
