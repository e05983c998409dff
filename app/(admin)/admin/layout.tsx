// The panel. The guard here draws nothing for others; each page and action below checks for itself too.
import type { ReactNode } from 'react';
import { AccountMenu } from '#components/admin/account-menu.tsx';
import { AdminShell } from '#components/admin/shell.tsx';
import { DocumentLanguage } from '#components/ui/document-language.tsx';
import { SessionKeeper } from '#components/ui/session-keeper.tsx';
import { countQueue } from '#lib/queue/entries.ts';
import { readSetting } from '#lib/settings/index.ts';
import { signOutAction } from '../../(auth)/actions.ts';
import { requireAdmin } from '../../session.ts';
import { menu } from '../menu.ts';

export default async function AdminLayout({ children }: { children: ReactNode }) {
  const admin = await requireAdmin();
  const [title, queue] = await Promise.all([readSetting('web.title'), countQueue()]);
  const waiting = queue.queued + queue.sending + queue.held;
  return (
    <AdminShell
      title={title}
      items={menu.map(({ icon: Icon, ...item }) => ({
        ...item,
        icon: <Icon aria-hidden />,
        count: item.href === '/admin/queue' ? waiting : undefined,
      }))}
      footer={
        <AccountMenu address={admin.address} name={admin.displayName} signOut={signOutAction} />
      }
    >
      <DocumentLanguage language="en" direction="ltr" />
      <SessionKeeper />
      {children}
    </AdminShell>
  );
}
