// What shows behind a row while a finger moves it: what will be done, strong once it is far enough.
'use client';
import { Archive, FolderInput, MailOpen, ShieldAlert, Star, Trash2, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { joinClasses } from '#components/ui/class-names.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { SwipeSide } from './use-swipe.ts';

const icons = {
  archive: Archive,
  delete: Trash2,
  read: MailOpen,
  star: Star,
  junk: ShieldAlert,
  move: FolderInput,
  none: X,
};

export function SwipeFace({ side, isEnough }: { side: SwipeSide; isEnough: boolean }) {
  const t = useTranslations('list');
  const { preferences } = usePreferences();
  const action = preferences[side === 'forward' ? 'list.swipeForward' : 'list.swipeBack'];
  const Icon = icons[action];
  return (
    <div
      aria-hidden
      className={joinClasses(
        'absolute inset-0 flex items-center gap-2 px-6 font-medium',
        side === 'back' && 'flex-row-reverse',
        !isEnough || action === 'none'
          ? 'bg-sunken text-muted'
          : action === 'delete' || action === 'junk'
            ? 'bg-danger text-on-danger'
            : 'bg-accent text-on-accent',
      )}
    >
      <Icon className="size-5" />
      {t(`swipe.${action}`)}
    </div>
  );
}
