// The parts of a search as chips, each with a button that takes it away.
'use client';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { parseQuery, withoutPart } from '#lib/webmail/search/query.ts';

export function SearchChips({
  query,
  onSearch,
}: {
  query: string;
  onSearch: (query: string) => void;
}) {
  const t = useTranslations('search');
  const parts = parseQuery(query);
  return (
    <ul
      aria-label={t('chips')}
      className="flex max-w-[75%] min-w-0 shrink gap-1 overflow-x-auto [scrollbar-width:none]"
    >
      {parts.map((part, index) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: the same word may stand there twice
          key={`${index} ${part.text}`}
          className="flex h-6 shrink-0 items-center rounded-md bg-accent-soft ps-1.5 text-sm text-accent-text pointer-coarse:h-8"
        >
          <span className="max-w-44 truncate" dir="auto">
            {part.text}
          </span>
          <button
            type="button"
            aria-label={t('remove', { text: part.text })}
            onClick={() => onSearch(withoutPart(parts, index))}
            className="flex h-full w-6 items-center justify-center rounded-e-md hover:bg-pressed pointer-coarse:w-8"
          >
            <X aria-hidden className="size-3.5" />
          </button>
        </li>
      ))}
    </ul>
  );
}
