// Where the copies of a message are now, above its story: a row a recipient, with the last words about it.
import Link from 'next/link';
import { type EventView, eventKinds } from '#components/admin/event-list.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { buildHref } from '../../parameters.ts';

export function OutcomeTable({
  outcomes,
  mayQueue,
}: {
  outcomes: EventView[];
  /** May see what waits */
  mayQueue: boolean;
}) {
  return (
    <Table label="Where it is now" className="mb-6">
      <TableHead>
        <Th>Recipient</Th>
        <Th>Now</Th>
        <Th className="hidden sm:table-cell">Since</Th>
      </TableHead>
      <TableBody>
        {outcomes.map(({ id, recipient, kind, text, reason, at }) => {
          const look = eventKinds.find((entry) => entry.kind === kind);
          const isWaiting = kind === 'queued' || kind === 'deferred';
          return (
            <TableRow key={id}>
              <Td className="w-full max-w-0">
                <span className="block truncate font-medium">{recipient}</span>
                {(text || reason) && (
                  <span className="block text-sm break-words text-muted">
                    {[text, reason].filter(Boolean).join(' ')}
                  </span>
                )}
              </Td>
              <Td className="whitespace-nowrap">
                <Badge tone={look?.tone}>{look?.label ?? kind}</Badge>
                {isWaiting && mayQueue && (
                  <Link
                    href={buildHref('/admin/queue', { q: recipient })}
                    className="ms-2 text-sm text-accent-text hover:underline"
                  >
                    in the queue
                  </Link>
                )}
              </Td>
              <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
                <Time at={at} />
              </Td>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
