// The head of a composer: its subject, what is saved, and its size.
'use client';
import { ExternalLink, Maximize2, Minimize2, Minus, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import { formatTime } from '../dates.ts';
import { useDateStyle } from '../use-dates.tsx';
import { openWindow } from './begin-message.ts';
import type { ComposerSize } from './composer-props.ts';
import type { ComposerModel } from './use-composer.ts';

export function ComposerHead({
  composer,
  title,
  size,
  setSize,
  isPage,
}: {
  composer: ComposerModel;
  title: string;
  size: ComposerSize;
  setSize: (size: ComposerSize) => void;
  isPage: boolean;
}) {
  const t = useTranslations('compose.window');
  const toggle = () => setSize(size === 'small' ? 'normal' : 'small');
  const popOut = async () => {
    if (!(await composer.close())) return;
    const uid = composer.saving.draftUid.current;
    openWindow(uid ? { mode: 'draft', folder: '', uid } : { mode: 'new' });
  };
  return (
    <header className="flex h-11 shrink-0 items-center gap-0.5 border-b bg-canvas ps-4 pe-1.5 max-md:h-13 max-md:pt-[env(safe-area-inset-top)]">
      {isPage ? (
        <h1 className="min-w-0 flex-1 truncate font-semibold">{title}</h1>
      ) : (
        <button
          type="button"
          onClick={toggle}
          className="min-w-0 flex-1 truncate text-start font-semibold -outline-offset-2"
        >
          {title}
        </button>
      )}
      <SavedMark composer={composer} />
      {!isPage && (
        <>
          <IconButton
            label={t(size === 'small' ? 'enlarge' : 'minimise')}
            icon={<Minus />}
            size="sm"
            className="max-md:hidden"
            onClick={toggle}
          />
          <IconButton
            label={t('popOut')}
            icon={<ExternalLink className="rtl:-scale-x-100" />}
            size="sm"
            className="max-md:hidden"
            onClick={() => void popOut()}
          />
          <IconButton
            label={t(size === 'full' ? 'dock' : 'fullScreen')}
            icon={size === 'full' ? <Minimize2 /> : <Maximize2 />}
            size="sm"
            className="max-md:hidden"
            onClick={() => setSize(size === 'full' ? 'normal' : 'full')}
          />
        </>
      )}
      <IconButton
        label={t('close')}
        shortcut={isPage ? undefined : 'Esc'}
        icon={<X />}
        size="sm"
        onClick={() => void composer.close()}
      />
    </header>
  );
}

function SavedMark({ composer }: { composer: ComposerModel }) {
  const t = useTranslations('compose.save');
  const style = useDateStyle();
  const { state, savedAt } = composer.saving;
  const text =
    state === 'saving'
      ? t('saving')
      : state === 'failed'
        ? t('failed')
        : savedAt
          ? t('saved', { time: formatTime(savedAt, style) })
          : '';
  return (
    <span
      role="status"
      className={joinClasses(
        'me-1 shrink-0 text-xs tabular-nums',
        state === 'failed' ? 'text-danger-text' : 'text-faint',
      )}
    >
      {text}
    </span>
  );
}
