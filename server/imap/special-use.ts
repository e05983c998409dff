// Special uses of mailboxes (RFC 6154 §2) that a mailbox here may have.

export const specialUses = [
  '\\Archive',
  '\\Drafts',
  '\\Flagged',
  '\\Junk',
  '\\Sent',
  '\\Trash',
] as const;
