// What NOTIFY has set for a session (RFC 5465), as the session and the commands see it; how the other mailboxes
// are watched is the affair of notify-watch.ts.

import type { Mailbox } from '#server/store/mailboxes.ts';
import type { AnnotationChange } from '#server/store/sharing/annotations.ts';
import type { SelectedEvents } from './request.ts';

/** What watches the other mailboxes. What the session does itself it notes there, so that it is no news. */
export type Watching = {
  waitForChange(signal: AbortSignal): Promise<void>;
  /** Lines for NOTIFY itself. */
  tellStart(tellsStatus: boolean): string[];
  /** Lines for what happened since. */
  tell(): Promise<string[]>;
  stop(): void;
  noteCreated(mailbox: Mailbox): void;
  noteDeleted(mailboxId: string): void;
  noteRenamed(from: string, name: string): void;
  noteSubscribed(name: string, isSubscribed: boolean): void;
  noteAnnotated(
    mailboxId: string,
    changes: readonly AnnotationChange[],
    specialUse: string | null | undefined,
  ): void;
  noteArrived(mailboxId: string, uids: readonly number[]): void;
};

/** Sessions that never used NOTIFY have none, and hear what RFC 3501 says. */
export type Notify = { selected: SelectedEvents; watch: Watching | null };
