// Trusted networks: who may send to the outside without signing in (Postfix: mynetworks).
import { Network } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { isExpired, type Network as TrustedNetwork } from '#lib/accounts/network.ts';
import { listNetworkPage, type NetworkOrder, networkOrders } from '#lib/accounts/network-list.ts';
import { readSetting } from '#lib/settings/index.ts';
import { readFinding } from '#lib/trail/finding.ts';
import { requireAdmin } from '../../../session.ts';
import { readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { BulkNetworks } from './bulk-networks.tsx';
import { filterNames, readFilter } from './filter.ts';
import { AddNetwork, EditNetwork, RemoveNetwork } from './network-forms.tsx';
import { RelayCard } from './relay-card.tsx';

export const metadata: Metadata = { title: 'Networks' };

export default async function NetworksPage({ searchParams }: { searchParams: Parameters }) {
  await requireAdmin();
  const parameters = await readParameters(searchParams);
  const list = readListState('/admin/networks', parameters, {
    orders: Object.keys(networkOrders) as NetworkOrder[],
    initial: 'added',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const [page, finding] = await Promise.all([
    listNetworkPage({ ...readFilter(parameters), ...list, pageSize }),
    readFinding('relay-test'),
  ]);
  const { rows } = page;
  const { q = '' } = parameters;
  return (
    <>
      <ListHeader
        title="Networks"
        description={
          <>
            Computers in these networks may send mail to the outside without signing in. Postfix
            calls the list <span className="font-mono">mynetworks</span>. A change counts from the
            next connection on.
          </>
        }
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={q !== ''}
        exportHref={buildHref('/admin/networks/export', { q })}
      >
        <AddNetwork />
      </ListHeader>
      <RelayCard finding={finding} />
      {(rows.length > 0 || q !== '') && (
        <SearchForm action="/admin/networks" label="Search network or comment" initial={q} />
      )}
      {q !== '' && rows.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Network />}
          title="No network fits"
          action={<ButtonLink href="/admin/networks">Show all networks</ButtonLink>}
        />
      ) : (
        <Selection ids={rows.map(({ id }) => id)} {...page}>
          <BulkNetworks filter={{ q }} />
          <Table label="Trusted networks">
            <TableHead>
              <SelectAllTh />
              <SortTh order="network" list={list}>
                Network
              </SortTh>
              <SortTh order="added" list={list} isFallingFirst className="hidden sm:table-cell">
                Added
              </SortTh>
              <Th>
                <span className="sr-only">Actions</span>
              </Th>
            </TableHead>
            <TableBody>
              {q === '' && page.previous === null && <OwnRow />}
              {rows.map((network) => (
                <NetworkRow key={network.id} network={network} />
              ))}
            </TableBody>
          </Table>
        </Selection>
      )}
      {rows.length === 0 && q === '' && (
        <EmptyState icon={<Network />} title="No other network is trusted">
          That is the safe state. Add a network only where devices such as printers or other servers
          must send without a password.
        </EmptyState>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function OwnRow() {
  return (
    <TableRow>
      <Td />
      <Td className="w-full">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="font-mono">127.0.0.1, ::1</span>
          <Badge>always</Badge>
        </span>
        <span className="block text-sm text-muted">This machine itself</span>
      </Td>
      <Td className="hidden sm:table-cell" />
      <Td />
    </TableRow>
  );
}

function NetworkRow({ network }: { network: TrustedNetwork }) {
  const { id, cidr, comment, expiresAt, createdAt } = network;
  return (
    <TableRow>
      <SelectTd id={id} label={cidr} />
      <Td className="w-full max-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="truncate font-mono">{cidr}</span>
          {isExpired(network) && <Badge tone="warn">ended</Badge>}
        </span>
        {expiresAt && (
          <span className="block truncate text-sm text-muted">
            until <Time at={expiresAt} />
          </span>
        )}
        {comment && <span className="block truncate text-sm text-muted">{comment}</span>}
      </Td>
      <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
        <Time at={createdAt} />
      </Td>
      <Td className="text-right">
        <span className="flex justify-end gap-1.5">
          <EditNetwork cidr={cidr} comment={comment} expiresAt={expiresAt?.toISOString() ?? ''} />
          <RemoveNetwork cidr={cidr} />
        </span>
      </Td>
    </TableRow>
  );
}
