// The webmail: the server draws folders, the asked page of the list and the open message at once; from then on
// the browser talks to /api/mail.
import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { MailApp } from '#components/mail/mail-app.tsx';
import { MailOutage } from '#components/mail/mail-outage.tsx';
import { type Place, readPlace } from '#components/mail/state/place.ts';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import type { Account } from '#lib/accounts/account.ts';
import { isRefusal } from '#lib/errors.ts';
import { readSetting, readSettings } from '#lib/settings/index.ts';
import { listFolders } from '#lib/webmail/list/mailboxes.ts';
import { listMessages } from '#lib/webmail/list/message-list.ts';
import { readMessage } from '#lib/webmail/reader/message.ts';
import { signOutAction } from '../../../(auth)/actions.ts';
import { requireUser } from '../../../session.ts';
import { readOwner } from '../../frame.ts';

type Properties = {
  params: Promise<{ folder?: string[] }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export const metadata: Metadata = { title: 'Mail' };

export default async function MailPage({ params, searchParams }: Properties) {
  const account = await requireUser();
  const place = readPlace(
    `/mail/${((await params).folder ?? []).join('/')}`,
    toSearch(await searchParams),
  );
  const title = await readSetting('web.title');
  const start = await loadStart(account, place);
  if (start === 'missing') redirect('/mail');
  if (start === 'outage') return <MailOutage title={title} signOut={signOutAction} />;
  return (
    <>
      <SessionKeeper />
      <MailApp
        title={title}
        owner={await readOwner(account)}
        start={start}
        signOut={signOutAction}
      />
    </>
  );
}

async function loadStart(account: Account, place: Place) {
  try {
    const { 'web.pageSize': pageSize, 'storage.undeleteDays': keptDays } = await readSettings();
    const [folders, page, message] = await Promise.all([
      listFolders(account),
      listMessages(account, { ...place, pageSize }),
      // A message that is gone is told inside the reader.
      place.uid ? readMessage(account, place.folder, place.uid).catch(() => null) : null,
    ]);
    return { place, folders, page, message, keptDays };
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
