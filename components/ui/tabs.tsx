// Tabs as links (state in the address) or as buttons over panels on the page.
'use client';
import Link from 'next/link';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { joinClasses } from './class-names.ts';
import { revealCurrent } from './reveal-current.ts';

/** So many fit beside one another on a usual screen. */
const mostInOneRow = 8;

const bar = 'flex gap-1 overflow-x-auto border-b';
const tab = (isActive: boolean) =>
  joinClasses(
    '-mb-px shrink-0 border-b-2 px-2.5 py-2 font-medium whitespace-nowrap transition-colors duration-100 -outline-offset-2',
    isActive ? 'border-accent text-ink' : 'border-transparent text-muted hover:text-ink',
  );

// Many of them take several rows; on a phone one that can be pushed, which fades where it goes on.
const manyBar =
  'flex gap-1 overflow-x-auto border-b pe-8 pb-2 max-sm:mask-r-from-[calc(100%-2rem)] sm:flex-wrap sm:overflow-visible sm:pe-0';
const pill = (isActive: boolean) =>
  joinClasses(
    'shrink-0 rounded-md px-2.5 py-1.5 font-medium whitespace-nowrap transition-colors duration-100 -outline-offset-2 pointer-coarse:py-2.5',
    isActive ? 'bg-accent-soft text-accent-text' : 'text-muted hover:bg-hover hover:text-ink',
  );

/** `active` is scrolled into view where not all are seen. */
export function LinkTabs({
  label,
  items,
  active,
}: {
  label: string;
  items: { id: string; label: ReactNode; href: string }[];
  active: string;
}) {
  const strip = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another one is active
  useEffect(() => revealCurrent(strip.current), [active]);
  const isMany = items.length > mostInOneRow;
  return (
    <nav ref={strip} aria-label={label} className={isMany ? manyBar : bar}>
      {items.map((item) => (
        <Link
          key={item.id}
          href={item.href}
          aria-current={item.id === active ? 'page' : undefined}
          className={isMany ? pill(item.id === active) : tab(item.id === active)}
        >
          {item.label}
        </Link>
      ))}
    </nav>
  );
}

export function Tabs({
  label,
  items,
}: {
  label: string;
  items: { id: string; label: ReactNode; content: ReactNode }[];
}) {
  const base = useId();
  const list = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState(items[0]?.id);
  const move = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (step === 0) return;
    const index = items.findIndex((item) => item.id === active);
    const next = (index + step + items.length) % items.length;
    setActive(items[next]?.id);
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <>
      <div ref={list} role="tablist" aria-label={label} className={bar} onKeyDown={move}>
        {items.map((item) => (
          <button
            key={item.id}
            type="button"
            role="tab"
            id={`${base}-${item.id}`}
            aria-selected={item.id === active}
            aria-controls={`${base}-${item.id}-panel`}
            tabIndex={item.id === active ? 0 : -1}
            onClick={() => setActive(item.id)}
            className={tab(item.id === active)}
          >
            {item.label}
          </button>
        ))}
      </div>
      {items.map((item) => (
        <div
          key={item.id}
          role="tabpanel"
          id={`${base}-${item.id}-panel`}
          aria-labelledby={`${base}-${item.id}`}
          hidden={item.id !== active}
        >
          {item.content}
        </div>
      ))}
    </>
  );
}
