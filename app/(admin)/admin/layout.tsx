// The panel. The guard here draws nothing for others; each page and action below checks for itself too.
import type { ReactNode } from 'react';
import { AccountMenu } from '#components/admin/account-menu.tsx';
import { PendingBanner } from '#components/admin/pending-banner.tsx';
import { RevisionLine } from '#components/admin/revision-line.tsx';
import { AdminShell } from '#components/admin/shell.tsx';
import { DocumentLanguage } from '#components/ui/document-language.tsx';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import { TimeZone } from '#components/ui/time-zone.tsx';
import { idsOf } from '#lib/accounts/staff.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { readSetting } from '#lib/settings/index.ts';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireStaff } from '../../session.ts';
import { menuOf } from '../menu.ts';
import { readRevisionStatus } from '../revision-status.ts';
import { keepAction } from './history/actions.ts';
import { ListenerBanner } from './listeners/listener-banner.tsx';

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const staff = await requireStaff('overview');
  const [title, zone, waiting, status] = await Promise.all([
    readSetting('web.title'),
    readSetting('server.timeZone'),
    listQueue({ domainIds: idsOf(staff.scope), pageSize: 1 }),
    readRevisionStatus(staff),
  ]);
  return (
    <AdminShell
      title={title}
      items={menuOf(staff.role).map(({ icon: Icon, href, label, heading }) => ({
        href,
        label,
        heading,
        icon: <Icon aria-hidden />,
        count: href === '/admin/queue' ? waiting.total : undefined,
      }))}
      footer={
        <>
          <RevisionLine initial={status} href={staff.role === 'admin' ? '/admin/history' : null} />
          <AccountMenu address={staff.address} name={staff.displayName} signOut={signOutAction} />
        </>
      }
    >
      <DocumentLanguage language="en" direction="ltr" />
      <SessionKeeper />
      {staff.role === 'admin' && <ListenerBanner />}
      <TimeZone zone={zone}>
        <PendingBanner initial={status} keep={keepAction} />
        {children}
      </TimeZone>
    </AdminShell>
  );
}
