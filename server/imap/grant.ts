// What the user may do in the selected mailbox. One's own needs no look; in somebody else's the rights are read
// again before each command (RFC 4314 §5.1.1), so a right that is taken away ends at once. Without "r" the
// mailbox is lost: it is then as if it had been deleted (RFC 2180 §3.3).
import { allRights, hasAnyRight, type Rights } from '#lib/accounts/rights.ts';
import { FLAG } from '#server/store/flags.ts';
import { readRights } from '#server/store/sharing/rights.ts';
import type { FlagMask } from './flags.ts';
import type { Located } from './located.ts';

export class Grant {
  readonly userId: string;
  readonly isOwn: boolean;
  readonly #ownerId: string;
  readonly #mailboxId: string;
  #rights: Rights;
  #isUntold = false;

  constructor(userId: string, { accountId, mailbox, rights, isOwn }: Located) {
    this.userId = userId;
    this.isOwn = isOwn;
    this.#ownerId = accountId;
    this.#mailboxId = mailbox.id;
    this.#rights = rights;
  }

  get rights(): Rights {
    return this.#rights;
  }

  /** The user may not read the mailbox any more. */
  get isLost(): boolean {
    return !this.#rights.includes('r');
  }

  /** Reads the rights as they are now. */
  async refresh(): Promise<void> {
    // Who gets the mailbox back selects it again: its numbers are gone.
    if (this.isOwn || this.isLost) return;
    const rights = await readRights(this.#ownerId, this.#mailboxId, this.userId);
    if (rights === this.#rights) return;
    this.#rights = rights;
    this.#isUntold = true;
  }

  /** True once after each change that leaves the mailbox readable. */
  takeNews(): boolean {
    const isNews = this.#isUntold && !this.isLost;
    this.#isUntold = false;
    return isNews;
  }
}

/** RFC 4314 §5.2: what a mailbox can be written to with; without any of these SELECT is READ-ONLY. */
export function mayWrite(rights: Rights): boolean {
  return hasAnyRight(rights, 'swtie');
}

/** Flags that may be stored with these rights (RFC 4314 §4); null where everything may. */
export function maskOf(rights: Rights): FlagMask | null {
  if (rights === allRights) return null;
  const isAllowed = (right: string, bits: number) => (rights.includes(right) ? bits : 0);
  return {
    flags:
      isAllowed('s', FLAG.seen) |
      isAllowed('t', FLAG.deleted) |
      isAllowed('w', FLAG.answered | FLAG.flagged | FLAG.draft),
    keywords: rights.includes('w'),
  };
}
