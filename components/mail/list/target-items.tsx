// Everything that can be done with one or several messages, as entries of a menu: that of a row, that of the selection.
'use client';
import {
  AlarmClock,
  Archive,
  CircleAlert,
  Copy,
  Eraser,
  ExternalLink,
  FolderInput,
  Forward,
  Inbox,
  MailCheck,
  MailOpen,
  Paperclip,
  Reply,
  ReplyAll,
  RotateCcw,
  Star,
  Tag,
  Trash2,
} from 'lucide-react';
import type { useTranslations } from 'next-intl';
import type { MenuItem } from '#components/ui/menu.tsx';
import type { CommandId } from '../keyboard/commands.ts';
import type { Perform } from '../keyboard/use-commands.ts';
import { toUrl } from '../state/place.ts';
import type { Mail } from '../state/use-mail.ts';

export function targetItems({
  mail,
  perform,
  targets,
  t,
}: {
  mail: Mail;
  perform: Perform;
  targets: number[];
  t: ReturnType<typeof useTranslations<'list'>>;
}): MenuItem[] {
  const wanted = new Set(targets);
  const chosen = mail.rows.filter((row) => wanted.has(row.uid));
  const isOne = targets.length === 1 && mail.everything === null;
  const isWhole = mail.everything !== null;
  const role = mail.folder?.role;
  const isUnread = isWhole || chosen.some((row) => !row.isSeen);
  const isStarred = !isWhole && chosen.length > 0 && chosen.every((row) => row.isFlagged);
  const areMarked = chosen.some((row) => row.isDeleted);
  const item = (
    command: CommandId,
    label: string,
    icon: React.ReactNode,
    isDanger = false,
  ): MenuItem => ({ label, icon, isDanger, onSelect: () => void perform(command, targets) });
  if (role === 'deleted') {
    return [
      item('undelete', t('restore'), <RotateCcw />),
      item('destroy', t('deleteForGood'), <Trash2 />, true),
    ];
  }
  const flipped = 'rtl:-scale-x-100';
  return [
    ...(isOne
      ? [
          item('reply', t('reply'), <Reply className={flipped} />),
          item('reply-all', t('replyAll'), <ReplyAll className={flipped} />),
          item('forward', t('forward'), <Forward className={flipped} />),
        ]
      : []),
    ...(isWhole ? [] : [item('forward-attachment', t('forwardAttachment'), <Paperclip />)]),
    'separator',
    ...(role === 'archive' ? [] : [item('archive', t('archive'), <Archive />)]),
    item('move', t('moveTo'), <FolderInput />),
    item('copy', t('copyTo'), <Copy />),
    ...(isWhole
      ? []
      : [item('label', t('label'), <Tag />), item('snooze', t('snooze'), <AlarmClock />)]),
    item(
      'junk',
      t(role === 'junk' ? 'notJunk' : 'junk'),
      role === 'junk' ? <Inbox /> : <CircleAlert />,
    ),
    'separator',
    item(
      isUnread ? 'read' : 'unread',
      t(isUnread ? 'markRead' : 'markUnread'),
      isUnread ? <MailOpen /> : <MailCheck />,
    ),
    item('star', t(isStarred ? 'removeStar' : 'star'), <Star />),
    ...(isWhole ? [item('unread', t('markUnread'), <MailCheck />)] : []),
    ...(isOne ? [item('select', t('selectOne'), <MailCheck />)] : []),
    ...(isOne && targets[0]
      ? [
          {
            label: t('openInTab'),
            icon: <ExternalLink />,
            onSelect: () =>
              void window.open(
                toUrl({ ...mail.place, uid: targets[0] ?? null }, mail.habits),
                '_blank',
                'noopener',
              ),
          },
        ]
      : []),
    'separator',
    ...(areMarked
      ? [item('undelete', t('unmark'), <RotateCcw />)]
      : [item('mark-deleted', t('markDeleted'), <Eraser />)]),
    item('delete', t('delete'), <Trash2 />, true),
    ...(isWhole ? [] : [item('destroy', t('destroy'), <Trash2 />, true)]),
  ];
}
