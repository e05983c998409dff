// Shared mailboxes: addresses of their own that several users open (in Dovecot a namespace with acl files).
import { Inbox } from 'lucide-react';
import type { Metadata } from 'next';
import { ListHeader } from '#components/admin/table/list-header.tsx';
import { Pager } from '#components/admin/table/pager.tsx';
import { SortTh } from '#components/admin/table/sort-th.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { ButtonLink } from '#components/ui/button.tsx';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes } from '#components/ui/format.ts';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { countAccounts, listAccounts } from '#lib/accounts/account-list.ts';
import { readPurgeTime } from '#lib/accounts/deleted-account.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { listMembers, type Member } from '#lib/accounts/member.ts';
import type { SharedMailbox } from '#lib/accounts/shared.ts';
import { idsOf, namesOf } from '#lib/accounts/staff.ts';
import { readSetting } from '#lib/settings/index.ts';
import { requireStaff } from '../../../session.ts';
import { ListChoice } from '../../list-choice.tsx';
import { type ListState, readListState } from '../../list-state.ts';
import { buildHref, type Parameters, readParameters } from '../../parameters.ts';
import { filterNames, readFilter } from './filter.ts';
import { Members } from './member-forms.tsx';
import { AddShared, DeletedSharedButtons, EditShared } from './shared-forms.tsx';

type Row = SharedMailbox & { goesAt: Date | null };

export const metadata: Metadata = { title: 'Shared mailboxes' };

const shownMembers = 3;

export default async function SharedMailboxesPage({ searchParams }: { searchParams: Parameters }) {
  const staff = await requireStaff('shared');
  const domainIds = idsOf(staff.scope);
  const parameters = await readParameters(searchParams);
  const filter = readFilter(parameters);
  const { search: q = '', domain = '', state } = filter;
  const list = readListState('/admin/shared', parameters, {
    orders: ['address', 'storage', 'added'],
    initial: 'address',
    filters: filterNames,
  });
  const pageSize = await readSetting('web.pageSize');
  const [page, deleted, days, names] = await Promise.all([
    listAccounts({ ...filter, domainIds, ...list, pageSize }),
    countAccounts({ kind: 'shared', domainIds, state: 'deleted' }),
    readSetting('storage.deletedUserDays'),
    namesOf(staff.scope) ?? listDomainNames(),
  ]);
  const members = await listMembers(page.rows.map(({ id }) => id));
  const rows = await Promise.all(
    page.rows.map(async (row) => {
      return { ...row, members: members.get(row.id) ?? [], goesAt: await readPurgeTime(row) };
    }),
  );
  const isFiltered = q !== '' || domain !== '' || state !== undefined;
  const hasDeleted = deleted.total > 0;
  return (
    <>
      <ListHeader
        title="Shared mailboxes"
        description="A shared mailbox has an address and folders like a user, but no password. Its members find it below Shared in their own mail program, and may send with its address."
        total={page.total}
        isTotalCut={page.isTotalCut}
        isFiltered={isFiltered}
        exportHref={buildHref('/admin/shared/export', { q, domain, state: state ?? '' })}
      >
        {names.length > 0 && <AddShared domains={names} domain={domain} />}
      </ListHeader>
      {(rows.length > 0 || isFiltered || hasDeleted) && (
        <SearchForm action="/admin/shared" label="Search address or name" initial={q}>
          {names.length > 1 && (
            <ListChoice
              name="domain"
              value={domain}
              label="Domain"
              all="All domains"
              options={names.map((name) => [name, name])}
            />
          )}
          {(hasDeleted || state) && (
            <ListChoice
              name="state"
              value={state}
              label="State"
              all="All but deleted"
              options={[['deleted', 'Deleted']]}
            />
          )}
        </SearchForm>
      )}
      {rows.length === 0 ? (
        <NoneYet isFiltered={isFiltered} domains={names} />
      ) : (
        <SharedTable rows={rows} list={list} days={days} domains={names} />
      )}
      <Pager page={page} list={list} pageSize={pageSize} />
    </>
  );
}

function SharedTable({
  rows,
  list,
  days,
  domains,
}: {
  rows: Row[];
  list: ListState<'address' | 'storage' | 'added'>;
  days: number;
  domains: string[];
}) {
  return (
    <Table label="Shared mailboxes">
      <TableHead>
        <SortTh order="address" list={list}>
          Address
        </SortTh>
        <SortTh order="storage" list={list} isFallingFirst className="hidden md:table-cell">
          Storage
        </SortTh>
        <Th className="hidden sm:table-cell">Members</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {rows.map((shared) => (
          <TableRow key={shared.id}>
            <Td className="w-full max-w-0 sm:w-1/2">
              <span className="flex flex-wrap items-center gap-x-2">
                <span className="truncate font-medium">{shared.address}</span>
                <StateBadge shared={shared} />
              </span>
              {shared.displayName && (
                <span className="block truncate text-sm text-muted">{shared.displayName}</span>
              )}
              {shared.goesAt && (
                <span className="block text-sm text-muted">
                  Goes for good <Time at={shared.goesAt} />
                </span>
              )}
            </Td>
            <Td className="hidden whitespace-nowrap text-muted tabular-nums md:table-cell">
              {formatBytes(shared.usedBytes)}
            </Td>
            <Td className="hidden w-1/2 max-w-0 sm:table-cell">
              <MemberNames members={shared.members} />
            </Td>
            <Td className="text-right">
              <span className="flex justify-end gap-2">
                <SharedButtons shared={shared} days={days} domains={domains} />
              </span>
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function StateBadge({ shared }: { shared: SharedMailbox }) {
  if (shared.deletedAt) return <Badge tone="danger">deleted</Badge>;
  return shared.isDisabled && <Badge tone="warn">off</Badge>;
}

function SharedButtons({
  shared,
  days,
  domains,
}: {
  shared: SharedMailbox;
  days: number;
  domains: string[];
}) {
  const { address, displayName, isDisabled, deletedAt, members } = shared;
  if (deletedAt) return <DeletedSharedButtons address={address} />;
  return (
    <>
      <Members
        shared={address}
        members={members.map(({ address, mayWrite, maySend }) => ({ address, mayWrite, maySend }))}
      />
      <EditShared {...{ address, displayName, isDisabled, days, domains }} />
    </>
  );
}

function MemberNames({ members }: { members: Member[] }) {
  if (members.length === 0) return <span className="text-muted">nobody</span>;
  return (
    <>
      {members.slice(0, shownMembers).map((member) => (
        <span key={member.accountId} className="flex items-center gap-1.5">
          <span className="truncate">{member.address}</span>
          {!member.mayWrite && <Badge>reads</Badge>}
          {member.maySend && <Badge tone="info">sends</Badge>}
        </span>
      ))}
      {members.length > shownMembers && (
        <span className="text-sm text-muted">and {members.length - shownMembers} more</span>
      )}
    </>
  );
}

function NoneYet({ isFiltered, domains }: { isFiltered: boolean; domains: string[] }) {
  if (isFiltered) {
    return (
      <EmptyState
        isBoxed
        icon={<Inbox />}
        title="No shared mailbox fits"
        action={<ButtonLink href="/admin/shared">Show all shared mailboxes</ButtonLink>}
      />
    );
  }
  return (
    <EmptyState
      isBoxed
      icon={<Inbox />}
      title="No shared mailbox yet"
      action={
        domains.length > 0 ? (
          <AddShared domains={domains} />
        ) : (
          <ButtonLink href="/admin/domains">Add a domain first</ButtonLink>
        )
      }
    >
      For addresses such as info or sales that several people answer.
    </EmptyState>
  );
}
