// What the composer holds and sends: one message being written, as the browser knows it.
import type { Person } from '../list/message-list.ts';

/** What a message answers or passes on: marked when it is sent. */
export type Origin = { kind: 'reply' | 'forward'; folder: string; uids: number[] };

export type Priority = 'high' | 'normal' | 'low';

/** HTML of the original, kept on the server and shown sealed. */
export type Quote = {
  /** Upload that holds it */
  id: string;
  /** Where it stands to what is written */
  place: 'below' | 'above';
};

export type ComposeForm = {
  /** Id of a stored identity; empty for an address that has none */
  identity: string;
  from: string;
  to: Person[];
  cc: Person[];
  bcc: Person[];
  replyTo: Person[];
  subject: string;
  isHtml: boolean;
  /** Plain text; the whole body where isHtml is false */
  text: string;
  /** What is written where isHtml is true: images are /api/mail/upload?id=… */
  html: string;
  quote: Quote | null;
  priority: Priority;
  /** Disposition-Notification-To (RFC 8098) */
  wantsReadReceipt: boolean;
  /** NOTIFY=SUCCESS (RFC 3461) */
  wantsDeliveryReceipt: boolean;
  /** The copy goes into the folder of the original. */
  keepBeside: boolean;
  inReplyTo: string;
  references: string[];
  origin: Origin | null;
};

/** A form with nothing in it. */
export function emptyForm(from: string, identity = ''): ComposeForm {
  return {
    identity,
    from,
    to: [],
    cc: [],
    bcc: [],
    replyTo: [],
    subject: '',
    isHtml: false,
    text: '',
    html: '',
    quote: null,
    priority: 'normal',
    wantsReadReceipt: false,
    wantsDeliveryReceipt: false,
    keepBeside: false,
    inReplyTo: '',
    references: [],
    origin: null,
  };
}
