// The menu of a row under the right mouse button.
'use client';
import { useTranslations } from 'next-intl';
import { type KeyboardEvent, useLayoutEffect, useRef } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { MessageRow } from '#lib/webmail/list/message-list.ts';
import type { Perform } from '../keyboard/use-commands.ts';
import type { Mail } from '../state/use-mail.ts';
import { targetItems } from './target-items.tsx';

export type RowMenuPlace = { targets: number[]; row: MessageRow; x: number; y: number };

export function RowMenu({
  place,
  mail,
  perform,
  onClose,
}: {
  place: RowMenuPlace;
  mail: Mail;
  perform: Perform;
  onClose: () => void;
}) {
  const t = useTranslations('list');
  const popup = useRef<HTMLDivElement>(null);
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const element = popup.current;
    if (!element) return;
    if (!element.matches(':popover-open')) element.showPopover();
    const { offsetWidth: width, offsetHeight: height } = element;
    element.style.left = `${Math.max(8, Math.min(place.x, window.innerWidth - width - 8))}px`;
    element.style.top = `${Math.max(8, Math.min(place.y, window.innerHeight - height - 8))}px`;
    entriesOf(element)[0]?.focus();
    const follow = (event: Event) => {
      if ((event as ToggleEvent).newState === 'closed') close.current();
    };
    element.addEventListener('toggle', follow);
    return () => element.removeEventListener('toggle', follow);
  }, [place]);
  const onKeyDown = (event: KeyboardEvent) => {
    const entries = entriesOf(popup.current);
    const at = entries.indexOf(document.activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    entries.at(next % entries.length)?.focus();
  };
  return (
    <div
      ref={popup}
      popover="auto"
      role="menu"
      aria-label={t('menuOf', { subject: place.row.subject || t('noSubject') })}
      tabIndex={-1}
      onKeyDown={onKeyDown}
      className="fixed inset-auto m-0 max-h-[80dvh] min-w-52 overflow-y-auto rounded-lg border bg-surface p-1 text-ink shadow-float"
    >
      {targetItems({ mail, perform, targets: place.targets, t }).map((item, index) =>
        item === 'separator' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: separators have no identity
          <hr key={index} className="my-1" />
        ) : (
          <button
            key={item.label}
            type="button"
            role="menuitem"
            tabIndex={-1}
            onClick={() => {
              popup.current?.hidePopover();
              item.onSelect?.();
            }}
            className={joinClasses(
              'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-start outline-none [&_svg]:size-4',
              item.isDanger
                ? 'text-danger-text focus:bg-danger-soft hover:bg-danger-soft'
                : 'focus:bg-hover hover:bg-hover',
            )}
          >
            <span className="text-muted">{item.icon}</span>
            <span className="min-w-0 flex-1 truncate">{item.label}</span>
          </button>
        ),
      )}
    </div>
  );
}

function entriesOf(popup: HTMLElement | null): HTMLElement[] {
  return [...(popup?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}
