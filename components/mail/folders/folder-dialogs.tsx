// What the pane asks before it changes a folder. Loaded when it is needed.
'use client';
import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import type { Mail } from '../state/use-mail.ts';
import { FolderNameDialog } from './folder-name-dialog.tsx';
import { ShareDialog } from './share-dialog.tsx';

export type FolderQuestion =
  | { kind: 'name'; folder: Folder | null; parent: Folder | null }
  | { kind: 'delete' | 'empty' | 'share'; folder: Folder };

export function FolderDialogs({
  mail,
  question,
  onClose,
}: {
  mail: Mail;
  question: FolderQuestion;
  onClose: () => void;
}) {
  const t = useTranslations('folders');
  if (question.kind === 'name') {
    return <FolderNameDialog mail={mail} {...question} onClose={onClose} />;
  }
  const { folder } = question;
  const name = mail.nameOf(folder);
  if (question.kind === 'share') {
    return <ShareDialog folder={folder} name={name} onClose={onClose} />;
  }
  const isEmptying = question.kind === 'empty';
  const isFinal = folder.role === 'deleted' || mail.keptDays === 0;
  const count = folder.messages;
  const fate = isFinal ? t('fate.forGood') : t('fate.kept', { days: mail.keptDays });
  return (
    <ConfirmDialog
      isOpen
      onClose={onClose}
      title={t(isEmptying ? 'empty.title' : 'delete.title', { folder: name })}
      confirmLabel={t(isEmptying ? 'empty.confirm' : 'delete.confirm')}
      onConfirm={async () => {
        if (isEmptying) return mail.actOnFolder('empty', folder.path);
        const refusal = await mail.actOnFolder('delete-folder', folder.path);
        if (!refusal && mail.place.folder === folder.path) {
          mail.go({ folder: 'INBOX', query: '', page: 1, uid: null });
        }
        return refusal;
      }}
    >
      {count > 0
        ? t(isEmptying ? 'empty.text' : 'delete.text', { count, fate })
        : t('delete.emptyText')}
    </ConfirmDialog>
  );
}
