// Health and version: every part, the machines that run, and how to update.
import type { Metadata } from 'next';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { HealthList, HealthProblems } from '#components/admin/health-parts.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { now } from '#lib/clock.ts';
import { listNodes } from '#lib/history/node.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import {
  daysLeft,
  describeSeconds,
  readDiskShrink,
  readHealth,
} from '#lib/numbers/health/index.ts';
import { isSilent, listNodeReports, type NodeReport } from '#lib/numbers/node-report.ts';
import { ownVersion, readNewVersion } from '#lib/numbers/version.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';

export const metadata: Metadata = { title: 'Health and version' };

export default async function HealthPage() {
  await requireAdmin();
  const [parts, reports, running, revision, shrinkPerDay, newer, address] = await Promise.all([
    readHealth(),
    listNodeReports(),
    listNodes(),
    readRevisionNumber(),
    readDiskShrink(),
    readNewVersion(),
    readSetting('server.versionAddress'),
  ]);
  return (
    <>
      <AutoRefresh seconds={15} />
      <PageHeader
        title="Health and version"
        description={`Drey ${ownVersion()}, configuration ${formatCount(revision)}`}
      />
      <HealthProblems parts={parts} />
      <Section title="Nothing to do">
        <HealthList parts={parts} />
      </Section>
      {reports.length === 0 && (
        <Section title="Nodes">
          <EmptyState title="No daemon has reported yet" />
        </Section>
      )}
      {reports.map((report) => (
        <Node
          key={report.node}
          report={report}
          shrinkPerDay={reports.length === 1 ? shrinkPerDay : null}
          revisions={running
            .filter(({ pid }) => pid === report.facts.pid)
            .map((node) => node.revision)}
          newest={revision}
        />
      ))}
      <Section title="Update">
        <div className="flex max-w-2xl flex-col gap-2">
          {newer ? (
            <Banner tone="info">
              Version {newer} is there; this is {ownVersion()}.
            </Banner>
          ) : (
            <p>
              {address === '' ? (
                <>
                  Nobody is asked for newer versions. Whom to ask is said by{' '}
                  <Link
                    href="/admin/settings/server#server.versionAddress"
                    className="text-accent-text underline"
                  >
                    server.versionAddress
                  </Link>
                  .
                </>
              ) : (
                'No newer version is known.'
              )}
            </p>
          )}
          <ol className="list-decimal space-y-1 pl-5">
            <li>
              Take a{' '}
              <Link href="/admin/backup" className="text-accent-text underline">
                backup
              </Link>
              , and verify it.
            </li>
            <li>
              Put the new version in place of the old one, with <code>git pull</code> or a new
              folder; data and settings are not in it.
            </li>
            <li>
              Restart Drey. It brings the database up to date before it opens a port; what is in the
              queue stays, and mail that comes meanwhile is brought again by its sender.
            </li>
            <li>
              With several nodes update one after the other without long breaks: an old one does not
              start any more on a newer database.
            </li>
            <li>
              Look at this page. To go back, restore the backup with the old version: a database
              does not become older.
            </li>
          </ol>
        </div>
      </Section>
    </>
  );
}

function Node({
  report,
  shrinkPerDay,
  revisions,
  newest,
}: {
  report: NodeReport;
  shrinkPerDay: number | null;
  revisions: number[];
  newest: number;
}) {
  const { node, at, facts } = report;
  const silent = isSilent(report);
  const upSeconds = (now().getTime() - new Date(facts.startedAt).getTime()) / 1000;
  const { diskFreeBytes: free, diskBytes: disk } = facts;
  const days = free === null ? null : daysLeft(free, shrinkPerDay);
  const [revision] = revisions;
  return (
    <Section
      title={node}
      description={`Process ${facts.pid}`}
      action={<Badge tone={silent ? 'danger' : 'ok'}>{silent ? 'silent' : 'runs'}</Badge>}
    >
      <dl className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2 lg:grid-cols-3">
        <Fact term={silent ? 'Last heard' : 'Runs for'}>
          {silent
            ? `${describeSeconds((now().getTime() - at.getTime()) / 1000)} ago`
            : describeSeconds(upSeconds)}
        </Fact>
        <Fact term="Drey">{facts.version}</Fact>
        <Fact term="Node.js">{facts.nodeVersion}</Fact>
        <Fact term="Database">{facts.database}</Fact>
        <Fact term="Schema">
          {facts.schema.newest}
          {!facts.schema.isWhole && <span className="text-danger-text"> is missing</span>}
        </Fact>
        <Fact term="Configuration">
          {revision === undefined
            ? 'not known'
            : revision === newest
              ? `${formatCount(revision)}, the newest`
              : `${formatCount(revision)} of ${formatCount(newest)}`}
        </Fact>
        <Fact term="Memory">{formatBytes(facts.memoryBytes)}</Fact>
        <Fact term="Event loop">{`late by up to ${formatCount(facts.loopDelayMs)} ms`}</Fact>
        <Fact term="Open files">
          {facts.openFiles === null
            ? 'not known'
            : `${formatCount(facts.openFiles)} of ${formatCount(facts.openFileLimit ?? 0)}`}
        </Fact>
        <Fact term="Disk">
          {free === null || disk === null
            ? 'not known'
            : `${formatBytes(free)} of ${formatBytes(disk)} free`}
        </Fact>
        <Fact term="Enough for">
          {days === null
            ? shrinkPerDay === null
              ? 'known after a day'
              : 'it does not fill'
            : `${formatCount(days)} days as it goes`}
        </Fact>
        <Fact term="Clock">
          {facts.clockSkewMs === null
            ? 'the database has none of its own'
            : `${formatCount(facts.clockSkewMs)} ms from the database`}
        </Fact>
      </dl>
    </Section>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="flex gap-2">
      <dt className="w-28 shrink-0 text-sm text-muted">{term}</dt>
      <dd className="min-w-0 break-words tabular-nums">{children}</dd>
    </div>
  );
}
