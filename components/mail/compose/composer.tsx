// One message being written: a window at the lower edge, small, as large as the page, or a page of its own. Esc closes and
// keeps the draft; Discard is a choice of its own.
'use client';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { Spinner } from '#components/ui/spinner.tsx';
import { Awaited } from '../keyboard/awaited.tsx';
import { usePreferences } from '../state/preferences.tsx';
import { ComposerForm } from './composer-form.tsx';
import type { ComposerProps, ComposerSize } from './composer-props.ts';
import { type ComposeSetup, loadSetup } from './setup.ts';

export function Composer(props: ComposerProps) {
  const { start, isPage = false } = props;
  const t = useTranslations('compose.window');
  const { preferences } = usePreferences();
  const isFull = preferences['compose.window'] === 'full';
  const [size, setSize] = useState<ComposerSize>(isFull ? 'full' : 'normal');
  const [setup, setSetup] = useState<ComposeSetup | null>(null);
  useEffect(() => {
    loadSetup()
      .then(setSetup)
      // Without it one can still write; only choices are missing.
      .catch(() => setSetup({ identities: [], templates: [], maxFileBytes: 0, laterDays: 0 }));
  }, []);
  const box = joinClasses(
    'pointer-events-auto flex min-w-0 flex-col overflow-hidden bg-surface text-ink',
    isPage
      ? 'h-dvh w-full'
      : 'border shadow-float max-md:absolute max-md:inset-0 max-md:border-0 md:rounded-t-lg md:border-b-0',
    !isPage &&
      {
        full: 'md:fixed md:inset-8 md:rounded-lg md:border-b',
        small: 'md:w-72',
        normal: 'md:h-[min(38rem,calc(100dvh-4rem))] md:w-144',
      }[size],
  );
  if (!start || !setup) {
    return (
      <section aria-label={t('new')} className={joinClasses(box, 'items-center justify-center')}>
        {!isPage && <Awaited onClose={props.onClose} />}
        <Spinner label={t('loading')} />
      </section>
    );
  }
  return (
    <ComposerForm
      {...props}
      start={start}
      setup={setup}
      setSetup={setSetup}
      size={size}
      setSize={setSize}
      isPage={isPage}
      box={box}
    />
  );
}
