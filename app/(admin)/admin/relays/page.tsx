// Relay rules: which smart host takes a mail instead of its MX (Postfix: transport_maps,
// sender_dependent_relayhost_maps, relayhost).
import { Forward } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { listRelayRules, type RelayRule } from '#lib/queue/relay-rule.ts';
import { requireAdmin } from '../../../session.ts';
import { AddRelayRule, RuleActions } from './relay-forms.tsx';

export const metadata: Metadata = { title: 'Relay rules' };

const matchTexts = { recipient: 'To', sender: 'From', default: 'All other mail' };
const tlsTexts = {
  none: 'no TLS',
  opportunistic: 'TLS when offered',
  required: 'TLS required',
  implicit: 'TLS from the start',
};

export default async function RelaysPage() {
  await requireAdmin();
  const rules = await listRelayRules();
  const countOf = (match: string) => rules.filter((rule) => rule.match === match).length;
  return (
    <>
      <PageHeader
        title="Relay rules"
        description="Outgoing mail goes straight to the server of its recipient, unless a rule says otherwise. Rules by recipient come first, then by sender, then the default; the first that fits decides."
        action={<AddRelayRule />}
      />
      {rules.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <EmptyState
            icon={<Forward />}
            title="All mail is delivered directly"
            action={<AddRelayRule />}
          >
            Add a default rule if your provider closes port 25 or asks you to use its smart host.
          </EmptyState>
        </div>
      ) : (
        <Table label="Relay rules">
          <TableHead>
            <Th>Mail</Th>
            <Th className="hidden sm:table-cell">Goes through</Th>
            <Th className="hidden md:table-cell">Connection</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {rules.map((rule) => (
              <RuleRow key={rule.id} rule={rule} peers={countOf(rule.match)} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function RuleRow({ rule, peers }: { rule: RelayRule; peers: number }) {
  return (
    <TableRow>
      <Td className="w-full max-w-0 sm:w-1/2">
        <span className="block truncate">
          <span className={rule.match === 'default' ? 'font-medium' : 'text-muted'}>
            {matchTexts[rule.match]}
          </span>{' '}
          <span className="font-medium">{rule.pattern}</span>
        </span>
        <span className="block truncate sm:hidden">
          <span className="text-faint">→ </span>
          <Way rule={rule} />
        </span>
        {rule.comment && <span className="block truncate text-sm text-muted">{rule.comment}</span>}
      </Td>
      <Td className="hidden w-1/2 max-w-0 sm:table-cell">
        <span className="block truncate">
          <Way rule={rule} />
        </span>
      </Td>
      <Td className="hidden whitespace-nowrap md:table-cell">
        {rule.host && (
          <span className="flex gap-1.5">
            <Badge tone={rule.tlsMode === 'none' ? 'warn' : 'neutral'}>
              {tlsTexts[rule.tlsMode]}
            </Badge>
            {rule.username && <Badge tone="info">login</Badge>}
          </span>
        )}
      </Td>
      <Td>
        <RuleActions rule={rule} isFirst={rule.position === 1} isLast={rule.position >= peers} />
      </Td>
    </TableRow>
  );
}

function Way({ rule }: { rule: RelayRule }) {
  if (!rule.host) return <span className="text-muted">its own server (MX)</span>;
  return (
    <>
      {rule.host}
      <span className="text-muted">:{rule.port}</span>
    </>
  );
}
