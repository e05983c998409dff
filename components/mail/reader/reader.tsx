// The pane of the open message: its bar, the message alone or its conversation, and the ways to answer.
'use client';
import { Forward, MailX, Reply, ReplyAll, Users } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { joinClasses } from '#components/ui/class-names.ts';
import { EmptyState } from '#components/ui/empty-state.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { type Look, useLook } from './look.ts';
import { MessageCard } from './message-card.tsx';
import { NothingOpen } from './nothing-open.tsx';
import { ReaderBar } from './reader-bar.tsx';

const Conversation = dynamic(
  () => import('./conversation.tsx').then((module) => module.Conversation),
  { loading: () => null },
);

type Props = {
  mail: Mail;
  message: MessageView | null;
  onCompose: (begin: ComposeStart) => void;
  onMove: (uids: number[]) => void;
  isWide: boolean;
  className?: string;
};

export function Reader(props: Props) {
  const t = useTranslations('reader');
  const { mail, message, onCompose, onMove, className } = props;
  const { uid } = mail.place;
  const look = useLook(message);
  const frame = joinClasses('relative flex min-h-0 flex-col print:block', className);
  if (uid === null) {
    return (
      <section aria-label={t('region')} className={frame}>
        <NothingOpen mail={mail} />
      </section>
    );
  }
  return (
    <section aria-label={t('region')} className={frame}>
      <ReaderBar
        mail={mail}
        message={message}
        uid={uid}
        look={look}
        onCompose={onCompose}
        onMove={onMove}
      />
      {mail.messageError ? (
        <EmptyState
          icon={<MailX />}
          title={t('broken')}
          className="flex-1"
          action={<Button onClick={mail.close}>{t('back')}</Button>}
        >
          {mail.messageError}
        </EmptyState>
      ) : message ? (
        <Threaded key={uid} mail={mail} message={message} look={look} onCompose={onCompose} />
      ) : (
        <ReaderSkeleton mail={mail} />
      )}
    </section>
  );
}

type OpenProps = Pick<Props, 'mail' | 'onCompose'> & { message: MessageView; look: Look };

/** The message alone, or among those of its conversation. */
function Threaded(props: OpenProps) {
  const { mail, message, onCompose } = props;
  const isThreaded = usePreferences().preferences['list.conversations'];
  const alone = <MessageCard {...props} />;
  const content = isThreaded ? (
    <Conversation
      mail={mail}
      alone={alone}
      card={(each) => <MessageCard mail={mail} message={each} onCompose={onCompose} isStacked />}
    />
  ) : (
    alone
  );
  return (
    <>
      {content}
      <AnswerBar message={message} onCompose={onCompose} />
    </>
  );
}

/** Answering the open message. */
function AnswerBar({ message, onCompose }: Pick<OpenProps, 'message' | 'onCompose'>) {
  const t = useTranslations('reader');
  const { folder, uid } = message;
  const others = message.to.length + message.cc.length;
  const hasList = message.facts.list?.links.post?.mailto != null;
  const answer = (mode: 'reply' | 'reply-all' | 'reply-list' | 'forward') => () =>
    onCompose({ mode, folder, uid });
  return (
    <footer className="flex shrink-0 flex-wrap items-center gap-2 border-t px-4 py-2.5 pb-[max(0.625rem,env(safe-area-inset-bottom))] md:px-6 print:hidden">
      <Button onClick={answer('reply')}>
        <Reply aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('reply')}
      </Button>
      {hasList && (
        <Button onClick={answer('reply-list')}>
          <Users aria-hidden className="size-4" />
          <span className="max-sm:sr-only">{t('replyList')}</span>
        </Button>
      )}
      {others > 1 && (
        <Button onClick={answer('reply-all')}>
          <ReplyAll aria-hidden className="size-4 rtl:-scale-x-100" />
          <span className="max-sm:sr-only">{t('replyAll')}</span>
        </Button>
      )}
      <Button onClick={answer('forward')}>
        <Forward aria-hidden className="size-4 rtl:-scale-x-100" />
        {t('forward')}
      </Button>
    </footer>
  );
}

/** What is known from the row stands there at once; the rest follows within a moment. */
function ReaderSkeleton({ mail }: { mail: Mail }) {
  const t = useTranslations('reader');
  const row = mail.rows.find((each) => each.uid === mail.place.uid);
  const [isShown, setIsShown] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setIsShown(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" className="flex-1 px-4 pt-5 md:px-6">
      <span className="sr-only">{t('loading')}</span>
      {row && (
        <h2 className="text-xl font-semibold break-words">
          <bdi>{row.subject || t('noSubject')}</bdi>
        </h2>
      )}
      {isShown && (
        <div aria-hidden className="mt-6 flex flex-col gap-3">
          {['w-1/3', 'w-full', 'w-11/12', 'w-4/5', 'w-2/3'].map((width) => (
            <span key={width} className={`h-3 animate-pulse rounded-sm bg-pressed ${width}`} />
          ))}
        </div>
      )}
    </div>
  );
}
