// Who may not sign in for a while, because too many tries failed; and a button that ends it.
import { LockOpen } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Block, listBlocks } from '#lib/accounts/throttle.ts';
import { requireAdmin } from '../../../session.ts';
import { buildHref } from '../../parameters.ts';
import { LiftButton } from './lift-button.tsx';

export const metadata: Metadata = { title: 'Blocked' };

const kinds: Record<Block['kind'], string> = {
  address: 'address',
  network: 'network',
  account: 'account',
};

export default async function BlockedPage() {
  await requireAdmin();
  const blocks = await listBlocks();
  return (
    <>
      <PageHeader
        title="Blocked"
        description="Addresses, networks and accounts where too many sign-ins failed, over all protocols. A blocked account stays open to the addresses and browsers its owner has signed in from. Each block ends by itself."
        action={
          <Link href="/admin/settings/security" className="text-accent-text hover:underline">
            Settings
          </Link>
        }
      />
      {blocks.length === 0 ? (
        <EmptyState icon={<LockOpen />} title="Nobody is blocked">
          Whoever fails to sign in too often stands here.
        </EmptyState>
      ) : (
        <Table label="Blocked">
          <TableHead>
            <Th>Who</Th>
            <Th>Until</Th>
            <Th className="hidden text-right sm:table-cell">Failures</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {blocks.map((block) => (
              <BlockRow key={block.id} block={block} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function BlockRow({ block }: { block: Block }) {
  const { id, kind, subject, failures, startedAt, until, blocks } = block;
  return (
    <TableRow>
      <Td className="w-full max-w-0">
        <span className="flex items-center gap-2">
          <Link
            href={buildHref('/admin/events', { q: subject.replace(/::\/\d+$/, '') })}
            className="truncate font-mono hover:underline"
          >
            {subject}
          </Link>
          <Badge tone={kind === 'account' ? 'warn' : 'neutral'}>{kinds[kind]}</Badge>
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
