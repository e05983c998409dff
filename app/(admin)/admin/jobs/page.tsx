// The timed jobs: what each does, when it ran last and how that went, and "Run now".
import type { Metadata } from 'next';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Time } from '#components/ui/time.tsx';
import { askDaemon } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import { type JobRun, listJobRuns } from '#lib/numbers/job-run.ts';
import { nodeName } from '#lib/numbers/node.ts';
import { requireAdmin } from '../../../session.ts';
import { RunJob } from './run-button.tsx';

export const metadata: Metadata = { title: 'Jobs' };

type ListedJob = { name: string; text: string; intervalMs: number };

export default async function JobsPage() {
  await requireAdmin();
  const [stored, daemon] = await Promise.all([listJobRuns(), askForJobs()]);
  const own = nodeName();
  const others = stored.filter(({ node }) => node !== own || !daemon);
  const runs = [...(daemon?.runs ?? []), ...others];
  // Without the daemon nobody knows what they are for.
  const jobs =
    daemon?.jobs ??
    [...new Set(stored.map(({ name }) => name))].map((name) => ({ name, text: '', intervalMs: 0 }));
  const hasNodes = new Set(runs.map(({ node }) => node)).size > 1;
  return (
    <>
      <AutoRefresh seconds={15} />
      <PageHeader
        title="Jobs"
        description="What the server does by itself from time to time, one after the other. A job that fails is tried again at its next time."
      />
      {!daemon && (
        <Banner tone="warn" className="mb-4">
          The mail daemon does not answer, so no job runs. This is what is known of the last runs.
        </Banner>
      )}
      <ul className="divide-y rounded-lg border bg-surface">
        {jobs.map((job) => (
          <JobRow
            key={job.name}
            job={job}
            runs={runs.filter(({ name }) => name === job.name)}
            hasNodes={hasNodes}
            mayRun={daemon !== null}
          />
        ))}
      </ul>
    </>
  );
}

async function askForJobs(): Promise<{ jobs: ListedJob[]; runs: JobRun[] } | null> {
  try {
    const answer = await askDaemon<{ jobs: ListedJob[]; runs: JobRun[] }>('jobs');
    const revive = (run: JobRun) => ({
      ...run,
      startedAt: new Date(run.startedAt),
      nextAt: new Date(run.nextAt),
    });
    return { jobs: answer.jobs, runs: answer.runs.map(revive) };
  } catch (error) {
    if (isRefusal(error, 'unavailable')) return null;
    throw error;
  }
}

function JobRow({
  job: { name, text, intervalMs },
  runs,
  hasNodes,
  mayRun,
}: {
  job: ListedJob;
  runs: JobRun[];
  hasNodes: boolean;
  mayRun: boolean;
}) {
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-2 px-4 py-3" id={name}>
      <div className="min-w-0 flex-1 basis-72">
        <h2 className="font-mono text-sm font-medium">{name}</h2>
        <p>{text}</p>
        {intervalMs > 0 && (
          <p className="text-sm text-muted">every {describeInterval(intervalMs)}</p>
        )}
      </div>
      <div className="min-w-0 flex-1 basis-72">
        {runs.length === 0 && <p className="text-muted">Has not run yet.</p>}
        {runs.map((run) => (
          <Run key={run.node} run={run} hasNode={hasNodes} />
        ))}
      </div>
      {mayRun && <RunJob name={name} />}
    </li>
  );
}

function Run({ run, hasNode }: { run: JobRun; hasNode: boolean }) {
  const { node, startedAt, tookMs, isGood, result, error, nextAt, runs, failures } = run;
  return (
    <div className="text-sm">
      <p className="flex flex-wrap items-center gap-x-2">
        <Badge tone={isGood ? 'ok' : 'danger'}>{isGood ? 'good' : 'failed'}</Badge>
        <Time at={startedAt} className="tabular-nums" />
        <span className="text-muted">
          {hasNode && `on ${node}, `}
          {formatCount(tookMs)} ms{result && `: ${result}`}
        </span>
      </p>
      {!isGood && <p className="break-words text-danger-text">{error}</p>}
      <p className="text-muted">
        next <Time at={nextAt} className="tabular-nums" />, {formatPlural(runs, 'run')}
        {failures > 0 && `, ${formatCount(failures)} failed`}
      </p>
      {isGood && failures > 0 && <p className="break-words text-muted">last error: {error}</p>}
    </div>
  );
}

function describeInterval(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes < 1) return `${ms / 1000} seconds`;
  if (minutes < 60) return minutes === 1 ? 'minute' : `${minutes} minutes`;
  const hours = minutes / 60;
  if (hours < 24) return hours === 1 ? 'hour' : `${hours} hours`;
  return hours === 24 ? 'day' : `${hours / 24} days`;
}
