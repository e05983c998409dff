// The list: its head with what can be done, the rows, and what stands there when there are none.
'use client';
import { PenLine } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useEffect, useMemo, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import type { Perform } from '../keyboard/use-commands.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { useIsCoarse } from '../use-client.ts';
import { useDateStyle, useNow } from '../use-dates.tsx';
import { CardRows } from './card-rows.tsx';
import { writeDrag } from './drag.ts';
import { ListHead } from './list-head.tsx';
import { ListSkeleton } from './list-skeleton.tsx';
import type { RowActs } from './message-row.tsx';
import type { RowLook } from './row-look.ts';
import type { RowMenuPlace } from './row-menu.tsx';

const BulkBar = dynamic(() => import('./bulk-bar.tsx').then((file) => file.BulkBar), {
  ssr: false,
  // Its height, so that no row moves.
  loading: () => <div className="h-12 shrink-0 border-b bg-accent-soft" />,
});
// Of the wide layout, of touch, of a list without rows, of pages: each comes where it is shown.
const ColumnHeads = dynamic(() => import('./column-heads.tsx').then((file) => file.ColumnHeads));
const LineRows = dynamic(() => import('./line-rows.tsx').then((file) => file.LineRows));
const PullToRefresh = dynamic(
  () => import('./pull-to-refresh.tsx').then((file) => file.PullToRefresh),
  { ssr: false },
);
const EmptyList = dynamic(() => import('./empty-list.tsx').then((file) => file.EmptyList));
const PageFoot = dynamic(() => import('./page-foot.tsx').then((file) => file.PageFoot));
const RowMenu = dynamic(() => import('./row-menu.tsx').then((file) => file.RowMenu), {
  ssr: false,
});

/** Orders in which days follow one another */
const byDay = new Set(['newest', 'oldest']);

export function ListPane({
  mail,
  perform,
  onOpen,
  onCompose,
  mode,
  className,
}: {
  mail: Mail;
  perform: Perform;
  onOpen: (id: number) => void;
  onCompose: () => void;
  mode: 'card' | 'line';
  className?: string;
}) {
  const t = useTranslations('list');
  const { preferences } = usePreferences();
  const { list, rows, selected, place, listError } = mail;
  const scroller = useRef<HTMLDivElement>(null);
  const look = useRowLook(mail, mode);
  const now = useNow();
  const [menu, setMenu] = useState<RowMenuPlace | null>(null);
  const acts = useRowActs(mail, perform, onOpen, setMenu);
  const { folder, query, filter, sort, page } = place;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another list begins at its top
  useEffect(() => {
    // Newer browsers answer with a promise, which no effect may return.
    void scroller.current?.scrollTo(0, 0);
  }, [folder, query, filter, sort, page]);

  const Rows = mode === 'line' ? LineRows : CardRows;
  const hasRows = list !== null && list.total > 0 && (rows.length > 0 || !mail.isPaged);
  return (
    <section
      aria-label={t('region')}
      className={joinClasses('relative flex min-h-0 min-w-0 flex-col', className)}
    >
      {selected.size > 0 || mail.job ? (
        <BulkBar mail={mail} perform={perform} />
      ) : (
        <ListHead mail={mail} perform={perform} />
      )}
      {mode === 'line' && hasRows && <ColumnHeads mail={mail} look={look} />}
      {look.isCoarse && <PullToRefresh scroller={scroller} onRefresh={mail.refresh} />}
      <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
        {listError && (
          <div role="alert" className="m-3 rounded-md bg-danger-soft px-3 py-2 text-danger-text">
            {listError}{' '}
            <button type="button" className="font-medium underline" onClick={mail.refresh}>
              {t('retry')}
            </button>
          </div>
        )}
        {!list && !listError && <ListSkeleton />}
        {list && !hasRows && <EmptyList mail={mail} />}
        {list && hasRows && (
          <Rows
            mail={mail}
            list={list}
            look={look}
            acts={acts}
            now={now}
            hasGroups={preferences['list.groups'] && byDay.has(sort)}
            scroller={scroller}
          />
        )}
        {list &&
          hasRows &&
          (preferences['list.paging'] === 'pages' ? (
            <PageFoot mail={mail} />
          ) : (
            <div className="h-20 lg:h-10" />
          ))}
      </div>
      {menu && <RowMenu place={menu} mail={mail} perform={perform} onClose={() => setMenu(null)} />}
      {selected.size === 0 && (
        <button
          type="button"
          onClick={onCompose}
          className="absolute end-4 bottom-[max(1rem,env(safe-area-inset-bottom))] flex h-13 items-center gap-2 rounded-full bg-accent px-5 font-medium text-on-accent shadow-float hover:bg-accent-hover lg:hidden"
        >
          <PenLine aria-hidden className="size-4.5" />
          {t('compose')}
        </button>
      )}
    </section>
  );
}

