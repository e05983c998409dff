// The rows of a book. Only those in view exist; arrows, Home and End move through them, Space selects, Enter opens.
'use client';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { Avatar } from '#components/ui/avatar.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { useIsClient } from '../use-client.ts';
import type { Book } from './use-book.ts';

const rowHeight = 56;

export function ContactList({
  book,
  openId,
  selected,
  onOpen,
  onSelect,
}: {
  book: Book;
  openId: string | null;
  selected: ReadonlySet<string>;
  onOpen: (id: string) => void;
  onSelect: (id: string) => void;
}) {
  const t = useTranslations('contacts');
  const isClient = useIsClient();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(0);
  const total = book.total ?? 0;
  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 10,
    initialRect: { width: 400, height: 800 },
  });
  const items = virtual.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const { show } = book;
  useEffect(() => {
    if (total > 0) show(first, last);
  }, [first, last, total, show]);

  // The row that the keys went to takes the focus as soon as it is there: at the end of a long list after an answer of the
  // server, and unless the focus has gone elsewhere by then.
  const awaited = useRef<number | null>(null);
  const focusAwaited = () => {
    const list = scroller.current;
    if (awaited.current === null || !list) return;
    const now = document.activeElement;
    const isElsewhere = now !== document.body && !list.contains(now);
    const button = list.querySelector<HTMLElement>(`[data-index="${awaited.current}"] button`);
    if (!isElsewhere) button?.focus();
    if (isElsewhere || button) awaited.current = null;
  };
  useEffect(focusAwaited);

  const move = (to: number) => {
    const index = Math.max(0, Math.min(total - 1, to));
    setCursor(index);
    virtual.scrollToIndex(index);
    awaited.current = index;
    focusAwaited();
  };
  const steps: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const row = book.rowAt(cursor);
    const step = steps[event.key];
    if (step) move(cursor + step);
    else if (event.key === 'PageDown') move(cursor + 10);
    else if (event.key === 'PageUp') move(cursor - 10);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(total - 1);
    else if ((event.key === ' ' || event.key === 'x') && row) onSelect(row.id);
    else return;
    event.preventDefault();
  };

  // Places in the markup of the server would be refused with its other inline styles, and never set again.
  const drawn = isClient ? items : [];
  return (
    <div ref={scroller} className="min-h-0 flex-1 overflow-y-auto overscroll-contain">
      <ul
        aria-label={t('list')}
        className="relative"
        style={isClient ? { height: virtual.getTotalSize() } : undefined}
        onKeyDown={onKeyDown}
      >
        {drawn.map(({ index, start }) => {
          const row = book.rowAt(index);
          const name = row?.name ?? '';
          return (
            <li
              key={row?.id ?? `row ${index}`}
              data-index={index}
              aria-setsize={total}
              aria-posinset={index + 1}
              style={{ height: rowHeight, transform: `translateY(${start}px)` }}
              className={joinClasses(
                'absolute inset-x-0 top-0 flex items-center gap-3 border-b ps-4 pe-2',
                row && row.id === openId ? 'bg-accent-soft' : 'hover:bg-hover',
              )}
            >
              {row && (
                <>
                  <span className="-m-2 flex p-2 pointer-coarse:-m-3 pointer-coarse:p-3">
                    <Checkbox
                      aria-label={t('select', { name })}
                      checked={selected.has(row.id)}
                      onChange={() => onSelect(row.id)}
                      tabIndex={-1}
                    />
                  </span>
                  <button
                    type="button"
                    tabIndex={index === cursor ? 0 : -1}
                    aria-current={row.id === openId || undefined}
                    onFocus={() => setCursor(index)}
                    onClick={() => onOpen(row.id)}
                    className="flex h-full min-w-0 flex-1 items-center gap-3 text-start"
                  >
                    <Avatar name={name} address={row.addresses[0] ?? name} />
                    <span className="min-w-0">
                      <span className="block truncate font-medium">
                        {name}
                        {row.nickname && row.nickname !== name && (
                          <span className="font-normal text-muted"> ({row.nickname})</span>
                        )}
                      </span>
                      <span className="block truncate text-sm text-muted">
                        {row.addresses[0] ?? row.organization}
                      </span>
                    </span>
                  </button>
                </>
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
