// The panel's frame: the menu at the side, behind a button on a phone.
'use client';
import { Menu as MenuIcon, Search, X } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Logo } from '#components/ui/logo.tsx';
import { revealCurrent } from '#components/ui/reveal-current.ts';
import { useModal } from '#components/ui/use-modal.ts';
import { SearchField, useSearch } from './search/search-button.tsx';

export type ShellItem = {
  href: string;
  label: string;
  icon: ReactNode;
  /** Heading above this item, where a new group begins. */
  heading?: string;
  count?: number;
};

export function AdminShell({
  title,
  items,
  footer,
  children,
}: {
  title: string;
  items: ShellItem[];
  footer: ReactNode;
  children: ReactNode;
}) {
  const path = usePathname();
  const [isOpen, setIsOpen] = useState(false);
  const drawer = useModal(isOpen, () => setIsOpen(false));
  const search = useSearch();
  useEffect(() => {
    if (isOpen) revealCurrent(drawer.ref.current?.querySelector('nav') ?? null);
  }, [isOpen, drawer.ref]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new page closes the drawer
  useEffect(() => setIsOpen(false), [path]);
  const menu = (
    <>
      <Navigation items={items} path={path} />
      <div className="mt-auto border-t p-2">{footer}</div>
    </>
  );
  const brand = (
    <Link href="/admin" className="flex min-w-0 items-center gap-2 rounded-md font-semibold">
      <Logo className="size-6 shrink-0" />
      <span className="truncate">{title}</span>
      <span className="font-normal text-faint">Admin</span>
    </Link>
  );
  return (
    <div className="print:block lg:grid lg:min-h-dvh lg:grid-cols-[14rem_minmax(0,1fr)]">
      <a
        href="#content"
        className="sr-only z-50 rounded-md bg-surface px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <aside className="sticky top-0 hidden h-dvh flex-col border-r bg-surface lg:flex print:hidden">
        <div className="flex h-13 shrink-0 items-center px-3">{brand}</div>
        <SearchField onOpen={search.open} className="mx-3 mb-3 shrink-0" />
        {menu}
      </aside>
      <header className="sticky top-0 z-30 flex h-12 items-center justify-between border-b bg-surface px-3 lg:hidden print:hidden">
        {brand}
        <span className="flex">
          <IconButton label="Search" icon={<Search />} onClick={search.open} />
          <IconButton
            label="Menu"
            icon={<MenuIcon />}
            aria-expanded={isOpen}
            onClick={() => setIsOpen(true)}
          />
        </span>
      </header>
      <dialog
        {...drawer}
        aria-label="Menu"
        className="m-0 mr-auto h-dvh max-h-none w-72 max-w-[85vw] border-r bg-surface p-0 text-ink open:flex open:flex-col"
      >
        <div className="flex h-12 shrink-0 items-center justify-between px-3">
          {brand}
          <IconButton label="Close the menu" icon={<X />} onClick={() => setIsOpen(false)} />
        </div>
        {menu}
      </dialog>
      <main
        id="content"
        className="mx-auto w-full max-w-5xl min-w-0 px-4 py-6 sm:px-8 lg:py-8 2xl:max-w-6xl"
      >
        {children}
      </main>
      {search.dialog}
    </div>
  );
}

function Navigation({ items, path }: { items: ShellItem[]; path: string }) {
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page is the current one
  useEffect(() => revealCurrent(box.current), [path]);
  return (
    <nav ref={box} aria-label="Administration" className="overflow-y-auto px-2 pb-4">
      {items.map((item) => {
        const isActive =
          item.href === '/admin' ? path === item.href : path.startsWith(`${item.href}`);
        return (
          <div key={item.href}>
            {item.heading && (
              <p className="mt-4 mb-1 px-2 text-xs font-medium text-faint">{item.heading}</p>
            )}
            <Link
              href={item.href}
              aria-current={isActive ? 'page' : undefined}
              className={joinClasses(
                'flex items-center gap-2.5 rounded-md px-2 py-1.5 -outline-offset-2 transition-colors duration-100 pointer-coarse:py-2.5 [&_svg]:size-4 [&_svg]:shrink-0',
                isActive
                  ? 'bg-accent-soft font-medium text-accent-text'
                  : 'text-muted hover:bg-hover hover:text-ink',
              )}
            >
              {item.icon}
              <span className="flex-1">{item.label}</span>
              {item.count ? (
                <span className="text-xs tabular-nums text-muted">{item.count}</span>
              ) : null}
            </Link>
          </div>
        );
      })}
    </nav>
  );
}
