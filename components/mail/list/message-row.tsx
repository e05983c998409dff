// One message of the list, as a card of lines or as one line of columns. Unread is bold and has a mark; every mark has
// words for those who cannot see it. Rows are many and scroll: a row draws again only when something of it changes.
'use client';
import { Archive, MailCheck, MailOpen, RotateCcw, Star, Trash2 } from 'lucide-react';
import dynamic from 'next/dynamic';
import { type ComponentType, type MouseEvent, memo, useRef } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { styleRef } from '#components/ui/style-ref.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import { colourValues, findRule } from './colour-rules.ts';
import { heightClass, type RowLook } from './row-look.ts';
import type { RowParts } from './row-marks.tsx';
import type { RowTexts } from './row-texts.ts';
import { useSwipe } from './use-swipe.ts';

const SwipeFace = dynamic(() => import('./swipe-face.tsx').then((file) => file.SwipeFace), {
  ssr: false,
});

/** What a row can do; the same object as long as the list lives. */
export type RowActs = {
  open: (id: number) => void;
  select: (id: number, isRange: boolean) => void;
  star: (row: MessageRow) => void;
  read: (row: MessageRow) => void;
  archive: (id: number) => void;
  remove: (id: number) => void;
  restore: (id: number) => void;
  hover: (id: number) => void;
  menu: (row: MessageRow, x: number, y: number) => void;
  drag: (id: number, transfer: DataTransfer) => void;
  swipe: (row: MessageRow, side: 'forward' | 'back') => void;
};

type Props = {
  row: MessageRow;
  /** From 0, for readers of the screen and the stripes */
  index: number;
  total: number;
  /** px from the top of the list; null: below the one before */
  top: number | null;
  /** px, without its heading */
  height: number;
  heading: string | null;
  Content: ComponentType<RowParts>;
  look: RowLook;
  texts: RowTexts;
  acts: RowActs;
  now: Date;
  isOpen: boolean;
  isCursor: boolean;
  isSelected: boolean;
  isSelecting: boolean;
  /** Among the deleted: Restore in place of Archive and Delete */
  isRestorable: boolean;
};

/** Where the row lies in its list. */
export function placeOf(top: number | null): Record<string, string> {
  return { transform: top === null ? '' : `translateY(${top}px)` };
}

export const MessageRowView = memo(function MessageRowView(props: Props) {
  const { row, look, acts, Content, isOpen, isCursor, isSelected, isSelecting } = props;
  const item = useRef<HTMLLIElement>(null);
  const hover = useRef<ReturnType<typeof setTimeout> | null>(null);
  const swipe = useSwipe({
    isRtl: () => document.documentElement.dir === 'rtl',
    onSwipe: (side) => acts.swipe(row, side),
    onHold: () => acts.select(row.uid, false),
  });
  const rule = look.colours.length > 0 ? findRule(look.colours, row) : null;
  const isTinted = rule !== null && !isSelected && !isOpen;
  const place = styleRef({
    ...placeOf(props.top),
    '--rule': rule ? colourValues[rule.colour] : '',
  });
  const openRow = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey) acts.select(row.uid, false);
    else if (event.shiftKey) acts.select(row.uid, true);
    // Several are chosen with a finger: the next touch chooses too.
    else if (isSelecting && look.isCoarse) acts.select(row.uid, false);
    else acts.open(row.uid);
  };
  const isCard = look.mode === 'card';
  return (
    <li
      ref={(element) => {
        item.current = element;
        place(element);
      }}
      aria-setsize={props.total}
      aria-posinset={props.index + 1}
      onMouseEnter={() => {
        hover.current = setTimeout(() => acts.hover(row.uid), 150);
      }}
      onMouseLeave={() => {
        if (hover.current) clearTimeout(hover.current);
      }}
      className={props.top === null ? undefined : 'absolute inset-x-0 top-0'}
    >
      {props.heading !== null && (
        <h2 className="flex h-[1.875rem] items-end border-b bg-canvas px-4 pb-1 text-xs font-semibold text-muted">
          {props.heading}
        </h2>
      )}
      <div
        ref={styleRef({ height: `${props.height}px` })}
        className={joinClasses('relative overflow-hidden', heightClass(look))}
      >
        {swipe.side && <SwipeFace side={swipe.side} isEnough={swipe.isEnough} />}
        {/* biome-ignore lint/a11y/noStaticElementInteractions: a drag source; the button inside is the control */}
        <div
          draggable={!look.isCoarse}
          {...swipe.handlers}
          onDragStart={(event) => acts.drag(row.uid, event.dataTransfer)}
          onContextMenu={(event) => {
            event.preventDefault();
            if (!look.isCoarse) acts.menu(row, event.clientX, event.clientY);
          }}
          ref={styleRef({
            transform: swipe.offset === 0 ? '' : `translateX(${swipe.offset}px)`,
          })}
          className={joinClasses(
            'group relative flex h-full touch-pan-y cursor-default border-b',
            isSelected || isOpen
              ? 'bg-accent-soft'
              : isCursor
                ? 'bg-hover'
                : isTinted
                  ? 'bg-[color-mix(in_srgb,var(--rule)_14%,var(--surface))]'
                  : look.hasStripes && props.index % 2 === 1
                    ? 'bg-canvas hover:bg-hover'
                    : 'bg-surface hover:bg-hover',
          )}
        >
          {isCursor && (
            <span aria-hidden className="absolute inset-y-0 start-0 w-[3px] bg-accent" />
          )}
          {rule && !isCursor && (
            <span aria-hidden className="absolute inset-y-0 start-0 w-[3px] bg-(--rule)" />
          )}
          <Chooser {...props} />
          {!isCard && look.columns.includes('flags') && <StarButton {...props} />}
          <button
            type="button"
            data-open-row
            onClick={openRow}
            aria-current={isOpen ? 'true' : undefined}
            className={joinClasses(
              'min-w-0 flex-1 text-start -outline-offset-2 select-none',
              isCard && look.columns.includes('flags') ? 'pe-9' : 'pe-3',
              isCard ? 'ps-1.5' : 'ps-1',
            )}
          >
            <Content row={row} look={look} texts={props.texts} now={props.now} />
          </button>
          {isCard && look.columns.includes('flags') && (
            <span className="absolute end-1.5 bottom-1">
              <StarButton {...props} />
            </span>
          )}
          <HoverActions {...props} />
        </div>
      </div>
    </li>
  );
});

