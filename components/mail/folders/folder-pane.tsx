// The folders with their counts, at the side or in a drawer; messages can be dropped on them.
'use client';
import { FolderPlus, MoreHorizontal, Pencil, PenLine, Trash2, X } from 'lucide-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { formatPlural } from '#components/ui/format.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { toUrl } from '../state/place.ts';
import type { Mail } from '../state/use-mail.ts';
import { folderCount, folderIcon, folderName } from './folder-look.tsx';
import { FolderNameDialog } from './folder-name-dialog.tsx';

export const draggedType = 'application/x-drey-messages';

export function FolderPane({
  mail,
  onCompose,
  onChosen,
  className,
}: {
  mail: Mail;
  onCompose: () => void;
  onChosen?: () => void;
  className?: string;
}) {
  const special = mail.folders.filter((folder) => isUnderSpecial(folder, mail.folders));
  const deleted = mail.folders.filter(
    (folder) =>
      folder.role === 'deleted' && (folder.messages > 0 || folder.path === mail.place.folder),
  );
  const own = mail.folders.filter(
    (folder) =>
      folder.role !== 'deleted' && !isShared(folder.path) && !isUnderSpecial(folder, mail.folders),
  );
  const shared = mail.folders.filter(({ path }) => isShared(path) && path !== sharedRoot);
  const [naming, setNaming] = useState<{ folder: Folder | null } | null>(null);
  const [deleting, setDeleting] = useState<Folder | null>(null);
  const [isDeletedOpen, setIsDeletedOpen] = useState(mail.folder?.role === 'deleted');
  const row = (folder: Folder) => (
    <FolderRow
      key={folder.path}
      folder={folder}
      mail={mail}
      onChosen={onChosen}
      onRename={() => setNaming({ folder })}
      onDelete={() => setDeleting(folder)}
    />
  );
  return (
    <div className={joinClasses('flex-col overflow-hidden', className)}>
      <div className="px-3 pt-1 pb-3">
        <Button
          variant="primary"
          size="lg"
          className="w-full justify-start gap-2.5"
          onClick={onCompose}
        >
          <PenLine aria-hidden className="size-4" />
          Compose
        </Button>
      </div>
      <nav aria-label="Folders" className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <ul className="flex flex-col gap-px">{special.map(row)}</ul>
        <div className="mt-4 mb-1 flex items-center justify-between pl-2.5">
          <h2 className="text-xs font-medium text-faint">Folders</h2>
          <IconButton
            label="New folder"
            icon={<FolderPlus />}
            size="sm"
            onClick={() => setNaming({ folder: null })}
          />
        </div>
        <ul className="flex flex-col gap-px">{own.map(row)}</ul>
        {shared.length > 0 && (
          <>
            <h2 className="mt-4 mb-1 pl-2.5 text-xs font-medium text-faint">Shared with me</h2>
            <ul aria-label="Shared with me" className="flex flex-col gap-px">
              {shared.map((folder) => row({ ...folder, depth: Math.max(0, folder.depth - 1) }))}
            </ul>
          </>
        )}
        {deleted.length > 0 && (
          <details
            open={isDeletedOpen}
            onToggle={(event) => setIsDeletedOpen(event.currentTarget.open)}
            className="mt-4"
          >
            <summary className="cursor-default rounded-md py-1 pl-2.5 text-xs font-medium text-faint hover:text-muted">
              Recently deleted
            </summary>
            <ul className="mt-1 flex flex-col gap-px">{deleted.map(row)}</ul>
          </details>
        )}
      </nav>
      <FolderNameDialog mail={mail} naming={naming} onClose={() => setNaming(null)} />
      <ConfirmDialog
        isOpen={deleting !== null}
        onClose={() => setDeleting(null)}
        title={`Delete “${deleting?.name ?? ''}”?`}
        confirmLabel="Delete folder"
        onConfirm={async () => {
          if (!deleting) return;
          const refusal = await mail.actOnFolder('delete-folder', deleting.path);
          if (!refusal && mail.place.folder === deleting.path) {
            mail.go({ folder: 'INBOX', query: '', page: 1, uid: null });
          }
          return refusal;
        }}
      >
        {deleting && deleting.messages > 0
          ? `${formatPlural(deleting.messages, 'message')} in it will be deleted${mail.keptDays > 0 ? `; for ${formatPlural(mail.keptDays, 'day')} they can be restored` : ' for good'}.`
          : 'The folder is empty.'}
      </ConfirmDialog>
    </div>
  );
}

/** As in lib/webmail/list/mailboxes.ts, which holds what only runs on the server. */
const sharedRoot = 'Shared';

function isShared(path: string): boolean {
  return path === sharedRoot || path.startsWith(`${sharedRoot}/`);
}

