// Who may not sign in for a while, because too many tries failed; a button that ends it; and where failures come from.
import { LockOpen } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortSelect } from '#components/admin/table/sort-select.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import {
  type BlockOrder,
  blockKinds,
  blockOrders,
  listBlockPage,
} from '#lib/accounts/block-list.ts';
import type { Block } from '#lib/accounts/throttle.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireAdmin } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { BulkBlocks } from './bulk-blocks.tsx';
import { FailedSignIns } from './failed-sign-ins.tsx';
import { filterNames, readFilter } from './filter.ts';
import { LiftButton } from './lift-button.tsx';

export const metadata: Metadata = { title: 'Blocked' };

const orderTexts = { until: 'by end', failures: 'by failures', since: 'by beginning' };

export default async function BlockedPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const parameters = await readParameters(searchParams);
  const list = readListState('/admin/blocked', parameters, {
    orders: Object.keys(blockOrders) as BlockOrder[],
    initial: '-until',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const page = await listBlockPage({ ...readFilter(parameters), ...list, pageSize });
  const { rows } = page;
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const { q = '', kind = '' } = chosen;
  const isFiltered = q !== '' || kind !== '';
  return (
    <>
      <ListHeader
        title="Blocked"
        description="Addresses, networks, accounts and browsers where too many sign-ins failed, over all protocols. A blocked account stays open to the addresses and browsers its owner has signed in from. Each block ends by itself."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/blocked/export', chosen)}
      >
        <ButtonLink href="/admin/settings/security">Settings</ButtonLink>
      </ListHeader>
      {(rows.length > 0 || isFiltered) && (
        <SearchForm action="/admin/blocked" label="Search address or account" initial={q}>
          <ListChoice
            name="kind"
            value={kind}
            label="Kind"
            all="All kinds"
            options={blockKinds.map((each) => [each, each])}
          />
          <SortSelect list={list} texts={orderTexts} />
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<LockOpen />}
          title={isFiltered ? 'No block fits' : 'Nobody is blocked'}
          action={isFiltered && <ButtonLink href="/admin/blocked">Show all blocks</ButtonLink>}
        >
          {isFiltered ? undefined : 'Whoever fails to sign in too often stands here.'}
        </EmptyState>
      ) : (
        <Selection ids={rows.map(({ id }) => id)} {...page}>
          <BulkBlocks filter={chosen} />
          <Table label="Blocked">
            <TableHead>
              <SelectAllTh />
              <Th>Who</Th>
              <SortTh order="until" list={list} isFallingFirst>
                Until
              </SortTh>
              <SortTh
                order="failures"
                list={list}
                isFallingFirst
                className="hidden text-right sm:table-cell"
              >
                Failures
              </SortTh>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </TableHead>
            <TableBody>
              {rows.map((block) => (
                <BlockRow key={block.id} block={block} />
              ))}
            </TableBody>
          </Table>
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
      <div className="mt-6">
        <FailedSignIns wanted={parameters.failures ?? ''} />
      </div>
    </>
  );
}

function BlockRow({ block }: { block: Block }) {
  const { id, kind, subject, failures, startedAt, until, blocks } = block;
  return (
    <TableRow>
      <SelectTd id={id} label={subject} />
      <Td className="w-full max-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <Link
            href={buildHref('/admin/events', { q: subject.replace(/::\/\d+$/, '') })}
            className="truncate font-mono hover:underline"
          >
            {subject}
          </Link>
          <Badge tone={kind === 'account' ? 'warn' : 'neutral'}>{kind}</Badge>
        </span>
        <span className="block truncate text-sm text-muted">
          since <Time at={startedAt} />
          {blocks > 1 && `, ${blocks} times in a row`}
        </span>
      </Td>
      <Td className="whitespace-nowrap">
        <Time at={until} />
      </Td>
      <Td className="hidden text-right tabular-nums sm:table-cell">{failures}</Td>
      <Td className="text-right">
        <LiftButton id={id} subject={subject} />
      </Td>
    </TableRow>
  );
}
