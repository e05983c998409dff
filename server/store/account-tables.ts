// Tables whose rows go with their account, besides mailboxes and their messages.

/** Of mail. Annotations of the server as a whole (annotations.ts) have no account. */
export const mailTables = [
  'Tombstone',
  'MailboxChange',
  'ThreadReference',
  'Subscription',
  'PopUid',
  'Imported',
  'MailboxRight',
  'Annotation',
];

/** Of its sign-in, and of what its owner made in the webmail. */
export const ownTables = [
  'Identity',
  'Contact',
  'ContactAddress',
  'ContactGroup',
  'ContactGroupMember',
  'Correspondent',
  'TrustedSender',
  'Template',
  'FilterRule',
  'Vacation',
  'VacationAnswer',
  'Collection',
  'Collected',
  'Snooze',
  'CalendarEvent',
  'Welcome',
  'WebSession',
  'AppPassword',
  'Authenticator',
  'RecoveryCode',
  'Passkey',
];
