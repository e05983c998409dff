// The webmail: the server draws folders, the asked page of the list and the open message at once; from then on
// the browser talks to /api/mail.
import type { Metadata } from 'next';
import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { panesCookie, readPanes } from '#components/mail/list/panes.ts';
import { MailOutage } from '#components/mail/mail-outage.tsx';
import { type Habits, type Place, readPlace, toUrl } from '#components/mail/state/place.ts';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { isRefusal } from '#lib/errors.ts';
import { listNamespaces, readerNamespaces } from '#lib/i18n/locales.ts';
import { type Preferences, readPreferences } from '#lib/preferences/index.ts';
import { readSetting } from '#lib/settings/index.ts';
import { findMessageId } from '#lib/webmail/list/find-message-id.ts';
import { listPage } from '#lib/webmail/list/list-page.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { checkFolderPath } from '#lib/webmail/list/message-list.ts';
import { readMessage } from '#lib/webmail/reader/message.ts';
import { signOutAction } from '../../../(auth)/actions.ts';
import { requireUser } from '../../../session.ts';
import { readOwner } from '../../frame.ts';
import { Texts } from '../../texts.tsx';
import { MailPageView } from './mail-page.tsx';

type Properties = {
  params: Promise<{ folder?: string[] }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: 'Mail' };

/** Rows drawn with the page where the list scrolls without end. */
const firstRows = 50;

export default async function MailPage({ params, searchParams }: Properties) {
  const account = await requireUser();
  const preferences = await readPreferences(account.id);
  const habits: Habits = { sort: preferences['list.sort'] };
  const search = toSearch(await searchParams);
  const messageId = search.get('id');
  // Ids of rows are the browser's (row-id.ts): here a message is its folder and its UID.
  const inFolder = search.get('in');
  search.delete('in');
  if (messageId !== null) redirect(await placeOf(account, messageId, habits));
  const place = readPlace(`/mail/${((await params).folder ?? []).join('/')}`, search, habits);
  const [title, start] = await Promise.all([
    readSetting('web.title'),
    loadStart(account, place, preferences, inFolder),
  ]);
  if (start === 'missing') redirect('/mail');
  if (start === 'outage') return <MailOutage title={title} signOut={signOutAction} />;
  return (
    <Texts parts={place.uid ? [...listNamespaces, ...readerNamespaces] : listNamespaces}>
      <SessionKeeper />
      <MailPageView
        title={title}
        owner={await readOwner(account)}
        start={start}
        panes={readPanes((await cookies()).get(panesCookie)?.value)}
        signOut={signOutAction}
      />
    </Texts>
  );
}

/** Where the message with a Message-ID is: a link that other programs can make. */
async function placeOf(account: Account, messageId: string, habits: Habits): Promise<string> {
  const found = await findMessageId(account, messageId).catch(() => null);
  if (!found) return '/mail';
  const { folder, uid } = found;
  return toUrl({ folder, query: '', sort: habits.sort, page: 1, uid }, habits);
}

async function loadStart(
  account: Account,
  place: Place,
  preferences: Preferences,
  inFolder: string | null,
) {
  try {
    const isPaged = preferences['list.paging'] === 'pages' && place.page !== 0;
    const { uid } = place;
    const where = inFolder ? checkFolderPath(inFolder) : place.folder;
    const [keptDays, folders, page, message] = await Promise.all([
      readSetting('storage.undeleteDays'),
      listFolders(account),
      listPage(account, {
        ...place,
        page: isPaged ? place.page : 1,
        pageSize: isPaged ? preferences['list.pageSize'] : firstRows,
        filter: place.filter ?? null,
        withPriority: preferences['list.columns'].includes('priority'),
        isThreaded: preferences['list.conversations'],
      }),
      // A message that is gone is told inside the reader.
      uid ? readMessage(account, where, uid).catch(() => null) : null,
    ]);
    return { place, inFolder: where, folders, page, message, keptDays };
  } catch (error) {
    if (isRefusal(error, 'not-found') && place.folder !== 'INBOX') return 'missing';
    if (isRefusal(error)) return 'outage';
    throw error;
  }
}

function toSearch(values: Record<string, string | string[] | undefined>): URLSearchParams {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (typeof value === 'string') search.set(name, value);
  }
  return search;
}
