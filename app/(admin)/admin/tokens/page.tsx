// Tokens of the REST API: which programs may administer, over what, from where and until when.
import { KeyRound } from 'lucide-react';
import type { Metadata } from 'next';
import { Badge } from '#components/ui/badge.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { type ApiToken, listApiTokens } from '#lib/accounts/api-token.ts';
import { roleTexts } from '#lib/accounts/role.ts';
import { requireAdmin } from '../../../session.ts';
import { AddToken, RemoveToken } from './token-forms.tsx';

export const metadata: Metadata = { title: 'API tokens' };

export default async function TokensPage() {
  await requireAdmin();
  const tokens = await listApiTokens();
  return (
    <>
      <PageHeader
        title="API tokens"
        description={
          <>
            Programs show them to the REST API at <span className="font-mono">/api/v1</span>, which{' '}
            <a className="underline" href="/api/v1/openapi.json">
              describes itself
            </a>
            . A token has no more rights than who made it, and ends with them.
          </>
        }
        action={<AddToken />}
      />
      {tokens.length === 0 ? (
        <EmptyState icon={<KeyRound />} title="No tokens">
          Make one for each program, with the least role that does: so each can be taken away alone.
        </EmptyState>
      ) : (
        <Table label="API tokens">
          <TableHead>
            <Th>Token</Th>
            <Th className="hidden md:table-cell">May</Th>
            <Th className="hidden sm:table-cell">Last use</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} />
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}

function TokenRow({ token }: { token: ApiToken }) {
  const { id, name, isAlive, expiresAt, networks, madeBy, lastUsedAt, lastRemote } = token;
  return (
    <TableRow>
      <Td className="w-full max-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="truncate font-medium">{name}</span>
          {!isAlive && <Badge tone="warn">ended</Badge>}
        </span>
        <span className="block truncate text-sm text-muted md:hidden">{describeRights(token)}</span>
        <span className="block truncate text-sm text-muted">made by {madeBy}</span>
        {networks.length > 0 && (
          <span className="block truncate text-sm text-muted">from {networks.join(', ')}</span>
        )}
        {expiresAt && (
          <span className="block truncate text-sm text-muted">
            until <Time at={expiresAt} />
          </span>
        )}
      </Td>
      <Td className="hidden max-w-72 min-w-40 truncate md:table-cell">{describeRights(token)}</Td>
      <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
        {lastUsedAt ? <Time at={lastUsedAt} /> : 'never'}
        {lastRemote && <span className="block font-mono text-sm">{lastRemote}</span>}
      </Td>
      <Td className="text-right">
        <RemoveToken id={id} name={name} />
      </Td>
    </TableRow>
  );
}

function describeRights({ role, domains, isReadOnly }: ApiToken): string {
  const over = domains.length > 0 ? ` of ${domains.join(', ')}` : '';
  return `${roleTexts[role]}${over}${isReadOnly ? ', reads only' : ''}`;
}
