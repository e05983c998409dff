// Backups: where they go and when, what is there, what was done, and the way to restore from them.
import { Archive } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Banner } from '#components/ui/banner.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes, formatCount } from '#components/ui/format.ts';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { Spinner } from '#components/ui/spinner.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { ListedBackup, ListedBackups } from '#lib/backup/asked.ts';
import { type BackupRun, findLastRun, listBackupRuns } from '#lib/backup/run.ts';
import { askDaemon } from '#lib/control.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { BeginButton } from './buttons.tsx';
import { RunList } from './run-list.tsx';

export const metadata: Metadata = { title: 'Backup' };

export default async function BackupPage() {
  await requireAdmin();
  const [settings, runs, verified, listed] = await Promise.all([
    readSettings(),
    listBackupRuns(10),
    findLastRun('verify', 'done'),
    askDaemon<ListedBackups>('backups').catch((error: Error) => error),
  ]);
  const folder = settings['backup.folder'];
  const current = runs.find(({ state }) => state === 'running');
  return (
    <>
      {current && <AutoRefresh seconds={2} />}
      <PageHeader
        title="Backup"
        description="Everything, every user or one message of a user, as it was at a moment. Taken while the server runs."
        action={
          folder && (
            <BeginButton kind="backup" variant="primary" disabled={current !== undefined}>
              Back up now
            </BeginButton>
          )
        }
      />
      {folder === '' ? (
        <NoFolder />
      ) : (
        <>
          {current && <AtWork run={current} />}
          <Section
            title="Where and when"
            action={
              <ButtonLink href="/admin/settings/backup" size="sm">
                Change
              </ButtonLink>
            }
          >
            <Facts settings={settings} listed={listed instanceof Error ? null : listed} />
          </Section>
          {listed instanceof Error ? (
            <Banner tone="danger" className="mb-6">
              {listed.message}
            </Banner>
          ) : (
            <Backups
              snapshots={listed.snapshots}
              verified={verified}
              isBusy={current !== undefined}
            />
          )}
          <RunList runs={runs} />
          <p className="max-w-2xl text-sm text-muted">
            The whole server is restored in a terminal alone, into an empty data folder:{' '}
            <code className="font-mono break-all">npx drey restore {folder}</code>. The steps are in
            docs/backup.md.
          </p>
        </>
      )}
    </>
  );
}

function NoFolder() {
  return (
    <EmptyState
      isBoxed
      icon={<Archive />}
      title="The server takes no backups yet"
      action={
        <ButtonLink href="/admin/settings/backup" variant="primary">
          Name a folder
        </ButtonLink>
      }
    >
      Name a folder on another disk, better on another machine. From then on a backup is taken every
      night, older ones are tidied up, and all of it is verified every week. It holds everybody’s
      mail and the server’s secrets: keep it where nobody else reads it.
    </EmptyState>
  );
}

function AtWork({ run }: { run: BackupRun }) {
  const words = { backup: 'A backup is', verify: 'Verification is', prune: 'Tidying up is' };
  const what = run.kind === 'restore' ? `Restoring for ${run.subject} is` : words[run.kind];
  return (
    <Banner className="mb-6">
      <span role="status" className="flex flex-wrap items-center gap-2">
        <Spinner /> {what} at work since <Time at={run.startedAt} />.
        <span className="tabular-nums">{run.progress}</span>
      </span>
    </Banner>
  );
}

function Facts({ settings, listed }: { settings: Settings; listed: ListedBackups | null }) {
  const when = {
    off: 'never by itself',
    daily: `every day at ${settings['backup.time']}`,
    hours: `every ${settings['backup.everyHours']} hours`,
  }[settings['backup.schedule']];
  const { 'backup.keepDaily': days, 'backup.keepWeekly': weeks } = settings;
  const free = listed?.freeBytes;
  return (
    <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5">
      <dt className="text-muted">Folder</dt>
      <dd className="font-mono text-sm break-all">
        {settings['backup.folder']}
        {typeof free === 'number' && (
          <span className="font-sans text-muted"> ({formatBytes(free)} free)</span>
        )}
      </dd>
      <dt className="text-muted">Taken</dt>
      <dd>{when}</dd>
      <dt className="text-muted">Kept</dt>
      <dd>
        one a day for {days} days, one a week for {weeks} weeks, one a month for{' '}
        {settings['backup.keepMonthly']} months
      </dd>
    </dl>
  );
}

function Backups({
  snapshots,
  verified,
  isBusy,
}: {
  snapshots: ListedBackup[];
  verified: BackupRun | null;
  isBusy: boolean;
}) {
  if (snapshots.length === 0) {
    return (
      <EmptyState isBoxed className="mb-6" title="No backup yet">
        The first one is taken within a minute, or now with the button above.
      </EmptyState>
    );
  }
  return (
    <section className="mb-6">
      <div className="mb-2 flex flex-wrap items-center justify-between gap-2">
        <h2 className="font-semibold">Backups</h2>
        <div className="flex gap-2">
          <BeginButton kind="verify" disabled={isBusy}>
            Verify all
          </BeginButton>
          <BeginButton kind="prune" disabled={isBusy}>
            Tidy up
          </BeginButton>
        </div>
      </div>
      <Table label="Backups">
        <TableHead>
          <Th>Taken</Th>
          <Th className="text-end">Users</Th>
          <Th className="text-end">Messages</Th>
          <Th className="text-end">Mail</Th>
          <Th>State</Th>
          <Th className="relative">
            <span className="sr-only">Restore</span>
          </Th>
        </TableHead>
        <TableBody>
          {snapshots.map((snapshot) => (
            <TableRow key={snapshot.name}>
              <Td className="whitespace-nowrap">
                {snapshot.takenAt ? <Time at={snapshot.takenAt} /> : snapshot.name}
              </Td>
              <Td className="text-end tabular-nums">{formatCount(snapshot.accounts)}</Td>
              <Td className="text-end tabular-nums">{formatCount(snapshot.messages)}</Td>
              <Td className="text-end whitespace-nowrap tabular-nums">
                {formatBytes(snapshot.messageBytes)}
              </Td>
              <Td>
                <State snapshot={snapshot} verified={verified} />
              </Td>
              <Td className="text-end">
                <Link
                  href={`/admin/backup/restore?snapshot=${encodeURIComponent(snapshot.name)}`}
                  className="text-accent-text whitespace-nowrap hover:underline"
                  aria-label={`Restore from ${snapshot.name}`}
                >
                  Restore…
                </Link>
              </Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}

function State({ snapshot, verified }: { snapshot: ListedBackup; verified: BackupRun | null }) {
  if (snapshot.note) return <Badge tone="danger">{snapshot.note}</Badge>;
  const isVerified = verified !== null && new Date(snapshot.takenAt) < verified.startedAt;
  return isVerified ? (
    <span className="inline-flex flex-wrap items-center gap-1.5">
      <Badge tone="ok">verified</Badge>
      <Time at={verified.startedAt} className="text-sm text-muted" />
    </span>
  ) : (
    <Badge>not verified yet</Badge>
  );
}
