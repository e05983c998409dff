// The system flags of a message as bits (RFC 3501 §2.3.2). \Recent is no flag of the message: it belongs
// to the session that claimed it (mailboxes.ts, claimRecent).
export const FLAG = { seen: 1, answered: 2, flagged: 4, deleted: 8, draft: 16 } as const;

/** Every bit that a row may have. */
export const allFlags = 31;
