// Relay rules: which way mail leaves (Postfix: transport_maps, sender_dependent_relayhost_maps, relayhost), and a
// box that tells where a mail would go by them.
import { Forward } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { hasNoConditions, listRelayRules, type RelayRule } from '#lib/queue/relay-rule.ts';
import { requireAdmin } from '../../../session.ts';
import { AddRelayRule, RuleActions } from './relay-actions.tsx';
import { RouteTest } from './route-test.tsx';

export const metadata: Metadata = { title: 'Relay rules' };

const tlsTexts = {
  none: 'no TLS',
  opportunistic: 'TLS when offered',
  required: 'TLS required',
  verified: 'TLS, checked',
  dane: 'DANE',
  implicit: 'TLS from the start',
};

export default async function RelaysPage() {
  await requireAdmin();
  const rules = await listRelayRules();
  const open = rules.find(hasNoConditions)?.position ?? rules.length;
  return (
    <>
      <PageHeader
        title="Relay rules"
        description="Outgoing mail goes straight to the mail servers of its recipient, unless a rule says otherwise. The rules are asked from the top; the first that fits decides."
        action={<AddRelayRule />}
      />
      {rules.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Forward />}
          title="All mail is delivered directly"
          action={<AddRelayRule />}
        >
          Add a rule if your provider closes port 25 or asks you to use its smart host.
        </EmptyState>
      ) : (
        <Table label="Relay rules">
          <TableHead>
            <Th className="text-right">
              <span className="sr-only">Place</span>
            </Th>
            <Th>Mail</Th>
            <Th className="hidden sm:table-cell">Goes</Th>
            <Th className="hidden md:table-cell">How</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {rules.map((rule) => (
              <RuleRow
                key={rule.id}
                rule={rule}
                isLast={rule.position === rules.length}
                isReached={rule.position <= open}
              />
            ))}
          </TableBody>
        </Table>
      )}
      <RouteTest />
    </>
  );
}

type RowProps = { rule: RelayRule; isLast: boolean; isReached: boolean };

function RuleRow({ rule, isLast, isReached }: RowProps) {
  return (
    <TableRow>
      <Td className="text-right text-muted tabular-nums">{rule.position}</Td>
      <Td className="w-full max-w-0 sm:w-1/2">
        <Conditions rule={rule} />
        <span className="block truncate sm:hidden">
          <Way rule={rule} />
        </span>
        {rule.comment && <span className="block truncate text-sm text-muted">{rule.comment}</span>}
        {!isReached && (
          <span className="block text-sm text-warn-text">
            Never asked: a rule above takes all mail.
          </span>
        )}
      </Td>
      <Td className="hidden w-1/2 max-w-0 sm:table-cell">
        <span className="block truncate">
          <Way rule={rule} />
        </span>
        {rule.fallbackHosts && (
          <span className="block truncate text-sm text-muted">
            after {rule.fallbackAfter} failed attempts {rule.fallbackHosts.replaceAll(' ', ', ')}
          </span>
        )}
      </Td>
      <Td className="hidden md:table-cell">
        <Marks rule={rule} />
      </Td>
      <Td>
        <RuleActions rule={rule} isFirst={rule.position === 1} isLast={isLast} />
      </Td>
    </TableRow>
  );
}

function Conditions({ rule }: { rule: RelayRule }) {
  if (hasNoConditions(rule)) return <span className="font-medium">All other mail</span>;
  const parts = [
    ['to', listed(rule.recipient)],
    ['from', listed(rule.sender)],
    ['sent by', rule.user === '*' ? 'any user' : listed(rule.user)],
  ].filter(([, pattern]) => pattern);
  return parts.map(([word, pattern]) => (
    <span key={word} className="block truncate">
      <span className="text-muted">{word} </span>
      <span className="font-medium">{pattern}</span>
    </span>
  ));
}

/** Patterns and hosts are stored with blanks between. */
function listed(stored: string): string {
  return stored.replaceAll(' ', ', ');
}

function Way({ rule }: { rule: RelayRule }) {
  const hosts = listed(rule.hosts);
  if (rule.target === 'hosts') return hosts;
  if (rule.target === 'lmtp') return `LMTP: ${hosts}`;
  const words = {
    mx: 'to its own servers (MX)',
    hold: 'held in the queue',
    discard: 'thrown away',
    return: 'back to its sender',
  };
  return <span className="text-muted">{words[rule.target]}</span>;
}

function Marks({ rule }: { rule: RelayRule }) {
  const { target, tlsMode, username, sourceIpv4, sourceIpv6, helo, family } = rule;
  if (target !== 'mx' && target !== 'hosts' && target !== 'lmtp') return null;
  const times = [rule.firstRetryMinutes, rule.maxRetryMinutes, rule.lifetimeHours];
  const hasTimes = [...times, rule.delayNoticeHours].some((value) => value !== null);
  const hasLimits = rule.concurrency !== null || rule.rateDelaySeconds !== null;
  const marks = [
    username && 'login',
    (sourceIpv4 || sourceIpv6 || helo || family) && 'own address',
    hasTimes && 'own times',
    hasLimits && 'own limits',
  ].filter((mark) => typeof mark === 'string' && mark !== '');
  return (
    <span className="flex flex-wrap gap-1.5">
      {(target !== 'mx' || tlsMode !== 'opportunistic') && (
        <Badge tone={tlsMode === 'none' ? 'warn' : 'neutral'}>{tlsTexts[tlsMode]}</Badge>
      )}
      {marks.map((mark) => (
        <Badge key={String(mark)} tone="info">
          {mark}
        </Badge>
      ))}
    </span>
  );
}
