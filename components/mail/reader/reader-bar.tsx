// The bar above the open message: where it goes, the next one, everything else in a menu.
'use client';
import { ArrowLeft, ChevronDown, ChevronUp, MailCheck, Star, Trash2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { FilingActions } from '../list/filing-actions.tsx';
import type { Mail } from '../state/use-mail.ts';
import type { Look } from './look.ts';
import { MessageMenu } from './message-menu.tsx';

export function ReaderBar({
  mail,
  message,
  uid,
  look,
  onCompose,
  onMove,
}: {
  mail: Mail;
  message: MessageView | null;
  uid: number;
  look: Look;
  onCompose: (begin: ComposeStart) => void;
  onMove: (uids: number[]) => void;
}) {
  const t = useTranslations('reader');
  const { rows } = mail;
  const index = rows.findIndex((row) => row.uid === uid);
  const newer = rows[index - 1];
  const older = index >= 0 ? rows[index + 1] : undefined;
  const uids = [uid];
  const removeAndOpen = async (next: number | undefined) => {
    if (next) mail.open(next);
    else mail.close();
    await mail.remove(uids);
  };
  const prefetch = (row: { uid: number } | undefined) => () => row && mail.prefetch(row.uid);
  return (
    <div
      role="toolbar"
      aria-label={t('region')}
      className="flex h-12 shrink-0 items-center gap-0.5 border-b px-1.5 md:px-3 print:hidden"
    >
      <IconButton
        label={t('back')}
        shortcut="u"
        icon={<ArrowLeft className="rtl:-scale-x-100" />}
        onClick={mail.close}
        className="md:hidden"
      />
      <FilingActions mail={mail} uids={uids} onMove={onMove} />
      {mail.folder?.role !== 'deleted' && (
        <>
          <IconButton
            label={t('deletePrevious')}
            icon={<DeleteToward arrow={<ChevronUp />} />}
            className="max-xl:hidden"
            onClick={() => void removeAndOpen(newer?.uid)}
          />
          <IconButton
            label={t('deleteNext')}
            icon={<DeleteToward arrow={<ChevronDown />} />}
            className="max-xl:hidden"
            onClick={() => void removeAndOpen(older?.uid)}
          />
        </>
      )}
      <IconButton
        label={t('markUnread')}
        shortcut="Shift+U"
        icon={<MailCheck />}
        onClick={() => void mail.markUnread(uids)}
      />
      <IconButton
        label={t(message?.isFlagged ? 'unstar' : 'star')}
        shortcut="s"
        icon={<Star className={message?.isFlagged ? 'fill-current' : undefined} />}
        className={joinClasses(message?.isFlagged && 'text-warn-text')}
        onClick={() => message && void mail.setFlag(uids, 'flagged', !message.isFlagged)}
      />
      <span className="ms-auto flex items-center">
        <IconButton
          label={t('newer')}
          shortcut="k"
          icon={<ChevronUp />}
          disabled={!newer}
          onClick={() => newer && mail.open(newer.uid)}
          onPointerEnter={prefetch(newer)}
          onFocus={prefetch(newer)}
          className="max-sm:hidden"
        />
        <IconButton
          label={t('older')}
          shortcut="j"
          icon={<ChevronDown />}
          disabled={!older}
          onClick={() => older && mail.open(older.uid)}
          onPointerEnter={prefetch(older)}
          onFocus={prefetch(older)}
          className="max-sm:hidden"
        />
        {message && <MessageMenu mail={mail} message={message} look={look} onCompose={onCompose} />}
      </span>
    </div>
  );
}

/** The bin, and where one comes out afterwards. */
function DeleteToward({ arrow }: { arrow: ReactNode }) {
  return (
    <span className="flex items-center">
      <Trash2 />
      <span className="-me-1 flex [&_svg]:size-3!">{arrow}</span>
    </span>
  );
}
