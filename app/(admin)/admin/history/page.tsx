// The history of the configuration: who changed what, when, from where and why, each with its way back.
import { History } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ExportLink } from '#components/admin/table/export-link.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Input, Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { kinds } from '#lib/configuration/kinds.ts';
import { listNodes, type Node } from '#lib/history/node.ts';
import { listRevisions, readRevisionNumber } from '#lib/history/revision.ts';
import { readSettings } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { TimeFields } from '../../time-fields.tsx';
import { readFilter } from './filter.ts';
import { RevisionList } from './revision-list.tsx';

export const metadata: Metadata = { title: 'History' };

export default async function HistoryPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const parameters = await readParameters(searchParams);
  const { q = '', by = '', kind = '', from = '', until = '', before = '' } = parameters;
  const { 'web.pageSize': pageSize, 'storage.historyDays': keptDays } = await readSettings();
  const [revisions, nodes, number] = await Promise.all([
    listRevisions({ ...readFilter(parameters), pageSize }),
    listNodes(),
    readRevisionNumber(),
  ]);
  const last = revisions.length === pageSize ? revisions.at(-1) : undefined;
  const filters = { q, by, kind, from, until };
  const isFiltered = [...Object.values(filters), before].some((text) => text !== '');
  return (
    <>
      <PageHeader
        title="History"
        description={
          <>
            Every change of the configuration, each with its way back or why there is none. Sign-ins
            of administrators stand among the{' '}
            <Link href="/admin/events?kind=login" className="underline">
              events
            </Link>
            .{' '}
            <Link href="/admin/settings/storage#storage.historyDays" className="underline">
              {keptDays === 0 ? 'Changes are kept for ever' : `Kept for ${keptDays} days`}
            </Link>
            .
          </>
        }
        action={<ExportLink href={buildHref('/admin/history/export', filters)} />}
      />
      <NodeTable nodes={nodes} revision={number} />
      <SearchForm action="/admin/history" label="Setting, address, network, words" initial={q}>
        <Select name="kind" defaultValue={kind} aria-label="What" className="w-40">
          <option value="">Everything</option>
          {kinds.map(({ recorded }) => (
            <option key={recorded.kind} value={recorded.kind}>
              {recorded.kind}
            </option>
          ))}
        </Select>
        <span className="w-52">
          <Input name="by" defaultValue={by} aria-label="Who" placeholder="Who, or from where" />
        </span>
        <details className="order-last basis-full" open={[from, until].some(Boolean)}>
          <summary className="text-sm text-muted">Time</summary>
          <div className="mt-2 flex flex-wrap gap-2">
            <TimeFields from={from} until={until} />
          </div>
        </details>
        {/* Enter in any of them. */}
        <button type="submit" className="sr-only">
          Search
        </button>
      </SearchForm>
      <div className="rounded-lg border bg-surface">
        {revisions.length === 0 ? (
          <EmptyState
            icon={<History />}
            title={isFiltered ? 'No change fits' : 'Nothing was changed yet'}
            action={isFiltered && <ButtonLink href="/admin/history">Show all changes</ButtonLink>}
          >
            {isFiltered ? undefined : 'What administrators change stands here from now on.'}
          </EmptyState>
        ) : (
          <RevisionList revisions={revisions} />
        )}
      </div>
      {(last || before) && (
        <nav aria-label="Pages" className="mt-3 flex justify-end gap-2">
          {before && (
            <ButtonLink href={buildHref('/admin/history', filters)} size="sm">
              Newest
            </ButtonLink>
          )}
          {last && (
            <ButtonLink
              size="sm"
              href={buildHref('/admin/history', { ...filters, before: last.id })}
            >
              Older
            </ButtonLink>
          )}
        </nav>
      )}
    </>
  );
}

function NodeTable({ nodes, revision }: { nodes: Node[]; revision: number }) {
  return (
    <details className="mb-4" open={nodes.some((node) => node.revision < revision)}>
      <summary className="text-sm text-muted">
        {nodes.length === 1 ? 'One node runs' : `${nodes.length} nodes run`}; the last revision is{' '}
        {revision}
      </summary>
      <div className="mt-2">
        <Table label="Nodes">
          <TableHead>
            <Th>Node</Th>
            <Th>Process</Th>
            <Th>Version</Th>
            <Th>Revision</Th>
            <Th>Started</Th>
            <Th>Seen</Th>
          </TableHead>
          <TableBody>
            {nodes.map((node) => (
              <TableRow key={node.id}>
                <Td>{node.host}</Td>
                <Td className="tabular-nums">{node.pid}</Td>
                <Td>{node.version}</Td>
                <Td>
                  <Badge tone={node.revision >= revision ? 'ok' : 'warn'}>{node.revision}</Badge>
                </Td>
                <Td>
                  <Time at={node.startedAt} />
                </Td>
                <Td>
                  <Time at={node.seenAt} />
                </Td>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      </div>
    </details>
  );
}
