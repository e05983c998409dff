// What this browser can do for the webmail: be its app, and open mailto: links with it.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { useToast } from '#components/ui/toast.tsx';
import { useIsClient } from '../use-client.ts';

/** Chromium's event before it would offer to install; not in the standard types. */
type InstallPrompt = Event & { prompt: () => Promise<unknown> };

export function BrowserSection() {
  const t = useTranslations('options.personal.browser');
  const toast = useToast();
  const isClient = useIsClient();
  const [install, setInstall] = useState<InstallPrompt | null>(null);
  useEffect(() => {
    const keep = (event: Event) => {
      event.preventDefault();
      setInstall(event as InstallPrompt);
    };
    window.addEventListener('beforeinstallprompt', keep);
    return () => window.removeEventListener('beforeinstallprompt', keep);
  }, []);
  const mayHandleLinks = isClient && typeof navigator.registerProtocolHandler === 'function';
  return (
    <div className="divide-y rounded-lg border">
      <div className="flex flex-wrap items-center gap-4 px-4 py-3">
        <div className="min-w-0 flex-1 basis-64">
          <h3 className="font-medium">{t('mailto')}</h3>
          <p className="text-sm text-muted">{t('mailtoHelp')}</p>
        </div>
        <Button
          disabled={!mayHandleLinks}
          onClick={() => {
            try {
              const url = `${window.location.origin}/mail?mailto=%s`;
              navigator.registerProtocolHandler('mailto', url);
              toast.show({ text: t('mailtoAsked') });
            } catch {
              toast.show({ kind: 'error', text: t('mailtoFailed') });
            }
          }}
        >
          {t('mailtoButton')}
        </Button>
      </div>
      <div className="flex flex-wrap items-center gap-4 px-4 py-3">
        <div className="min-w-0 flex-1 basis-64">
          <h3 className="font-medium">{t('install')}</h3>
          <p className="text-sm text-muted">{install ? t('installHelp') : t('installByMenu')}</p>
        </div>
        {install && (
          <Button
            onClick={() => {
              void install.prompt();
              setInstall(null);
            }}
          >
            {t('installButton')}
          </Button>
        )}
      </div>
    </div>
  );
}
