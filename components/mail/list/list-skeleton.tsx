// Grey rows while a list is on its way; they come after a moment, so that a quick answer does not flicker.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';

const patienceMs = 150;
const widths = ['w-32', 'w-24', 'w-40', 'w-28', 'w-36', 'w-24', 'w-32', 'w-28'];

export function ListSkeleton() {
  const t = useTranslations('list');
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  if (!isShown) return null;
  return (
    <div role="status">
      <span className="sr-only">{t('loading')}</span>
      {widths.map((width, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: eight rows without identity
        <div key={index} aria-hidden className="flex gap-3 border-b px-3 py-3">
          <span className="size-8 shrink-0 animate-pulse rounded-full bg-pressed" />
          <span className="flex min-w-0 flex-1 flex-col gap-2 pt-0.5">
            <span className={`h-3 animate-pulse rounded-sm bg-pressed ${width}`} />
            <span className="h-2.5 w-4/5 animate-pulse rounded-sm bg-pressed" />
          </span>
        </div>
      ))}
    </div>
  );
}
