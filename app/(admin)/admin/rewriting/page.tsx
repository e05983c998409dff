// Rewriting of addresses (Postfix: canonical(5), sender_canonical_maps, recipient_canonical_maps).
import { Replace } from 'lucide-react';
import type { Metadata } from 'next';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { listRewrites } from '#lib/accounts/rewrite.ts';
import { requireAdmin } from '../../../session.ts';
import { AddRewrite, EditRewrite } from './rewrite-forms.tsx';

export const metadata: Metadata = { title: 'Rewriting' };

export default async function RewritingPage() {
  await requireAdmin();
  const rewrites = await listRewrites();
  return (
    <>
      <PageHeader
        title="Rewriting"
        description="Addresses that are replaced by others as mail comes in: in the envelope of all mail, and in the header of mail that users and trusted networks send. A whole address comes before its domain, and what was replaced is not looked at again."
        action={<AddRewrite />}
      />
      {rewrites.length === 0 ? (
        <EmptyState
          isBoxed
          icon={<Replace />}
          title="Addresses stay as they are"
          action={<AddRewrite />}
        >
          Useful after a change of names, or for machines that send as root@their-own-name.
        </EmptyState>
      ) : (
        <Table label="Rewriting">
          <TableHead>
            <Th>Address</Th>
            <Th className="hidden sm:table-cell">Becomes</Th>
            <Th>
              <span className="sr-only">Actions</span>
            </Th>
          </TableHead>
          <TableBody>
            {rewrites.map((rewrite) => (
              <TableRow key={rewrite.id}>
                <Td className="w-full max-w-0 sm:w-1/2">
                  <span className="block truncate">
                    <span className="text-muted">{rewrite.scope === 'sender' ? 'From' : 'To'}</span>{' '}
                    <span className="font-medium">{rewrite.pattern}</span>
                  </span>
                  <span className="block truncate sm:hidden">→ {rewrite.replacement}</span>
                  {rewrite.comment && (
                    <span className="block truncate text-sm text-muted">{rewrite.comment}</span>
                  )}
                </Td>
                <Td className="hidden w-1/2 max-w-0 sm:table-cell">
                  <span className="block truncate">{rewrite.replacement}</span>
                </Td>
                <Td className="text-right">
                  <EditRewrite
                    rewrite={{
                      id: rewrite.id,
                      scope: rewrite.scope,
                      pattern: rewrite.pattern,
                      replacement: rewrite.replacement,
                      comment: rewrite.comment,
                    }}
                  />
                </Td>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </>
  );
}
