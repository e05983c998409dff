// Says that the server is not heard any more, and how long until it is tried again. The list stays as it is.
'use client';
import { Unplug } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { Mail } from './state/use-mail.ts';

export function ConnectionBar({ mail }: { mail: Mail }) {
  const t = useTranslations('mail');
  const { loss, retryNow } = mail;
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!loss) return;
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [loss]);
  if (!loss) return null;
  const seconds = loss.retryAt === null ? 0 : Math.ceil((loss.retryAt - now) / 1000);
  return (
    <div className="flex items-center justify-center gap-2 bg-warn-soft px-3 py-1.5 text-sm text-warn-text print:hidden">
      <Unplug aria-hidden className="size-4" />
      <p role="status">{t('lost.text')}</p>
      {seconds > 0 && <span className="tabular-nums">{t('lost.in', { seconds })}</span>}
      {loss.retryAt !== null && (
        <button type="button" className="font-medium underline" onClick={retryNow}>
          {t('lost.now')}
        </button>
      )}
    </div>
  );
}
