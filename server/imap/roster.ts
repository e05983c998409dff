// Who is signed in over IMAP in this process, for the limit per user.
import { Refusal } from '#lib/errors.ts';

export class Roster {
  #counts = new Map<string, number>();

  /** Takes a place for the account; the result gives it back, once. Refusal 'limit' when none is left. */
  join(accountId: string, limit: number): () => void {
    const count = this.#counts.get(accountId) ?? 0;
    if (count >= limit) throw new Refusal('limit', 'Too many connections of this user');
    this.#counts.set(accountId, count + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      const left = (this.#counts.get(accountId) ?? 1) - 1;
      if (left > 0) this.#counts.set(accountId, left);
      else this.#counts.delete(accountId);
    };
  }
}
