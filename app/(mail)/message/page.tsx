// A link to a message by its Message-ID: leads to where it lies by now.
import { redirect } from 'next/navigation';
import { toUrl } from '#components/mail/state/place.ts';
import { rowId } from '#components/mail/state/row-id.ts';
import { findMessageById } from '#lib/webmail/reader/find-by-id.ts';
import { requireUser } from '../../session.ts';

type Properties = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export default async function MessagePage({ searchParams }: Properties) {
  const account = await requireUser();
  const { id } = await searchParams;
  const found = typeof id === 'string' ? await findMessageById(account, id) : null;
  if (!found) redirect('/mail');
  const { folder, uid } = found;
  const place = { folder, query: '', sort: 'newest' as const, page: 1, filter: null };
  redirect(toUrl({ ...place, uid: rowId(folder, uid, folder) }));
}
