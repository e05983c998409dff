// The users: every account with a mailbox.
import { Plus, SlidersHorizontal, Upload, Users } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { QuotaBar } from '#components/admin/quota-bar.tsx';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SelectAllTh, Selection, SelectTd } from '#components/admin/table/selection.tsx';
import { SortSelect } from '#components/admin/table/sort-select.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Avatar } from '#components/ui/avatar.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { type AccountOrder, listAccounts } from '#lib/accounts/account-list.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { mayRole } from '#lib/accounts/permission.ts';
import { roles, roleTexts } from '#lib/accounts/role.ts';
import { idsOf, mayChange, namesOf } from '#lib/accounts/staff.ts';
import { readSettings, type Settings } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { type ListState, readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { RoleBadge } from '../../role-badge.tsx';
import { BulkUsers } from './bulk-users.tsx';
import { filterNames, orders, orderTexts, readFilter, stateTexts } from './filter.ts';

export const metadata: Metadata = { title: 'Users' };

export default async function UsersPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('people');
  const domainIds = idsOf(staff.scope);
  const parameters = await readParameters(searchParams);
  const settings = await readSettings();
  const pageSize = settings['web.pageSize'];
  const list = readListState('/admin/users', parameters, {
    orders,
    initial: 'address',
    filters: filterNames,
  });
  const filter = readFilter(parameters);
  const [page, domains] = await Promise.all([
    listAccounts({ ...filter, ...list, domainIds, pageSize }),
    namesOf(staff.scope) ?? listDomainNames(),
  ]);
  const chosen = Object.fromEntries(filterNames.map((name) => [name, parameters[name] ?? '']));
  const isFiltered = Object.values(chosen).some((text) => text !== '');
  const mayEdit = mayRole(staff.role, 'users');
  const rows = page.rows.map((row) => ({ ...row, isOpen: mayChange(staff, row) }));
  return (
    <>
      <ListHeader
        title="Users"
        description="Each user has an address, a mailbox and a password for mail programs and the web."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/users/export', chosen)}
      >
        {mayEdit && (
          <>
            <ButtonLink
              href="/admin/users/defaults"
              icon={<SlidersHorizontal className="size-4" />}
            >
              Defaults
            </ButtonLink>
            <ButtonLink href="/admin/users/batch" icon={<Upload className="size-4" />}>
              Many at once
            </ButtonLink>
            <ButtonLink
              href="/admin/users/new"
              variant="primary"
              icon={<Plus className="size-4" />}
            >
              Add user
            </ButtonLink>
          </>
        )}
      </ListHeader>
      <SearchForm action="/admin/users" label="Search address or name" initial={chosen.q ?? ''}>
        {domains.length > 1 && (
          <ListChoice
            name="domain"
            value={chosen.domain}
            label="Domain"
            all="All domains"
            options={domains.map((name) => [name, name])}
          />
        )}
        <ListChoice
          name="state"
          value={chosen.state}
          label="State"
          all="All but deleted"
          options={Object.entries(stateTexts)}
        />
        {staff.role === 'admin' && (
          <ListChoice
            name="role"
            value={chosen.role}
            label="Role"
            all="All roles"
            options={roles.map((role) => [role, roleTexts[role]])}
          />
        )}
        <SortSelect list={list} texts={orderTexts} />
      </SearchForm>
      {rows.length === 0 ? (
        <div className="rounded-lg border bg-surface">
          <NoUsers isFiltered={isFiltered} mayAdd={mayEdit} />
        </div>
      ) : (
        <Selection ids={rows.filter(({ isOpen }) => isOpen).map(({ id }) => id)} {...page}>
          {mayEdit && <BulkUsers filter={chosen} areDeleted={filter.state === 'deleted'} />}
          <UserTable rows={rows} settings={settings} list={list} mayChoose={mayEdit} />
        </Selection>
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function UserTable({
  rows,
  settings,
  list,
  mayChoose,
}: {
  /** `isOpen`: its page may be opened */
  rows: (Account & { isOpen: boolean })[];
  settings: Settings;
  list: ListState<AccountOrder>;
  mayChoose: boolean;
}) {
  const defaultBytes = settings['storage.defaultQuotaBytes'];
  const defaultMessages = settings['storage.defaultQuotaMessages'];
  return (
    <Table label="Users">
      <TableHead>
        {mayChoose && <SelectAllTh />}
        <SortTh order="address" list={list}>
          User
        </SortTh>
        <SortTh order="storage" list={list} isFallingFirst className="hidden md:table-cell">
          Storage
        </SortTh>
        <SortTh order="messages" list={list} isFallingFirst className="hidden lg:table-cell">
          Messages
        </SortTh>
        <SortTh order="seen" list={list} isFallingFirst className="hidden sm:table-cell">
          Last sign-in
        </SortTh>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <TableRow key={row.id} className="relative">
            {mayChoose && <SelectTd id={row.id} label={row.address} isOff={!row.isOpen} />}
            <Td className="w-full max-w-0">
              <span className="flex items-center gap-3">
                <Avatar name={row.displayName} address={row.address} />
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-center gap-x-2">
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
                    {row.deletedAt ? (
                      <Badge tone="danger">deleted</Badge>
                    ) : (
                      row.isDisabled && <Badge tone="warn">disabled</Badge>
                    )}
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
