// One folder of the pane: its name leads to it, its number counts, its menu changes it; things can be dropped on it.
'use client';
import { ChevronRight, MoreHorizontal, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { KeyboardEvent, MouseEvent } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { toUrl } from '../state/place.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { folderType, useFolderDrop } from './folder-drop.ts';
import type { FolderDeeds } from './folder-items.tsx';
import { folderIcon } from './folder-look.tsx';
import { countNode, type FolderNode, isThrownAway } from './folder-tree.ts';

/** By depth: 0.875rem further for each. */
const insets = ['ps-2.5', 'ps-6', 'ps-9.5', 'ps-13', 'ps-16.5', 'ps-20', 'ps-23.5'];
const arrows = [
  '-start-2',
  'start-1.5',
  'start-5',
  'start-8.5',
  'start-12',
  'start-15.5',
  'start-19',
];

export function FolderRow({
  node,
  depth,
  isCollapsed,
  mail,
  deeds,
  onChosen,
}: {
  node: FolderNode;
  depth: number;
  /** Null where nothing is below it */
  isCollapsed: boolean | null;
  mail: Mail;
  deeds: FolderDeeds;
  onChosen?: (() => void) | undefined;
}) {
  const t = useTranslations('folders');
  const { preferences } = usePreferences();
  const { folder } = node;
  const { isOver, props: drop } = useFolderDrop(mail, folder);
  const isActive = mail.place.folder === folder.path;
  const name = mail.nameOf(folder);
  const place = { folder: folder.path, query: '', sort: mail.habits.sort, page: 1, uid: null };
  const mayPurge = preferences['folders.purge'] && isThrownAway(folder) && folder.messages > 0;
  const choose = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (folder.isSelectable) mail.go(place);
    else if (isCollapsed !== null) deeds.toggle(folder);
    if (folder.isSelectable) onChosen?.();
  };
  // As in a tree: towards the children opens, back closes.
  const onKeyDown = (event: KeyboardEvent) => {
    if (isCollapsed === null || !/^Arrow(Left|Right)$/.test(event.key)) return;
    const isRtl = getComputedStyle(event.currentTarget).direction === 'rtl';
    const isOpening = (event.key === 'ArrowRight') !== isRtl;
    if (isOpening !== isCollapsed) return;
    event.preventDefault();
    event.stopPropagation();
    deeds.toggle(folder);
  };
  return (
    <div className="group relative flex items-center">
      <a
        href={toUrl(place, mail.habits)}
        aria-current={isActive ? 'page' : undefined}
        draggable={folder.role === 'none' && !folder.isShared}
        onDragStart={(event) => {
          event.dataTransfer.setData(folderType, folder.path);
          event.dataTransfer.effectAllowed = 'move';
        }}
        onClick={choose}
        onKeyDown={onKeyDown}
        {...drop}
        className={joinClasses(
          insets[Math.min(depth, 6)],
          'flex h-8 min-w-0 flex-1 items-center gap-2.5 rounded-md pe-2.5 -outline-offset-2 transition-colors duration-100 pointer-coarse:h-11 [&_svg]:size-4 [&_svg]:shrink-0',
          isActive
            ? 'bg-accent-soft font-medium text-accent-text'
            : 'text-muted hover:bg-hover hover:text-ink',
          isOver && 'bg-accent-soft text-accent-text outline-2 outline-accent',
          !folder.isSelectable && 'italic opacity-70',
        )}
      >
        {folderIcon(folder.role, preferences['folders.colours'] && !isActive)}
        <span
          className={joinClasses(
            'min-w-0 flex-1 truncate',
            folder.unread > 0 && !isThrownAway(folder) && 'font-semibold text-ink',
            isActive && 'text-accent-text',
          )}
        >
          <bdi>{name}</bdi>
        </span>
        <Count node={node} isSummed={isCollapsed === true && preferences['folders.sums']} />
      </a>
      {isCollapsed !== null && (
        <button
          type="button"
          aria-expanded={!isCollapsed}
          aria-label={t(isCollapsed ? 'open' : 'close', { folder: name })}
          onClick={() => deeds.toggle(folder)}
          className={joinClasses(
            arrows[Math.min(depth, 6)],
            'absolute flex h-8 w-4.5 items-center justify-center rounded-sm text-faint hover:text-ink pointer-coarse:h-11 pointer-coarse:w-6',
          )}
        >
          <ChevronRight
            aria-hidden
            className={joinClasses(
              'size-3.5 transition-transform',
              isCollapsed ? 'rtl:-scale-x-100' : 'rotate-90',
            )}
          />
        </button>
      )}
      <span className="absolute end-0.5 top-0.5 flex rounded-md opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:static pointer-coarse:opacity-100">
        {mayPurge && (
          <IconButton
            label={t('emptyNow', { folder: name })}
            icon={<Trash2 />}
            size="sm"
            className="bg-canvas"
            onClick={() => deeds.empty(folder)}
          />
        )}
        {folder.role !== 'deleted' && (
          <Menu
            label={t('folder', { folder: name })}
            trigger={(props) => (
              <IconButton
                {...props}
                label={t('more', { folder: name })}
                icon={<MoreHorizontal />}
                size="sm"
                className="bg-canvas"
              />
            )}
            items={async () =>
              (await import('./folder-items.tsx')).folderItems(folder, mail, deeds, t)
            }
          />
        )}
      </span>
    </div>
  );
}

function Count({ node, isSummed }: { node: FolderNode; isSummed: boolean }) {
  const t = useTranslations('folders');
  const { preferences } = usePreferences();
  const { folder } = node;
  const kind = preferences['folders.counts'];
  const isCounted = preferences['folders.countsIn'] === 'all' || folder.role === 'inbox';
  if (kind === 'none' || !isCounted || folder.role === 'deleted') return null;
  const { unread, total } = countNode(node, isSummed);
  const isPlain = folder.role === 'drafts' || folder.role === 'snoozed';
  const isBoth = kind === 'both' && !isPlain && total > 0;
  if (unread === 0 && !isBoth) return null;
  const key = isPlain ? 'count.messages' : isBoth ? 'count.both' : 'count.unread';
  return (
    <span
      className={joinClasses(
        'text-xs tabular-nums group-focus-within:opacity-0 group-hover:opacity-0 pointer-coarse:group-hover:opacity-100',
        folder.role === 'inbox' ? 'font-semibold text-accent-text' : 'text-faint',
      )}
    >
      <span aria-hidden>{isBoth ? `${short(unread)}/${short(total)}` : short(unread)}</span>
      <span className="sr-only"> {t(key, { count: unread, total })}</span>
    </span>
  );
}

function short(count: number): string {
  return count > 9999 ? '9999+' : String(count);
}
