// What a composer is given, and what it tells when it ends.
import type { Sent } from '#lib/webmail/compose/send.ts';
import type { Owner } from '../owner.ts';
import type { ComposerStart } from './compose-start.ts';

export type SentMessage = Sent & { isLater: boolean };
export type ComposerSize = 'normal' | 'small' | 'full';
export type ComposerProps = {
  id: string;
  start: ComposerStart | null;
  owner: Owner;
  /** Alone on a page of its own */
  isPage?: boolean;
  onClose: () => void;
  onDone: (isSent: boolean) => void;
  onSent: (sent: SentMessage) => void;
  /** Opens the list of what waits for its time */
  onScheduled?: () => void;
};
