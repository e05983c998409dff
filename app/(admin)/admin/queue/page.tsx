// Mail on its way out: every recipient that waits, with the last words of the other side (Postfix: mailq).
import { Inbox } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { AutoRefresh } from '#components/admin/auto-refresh.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { now } from '#lib/clock.ts';
import type { HoldReason } from '#lib/queue/enqueue.ts';
import { listQueue, type QueueEntry, type QueueState } from '#lib/queue/entries.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../parameters.ts';
import { EntryActions, RetryAll } from './queue-actions.tsx';

export const metadata: Metadata = { title: 'Queue' };

const states: { state: QueueState; label: string; tone: Tone }[] = [
  { state: 'queued', label: 'waiting', tone: 'neutral' },
  { state: 'sending', label: 'sending', tone: 'info' },
  { state: 'held', label: 'held', tone: 'warn' },
];

/** Why a recipient is held, in words. */
const reasons: Record<HoldReason, string> = {
  admin: 'by an administrator',
  rule: 'by a rule',
  burst: 'unusually much sent',
};

const isReason = (text: string): text is HoldReason => Object.hasOwn(reasons, text);

export default async function QueuePage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const {
    q = '',
    state: stateText = '',
    page: pageText,
    reason = '',
  } = await readParameters(searchParams);
  const holdReason = isReason(reason) ? reason : undefined;
  const state = states.find((entry) => entry.state === stateText)?.state;
  const page = readPage(pageText);
  const pageSize = await readSetting('web.pageSize');
  const { rows, total } = await listQueue({ search: q, state, holdReason, page, pageSize });
  const isFiltered = q !== '' || state !== undefined || holdReason !== undefined;
  return (
    <>
      <AutoRefresh seconds={10} />
      <PageHeader
        title="Queue"
        description="Mail to other servers waits here until it is delivered or given up, and all mail that is held or scheduled. One row is one recipient."
        action={rows.length > 0 && <RetryAll />}
      />
      {(rows.length > 0 || isFiltered) && (
        <SearchForm action="/admin/queue" label="Search sender, recipient, subject" initial={q}>
          <Select name="state" defaultValue={state ?? ''} aria-label="State" className="w-36">
            <option value="">All states</option>
            {states.map((entry) => (
              <option key={entry.state} value={entry.state}>
                {entry.label}
              </option>
            ))}
          </Select>
          <Select
            name="reason"
            defaultValue={holdReason ?? ''}
            aria-label="Held because"
            className="w-48"
          >
            <option value="">Held or not</option>
            {Object.entries(reasons).map(([value, label]) => (
              <option key={value} value={value}>
                held: {label}
              </option>
            ))}
          </Select>
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState
            icon={<Inbox />}
            title={isFiltered ? 'Nothing fits' : 'The queue is empty'}
            action={isFiltered && <ButtonLink href="/admin/queue">Show the whole queue</ButtonLink>}
          >
            {isFiltered ? undefined : 'No mail waits.'}
          </EmptyState>
        </div>
      ) : (
        <QueueTable rows={rows} />
      )}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        hrefOf={(to) =>
          buildHref('/admin/queue', {
            q,
            state: state ?? '',
            reason: holdReason ?? '',
            page: to,
          })
        }
      />
    </>
  );
}

function QueueTable({ rows }: { rows: QueueEntry[] }) {
  return (
    <Table label="Queued recipients">
      <TableHead>
        <Th>Recipient</Th>
        <Th className="hidden md:table-cell">State</Th>
        <Th className="hidden lg:table-cell">Next attempt</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            <Td className="w-full max-w-0">
              <span className="flex items-center gap-2">
                <span className="truncate font-medium">{row.recipient}</span>
                <span className="md:hidden">
                  <StateBadge state={row.state} />
                </span>
              </span>
              <span className="block truncate text-sm text-muted">
                from {row.sender || 'the mail system (bounce)'} ·{' '}
                <Link
                  href={buildHref('/admin/events', { trace: row.traceId })}
                  className="hover:underline"
                >
                  {row.subject || '(no subject)'}
                </Link>{' '}
                · {formatBytes(row.sizeBytes)}
              </span>
              {row.lastText && <LastWords row={row} />}
            </Td>
            <Td className="hidden md:table-cell">
              <StateBadge state={row.state} />
              {row.holdReason && (
                <span className="block text-sm whitespace-nowrap text-faint">
                  {reasons[row.holdReason]}
                </span>
              )}
            </Td>
            <Td className="hidden whitespace-nowrap text-muted lg:table-cell">
              {row.state === 'held' ? '–' : <Time at={row.nextAttemptAt} />}
              <span className="block text-sm text-faint">{describeAttempts(row)}</span>
            </Td>
            <Td>
              <EntryActions id={row.id} recipient={row.recipient} state={row.state} />
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function describeAttempts({ attempts, releaseAt, state }: QueueEntry): string {
  if (releaseAt && releaseAt > now() && state !== 'sending') return 'scheduled by its sender';
  return attempts === 0 ? 'not tried yet' : `tried ${attempts}×`;
}

function StateBadge({ state }: { state: QueueState }) {
  const found = states.find((entry) => entry.state === state);
  return <Badge tone={found?.tone}>{found?.label ?? state}</Badge>;
}

function LastWords({ row }: { row: QueueEntry }) {
  return (
    <details className="mt-0.5 text-sm text-warn-text">
      <summary className="truncate">
        {row.lastHost && `${row.lastHost}: `}
        {row.lastCode > 0 && `${row.lastCode} `}
        {row.lastText}
      </summary>
      <p className="mt-1 rounded-md bg-sunken px-2 py-1 font-mono text-xs break-words whitespace-pre-wrap text-ink">
        {row.lastCode > 0 && `${row.lastCode} `}
        {row.lastText}
      </p>
    </details>
  );
}
