// Mail of domains as a table: from outside, to outside, within the server.
import type { ReactNode } from 'react';
import { formatCount } from '../ui/format.ts';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '../ui/table.tsx';

export type DomainMailRow = {
  domain: string;
  externalIn: number;
  externalOut: number;
  internal: number;
};

export function DomainMail({
  label,
  rows,
  showName,
}: {
  label: string;
  rows: DomainMailRow[];
  /** Where the name is to be a link */
  showName?: (domain: string) => ReactNode;
}) {
  return (
    <Table label={label}>
      <TableHead>
        <Th>Domain</Th>
        <Th className="text-right">From outside</Th>
        <Th className="text-right">To outside</Th>
        <Th className="text-right">Within</Th>
      </TableHead>
      <TableBody>
        {rows.map(({ domain, externalIn, externalOut, internal }) => (
          <TableRow key={domain}>
            <Td>{showName ? showName(domain) : domain}</Td>
            <Td className="text-right tabular-nums">{formatCount(externalIn)}</Td>
            <Td className="text-right tabular-nums">{formatCount(externalOut)}</Td>
            <Td className="text-right tabular-nums">{formatCount(internal)}</Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
