// What can be done with the chosen messages, or with everything that matches; while a job runs, how far it is. On a phone
// it stands at the foot of the screen.
'use client';
import { Archive, MailCheck, MailOpen, MoreVertical, Star, Trash2, X } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';
import { Checkbox } from '#components/ui/checkbox.tsx';
import { IconButton } from '#components/ui/icon-button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import type { Perform } from '../keyboard/use-commands.ts';
import type { Mail } from '../state/use-mail.ts';
import { FilingActions } from './filing-actions.tsx';
import { targetItems } from './target-items.tsx';

export function BulkBar({ mail, perform }: { mail: Mail; perform: Perform }) {
  const t = useTranslations('list');
  const locale = useLocale();
  const { selected, rows, everything, list, job } = mail;
  if (job) return <JobBar mail={mail} />;
  const uids = [...selected];
  const chosen = rows.filter((row) => selected.has(row.uid));
  const isAnyUnread = everything !== null || chosen.some((row) => !row.isSeen);
  const isAllStarred = chosen.length > 0 && chosen.every((row) => row.isFlagged);
  const areAllLoaded = rows.length > 0 && rows.every((row) => selected.has(row.uid));
  const count = everything?.count ?? selected.size;
  const total = list?.total ?? 0;
  const clear = () => {
    mail.setEverything(null);
    mail.setSelected(new Set());
  };
  return (
    <>
      <div
        role="toolbar"
        aria-label={t('bulk.label')}
        className="flex h-12 shrink-0 items-center gap-0.5 border-b bg-accent-soft ps-4 pe-1.5"
      >
        <span className="me-2 flex">
          <Checkbox
            aria-label={t('selectLoaded')}
            checked={areAllLoaded}
            isMixed={!areAllLoaded}
            onChange={() => (areAllLoaded ? clear() : perform('select-all'))}
          />
        </span>
        <span
          className="me-auto truncate text-sm font-medium text-accent-text tabular-nums"
          aria-live="polite"
        >
          {count.toLocaleString(locale)}{' '}
          <span className="max-xl:sr-only">{t('bulk.selected')}</span>
        </span>
        <span className="contents max-md:hidden">
          <IconButton
            label={t(isAnyUnread ? 'markRead' : 'markUnread')}
            shortcut={isAnyUnread ? 'Shift+I' : 'Shift+U'}
            icon={isAnyUnread ? <MailOpen /> : <MailCheck />}
            onClick={() => perform(isAnyUnread ? 'read' : 'unread', uids)}
          />
          <IconButton
            label={t(isAllStarred ? 'removeStar' : 'star')}
            shortcut="s"
            icon={<Star className={isAllStarred ? 'fill-current' : undefined} />}
            onClick={() => perform('star', uids)}
          />
          <FilingActions mail={mail} uids={uids} />
        </span>
        <Menu
          label={t('more')}
          trigger={(props) => <IconButton {...props} label={t('more')} icon={<MoreVertical />} />}
          items={targetItems({ mail, perform, targets: uids, t })}
        />
        <IconButton label={t('bulk.clear')} shortcut="Esc" icon={<X />} onClick={clear} />
      </div>
      {areAllLoaded && total > rows.length && (
        <p className="flex shrink-0 flex-wrap items-center justify-center gap-x-2 border-b bg-accent-soft px-3 py-1.5 text-sm">
          {everything ? (
            t('bulk.allSelected', { count: everything.count })
          ) : (
            <>
              {t('bulk.loadedSelected', { count: selected.size })}
              <button
                type="button"
                className="font-medium text-accent-text underline"
                onClick={() => void mail.selectEverything()}
              >
                {t('bulk.selectAll', { count: total })}
              </button>
            </>
          )}
        </p>
      )}
      <FootBar mail={mail} perform={perform} uids={uids} />
    </>
  );
}

/** The same at the thumb's place. */
function FootBar({ mail, perform, uids }: { mail: Mail; perform: Perform; uids: number[] }) {
  const t = useTranslations('list');
  const isUnread = mail.rows.some((row) => mail.selected.has(row.uid) && !row.isSeen);
  return (
    <div
      role="toolbar"
      aria-label={t('bulk.footLabel')}
      className="fixed inset-x-0 bottom-0 z-30 flex items-center justify-around border-t bg-surface px-2 pt-1 pb-[max(0.25rem,env(safe-area-inset-bottom))] md:hidden"
    >
      <IconButton
        label={t('archive')}
        icon={<Archive />}
        onClick={() => perform('archive', uids)}
      />
      <IconButton label={t('delete')} icon={<Trash2 />} onClick={() => perform('delete', uids)} />
      <IconButton
        label={t(isUnread ? 'markRead' : 'markUnread')}
        icon={isUnread ? <MailOpen /> : <MailCheck />}
        onClick={() => perform(isUnread ? 'read' : 'unread', uids)}
      />
      <IconButton label={t('star')} icon={<Star />} onClick={() => perform('star', uids)} />
      <Menu
        label={t('more')}
        trigger={(props) => <IconButton {...props} label={t('more')} icon={<MoreVertical />} />}
        items={targetItems({ mail, perform, targets: uids, t })}
      />
    </div>
  );
}

function JobBar({ mail }: { mail: Mail }) {
  const t = useTranslations('list');
  const { job } = mail;
  if (!job) return null;
  return (
    <div
      role="status"
      className="flex h-12 shrink-0 items-center gap-3 border-b bg-accent-soft ps-4 pe-2"
    >
      <span className="min-w-0 truncate text-sm font-medium text-accent-text">{job.label}</span>
      <progress
        aria-label={job.label}
        value={job.done}
        max={Math.max(1, job.total)}
        className="h-1.5 min-w-0 flex-1 accent-accent"
      />
      <span className="text-sm text-muted tabular-nums">
        {t('bulk.progress', { done: job.done, total: job.total })}
      </span>
      <Button onClick={mail.stopJob}>{t('bulk.stop')}</Button>
    </div>
  );
}
