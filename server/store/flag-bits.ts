// The system flags of a message as bits (RFC 3501 §2.3.2). \Recent is no flag of the message: it belongs
// to the session that claimed it (mailboxes.ts, claimRecent).
export const FLAG = { seen: 1, answered: 2, flagged: 4, deleted: 8, draft: 16 } as const;

/** All of them. */
export const allFlags = 31;

/**
 * No flag of IMAP, and told to nobody: POP3 sends other octets of the message than are stored, so that its size has to be
 * counted (server/pop3/sent-size.ts). Set on arrival; stays with the message and its copies, whatever becomes of its flags.
 */
export const reshapedBit = 32;

/** Every bit that a row may have. */
export const allBits = allFlags | reshapedBit;
