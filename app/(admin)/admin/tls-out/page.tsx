// TLS to other servers: what their domains ask of the connection, and how connections went in the last days.
import { Lock } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { listOutboundTls, type OutboundTls } from '#lib/queue/tls-out.ts';
import { requireAdmin } from '../../../session.ts';

export const metadata: Metadata = { title: 'TLS to other servers' };

const faultTexts: Record<string, string> = {
  'starttls-not-supported': 'offers no TLS',
  'certificate-host-mismatch': 'its certificate is for other names',
  'certificate-expired': 'its certificate has expired',
  'certificate-not-trusted': 'its certificate is of no known authority',
  'validation-failure': 'does not fit the policy, or TLS failed',
  'dnssec-invalid': 'the signed DNS does not answer',
  'sts-policy-fetch-error': 'the MTA-STS policy cannot be fetched',
  'sts-policy-invalid': 'the MTA-STS policy is not valid',
  'sts-webpki-invalid': 'the MTA-STS policy host does not prove its name',
};

export default async function TlsOutPage() {
  await requireAdmin();
  const rows = await listOutboundTls();
  return (
    <>
      <PageHeader
        title="TLS to other servers"
        description={
          <>
            How connections to the mail servers of other domains were protected in the last seven
            days, and what these domains ask for. What would apply to a domain now, and why, says{' '}
            <code className="font-mono text-sm">npx drey tls-policy example.org</code>.
          </>
        }
      />
      {rows.length === 0 ? (
        <EmptyState isBoxed icon={<Lock />} title="No connection in the last seven days">
          Here is listed what mail servers of other domains proved, once mail has left.
        </EmptyState>
      ) : (
        <Table label="TLS to other servers">
          <TableHead>
            <Th>Domain</Th>
            <Th className="hidden sm:table-cell">Asks for</Th>
            <Th>Connections</Th>
          </TableHead>
          <TableBody>
            {rows.map((row) => (
              <DomainRow key={row.domain} row={row} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function DomainRow({ row }: { row: OutboundTls }) {
  const { domain, sts, successes, failures, faults } = row;
  return (
    <TableRow>
      <Td className="w-full max-w-0 sm:w-1/2">
        <span className="block truncate font-medium">{domain}</span>
        {faults.map(({ policyType, mx, result, count }) => (
          <span key={`${policyType} ${mx} ${result}`} className="block truncate text-sm text-muted">
            {mx ? `${mx}: ` : ''}
            {faultTexts[result] ?? result} ({count})
          </span>
        ))}
        {sts && (
          <span className="block truncate text-sm text-faint">
            {sts.mode} until {sts.expiresAt.toISOString().slice(0, 10)}: {sts.mx.join(', ')}
          </span>
        )}
      </Td>
      <Td className="hidden whitespace-nowrap sm:table-cell">
        <Policies row={row} />
      </Td>
      <Td className="whitespace-nowrap">
        <span className="flex gap-1.5">
          <Badge tone="ok">{successes} protected</Badge>
          {failures > 0 && <Badge tone="warn">{failures} not</Badge>}
        </span>
      </Td>
    </TableRow>
  );
}

function Policies({ row: { sts, policyTypes } }: { row: OutboundTls }) {
  const hasDane = policyTypes.includes('tlsa');
  const hasSts = sts !== null && sts.mode !== 'none';
  if (!hasDane && !hasSts) return <span className="text-muted">nothing</span>;
  return (
    <span className="flex gap-1.5">
      {hasDane && <Badge tone="info">DANE</Badge>}
      {hasSts && <Badge tone="info">MTA-STS ({sts.mode})</Badge>}
    </span>
  );
}
