// What a composer is given, and what it tells when it ends.
import type { Origin } from '#lib/webmail/compose/form.ts';
import type { Sent } from '#lib/webmail/compose/send.ts';
import type { Owner } from '../owner.ts';
import type { ComposerStart } from './compose-start.ts';

export type SentMessage = Sent & { isLater: boolean };
export type ComposerSize = 'normal' | 'small' | 'full';
/** `isSent` false: kept or dropped. `toArchive` is what was answered, where it is done with now. */
export type OnDone = (isSent: boolean, toArchive?: Origin | null) => void;
export type ComposerProps = {
  id: string;
  start: ComposerStart | null;
  owner: Owner;
  /** Alone on a page of its own */
  isPage?: boolean;
  onClose: () => void;
  onDone: OnDone;
  onSent: (sent: SentMessage) => void;
  /** Opens the list of what waits for its time */
  onScheduled?: () => void;
};
