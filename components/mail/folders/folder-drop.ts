// What can be dropped on a folder: messages of the list, another folder, files with messages.
'use client';
import { useTranslations } from 'next-intl';
import { type DragEvent, useState } from 'react';
import { useToast } from '#components/ui/toast.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { draggedType, readDrag } from '../list/drag.ts';
import type { Mail } from '../state/use-mail.ts';
import { pathBelow } from './folder-tree.ts';

/** A dragged folder: its path. */
export const folderType = 'application/x-drey-folder';

/** Props that make a row a place to drop things on; `folder` null is the top of the tree. */
export function useFolderDrop(mail: Mail, folder: Folder | null) {
  const t = useTranslations('folders');
  const toast = useToast();
  const [isOver, setIsOver] = useState(false);
  const isOpen = folder !== null && mail.place.folder === folder.path;
  const takesMail = folder?.isSelectable === true && folder.role !== 'deleted';
  const mayTake = ({ types }: DataTransfer) =>
    (takesMail && !isOpen && types.includes(draggedType)) ||
    (takesMail && types.includes('Files')) ||
    (folder?.role !== 'deleted' && !folder?.isShared && types.includes(folderType));

  const takeMail = (ids: number[], isCopy: boolean) => {
    if (!folder || ids.length === 0) return;
    void (isCopy ? mail.copy(ids, folder.path) : mail.move(ids, { to: folder.path }));
  };
  const takeFolder = async (path: string) => {
    const moved = mail.folders.find((each) => each.path === path);
    const to = moved && pathBelow(moved, folder?.path ?? '');
    if (!moved || to === null || to === undefined) return;
    const refusal = await mail.actOnFolder('rename-folder', moved.path, { to });
    if (refusal) return void toast.show({ kind: 'error', text: refusal });
    if (mail.place.folder === moved.path) mail.go({ folder: to, uid: null }, true);
    const back = async () => void (await mail.actOnFolder('rename-folder', to, { to: moved.path }));
    mail.remember({ label: t('done.moved', { folder: moved.name }), run: back });
  };
  const takeFiles = async (files: File[]) => {
    if (!folder) return;
    const { importFiles } = await import('./import-files.ts');
    await importFiles({ files, folder, mail, toast, t });
  };

  return {
    isOver,
    props: {
      onDragOver: (event: DragEvent) => {
        if (!mayTake(event.dataTransfer)) return;
        event.preventDefault();
        event.stopPropagation();
        setIsOver(true);
      },
      onDragLeave: () => setIsOver(false),
      onDrop: (event: DragEvent) => {
        setIsOver(false);
        if (!mayTake(event.dataTransfer)) return;
        event.preventDefault();
        event.stopPropagation();
        const { dataTransfer } = event;
        const path = dataTransfer.getData(folderType);
        const dragged = readDrag(dataTransfer);
        if (dragged) takeMail(dragged.uids, event.ctrlKey || event.metaKey);
        else if (path) void takeFolder(path);
        else void takeFiles([...dataTransfer.files]);
      },
    },
  };
}