function isUnderSpecial(folder: Folder, all: readonly Folder[]): boolean {
  const root = folder.path.split(folder.delimiter)[0];
  return all.some((each) => each.path === root && each.role !== 'none');
}

function FolderRow({
  folder,
  mail,
  onChosen,
  onRename,
  onDelete,
}: {
  folder: Folder;
  mail: Mail;
  onChosen?: (() => void) | undefined;
  onRename: () => void;
  onDelete: () => void;
}) {
  const [isOver, setIsOver] = useState(false);
  const isActive = mail.place.folder === folder.path;
  const count = folderCount(folder);
  const place = { folder: folder.path, query: '', sort: 'newest', page: 1, uid: null } as const;
  const drop = (event: DragEvent) => {
    setIsOver(false);
    const text = event.dataTransfer.getData(draggedType);
    if (text === '' || isActive || folder.role === 'deleted') return;
    event.preventDefault();
    void mail.move(JSON.parse(text) as number[], { to: folder.path });
  };
  return (
    <li className="group relative">
      <a
        href={toUrl(place)}
        aria-current={isActive ? 'page' : undefined}
        draggable={false}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          if (folder.isSelectable) mail.go(place);
          onChosen?.();
        }}
        onDragOver={(event) => {
          const mayDrop = !isActive && folder.isSelectable && folder.role !== 'deleted';
          if (!mayDrop || !event.dataTransfer.types.includes(draggedType)) return;
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        style={{ paddingLeft: `${0.625 + Math.min(folder.depth, 5) * 0.875}rem` }}
        className={joinClasses(
          'flex h-8 items-center gap-2.5 rounded-md pr-2.5 -outline-offset-2 transition-colors duration-100 pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0',
          isActive
            ? 'bg-accent-soft font-medium text-accent-text'
            : 'text-muted hover:bg-hover hover:text-ink',
          isOver && 'bg-accent-soft text-accent-text outline-2 outline-accent',
          !folder.isSelectable && 'italic opacity-70',
        )}
      >
        {folderIcon(folder.role)}
        <span
          className={joinClasses(
            'min-w-0 flex-1 truncate',
            folder.unread > 0 &&
              folder.role !== 'trash' &&
              folder.role !== 'deleted' &&
              'font-semibold text-ink',
            isActive && 'text-accent-text',
          )}
        >
          {folderName(folder)}
        </span>
        {count > 0 && (
          <span
            className={joinClasses(
              'text-xs tabular-nums',
              folder.role === 'none' && 'group-hover:invisible group-focus-within:invisible',
              folder.role === 'inbox' ? 'font-semibold text-accent-text' : 'text-faint',
            )}
          >
            {count > 9999 ? '9999+' : count}
            <span className="sr-only">{folder.role === 'drafts' ? ' drafts' : ' unread'}</span>
          </span>
        )}
      </a>
      {folder.role === 'none' && folder.isSelectable && (
        <span className="absolute top-0.5 right-0.5 opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:hidden">
          <Menu
            label={`Folder ${folder.name}`}
            trigger={(props) => (
              <IconButton
                {...props}
                label={`More about ${folder.name}`}
                icon={<MoreHorizontal />}
                size="sm"
              />
            )}
            items={[
              { label: 'Rename…', icon: <Pencil />, onSelect: onRename },
              { label: 'Delete…', icon: <Trash2 />, isDanger: true, onSelect: onDelete },
            ]}
          />
        </span>
      )}
    </li>
  );
}

export function FolderDrawer({
  isOpen,
  onClose,
  mail,
  title,
  onCompose,
}: {
  isOpen: boolean;
  onClose: () => void;
  mail: Mail;
  title: string;
  onCompose: () => void;
}) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen && !ref.current?.open) ref.current?.showModal();
    if (!isOpen && ref.current?.open) ref.current.close();
  }, [isOpen]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes natively; the click is on the backdrop
    <dialog
      ref={ref}
      aria-label="Folders"
      onClose={onClose}
      onClick={(event) => event.target === ref.current && onClose()}
      className="m-0 mr-auto h-dvh max-h-none w-72 max-w-[85vw] border-r bg-canvas p-0 text-ink open:flex open:flex-col lg:hidden"
    >
      {isOpen && (
        <>
          <div className="flex h-13 shrink-0 items-center justify-between px-3">
            <span className="flex items-center gap-2.5 text-lg font-semibold">
              <Logo className="size-7" />
              {title}
            </span>
            <IconButton label="Close" icon={<X />} onClick={onClose} />
          </div>
          <FolderPane
            mail={mail}
            onCompose={onCompose}
            onChosen={onClose}
            className="flex min-h-0 flex-1"
          />
        </>
      )}
    </dialog>
  );
}
