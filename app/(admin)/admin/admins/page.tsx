// Who may do what: everybody with a role, and over which domains.
import type { Metadata } from 'next';
import Link from 'next/link';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { listStaff, type StaffMember } from '#lib/accounts/role-change.ts';
import { requireAdmin } from '../../../session.ts';
import { RoleBadge } from '../../role-badge.tsx';

export const metadata: Metadata = { title: 'Admins and roles' };

export default async function AdminsPage() {
  await requireAdmin();
  const staff = await listStaff();
  return (
    <>
      <PageHeader
        title="Admins and roles"
        description="A super admin may change everything. A domain admin looks after users, aliases and shared mailboxes of some domains; the help desk sets passwords, signs users out and reads what happened there. A role is given on the page of its user."
        action={<ButtonLink href="/admin/users">Choose a user</ButtonLink>}
      />
      <Table label="Admins and roles">
        <TableHead>
          <Th>User</Th>
          <Th>Role</Th>
          <Th className="hidden sm:table-cell">Domains</Th>
          <Th className="hidden md:table-cell">Second factor</Th>
          <Th className="hidden lg:table-cell">Last sign-in</Th>
        </TableHead>
        <TableBody>
          {staff.map((member) => (
            <Row key={member.id} member={member} />
          ))}
        </TableBody>
      </Table>
    </>
  );
}

function Row({ member }: { member: StaffMember }) {
  const { id, address, displayName, role, domains, hasSecondFactor, isDisabled } = member;
  return (
    <TableRow>
      <Td className="w-1/2 max-w-0">
        <span className="flex flex-wrap items-center gap-x-2">
          <Link href={`/admin/users/${id}`} className="truncate font-medium hover:underline">
            {displayName || address}
          </Link>
          {isDisabled && <Badge tone="warn">disabled</Badge>}
        </span>
        {displayName && <span className="block truncate text-sm text-muted">{address}</span>}
      </Td>
      <Td>
        <RoleBadge role={role} />
      </Td>
      <Td className="hidden w-1/2 max-w-0 sm:table-cell">
        {role === 'admin' ? (
          <span className="text-muted">all</span>
        ) : (
          <span className="block break-words">{domains.join(', ') || 'none'}</span>
        )}
      </Td>
      <Td className="hidden md:table-cell">
        {hasSecondFactor ? <Badge tone="ok">yes</Badge> : <Badge tone="warn">no</Badge>}
      </Td>
      <Td className="hidden whitespace-nowrap text-muted lg:table-cell">
        {member.lastLoginAt ? <Time at={member.lastLoginAt} /> : 'never'}
      </Td>
    </TableRow>
  );
}
