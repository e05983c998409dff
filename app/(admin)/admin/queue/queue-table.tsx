// Recipients that wait, as rows.
import Link from 'next/link';
import { SelectAllTh, SelectTd } from '#components/admin/table/selection.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { now } from '#lib/clock.ts';
import type { QueueEntry, QueueState } from '#lib/queue/entries.ts';
import type { QueueOrder } from '#lib/queue/page.ts';
import type { ListState } from '../../list-state.ts';
import { reasonTexts, stateTexts } from './filter.ts';
import { EntryActions } from './queue-actions.tsx';

const tones: Record<QueueState, Tone> = { queued: 'neutral', sending: 'info', held: 'warn' };

/** `paused`: domains, or "*"; `mayAll`: or only try again. */
export function QueueTable({
  rows,
  list,
  mayAll,
  paused,
}: {
  rows: QueueEntry[];
  list: ListState<QueueOrder>;
  mayAll: boolean;
  paused: string[];
}) {
  const isPaused = ({ domain }: QueueEntry) => paused.includes('*') || paused.includes(domain);
  return (
    <Table label="Queued recipients">
      <TableHead>
        {mayAll && <SelectAllTh />}
        <SortTh order="recipient" list={list}>
          Recipient
        </SortTh>
        <Th className="hidden md:table-cell">State</Th>
        <SortTh order="attempts" list={list} isFallingFirst className="hidden lg:table-cell">
          Attempts
        </SortTh>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id}>
            {mayAll && <SelectTd id={row.id} label={row.recipient} />}
            <Td className="w-full max-w-0">
              <span className="flex flex-wrap items-center gap-x-2">
                <Link
                  href={`/admin/queue/${row.id}`}
                  className="truncate font-medium hover:underline"
                >
                  {row.recipient}
                </Link>
                <span className="md:hidden">
                  <StateBadge row={row} />
                </span>
              </span>
              <span className="block truncate text-sm text-muted">
                from {row.sender || 'the mail system (bounce)'} · {row.subject || '(no subject)'} ·{' '}
                {formatBytes(row.sizeBytes)}
              </span>
              {row.lastText && (
                <span className="block truncate text-sm text-warn-text">{lastWords(row)}</span>
              )}
            </Td>
            <Td className="hidden md:table-cell">
              <StateBadge row={row} />
              {row.holdReason && (
                <span className="block text-sm whitespace-nowrap text-faint">
                  {reasonTexts[row.holdReason]}
                </span>
              )}
            </Td>
            <Td className="hidden whitespace-nowrap text-muted lg:table-cell">
              {row.state === 'held' || isPaused(row) ? '–' : <Time at={row.nextAttemptAt} />}
              <span className="block text-sm text-faint">
                {isPaused(row) ? 'paused' : describeAttempts(row)}
              </span>
            </Td>
            <Td>
              <EntryActions
                id={row.id}
                recipient={row.recipient}
                state={row.state}
                mayAll={mayAll}
              />
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

export function describeAttempts({ attempts, releaseAt, state }: QueueEntry): string {
  if (releaseAt && releaseAt > now() && state !== 'sending') return 'scheduled by its sender';
  return attempts === 0 ? 'not tried yet' : `tried ${attempts}×`;
}

/** Host, code and words of the other side; hostile text. */
export function lastWords({ lastHost, lastCode, lastText }: QueueEntry): string {
  return [lastHost && `${lastHost}:`, lastCode || '', lastText].filter(Boolean).join(' ');
}

export function StateBadge({ row }: { row: QueueEntry }) {
  if (row.isReturning) return <Badge tone="danger">going back</Badge>;
  return <Badge tone={tones[row.state]}>{stateTexts[row.state]}</Badge>;
}
