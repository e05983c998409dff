// Gives the sentences of failed requests in the language of the page.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { sayRequestErrors } from './state/request.ts';

export function RequestSentences() {
  const t = useTranslations('ui.errors');
  useEffect(() => {
    sayRequestErrors({
      offline: t('offline'),
      signedOut: t('signedOut'),
      broken: t('broken'),
      unknown: t('unknown'),
    });
  }, [t]);
  return null;
}
