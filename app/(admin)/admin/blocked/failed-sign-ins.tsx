// Who fails to sign in, of the last day or week: by protocol, and the networks that most of it comes from.
import Link from 'next/link';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatCount, formatPlural } from '#components/ui/format.ts';
import { Section } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { LinkTabs } from '#components/ui/tabs.tsx';
import {
  type FailedNetwork,
  readFailedSignIns,
  type Share,
} from '#lib/accounts/failed-sign-ins.ts';
import { fromNow } from '#lib/clock.ts';
import { buildHref } from '../../parameters.ts';

const dayMs = 86_400_000;
const periods = [
  { id: 'day', label: 'Last day', days: 1, range: '24h' },
  { id: 'week', label: 'Last week', days: 7, range: '7d' },
];
const titles: Record<string, string> = {
  imap: 'IMAP',
  pop3: 'POP3',
  submission: 'submission',
  web: 'web',
  api: 'API',
};

/** `wanted`: "day" or "week". */
export async function FailedSignIns({ wanted }: { wanted: string }) {
  const period = periods.find(({ id }) => id === wanted) ?? periods[0];
  if (!period) return null;
  const since = fromNow(-period.days * dayMs);
  const { failures, isCut, protocols, networks } = await readFailedSignIns(since);
  const all = `${isCut ? 'The last ' : ''}${formatPlural(failures, 'failure', 'failures')}`;
  return (
    <Section
      id="failures"
      title="Failed sign-ins"
      description="Of one address the first 200 of each minute are counted."
      action={
        <Link
          href={buildHref('/admin/statistics', { subject: 'failures', range: period.range })}
          className="text-sm text-accent-text hover:underline"
        >
          Over time
        </Link>
      }
    >
      <div className="-mt-3 mb-4">
        <LinkTabs
          label="Failed sign-ins of"
          active={period.id}
          items={periods.map(({ id, label }) => ({
            id,
            label,
            href: `${buildHref('/admin/blocked', { failures: id })}#failures`,
          }))}
        />
      </div>
      {failures === 0 ? (
        <EmptyState title="Nobody failed in this time" />
      ) : (
        <>
          <p className="mb-3">
            {all}: {describeShares(protocols)}
          </p>
          <Table label="Networks with most failed sign-ins">
            <TableHead>
              <Th>From</Th>
              <Th className="hidden sm:table-cell">By</Th>
              <Th className="text-right">Failures</Th>
            </TableHead>
            <TableBody>
              {networks.map((network) => (
                <NetworkRow key={network.name} network={network} />
              ))}
            </TableBody>
          </Table>
        </>
      )}
    </Section>
  );
}

function NetworkRow({ network }: { network: FailedNetwork }) {
  const { name, search, addresses, failures, protocols } = network;
  return (
    <TableRow>
      <Td className="w-full max-w-0">
        <Link
          href={buildHref('/admin/events', { q: search, kind: 'login-failed' })}
          className="block truncate font-mono hover:underline"
        >
          {name || 'unknown'}
        </Link>
        {addresses > 1 && (
          <span className="text-sm text-muted">{formatCount(addresses)} addresses</span>
        )}
      </Td>
      <Td className="hidden whitespace-nowrap sm:table-cell">{describeShares(protocols)}</Td>
      <Td className="text-right tabular-nums">{formatCount(failures)}</Td>
    </TableRow>
  );
}

/** "IMAP 120, web 3" */
function describeShares(shares: Share[]): string {
  return shares
    .map(({ name, failures }) => `${titles[name] ?? name} ${formatCount(failures)}`)
    .join(', ');
}