/** The picture of the sender, which becomes a box to tick. */
function Chooser({ row, look, texts, acts, isSelected, isSelecting }: Props) {
  const person = (look.isOutgoing ? row.to : row.from)[0];
  const hasAvatar = look.mode === 'card' && look.density !== 'compact' && look.hasAvatars;
  return (
    <div
      className={joinClasses(
        'flex shrink-0 items-center justify-center',
        hasAvatar ? 'w-14 self-start pt-2.5 ps-2' : 'w-9 ps-1.5',
      )}
    >
      {/* biome-ignore-start lint/a11y/noLabelWithoutControl lint/a11y/useKeyWithClickEvents: the checkbox inside has both */}
      <label
        className={joinClasses(
          'relative flex items-center justify-center',
          hasAvatar ? 'size-8' : 'size-7',
        )}
        onClick={(event) => {
          if (!event.shiftKey) return;
          event.preventDefault();
          acts.select(row.uid, true);
        }}
      >
        {hasAvatar && (
          <span
            className={joinClasses(
              'absolute inset-0',
              isSelecting
                ? 'opacity-0'
                : 'group-hover:opacity-0 group-focus-within:opacity-0 pointer-coarse:group-hover:opacity-100',
            )}
          >
            <Avatar name={person?.name ?? ''} address={person?.address || '?'} />
          </span>
        )}
        <span
          className={
            isSelecting || !hasAvatar
              ? 'flex'
              : 'flex opacity-0 group-hover:opacity-100 group-focus-within:opacity-100 pointer-coarse:group-hover:opacity-0'
          }
        >
          <Checkbox
            aria-label={texts.t('select', { subject: texts.subject(row) })}
            checked={isSelected}
            onChange={(event) =>
              acts.select(
                row.uid,
                (event.nativeEvent as unknown as { shiftKey?: boolean }).shiftKey === true,
              )
            }
          />
        </span>
      </label>
      {/* biome-ignore-end lint/a11y/noLabelWithoutControl lint/a11y/useKeyWithClickEvents: see above */}
    </div>
  );
}

function StarButton({ row, look, texts, acts }: Props) {
  return (
    <IconButton
      label={texts.t(row.isFlagged ? 'removeStar' : 'star')}
      icon={<Star className={row.isFlagged ? 'fill-current' : undefined} />}
      size="sm"
      onClick={() => acts.star(row)}
      className={joinClasses(
        look.mode === 'line' && 'self-center',
        row.isFlagged
          ? 'text-warn-text'
          : 'text-faint opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60',
      )}
    />
  );
}

function HoverActions({ row, look, texts, acts, isRestorable }: Props) {
  const isUnread = !row.isSeen;
  return (
    <span
      className={joinClasses(
        'absolute end-1.5 hidden items-center rounded-md bg-hover group-hover:flex pointer-coarse:group-hover:hidden',
        look.mode === 'card' && look.density !== 'compact' ? 'top-1' : 'inset-y-0',
        look.mode === 'card' && look.density === 'compact' && 'end-9',
      )}
    >
      <IconButton
        label={texts.t(isUnread ? 'markRead' : 'markUnread')}
        icon={isUnread ? <MailOpen /> : <MailCheck />}
        size="sm"
        onClick={() => acts.read(row)}
      />
      {isRestorable ? (
        <IconButton
          label={texts.t('restore')}
          icon={<RotateCcw />}
          size="sm"
          onClick={() => acts.restore(row.uid)}
        />
      ) : (
        <>
          <IconButton
            label={texts.t('archive')}
            icon={<Archive />}
            size="sm"
            onClick={() => acts.archive(row.uid)}
          />
          <IconButton
            label={texts.t('delete')}
            icon={<Trash2 />}
            size="sm"
            onClick={() => acts.remove(row.uid)}
          />
        </>
      )}
    </span>
  );
}
