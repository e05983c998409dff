// The folders with their counts, labels and kept searches, at a side of the page or in a drawer.
'use client';
import { CalendarClock, FolderPlus, PenLine, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { styleRef } from '#components/ui/style-ref.ts';
import { useToast } from '#components/ui/toast.tsx';
import { useModal } from '#components/ui/use-modal.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { prepareToWrite } from '../compose/load-composer.ts';
import { awaitPart } from '../keyboard/awaited.tsx';
import { usePreferences } from '../state/preferences.tsx';
import { errorText, postJson } from '../state/request.ts';
import type { Mail } from '../state/use-mail.ts';
import type { FolderQuestion } from './folder-dialogs.tsx';
import { useFolderDrop } from './folder-drop.ts';
import type { FolderDeeds } from './folder-items.tsx';
import { FolderRow } from './folder-row.tsx';
import { type FolderNode, splitFolders } from './folder-tree.ts';
import { PaneEdge, usePaneWidth } from './pane-edge.tsx';
import { PaneFoot } from './pane-foot.tsx';

const LabelList = dynamic(() => import('../labels/label-list.tsx').then((file) => file.LabelList));
const SavedSearches = dynamic(() =>
  import('../search/saved-searches.tsx').then((file) => file.SavedSearches),
);
const FolderDialogs = awaitPart(() =>
  import('./folder-dialogs.tsx').then((module) => module.FolderDialogs),
);

export function FolderPane({
  mail,
  onCompose,
  onChosen,
  isInDrawer = false,
  className,
}: {
  mail: Mail;
  onCompose: (begin?: ComposeStart) => void;
  onChosen?: () => void;
  /** As wide as what is around it */
  isInDrawer?: boolean;
  className?: string;
}) {
  const t = useTranslations('folders');
  const { preferences, change } = usePreferences();
  const toast = useToast();
  const [question, setQuestion] = useState<FolderQuestion | null>(null);
  const [isDeletedOpen, setIsDeletedOpen] = useState(mail.folder?.role === 'deleted');
  const [width, setWidth] = usePaneWidth();
  const isAtEnd = preferences['folders.side'] === 'end';
  const { special, own, shared, deleted } = splitFolders(mail.folders, {
    isSpecialFirst: preferences['folders.specialFirst'],
    isSubscribedOnly: preferences['folders.subscribed'],
    open: mail.place.folder,
  });
  const collapsed = new Set(preferences['folders.collapsed']);
  const deeds: FolderDeeds = {
    create: (parent) => setQuestion({ kind: 'name', folder: null, parent }),
    rename: (folder) => setQuestion({ kind: 'name', folder, parent: null }),
    remove: (folder) => setQuestion({ kind: 'delete', folder }),
    empty: (folder) => setQuestion({ kind: 'empty', folder }),
    share: (folder) => setQuestion({ kind: 'share', folder }),
    subscribe: async ({ path: folder }, isSubscribed) => {
      try {
        await postJson('/api/mail/folders', { kind: 'subscribe', folder, isSubscribed });
        toast.show({ text: t(isSubscribed ? 'done.subscribed' : 'done.unsubscribed') });
      } catch (error) {
        toast.show({ kind: 'error', text: errorText(error) });
      }
      void mail.loadFolders();
    },
    toggle: ({ path }) => {
      const next = new Set(collapsed);
      if (!next.delete(path)) next.add(path);
      const known = [...next].filter((each) => mail.folders.some((folder) => folder.path === each));
      change({ 'folders.collapsed': known });
    },
  };
  const branch = (node: FolderNode, depth = 0): ReactNode => {
    const isCollapsed = node.children.length > 0 ? collapsed.has(node.folder.path) : null;
    return (
      <li key={node.folder.path}>
        <FolderRow {...{ node, depth, isCollapsed, mail, deeds, onChosen }} />
        {isCollapsed === false && (
          <ul className="flex flex-col gap-px">
            {node.children.map((child) => branch(child, depth + 1))}
          </ul>
        )}
      </li>
    );
  };
  return (
    <div
      ref={styleRef({ width: isInDrawer ? '' : `${width}px` })}
      className={joinClasses(
        'relative flex-col overflow-hidden',
        isAtEnd && !isInDrawer && 'order-last',
        className,
      )}
    >
      <div className="px-3 pt-1 pb-3">
        <Button
          variant="primary"
          size="lg"
          className="w-full justify-start gap-2.5"
          onClick={() => onCompose()}
          onPointerEnter={prepareToWrite}
        >
          <PenLine aria-hidden className="size-4 rtl:-scale-x-100" />
          {t('compose')}
        </Button>
      </div>
      <nav aria-label={t('title')} className="min-h-0 flex-1 overflow-y-auto px-2 pb-4">
        <ul className="flex flex-col gap-px">{special.map((node) => branch(node))}</ul>
        <button
          type="button"
          onClick={() => {
            onChosen?.();
            onCompose({ mode: 'scheduled' });
          }}
          className="mt-px flex h-8 w-full items-center gap-2.5 rounded-md px-2.5 text-start text-muted hover:bg-hover hover:text-ink pointer-coarse:h-11"
        >
          <CalendarClock aria-hidden className="size-4 shrink-0" />
          {t('scheduled')}
        </button>
        <OwnHead mail={mail} onCreate={() => deeds.create(null)} />
        <ul className="flex flex-col gap-px">{own.map((node) => branch(node))}</ul>
        {preferences['folders.labels'].some(({ isShown }) => isShown) && (
          <LabelList mail={mail} onChosen={onChosen} />
        )}
        {preferences['folders.searches'].length > 0 && (
          <SavedSearches mail={mail} onChosen={onChosen} />
        )}
        {shared.length > 0 && (
          <>
            <h2 className="mt-4 mb-1 ps-2.5 text-xs font-medium text-faint">{t('shared')}</h2>
            <ul aria-label={t('shared')} className="flex flex-col gap-px">
              {shared.map((node) => branch(node))}
            </ul>
          </>
        )}
        {deleted.length > 0 && (
          <details
            open={isDeletedOpen}
            onToggle={(event) => setIsDeletedOpen(event.currentTarget.open)}
            className="mt-4"
          >
            <summary className="cursor-default rounded-md py-1 ps-2.5 text-xs font-medium text-faint hover:text-muted">
              {t('recentlyDeleted')}
            </summary>
            <ul className="mt-1 flex flex-col gap-px">
              {deleted.map((folder) => branch({ folder, children: [] }))}
            </ul>
          </details>
        )}
      </nav>
      <PaneFoot mail={mail} />
      {!isInDrawer && <PaneEdge width={width} onChange={setWidth} isAtEnd={isAtEnd} />}
      {question && (
        <FolderDialogs mail={mail} question={question} onClose={() => setQuestion(null)} />
      )}
    </div>
  );
}

/** The head of the own folders: a folder dropped here goes to the top. */
function OwnHead({ mail, onCreate }: { mail: Mail; onCreate: () => void }) {
  const t = useTranslations('folders');
  const { isOver, props } = useFolderDrop(mail, null);
  return (
    <div
      {...props}
      className={joinClasses(
        'mt-4 mb-1 flex items-center justify-between rounded-md ps-2.5',
        isOver && 'bg-accent-soft outline-2 -outline-offset-2 outline-accent',
      )}
    >
      <h2 className="text-xs font-medium text-faint">{t('title')}</h2>
      <IconButton label={t('new')} icon={<FolderPlus />} size="sm" onClick={onCreate} />
    </div>
  );
}

/** The pane as a drawer for narrow screens. */
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
  onCompose: (begin?: ComposeStart) => void;
}) {
  const t = useTranslations('folders');
  return (
    <dialog
      {...useModal(isOpen, onClose)}
      aria-label={t('title')}
      className="m-0 me-auto h-dvh max-h-none w-72 max-w-[85vw] border-e bg-canvas p-0 text-ink open:flex open:flex-col lg:hidden"
    >
      {isOpen && (
        <>
          <div className="flex h-13 shrink-0 items-center justify-between px-3">
            <span className="flex items-center gap-2.5 text-lg font-semibold">
              <Logo className="size-7" />
              {title}
            </span>
            <IconButton label={t('closePane')} icon={<X />} onClick={onClose} />
          </div>
          <FolderPane
            mail={mail}
            onCompose={onCompose}
            onChosen={onClose}
            isInDrawer
            className="flex min-h-0 flex-1"
          />
        </>
      )}
    </dialog>
  );
}
