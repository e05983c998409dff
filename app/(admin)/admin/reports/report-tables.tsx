// The tables of the page Reports. Every text comes from other servers.
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { ShareBar } from '#components/ui/share-bar.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import type { DmarcDay, DmarcDomain, DmarcReportRow, DmarcSource } from '#lib/reports/dmarc.ts';
import type { InboundTls } from '#lib/reports/tls.ts';
import { buildHref } from '../../parameters.ts';

function Section({ title, note, children }: { title: string; note?: string; children: ReactNode }) {
  return (
    <section className="space-y-2">
      <h2 className="font-semibold">{title}</h2>
      {note && <p className="text-sm text-muted">{note}</p>}
      {children}
    </section>
  );
}

/** How many passed, in a badge. */
function Passed({ messages, passed }: { messages: number; passed: number }) {
  const percent = messages === 0 ? 100 : Math.floor((100 * passed) / messages);
  return (
    <Badge tone={percent === 100 ? 'ok' : percent >= 90 ? 'warn' : 'danger'}>{percent} %</Badge>
  );
}

const format = (count: number) => count.toLocaleString('en');

export function DomainTable({ rows, days }: { rows: DmarcDomain[]; days: number }) {
  if (rows.length === 0) return null;
  return (
    <Section title="Domains">
      <Table label="Domains">
        <TableHead>
          <Th>Domain</Th>
          <Th className="hidden sm:table-cell">Policy</Th>
          <Th className="text-right">Messages</Th>
          <Th className="text-right">Passed</Th>
        </TableHead>
        <TableBody>
          {rows.map(({ domain, policy, messages, passed }) => (
            <TableRow key={domain}>
              <Td className="w-full max-w-0">
                <Link
                  href={buildHref('/admin/reports', { q: domain, days })}
                  className="block truncate font-medium hover:underline"
                >
                  {domain}
                </Link>
              </Td>
              <Td className="hidden whitespace-nowrap text-muted sm:table-cell">{policy}</Td>
              <Td className="text-right">{format(messages)}</Td>
              <Td className="text-right">
                <Passed messages={messages} passed={passed} />
              </Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

export function SourceTable({
  rows,
  names,
}: {
  rows: DmarcSource[];
  names: Record<string, string>;
}) {
  return (
    <Section
      title="Who sends in our name"
      note="By address, those with most failing mail first. An address of your own that fails wants DKIM keys or a place in the SPF record; a foreign one is a forger, or a forwarder."
    >
      <Table label="Who sends in our name">
        <TableHead>
          <Th>Address</Th>
          <Th className="text-right">Messages</Th>
          <Th className="hidden text-right sm:table-cell">DKIM</Th>
          <Th className="hidden text-right sm:table-cell">SPF</Th>
          <Th className="text-right">DMARC</Th>
          <Th className="hidden text-right sm:table-cell">Stopped</Th>
        </TableHead>
        <TableBody>
          {rows.map((row) => (
            <SourceRow key={row.source} row={row} name={names[row.source] ?? ''} />
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

function SourceRow({ row, name }: { row: DmarcSource; name: string }) {
  const { source, messages, passed, dkimPassed, spfPassed, stopped, headerFrom, findings } = row;
  return (
    <TableRow>
      <Td className="w-full max-w-0">
        <span className="block truncate font-mono">{source}</span>
        {name && <span className="block truncate text-sm text-muted">{name}</span>}
        <span className="block truncate text-sm text-faint">
          {[headerFrom && `From ${headerFrom}`, findings].filter(Boolean).join(' · ')}
        </span>
      </Td>
      <Td className="text-right">{format(messages)}</Td>
      <Td className="hidden text-right sm:table-cell">{format(dkimPassed)}</Td>
      <Td className="hidden text-right sm:table-cell">{format(spfPassed)}</Td>
      <Td className="text-right">
        <Passed messages={messages} passed={passed} />
      </Td>
      <Td className="hidden text-right sm:table-cell">{format(stopped)}</Td>
    </TableRow>
  );
}

export function DayTable({ rows }: { rows: DmarcDay[] }) {
  if (rows.length === 0) return null;
  const most = Math.max(1, ...rows.map(({ messages }) => messages));
  return (
    <Section title="Day by day">
      <Table label="Day by day">
        <TableHead>
          <Th>Day (UTC)</Th>
          <Th>
            <span className="sr-only">Share</span>
          </Th>
          <Th className="text-right">Messages</Th>
          <Th className="text-right">Failed</Th>
        </TableHead>
        <TableBody>
          {rows.map(({ day, messages, passed }) => (
            <TableRow key={day}>
              <Td className="whitespace-nowrap">{day}</Td>
              <Td className="w-full">
                <ShareBar share={messages / most} />
              </Td>
              <Td className="text-right">{format(messages)}</Td>
              <Td className="text-right">{format(messages - passed)}</Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

export function TlsTable({ rows }: { rows: InboundTls[] }) {
  if (rows.length === 0) return null;
  return (
    <Section title="TLS of others to this server">
      <Table label="TLS of others to this server">
        <TableHead>
          <Th>Domain</Th>
          <Th>Connections</Th>
        </TableHead>
        <TableBody>
          {rows.map(({ domain, organizations, faults, successes, failures }) => (
            <TableRow key={domain}>
              <Td className="w-full max-w-0">
                <span className="block truncate font-medium">{domain}</span>
                {faults.map(({ result, host, count }) => (
                  <span key={`${result} ${host}`} className="block truncate text-sm text-muted">
                    {host ? `${host}: ` : ''}
                    {result} ({format(count)})
                  </span>
                ))}
                <span className="block truncate text-sm text-faint">
                  told by {organizations.join(', ')}
                </span>
              </Td>
              <Td className="whitespace-nowrap">
                <span className="flex gap-1.5">
                  <Badge tone="ok">{format(successes)} protected</Badge>
                  {failures > 0 && <Badge tone="warn">{format(failures)} not</Badge>}
                </span>
              </Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}

export function ReportTable({ rows }: { rows: DmarcReportRow[] }) {
  if (rows.length === 0) return null;
  return (
    <Section title="Newest DMARC reports">
      <Table label="Newest DMARC reports">
        <TableHead>
          <Th>From</Th>
          <Th className="hidden sm:table-cell">About</Th>
          <Th>Day (UTC)</Th>
          <Th className="text-right">Messages</Th>
        </TableHead>
        <TableBody>
          {rows.map(({ id, organization, sender, isProven, domain, beginAt, messages }) => (
            <TableRow key={id}>
              <Td className="w-full max-w-0">
                <span className="flex flex-wrap items-center gap-x-2">
                  <span className="truncate">{organization}</span>
                  {!isProven && <Badge tone="warn">sender not proven</Badge>}
                </span>
                <span className="block truncate text-sm text-faint">{sender}</span>
              </Td>
              <Td className="hidden sm:table-cell">{domain}</Td>
              <Td className="whitespace-nowrap">{beginAt.toISOString().slice(0, 10)}</Td>
              <Td className="text-right">{format(messages)}</Td>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Section>
  );
}
