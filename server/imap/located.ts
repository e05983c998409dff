// A mailbox as locate.ts finds it: whose it is, how the user calls it, what he may do there.
import type { Rights } from '#lib/accounts/rights.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';

export type Located = {
  /** Of the owner: the account that the store is asked with. */
  accountId: string;
  /** With the name that it has at its owner's. */
  mailbox: Mailbox;
  /** As this user knows it; what replies say. */
  name: string;
  rights: Rights;
  isOwn: boolean;
};