function useRowLook(mail: Mail, mode: 'card' | 'line'): RowLook {
  const { preferences } = usePreferences();
  const style = useDateStyle();
  const isCoarse = useIsCoarse();
  const role = mail.folder?.role;
  const isOutgoing = preferences['list.recipients'] && (role === 'sent' || role === 'drafts');
  return useMemo(
    () => ({
      mode,
      style,
      isCoarse,
      isOutgoing,
      density: preferences['list.density'],
      columns: preferences['list.columns'],
      widths: preferences['list.widths'],
      hasPreview: preferences['list.preview'],
      hasAvatars: preferences['list.avatars'],
      hasStripes: preferences['list.stripes'],
      areAddresses: preferences['list.names'] === 'address',
      dates: preferences['list.dates'],
      fromLength: preferences['list.fromLength'],
      subjectLength: preferences['list.subjectLength'],
      colours: preferences['list.colours'],
      labels: preferences['folders.labels'],
    }),
    [preferences, mode, style, isCoarse, isOutgoing],
  );
}

/** The same functions as long as the page lives, so that no row draws again because of them. */
function useRowActs(
  mail: Mail,
  perform: Perform,
  onOpen: (id: number) => void,
  setMenu: (place: RowMenuPlace) => void,
): RowActs {
  const { preferences } = usePreferences();
  const latest = useRef({ mail, onOpen, preferences });
  latest.current = { mail, onOpen, preferences };
  const anchor = useRef<number | null>(null);
  return useMemo<RowActs>(() => {
    const mailNow = () => latest.current.mail;
    const select = (id: number, isRange: boolean) => {
      const { rows, selected, setSelected, setEverything } = mailNow();
      const from = rows.findIndex((row) => row.uid === anchor.current);
      const to = rows.findIndex((row) => row.uid === id);
      const next = new Set(selected);
      if (isRange && from >= 0 && to >= 0) {
        for (const row of rows.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(row.uid);
      } else if (!next.delete(id)) next.add(id);
      anchor.current = id;
      setEverything(null);
      setSelected(next);
    };
    const read = (row: MessageRow) =>
      void (row.isSeen
        ? mailNow().markUnread([row.uid])
        : mailNow().setFlag([row.uid], 'seen', true));
    const star = (row: MessageRow) => void mailNow().setFlag([row.uid], 'flagged', !row.isFlagged);
    return {
      open: (id) => {
        anchor.current = id;
        latest.current.onOpen(id);
      },
      select,
      star,
      read,
      archive: (id) => void mailNow().move([id], { role: 'archive' }),
      remove: (id) => void mailNow().remove([id]),
      restore: (id) => void mailNow().restore([id]),
      hover: (id) => mailNow().prefetch(id),
      menu: (row, x, y) => {
        const { selected, setCursor } = mailNow();
        const targets = selected.has(row.uid) ? [...selected] : [row.uid];
        if (!selected.has(row.uid)) setCursor(row.uid);
        setMenu({ targets, row, x, y });
      },
      // A row that is not selected is dragged alone.
      drag: (id, transfer) => {
        const { selected, place } = mailNow();
        const uids = selected.has(id) ? [...selected] : [id];
        writeDrag(transfer, { folder: place.folder, uids });
      },
      swipe: (row, side) => {
        const { preferences: chosen } = latest.current;
        const action = chosen[side === 'forward' ? 'list.swipeForward' : 'list.swipeBack'];
        if (action === 'read') read(row);
        else if (action === 'star') star(row);
        else if (action !== 'none') perform(action, [row.uid]);
      },
    };
  }, [perform, setMenu]);
}
