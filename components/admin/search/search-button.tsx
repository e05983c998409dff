// The field of the panel's frame that opens the search, and the keys that do.
'use client';
import { Search } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Kbd } from '#components/ui/kbd.tsx';

const SearchDialog = dynamic(
  () => import('./search-dialog.tsx').then((file) => file.SearchDialog),
  { ssr: false },
);

/** Hears Ctrl+K and "/" on the whole page; there is one of it. */
export function useSearch(): { isOpen: boolean; open: () => void; dialog: React.ReactNode } {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const isPalette = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k';
      const isSlash = event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (!isPalette && !(isSlash && !isTyping(event.target))) return;
      // Over a dialog that asks something nothing else opens.
      if (document.querySelector('dialog[open]')) return;
      event.preventDefault();
      setIsOpen(true);
    };
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
  const dialog = isOpen ? <SearchDialog onClose={() => setIsOpen(false)} /> : null;
  return { isOpen, open: () => setIsOpen(true), dialog };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}

export function SearchField({ onOpen, className }: { onOpen: () => void; className?: string }) {
  return (
    <button
      type="button"
      onClick={onOpen}
      className={joinClasses(
        'flex h-8 items-center gap-2 rounded-md border border-line-strong bg-canvas px-2.5 text-muted hover:border-control pointer-coarse:h-10',
        className,
      )}
    >
      <Search aria-hidden className="size-4 shrink-0" />
      <span className="flex-1 text-start">Search</span>
      <Kbd>Ctrl</Kbd>
      <Kbd>K</Kbd>
    </button>
  );
}
