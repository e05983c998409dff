// Senders whose pictures from other servers are shown at once, and taking that back.
'use client';
import { X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { IconButton } from '#components/ui/icon-button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { errorText, postJson } from '../state/request.ts';

export function TrustedSenders({ start }: { start: string[] }) {
  const t = useTranslations('options.trusted');
  const toast = useToast();
  const [senders, setSenders] = useState(start);
  const distrust = async (sender: string) => {
    setSenders((all) => all.filter((each) => each !== sender));
    try {
      await postJson('/api/mail/trust', { sender, isTrusted: false });
    } catch (error) {
      setSenders((all) => [...all, sender].sort());
      toast.show({ kind: 'error', text: errorText(error) });
    }
  };
  return (
    <section aria-label={t('title')} className="mt-6">
      <h2 className="font-semibold">{t('title')}</h2>
      <p className="mb-2 text-sm text-muted">{t('help')}</p>
      {senders.length === 0 ? (
        <p className="rounded-lg border border-dashed px-4 py-3 text-muted">{t('none')}</p>
      ) : (
        <ul className="divide-y rounded-lg border">
          {senders.map((sender) => (
            <li key={sender} className="flex items-center justify-between gap-3 py-1 ps-4 pe-2">
              <span className="min-w-0 truncate" dir="ltr">
                {sender}
              </span>
              <IconButton
                label={t('remove', { sender })}
                icon={<X />}
                onClick={() => void distrust(sender)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
