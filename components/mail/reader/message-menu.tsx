// Everything else that can be done with an open message.
'use client';
import {
  Code,
  Copy,
  Download,
  FileText,
  Filter,
  Forward,
  Link2,
  ListTree,
  Moon,
  MoreVertical,
  PencilLine,
  Printer,
  Route,
  Send,
  Sun,
  UserPlus,
  Users,
} from 'lucide-react';
import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu, type MenuItem } from '#components/ui/menu.tsx';
import { useToast } from '#components/ui/toast.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { useCommandListener } from '../keyboard/use-command-listener.ts';
import { errorText, postJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';
import { type Look, useIsDark } from './look.ts';

const HistoryDialog = dynamic(
  () => import('./history-dialog.tsx').then((file) => file.HistoryDialog),
  { loading: () => null },
);
const DetailsDialog = dynamic(
  () => import('./details-dialog.tsx').then((file) => file.DetailsDialog),
  { loading: () => null },
);
const TakeAddresses = dynamic(
  () => import('../contacts/take-addresses.tsx').then((file) => file.TakeAddresses),
  { loading: () => null },
);

export function MessageMenu({
  mail,
  message,
  look,
  onCompose,
}: {
  mail: Mail;
  message: MessageView;
  look: Look;
  onCompose: (begin: ComposeStart) => void;
}) {
  const t = useTranslations('reader');
  const ofContacts = useTranslations('contacts');
  const toast = useToast();
  const router = useRouter();
  const isDark = useIsDark();
  const [opened, setOpened] = useState<'history' | 'details' | 'addresses' | null>(null);
  const { folder, uid, facts } = message;
  const sender = message.from[0];
  const people = [...message.from, ...message.replyTo, ...message.to, ...message.cc];
  const hasHtml = message.bodies.some((body) => body.kind === 'html');
  const place = new URLSearchParams({ folder, uid: String(uid) }).toString();
  const isOpen = mail.place.uid === mail.idOf(folder, uid);
  useCommandListener({
    'as-text': () => (isOpen && hasHtml ? look.setIsPlain(true) : false),
    'as-html': () => (isOpen && hasHtml ? look.setIsPlain(false) : false),
    headers: () => (isOpen ? setOpened('details') : false),
  });
  const tell = (promise: Promise<unknown>, done: string) =>
    promise
      .then(() => toast.show({ text: done }))
      .catch((error: unknown) => toast.show({ kind: 'error', text: errorText(error) }));
  const copy = (text: string, done: string) =>
    (navigator.clipboard?.writeText(text) ?? Promise.reject()).then(
      () => toast.show({ text: done }),
      () => toast.show({ kind: 'error', text: t('done.notCopied') }),
    );
  const addContact = () => {
    if (!sender) return;
    postJson<{ added?: number }>('/api/mail/contacts', { people: [sender] })
      .then(({ added }) => {
        const name = sender.name || sender.address;
        toast.show({ text: t(added === 0 ? 'done.contactKnown' : 'done.contactAdded', { name }) });
      })
      .catch((error: unknown) => toast.show({ kind: 'error', text: errorText(error) }));
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const printing = new URLSearchParams({
    folder,
    uid: String(uid),
    zone,
    ...(look.mayLoadRemote ? { images: '1' } : {}),
    ...(look.isPlain ? { plain: '1' } : {}),
  });
  const tintItems: MenuItem[] =
    isDark && hasHtml
      ? [
          {
            label: t(look.isLight ? 'menu.dark' : 'menu.light'),
            icon: look.isLight ? <Moon /> : <Sun />,
            onSelect: () => look.setIsLight(!look.isLight),
          },
        ]
      : [];
  const items: MenuItem[] = [
    ...(hasHtml
      ? [
          {
            label: t(look.isPlain ? 'menu.formatted' : 'menu.plain'),
            icon: <FileText />,
            onSelect: () => look.setIsPlain(!look.isPlain),
          },
        ]
      : []),
    ...tintItems,
    {
      label: t('menu.print'),
      icon: <Printer />,
      onSelect: () => openTab(`/api/mail/print?${printing}`),
    },
    { label: t('menu.history'), icon: <Route />, onSelect: () => setOpened('history') },
    { label: t('menu.details'), icon: <ListTree />, onSelect: () => setOpened('details') },
    {
      label: t('menu.source'),
      icon: <Code />,
      onSelect: () => openTab(`/api/mail/source?${place}&view=1`),
    },
    {
      label: t('menu.download'),
      icon: <Download />,
      onSelect: () => download(`/api/mail/source?${place}`),
    },
    'separator',
    {
      label: t('menu.forwardAttachment'),
      icon: <Forward className="rtl:-scale-x-100" />,
      onSelect: () => onCompose({ mode: 'forward-attachment', folder, uids: [uid] }),
    },
    {
      label: t('menu.redirect'),
      icon: <Send className="rtl:-scale-x-100" />,
      onSelect: () => onCompose({ mode: 'redirect', folder, uid }),
    },
    {
      label: t('menu.editAsNew'),
      icon: <PencilLine />,
      onSelect: () => onCompose({ mode: 'edit', folder, uid }),
    },
    'separator',
    ...(sender
      ? [
          { label: t('menu.addContact'), icon: <UserPlus />, onSelect: addContact },
          {
            label: ofContacts('actions.take'),
            icon: <Users />,
            onSelect: () => setOpened('addresses'),
          },
          {
            label: t('menu.filter'),
            icon: <Filter />,
            onSelect: () => router.push(`/options/filters?${filterQuery(message, sender.address)}`),
          },
        ]
      : []),
    ...(facts.images.isTrusted && sender
      ? [
          {
            label: t('menu.untrust'),
            onSelect: () =>
              void tell(
                postJson('/api/mail/trust', { sender: sender.address, isTrusted: false }),
                t('done.untrusted', { sender: sender.address }),
              ),
          },
        ]
      : []),
    ...(message.messageId
      ? [
          {
            label: t('menu.copyLink'),
            icon: <Link2 />,
            onSelect: () => void copy(linkOf(message.messageId), t('done.linkCopied')),
          },
          {
            label: t('menu.copyId'),
            icon: <Copy />,
            onSelect: () => void copy(message.messageId, t('done.idCopied')),
          },
        ]
      : []),
  ];
  return (
    <>
      <Menu
        label={t('more')}
        trigger={(props) => <IconButton {...props} label={t('more')} icon={<MoreVertical />} />}
        items={items}
      />
      {opened === 'history' && <HistoryDialog message={message} onClose={() => setOpened(null)} />}
      {opened === 'addresses' && <TakeAddresses people={people} onClose={() => setOpened(null)} />}
      {opened === 'details' && <DetailsDialog message={message} onClose={() => setOpened(null)} />}
    </>
  );
}

/** What a rule about such messages can look at (components/mail/filters/draft.ts). */
function filterQuery({ subject, facts }: MessageView, from: string): URLSearchParams {
  const bare = subject.replace(/^(?:\s*(?:re|fwd?|aw|wg|tr|rv|sv)(?:\[\d+\])?:\s*)+/i, '').trim();
  return new URLSearchParams({ from, subject: bare, list: facts.list?.id ?? '' });
}

/** An address that opens the message wherever it lies by then. */
function linkOf(messageId: string): string {
  return `${location.origin}/message?id=${encodeURIComponent(messageId)}`;
}

function openTab(url: string): void {
  window.open(url, '_blank', 'noopener,noreferrer');
}

function download(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = '';
  link.click();
}
