// Trusted networks: who may send to the outside without signing in (Postfix: mynetworks).
import { Network } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { isExpired, listNetworks } from '#lib/accounts/network.ts';
import { readFinding } from '#lib/trail/finding.ts';
import { requireAdmin } from '../../../session.ts';
import { AddNetwork, EditNetwork, RemoveNetwork } from './network-forms.tsx';
import { RelayCard } from './relay-card.tsx';

export const metadata: Metadata = { title: 'Networks' };

export default async function NetworksPage() {
  await requireAdmin();
  const networks = await listNetworks();
  const finding = await readFinding('relay-test');
  return (
    <>
      <PageHeader
        title="Networks"
        description={
          <>
            Computers in these networks may send mail to the outside without signing in. Postfix
            calls the list <span className="font-mono">mynetworks</span>. A change counts from the
            next connection on.
          </>
        }
        action={<AddNetwork />}
      />
      <RelayCard finding={finding} />
      <Table label="Trusted networks">
        <TableHead>
          <Th>Network</Th>
          <Th className="hidden sm:table-cell">Added</Th>
          <Th>
            <span className="sr-only">Actions</span>
          </Th>
        </TableHead>
        <TableBody>
          <TableRow>
            <Td className="w-full">
              <span className="flex items-center gap-2">
                <span className="font-mono">127.0.0.1, ::1</span>
                <Badge>always</Badge>
              </span>
              <span className="block text-sm text-muted">This machine itself</span>
            </Td>
            <Td className="hidden sm:table-cell" />
            <Td />
          </TableRow>
          {networks.map((network) => (
            <TableRow key={network.id}>
              <Td className="w-full max-w-0">
                <span className="flex items-center gap-2">
                  <span className="truncate font-mono">{network.cidr}</span>
                  {isExpired(network) && <Badge tone="warn">ended</Badge>}
                </span>
                {network.expiresAt && (
                  <span className="block truncate text-sm text-muted">
                    until <Time at={network.expiresAt} />
                  </span>
                )}
                {network.comment && (
                  <span className="block truncate text-sm text-muted">{network.comment}</span>
                )}
              </Td>
              <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
                <Time at={network.createdAt} />
              </Td>
              <Td className="text-right">
                <span className="flex justify-end gap-1.5">
                  <EditNetwork
                    cidr={network.cidr}
                    comment={network.comment}
                    expiresAt={network.expiresAt?.toISOString() ?? ''}
                  />
                  <RemoveNetwork cidr={network.cidr} />
                </span>
              </Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
      {networks.length === 0 && (
        <EmptyState icon={<Network />} title="No other network is trusted">
          That is the safe state. Add a network only where devices such as printers or other servers
          must send without a password.
        </EmptyState>
      )}
    </>
  );
}
