// Says that the server is not heard any more, and how long until it is tried again. The list stays as it is.
'use client';
import { Unplug } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { Loss } from './state/use-events.ts';

export function ConnectionBar({ loss, onRetry }: { loss: Loss; onRetry: () => void }) {
  const t = useTranslations('mail');
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = loss.retryAt === null ? 0 : Math.ceil((loss.retryAt - now) / 1000);
  return (
    <div className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1.5 text-sm text-warn-text print:hidden">
      <Unplug aria-hidden className="size-4" />
      <p role="status">{t('lost.text')}</p>
      {seconds > 0 && <span className="tabular-nums">{t('lost.in', { seconds })}</span>}
      {loss.retryAt !== null && (
        <button type="button" className="font-medium underline" onClick={onRetry}>
          {t('lost.now')}
        </button>
      )}
    </div>
  );
}
