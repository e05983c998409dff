// What the relay self-test found last: can strangers send mail to others through this server?
import { ShieldAlert, ShieldCheck, ShieldQuestion } from 'lucide-react';
import { Time } from '#components/ui/time.tsx';
import type { RelayStep } from '#lib/relay-test.ts';
import type { Finding } from '#lib/trail/finding.ts';
import { TestRelay } from './relay-button.tsx';

/** Enough to see what is wrong. */
const maxShown = 5;

export function RelayCard({ finding }: { finding: Finding | null }) {
  const steps = (finding?.detail ?? []) as RelayStep[];
  const open = steps.filter((step) => !step.isGood).slice(0, maxShown);
  return (
    <section
      aria-label="Relay test"
      className="mb-6 flex flex-col gap-3 rounded-lg border bg-surface px-4 py-3"
    >
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div className="flex min-w-0 flex-1 basis-64 gap-3">
          <Mark finding={finding} />
          <div className="min-w-0">
            <h2 className="font-medium">{describeState(finding)}</h2>
            <p className="break-words text-sm text-muted">
              {finding ? finding.text : 'It runs soon after the start, and after every change.'}
            </p>
            {finding && (
              <p className="text-sm text-muted">
                Tested <Time at={finding.at} />
              </p>
            )}
          </div>
        </div>
        <TestRelay />
      </div>
      {open.length > 0 && (
        <ul className="flex flex-col gap-1 text-sm">
          {open.map(({ client, sender, recipient, reply }) => (
            <li key={`${client} ${sender} ${recipient}`} className="break-all font-mono">
              {client}: from &lt;{sender}&gt; to &lt;{recipient}&gt;: {reply}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Mark({ finding }: { finding: Finding | null }) {
  if (!finding) return <ShieldQuestion className="mt-0.5 size-5 shrink-0 text-muted" />;
  return finding.isGood ? (
    <ShieldCheck className="mt-0.5 size-5 shrink-0 text-ok-text" />
  ) : (
    <ShieldAlert className="mt-0.5 size-5 shrink-0 text-danger-text" />
  );
}

function describeState(finding: Finding | null): string {
  if (!finding) return 'Relay test: not run yet';
  return finding.isGood ? 'No open relay' : 'Open relay: act now';
}
