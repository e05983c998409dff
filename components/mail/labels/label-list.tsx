// The labels in the pane: each leads to what has it, in all folders; messages dropped on one get it.
'use client';
import { useTranslations } from 'next-intl';
import { type DragEvent, useState } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import type { Label } from '#lib/preferences/folders.ts';
import { formatTerm } from '#lib/webmail/search/query.ts';
import { draggedType, readDrag } from '../list/drag.ts';
import { toUrl } from '../state/place.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { LabelDot } from './label-chip.tsx';
import { useLabelling } from './use-labelling.ts';

export function LabelList({ mail, onChosen }: { mail: Mail; onChosen?: (() => void) | undefined }) {
  const t = useTranslations('folders');
  const { preferences } = usePreferences();
  const shown = preferences['folders.labels'].filter(({ isShown }) => isShown);
  return (
    <>
      <h2 className="mt-4 mb-1 ps-2.5 text-xs font-medium text-faint">{t('labels.title')}</h2>
      <ul aria-label={t('labels.title')} className="flex flex-col gap-px">
        {shown.map((label) => (
          <LabelRow key={label.keyword} label={label} mail={mail} onChosen={onChosen} />
        ))}
      </ul>
    </>
  );
}

function LabelRow({
  label,
  mail,
  onChosen,
}: {
  label: Label;
  mail: Mail;
  onChosen?: (() => void) | undefined;
}) {
  const { setLabels } = useLabelling(mail);
  const [isOver, setIsOver] = useState(false);
  const query = `${formatTerm('label', label.name)} in:all`;
  const place = { ...mail.place, folder: 'INBOX', query, page: 1, uid: null };
  const isActive = mail.place.query === query;
  const drop = (event: DragEvent) => {
    setIsOver(false);
    const dragged = readDrag(event.dataTransfer);
    if (!dragged) return;
    event.preventDefault();
    void setLabels(dragged.uids, { add: [label.keyword], remove: [] });
  };
  return (
    <li>
      <a
        href={toUrl(place, mail.habits)}
        aria-current={isActive ? 'page' : undefined}
        draggable={false}
        onClick={(event) => {
          if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
          event.preventDefault();
          mail.go(place);
          onChosen?.();
        }}
        onDragOver={(event) => {
          if (!event.dataTransfer.types.includes(draggedType)) return;
          event.preventDefault();
          setIsOver(true);
        }}
        onDragLeave={() => setIsOver(false)}
        onDrop={drop}
        className={joinClasses(
          'flex h-8 items-center gap-2.5 rounded-md ps-3.5 pe-2.5 -outline-offset-2 pointer-coarse:h-11',
          isActive
            ? 'bg-accent-soft font-medium text-accent-text'
            : 'text-muted hover:bg-hover hover:text-ink',
          isOver && 'bg-accent-soft outline-2 outline-accent',
        )}
      >
        <LabelDot colour={label.colour} />
        <span className="min-w-0 flex-1 truncate">
          <bdi>{label.name}</bdi>
        </span>
      </a>
    </li>
  );
}
