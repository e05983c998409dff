// What a menu (menu.tsx) shows: arrows, Home, End, first letters, Escape; it lives in the top layer, so no scrolling box
// cuts it off.
'use client';
import { type KeyboardEvent, type RefObject, useLayoutEffect, useRef } from 'react';
import { AppLink } from './app-link.tsx';
import { joinClasses } from './class-names.ts';
import type { MenuItem } from './menu-item.ts';

export function MenuPopup({
  id,
  items,
  button,
  align,
  label,
  isFocusLast,
  onClose,
}: {
  id: string;
  items: MenuItem[];
  button: RefObject<HTMLButtonElement | null>;
  align: 'start' | 'end';
  label: string | undefined;
  isFocusLast: boolean;
  onClose: (isFocusReturned: boolean) => void;
}) {
  const list = useRef<HTMLDivElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useLayoutEffect(() => {
    const popup = list.current;
    const at = button.current?.getBoundingClientRect();
    if (!popup || !at) return;
    if (!popup.matches(':popover-open')) popup.showPopover();
    place(popup, at, align);
    entriesOf(popup)
      .at(isFocusLast ? -1 : 0)
      ?.focus();
    // Escape, and a click elsewhere.
    const follow = (event: Event) => {
      if ((event as ToggleEvent).newState === 'closed') latest.current(false);
    };
    popup.addEventListener('toggle', follow);
    return () => popup.removeEventListener('toggle', follow);
  }, [button, align, isFocusLast]);

  const moveFocus = (event: KeyboardEvent) => {
    const entries = entriesOf(list.current);
    const index = entries.indexOf(document.activeElement as HTMLElement);
    const next = nextIndex(event.key, index, entries);
    if (next === null) {
      if (event.key === 'Tab') onClose(false);
      if (event.key !== 'Escape') return;
      // The event of the popover comes later than the next key.
      onClose(true);
    }
    event.preventDefault();
    event.stopPropagation();
    if (next !== null) entries[next]?.focus();
  };
  return (
    <div
      ref={list}
      id={id}
      role="menu"
      aria-label={label}
      tabIndex={-1}
      popover="auto"
      onKeyDown={moveFocus}
      className="fixed inset-auto m-0 max-h-[80dvh] min-w-44 overflow-y-auto rounded-lg border bg-surface p-1 text-ink shadow-float"
    >
      {items.map((item, index) =>
        item === 'separator' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: separators have no identity
          <hr key={index} className="my-1" />
        ) : (
          <Entry key={item.label} item={item} onDone={() => onClose(true)} />
        ),
      )}
    </div>
  );
}

function Entry({ item, onDone }: { item: Exclude<MenuItem, 'separator'>; onDone: () => void }) {
  const className = joinClasses(
    'flex w-full items-center gap-2 rounded-md px-2 py-1.5 text-start text-base outline-none pointer-coarse:py-2.5 [&_svg]:size-4 [&_svg]:shrink-0',
    item.isDanger
      ? 'text-danger-text focus:bg-danger-soft hover:bg-danger-soft'
      : 'focus:bg-hover hover:bg-hover',
    item.isDisabled && 'pointer-events-none opacity-50',
  );
  const content = (
    <>
      {item.icon && <span className="text-muted">{item.icon}</span>}
      <span className="min-w-0 flex-1 truncate">{item.label}</span>
      {item.isChecked && <span aria-hidden>✓</span>}
      {item.shortcut && <kbd className="ps-4 text-xs text-faint">{item.shortcut}</kbd>}
    </>
  );
  const role = item.isChecked === undefined ? 'menuitem' : 'menuitemradio';
  if (item.href && !item.isDisabled) {
    return (
      <AppLink
        href={item.href}
        role="menuitem"
        tabIndex={-1}
        className={className}
        onClick={onDone}
      >
        {content}
      </AppLink>
    );
  }
  return (
    // biome-ignore lint/a11y/useAriaPropsSupportedByRole: menuitemradio wherever isChecked is given
    <button
      type="button"
      role={role}
      aria-checked={item.isChecked}
      tabIndex={-1}
      disabled={item.isDisabled}
      className={className}
      onClick={() => {
        onDone();
        item.onSelect?.();
      }}
    >
      {content}
    </button>
  );
}

function entriesOf(popup: HTMLElement | null): HTMLElement[] {
  return [...(popup?.querySelectorAll<HTMLElement>('[role^="menuitem"]:not(:disabled)') ?? [])];
}

function nextIndex(key: string, index: number, entries: HTMLElement[]): number | null {
  const count = entries.length;
  if (count === 0) return null;
  if (key === 'ArrowDown') return (index + 1) % count;
  if (key === 'ArrowUp') return (index - 1 + count) % count;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  if (key.length !== 1 || key === ' ') return null;
  for (let step = 1; step <= count; step++) {
    const at = (index + step) % count;
    if (entries[at]?.textContent?.trim().toLowerCase().startsWith(key.toLowerCase())) return at;
  }
  return null;
}

/** Under the button, or above it where there is more room; never outside the window. */
function place(popup: HTMLElement, at: DOMRect, align: 'start' | 'end'): void {
  const { offsetWidth: width, offsetHeight: height } = popup;
  const below = at.bottom + 4;
  const isAbove = below + height > window.innerHeight && at.top > window.innerHeight - at.bottom;
  const isRightToLeft = getComputedStyle(popup).direction === 'rtl';
  const left = (align === 'end') !== isRightToLeft ? at.right - width : at.left;
  popup.style.top = `${isAbove ? Math.max(8, at.top - height - 4) : below}px`;
  popup.style.left = `${Math.min(Math.max(8, left), window.innerWidth - width - 8)}px`;
}
