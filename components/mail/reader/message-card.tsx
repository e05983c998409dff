// One message: its head, what is to be known of it, its attachments, its text. Alone it fills the reader; in a
// conversation (conversation.tsx) several are stacked.
'use client';
import { Reply, Star } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { joinClasses } from '#components/ui/class-names.ts';
import { IconButton } from '#components/ui/icon-button.tsx';
import type { MessageView } from '#lib/webmail/reader/message.ts';
import type { ComposeStart } from '../compose/compose-start.ts';
import { usePreferences } from '../state/preferences.tsx';
import type { Mail } from '../state/use-mail.ts';
import { AttachmentList } from './attachment-list.tsx';
import { DeliveryLine } from './delivery-line.tsx';
import { ImagesBar } from './images-bar.tsx';
import { type Look, useLook } from './look.ts';
import { MessageBody } from './message-body.tsx';
import { MessageHead } from './message-head.tsx';
import { MessageMenu } from './message-menu.tsx';
import { Warnings } from './proof.tsx';
import { ReceiptPrompt } from './receipt-prompt.tsx';

const ListBar = dynamic(() => import('./list-bar.tsx').then((file) => file.ListBar), {
  loading: () => null,
});
const ContactCards = dynamic(() => import('./contact-card.tsx').then((file) => file.ContactCards), {
  loading: () => null,
});
const Invitation = dynamic(() => import('./invitation.tsx').then((file) => file.Invitation), {
  loading: () => null,
});
const AllHeaders = dynamic(() => import('./details-dialog.tsx').then((file) => file.AllHeaders), {
  loading: () => null,
});

type CardProps = {
  mail: Mail;
  message: MessageView;
  onCompose: (begin: ComposeStart) => void;
  /** Kept by the parent where its own bar changes it */
  look?: Look;
  /** One of several: scrolls with the others instead of by itself */
  isStacked?: boolean;
  hasSubject?: boolean;
};

/** An open message. */
export function MessageCard({
  mail,
  message,
  onCompose,
  look: given,
  isStacked = false,
  hasSubject = !isStacked,
}: CardProps) {
  const own = useLook(message);
  const look = given ?? own;
  const { facts, attachments } = message;
  const isScrolling = !isStacked && !(message.bodies.some(isHtml) && !look.isPlain);
  const hasCards = attachments.some(({ type }) => /^text\/(?:x-)?vcard$/.test(type));
  const invitation = attachments.find(
    ({ type }) => type === 'text/calendar' || type === 'application/ics',
  );
  return (
    <article
      aria-label={message.subject}
      // An HTML frame scrolls by itself under its head; text scrolls together with it.
      className={joinClasses(
        'flex flex-col print:block print:overflow-visible',
        !isStacked && 'min-h-0 flex-1',
        isScrolling && 'overflow-y-auto overscroll-contain',
      )}
    >
      <div
        className={joinClasses(
          'shrink-0',
          !isStacked && !isScrolling && 'max-h-[55%] overflow-y-auto',
        )}
      >
        <MessageHead
          message={message}
          hasSubject={hasSubject}
          {...(isStacked
            ? {
                actions: (
                  <CardActions mail={mail} message={message} look={look} onCompose={onCompose} />
                ),
              }
            : {})}
        />
        <AllHeadersIfWanted message={message} />
        <Warnings message={message} bodies={message.bodies} />
        {facts.isOwn && <DeliveryLine message={message} />}
        {facts.list && <ListBar message={message} list={facts.list} onCompose={onCompose} />}
        {invitation && <Invitation message={message} attachment={invitation} />}
        {hasCards && <ContactCards message={message} />}
        <AttachmentList place={message} attachments={attachments} />
      </div>
      {/* Questions stand outside of what may scroll away. */}
      <ReceiptPrompt message={message} />
      <ImagesBar message={message} look={look} />
      <MessageBody place={message} bodies={message.bodies} look={look} isStacked={isStacked} />
    </article>
  );
}

function isHtml({ kind }: MessageView['bodies'][number]): boolean {
  return kind === 'html';
}

function AllHeadersIfWanted({ message }: { message: MessageView }) {
  const { preferences } = usePreferences();
  return preferences['reading.headers'] === 'all' ? <AllHeaders message={message} /> : null;
}

function CardActions({
  mail,
  message,
  look,
  onCompose,
}: Pick<CardProps, 'mail' | 'message' | 'onCompose'> & { look: Look }) {
  const t = useTranslations('reader');
  const id = mail.idOf(message.folder, message.uid);
  const { folder, uid } = message;
  return (
    <span className="flex shrink-0 items-center print:hidden">
      <IconButton
        label={t(message.isFlagged ? 'unstar' : 'star')}
        icon={<Star className={message.isFlagged ? 'fill-current' : undefined} />}
        className={joinClasses('max-sm:hidden', message.isFlagged && 'text-warn-text')}
        onClick={() => void mail.setFlag([id], 'flagged', !message.isFlagged, { isAlone: true })}
      />
      <IconButton
        label={t('reply')}
        icon={<Reply className="rtl:-scale-x-100" />}
        onClick={() => onCompose({ mode: 'reply', folder, uid })}
      />
      <MessageMenu mail={mail} message={message} look={look} onCompose={onCompose} />
    </span>
  );
}
