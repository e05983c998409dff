// Deleted messages of one user that can still be restored. Read over IMAP in the user's name, as the webmail does.
import { RotateCcw } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { EmptyState } from '#components/ui/empty-state.tsx';
import { formatBytes, formatPlural } from '#components/ui/format.ts';
import { Select } from '#components/ui/input.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { Pagination } from '#components/ui/pagination.tsx';
import { SearchForm } from '#components/ui/search-form.tsx';
import { Table, TableBody, TableHead, TableRow, Td, Th } from '#components/ui/table.tsx';
import { Time } from '#components/ui/time.tsx';
import { type Account, readAccount } from '#lib/accounts/account.ts';
import { mayChange } from '#lib/accounts/staff.ts';
import { isRefusal } from '#lib/errors.ts';
import { readSettings } from '#lib/settings/index.ts';
import { type Folder, listFolders } from '#lib/webmail/list/mailboxes.ts';
import { listMessages, type MessagePage } from '#lib/webmail/list/message-list.ts';
import { requireStaff } from '../../../../../session.ts';
import { buildHref, type Parameters, readPage, readParameters } from '../../../../parameters.ts';
import { RestoreAll, RestoreOne } from './restore-buttons.tsx';

export const metadata: Metadata = { title: 'Deleted messages' };

type Properties = { params: Promise<{ id: string }>; searchParams: Parameters };

export default async function DeletedPage({ params, searchParams }: Properties) {
  const staff = await requireStaff('users');
  const account = await readAccount((await params).id);
  if (!account || !mayChange(staff, account)) notFound();
  const { q = '', folder = '', page: pageText } = await readParameters(searchParams);
  const settings = await readSettings();
  const days = settings['storage.undeleteDays'];
  const path = `/admin/users/${account.id}/deleted`;
  const found = await load(account, {
    folder,
    query: q,
    page: readPage(pageText),
    pageSize: settings['web.pageSize'],
  });
  return (
    <>
      <PageHeader
        back={
          <Link href={`/admin/users/${account.id}`} className="hover:underline">
            {account.address}
          </Link>
        }
        title="Deleted messages"
        description={`What was deleted stays for ${formatPlural(days, 'day')} and does not count in the quota. A restored message goes back to the folder it was in.`}
        action={
          found.page &&
          found.page.total > 0 &&
          q === '' && (
            <RestoreAll id={account.id} folder={found.page.folder} count={found.page.total} />
          )
        }
      />
      {found.folders.length > 0 && (
        <SearchForm action={path} label="Search sender, subject or text" initial={q}>
          <Select
            name="folder"
            defaultValue={found.page?.folder}
            aria-label="Deleted from"
            className="w-52"
          >
            {found.folders.map((each) => (
              <option key={each.path} value={each.path}>
                {each.name === 'INBOX' ? 'Inbox' : each.name} ({each.messages})
              </option>
            ))}
          </Select>
        </SearchForm>
      )}
      {found.page && found.page.rows.length > 0 ? (
        <MessageTable id={account.id} page={found.page} />
      ) : (
        <EmptyState
          isBoxed
          icon={<RotateCcw />}
          title={found.refusal ?? (q ? 'Nothing found' : 'Nothing to restore')}
        >
          {found.refusal || q ? '' : 'No message of this user was deleted lately.'}
        </EmptyState>
      )}
      {found.page && (
        <Pagination
          page={found.page.page}
          pageSize={found.page.pageSize}
          total={found.page.total}
          hrefOf={(to) => buildHref(path, { q, folder: found.page?.folder ?? '', page: to })}
        />
      )}
    </>
  );
}

type Wanted = { folder: string; query: string; page: number; pageSize: number };
type Found = { folders: Folder[]; page: MessagePage | null; refusal: string | null };

async function load(account: Account, wanted: Wanted): Promise<Found> {
  try {
    const folders = (await listFolders(account)).filter(
      ({ role, messages }) => role === 'deleted' && messages > 0,
    );
    const chosen = folders.find(({ path }) => path === wanted.folder) ?? folders[0];
    const page = chosen ? await listMessages(account, { ...wanted, folder: chosen.path }) : null;
    return { folders, page, refusal: null };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    const text = account.isDisabled ? 'Enable the user first' : error.message;
    return { folders: [], page: null, refusal: text };
  }
}

function MessageTable({ id, page }: { id: string; page: MessagePage }) {
  return (
    <Table label="Deleted messages">
      <TableHead>
        <Th>Message</Th>
        <Th className="hidden sm:table-cell">Received</Th>
        <Th className="hidden text-right md:table-cell">Size</Th>
        <Th>
          <span className="sr-only">Actions</span>
        </Th>
      </TableHead>
      <TableBody>
        {page.rows.map((row) => (
          <TableRow key={row.uid}>
            <Td className="w-full max-w-0">
              <span className="block truncate font-medium" dir="auto">
                {row.subject || '(no subject)'}
              </span>
              <span className="block truncate text-sm text-muted" dir="auto">
                {row.from.map(({ name, address }) => name || address).join(', ')}
              </span>
            </Td>
            <Td className="hidden whitespace-nowrap sm:table-cell">
              <Time at={new Date(row.receivedAt)} />
            </Td>
            <Td className="hidden text-right whitespace-nowrap tabular-nums md:table-cell">
              {formatBytes(row.sizeBytes)}
            </Td>
            <Td className="text-right">
              <RestoreOne id={id} folder={page.folder} uid={row.uid} subject={row.subject} />
            </Td>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
