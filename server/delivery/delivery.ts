// What a delivery is: one message, its envelope, and everybody here and outside who is to get it.
import type { StagedBody } from '#server/store/bodies/blobs.ts';
import type { Filing } from './filters/filing.ts';
import type { Trace } from './trace.ts';

export type LocalCopy = {
  accountId: string;
  /** The mailbox's address, as resolveRecipient gives it. */
  address: string;
  detail?: string;
  /** The address that the sender wrote to, where it was another one (alias, catch-all). */
  originalTo?: string;
  /** RFC 3461: ORCPT ("rfc822;addr") and NOTIFY words. */
  orcpt?: string;
  notify?: string;
};

/** A copy with the place that it goes to. */
export type Target = LocalCopy & { filing: Filing };

export type RemoteCopy = {
  recipient: string;
  /** RFC 3461: "rfc822;addr". */
  originalTo?: string;
  notify?: string;
  /** The alias here that led outside, where one did. */
  alias?: string;
};

export type Delivery = {
  body: StagedBody;
  /** Envelope sender, '' for the null sender; a forward through an alias keeps it. */
  sender: string;
  /** Who submitted it; null for mail from outside or made here. */
  accountId: string | null;
  mailboxes: LocalCopy[];
  remote: RemoteCopy[];
  trace: Trace;
  traceId: string;
  /** Into the mailbox with special use \Junk, where there is one. */
  isJunk?: boolean;
  /** Why it waits in the queue, for mailboxes here too, until somebody lets it go: "rule", "burst". */
  heldFor?: string;
  /** RFC 4865: waits in the queue, for mailboxes here too, until then. */
  releaseAt?: Date | null;
  /** RFC 8689: leaves only over verified TLS. */
  isTlsRequired?: boolean;
  envid?: string;
  ret?: string;
  isSmtpUtf8?: boolean;
  /** What the checks said, for the trail. */
  findings?: object[];
  /** Recipients of copies that the sender is not to hear of. */
  secret?: string[];
  /** Mail that was fetched from another server (server/collect). */
  collected?: Collected;
};

export type Collected = {
  accountId: string;
  collectionId: string;
  /** What the other server calls the message: noted together with its copy, so that it comes once. */
  uid: string;
  /** Where it goes without a rule. */
  folder: string;
  /** Bits of FLAG that it has there. */
  flags: number;
  /** When it came to the other server. */
  internalDate: Date;
};
