// A menu under a button: what it holds is drawn when it opens, by code that comes with the first pointer or focus on a
// button. WAI-ARIA menu button pattern.
'use client';
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import type { MenuItem } from './menu-item.ts';
import type { MenuPopup } from './menu-popup.tsx';

export type { MenuItem };

type TriggerProps = {
  'aria-haspopup': 'menu';
  'aria-expanded': boolean;
  'aria-controls': string | undefined;
  onClick: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onPointerEnter: () => void;
  onFocus: () => void;
  ref: (element: HTMLButtonElement | null) => void;
};

type Opened = { Popup: typeof MenuPopup; items: MenuItem[] | null; isFocusLast: boolean };

export function Menu({
  trigger,
  items,
  align = 'end',
  label,
}: {
  /** Draws the button with the props given. */
  trigger: (props: TriggerProps) => ReactNode;
  /** A function is asked each time the menu opens, and may load what it needs for that. */
  items: MenuItem[] | (() => MenuItem[] | Promise<MenuItem[]>);
  align?: 'start' | 'end';
  label?: string;
}) {
  const id = useId();
  const button = useRef<HTMLButtonElement | null>(null);
  const [opened, setOpened] = useState<Opened | null>(null);
  const load = () =>
    Promise.all([import('./menu-popup.tsx'), typeof items === 'function' ? items() : null]);
  // Where it fails the click tries again.
  const prepare = () => void load().catch(() => {});
  const open = async (isFocusLast = false) => {
    const [{ MenuPopup: Popup }, own] = await load();
    setOpened({ Popup, items: own, isFocusLast });
  };
  const close = (isFocusReturned: boolean) => {
    setOpened(null);
    if (isFocusReturned) button.current?.focus();
  };
  return (
    <>
      {trigger({
        'aria-haspopup': 'menu',
        'aria-expanded': opened !== null,
        'aria-controls': opened ? id : undefined,
        onClick: () => (opened ? close(true) : void open()),
        onKeyDown: (event) => {
          if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
          event.preventDefault();
          void open(event.key === 'ArrowUp');
        },
        onPointerEnter: prepare,
        onFocus: prepare,
        ref: (element) => {
          button.current = element;
        },
      })}
      {opened && (
        <opened.Popup
          id={id}
          items={opened.items ?? (items as MenuItem[])}
          button={button}
          align={align}
          label={label}
          isFocusLast={opened.isFocusLast}
          onClose={close}
        />
      )}
    </>
  );
}
