// Where a message goes: archive, trash, junk, another folder; from among the deleted back or away for good.
'use client';
import { Archive, CircleAlert, FolderInput, Inbox, RotateCcw, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { CommandId } from '../keyboard/commands.ts';
import { usePerform } from '../keyboard/perform.tsx';
import type { Mail } from '../state/use-mail.ts';

export function FilingActions({
  mail,
  uids,
  onMove,
}: {
  mail: Mail;
  uids: number[];
  /** Asks for a folder; the page's own dialog where it is missing */
  onMove?: (uids: number[]) => void;
}) {
  const t = useTranslations('list');
  const perform = usePerform();
  const role = mail.folder?.role;
  const button = (command: CommandId, label: string, icon: React.ReactNode, shortcut?: string) => (
    <IconButton
      label={label}
      {...(shortcut ? { shortcut } : {})}
      icon={icon}
      onClick={() => {
        if (command === 'move' && onMove) onMove(uids);
        else perform(command, uids);
      }}
    />
  );
  if (role === 'deleted') {
    return (
      <>
        {button('undelete', t('restore'), <RotateCcw />)}
        {button('destroy', t('deleteForGood'), <Trash2 />)}
      </>
    );
  }
  const isJunk = role === 'junk';
  return (
    <>
      {role !== 'archive' && button('archive', t('archive'), <Archive />, 'e')}
      {button('delete', t('delete'), <Trash2 />, '#')}
      {button('junk', t(isJunk ? 'notJunk' : 'junk'), isJunk ? <Inbox /> : <CircleAlert />, '!')}
      {button('move', t('moveTo'), <FolderInput />, 'v')}
    </>
  );
}
