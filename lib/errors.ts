// The closed list of refusals: what a caller may be told. Each protocol maps a reason to its own reply
// once (server/smtp/replies.ts, server/imap/refusal.ts, …). Anything else that is thrown is a bug: it is
// logged whole and answered generically.

export type RefusalReason =
  | 'invalid' // the input is wrong; the text says what would be right
  | 'not-found' // also for what the caller may not know of
  | 'exists'
  | 'forbidden'
  | 'auth-failed'
  | 'throttled'
  | 'over-quota'
  | 'too-big'
  | 'limit' // a configured number is reached
  | 'in-use'
  | 'conflict' // somebody else changed it meanwhile
  | 'unavailable'; // temporary, ours: try again later

/** An expected "no" with a reason that protocols translate and a text that a person may read. */
export class Refusal extends Error {
  readonly reason: RefusalReason;
  /** Name of the offending field in a form, where there is one. */
  readonly field: string | null;
  /** When a further try makes sense, where that is known. */
  readonly retryAt: Date | null;

  constructor(
    reason: RefusalReason,
    text: string,
    field: string | null = null,
    retryAt: Date | null = null,
  ) {
    super(text);
    this.name = 'Refusal';
    this.reason = reason;
    this.field = field;
    this.retryAt = retryAt;
  }
}

/** Narrows to a Refusal, of any reason or of the one given. */
export function isRefusal(error: unknown, reason?: RefusalReason): error is Refusal {
  return error instanceof Refusal && (reason === undefined || error.reason === reason);
}
