// How a message begins to be written: what is asked for, and the form that comes of it.
import type { ComposeForm } from '#lib/webmail/compose/prefill.ts';
import type { Upload } from '#lib/webmail/compose/uploads.ts';

export type ComposeStart =
  | { mode: 'new'; to?: string }
  | { mode: 'reply' | 'reply-all' | 'forward' | 'draft'; folder: string; uid: number };

export type ComposerStart = ComposeForm & {
  attachments: Upload[];
  draftUid: number | null;
  isAnswer: boolean;
};
