// The users: every account with a mailbox.
import { Plus, Users } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Account, listAccounts } from '#lib/accounts/account.ts';
import { listDomains } from '#lib/accounts/domain.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { idsOf, mayChange } from '#lib/accounts/staff.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../parameters.ts';
import { RoleBadge } from '../../role-badge.tsx';

export const metadata: Metadata = { title: 'Users' };

export default async function UsersPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('people');
  const domainIds = idsOf(staff.scope);
  const { q = '', domain = '', page: pageText } = await readParameters(searchParams);
  const page = readPage(pageText);
  const settings = await readSettings();
  const pageSize = settings['web.pageSize'];
  const [{ rows, total }, domains] = await Promise.all([
    listAccounts({ kind: 'person', search: q, domain, domainIds, page, pageSize }),
    listDomains(domainIds),
  ]);
  return (
    <>
      <PageHeader
        title="Users"
        description="Each user has an address, a mailbox and a password for mail programs and the web."
        action={
          mayRole(staff.role, 'users') && (
            <ButtonLink
              href="/admin/users/new"
              variant="primary"
              icon={<Plus className="size-4" />}
            >
              Add user
            </ButtonLink>
          )
        }
      />
      <SearchForm action="/admin/users" label="Search address or name" initial={q}>
        {domains.length > 1 && (
          <Select name="domain" defaultValue={domain} aria-label="Domain" className="w-44">
            <option value="">All domains</option>
            {domains.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </SearchForm>
      {rows.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <NoUsers isFiltered={q !== '' || domain !== ''} mayAdd={mayRole(staff.role, 'users')} />
        </div>
      ) : (
        <UserTable
          rows={rows.map((row) => ({ ...row, isOpen: mayChange(staff, row) }))}
          settings={settings}
        />
      )}
      <Pagination
        page={page}
        pageSize={pageSize}
        total={total}
        hrefOf={(to) => buildHref('/admin/users', { q, domain, page: to })}
      />
    </>
  );
}

function UserTable({
  rows,
  settings,
}: {
  /** `isOpen`: its page may be opened */
  rows: (Account & { isOpen: boolean })[];
  settings: Settings;
}) {
  const defaultBytes = settings['storage.defaultQuotaBytes'];
  const defaultMessages = settings['storage.defaultQuotaMessages'];
  return (
    <Table label="Users">
      <TableHead>
        <Th>User</Th>
        <Th className="hidden md:table-cell">Storage</Th>
        <Th className="hidden lg:table-cell">Messages</Th>
        <Th className="hidden sm:table-cell">Last sign-in</Th>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="relative">
            <Td className="w-full max-w-0">
              <span className="flex items-center gap-3">
                <Avatar name={row.displayName} address={row.address} />
                <span className="min-w-0 flex-1">
                  <span className="flex items-center gap-2">
                    {row.isOpen ? (
                      // The link covers its whole row.
                      <Link
                        href={`/admin/users/${row.id}`}
                        className="truncate font-medium after:absolute after:inset-0"
                      >
                        {row.displayName || row.address}
                      </Link>
                    ) : (
                      <span className="truncate font-medium">{row.displayName || row.address}</span>
                    )}
                    <RoleBadge role={row.role} />
                    {row.isDisabled && <Badge tone="warn">disabled</Badge>}
                  </span>
                  {row.displayName && (
                    <span className="block truncate text-sm text-muted">{row.address}</span>
                  )}
                </span>
              </span>
            </Td>
            <Td className="hidden md:table-cell">
              <QuotaBar used={row.usedBytes} limit={row.quotaBytes ?? defaultBytes} />
            </Td>
            <Td className="hidden lg:table-cell">
              <QuotaBar
                used={row.usedMessages}
                limit={row.quotaMessages ?? defaultMessages}
                unit="messages"
              />
            </Td>
            <Td className="hidden whitespace-nowrap text-muted sm:table-cell">
              {row.lastLoginAt ? <Time at={row.lastLoginAt} /> : 'never'}
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function NoUsers({ isFiltered, mayAdd }: { isFiltered: boolean; mayAdd: boolean }) {
  if (isFiltered) {
    return (
      <EmptyState
        icon={<Users />}
        title="No user fits"
        action={<ButtonLink href="/admin/users">Show all users</ButtonLink>}
      >
        Try another part of the address or the name.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={<Users />}
      title="No user yet"
      action={
        mayAdd && (
          <ButtonLink href="/admin/users/new" variant="primary">
            Add user
          </ButtonLink>
        )
      }
    />
  );
}
