// How a message begins to be written: what is asked for, and the form that comes of it.
import type { ComposeForm } from '#lib/webmail/compose/form.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';

export type ComposeStart =
  /** `to` is a list of recipients, `mailto` a link (RFC 6068). */
  | { mode: 'new'; to?: string; mailto?: string }
  | {
      mode: 'reply' | 'reply-all' | 'reply-list' | 'forward' | 'draft' | 'edit';
      folder: string;
      uid: number;
    }
  | { mode: 'forward-attachment'; folder: string; uids: number[] }
  /** Sent on unchanged (RFC 5322 §3.6.6): asks for recipients alone. */
  | { mode: 'redirect'; folder: string; uid: number }
  /** No message: the list of what waits for its time. */
  | { mode: 'scheduled' };

/** What the server answers to a ComposeStart. */
export type ComposerStart = {
  form: ComposeForm;
  attachments: Upload[];
  draftUid: number | null;
  /** Found in this browser: the server does not know it yet */
  isUnsaved?: boolean;
};
