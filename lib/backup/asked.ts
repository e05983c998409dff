// What the daemon answers about backups (server/control/backup.ts), as the panel gets it.

export type ListedBackup = {
  name: string;
  takenAt: string;
  database: string;
  accounts: number;
  mailboxes: number;
  messages: number;
  messageBytes: number;
  /** Messages without body, or what is wrong with the snapshot itself */
  note: string;
};

export type ListedBackups = {
  /** Empty: none is set */
  folder: string;
  /** The newest first */
  snapshots: ListedBackup[];
  /** On the disk of the folder; null where it is not there */
  freeBytes: number | null;
};

export type BackupMessage = {
  emailId: string;
  mailbox: string;
  isDeleted: boolean;
  /** ISO 8601 */
  internalDate: string;
  from: string;
  to: string;
  subject: string;
  sizeBytes: number;
};

export type FoundInBackup = {
  messages: BackupMessage[];
  /** With those that are not shown; null: more than can be chosen from */
  total: number | null;
  mailboxes: { name: string; messages: number }[];
};
