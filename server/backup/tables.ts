// Which tables and columns a backup holds, and how their values are written down: the same for both
// databases. A test compares this with prisma/schema.prisma, so that no column is forgotten.
//
// A body has its sha-256 in place of its number, which only means something in one database.

/** "number" is Int and BigInt (none beyond 2^53), "date" an ISO text, "bytes" base64. */
export type ColumnKind = 'text' | 'number' | 'flag' | 'date' | 'bytes' | 'body';

export type Table = {
  name: string;
  /** Primary key, without the account's id in tables of accounts. */
  key: string[];
  columns: Record<string, ColumnKind>;
};

/** Tables of the whole server, in the order in which they come back. */
export const serverTables: Table[] = [
  {
    name: 'Setting',
    key: ['id'],
    columns: { id: 'text', value: 'text', updatedAt: 'date', updatedBy: 'text' },
  },
  {
    name: 'Domain',
    key: ['id'],
    columns: {
      id: 'text',
      name: 'text',
      comment: 'text',
      isDisabled: 'flag',
      quotaBytes: 'number',
      quotaMessages: 'number',
      warnedPercent: 'number',
      aliasOf: 'text',
      archive: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'Account',
    key: ['id'],
    columns: {
      id: 'text',
      address: 'text',
      domainId: 'text',
      displayName: 'text',
      role: 'text',
      passwordHash: 'text',
      mustChange: 'flag',
      scram: 'text',
      kind: 'text',
      isDisabled: 'flag',
      quotaBytes: 'number',
      quotaMessages: 'number',
      warnedPercent: 'number',
      usedBytes: 'number',
      usedMessages: 'number',
      epoch: 'number',
      sendingHold: 'text',
      dailyMessages: 'number',
      dailyRecipients: 'number',
      createdAt: 'date',
      lastLoginAt: 'date',
    },
  },
  {
    name: 'Alias',
    key: ['id'],
    columns: {
      id: 'text',
      address: 'text',
      domainId: 'text',
      comment: 'text',
      posters: 'text',
      isPattern: 'flag',
      isDisabled: 'flag',
      createdAt: 'date',
    },
  },
  {
    name: 'AliasTarget',
    key: ['aliasId', 'address'],
    columns: { aliasId: 'text', address: 'text' },
  },
  {
    name: 'Member',
    key: ['sharedId', 'memberId'],
    columns: { sharedId: 'text', memberId: 'text', mayWrite: 'flag', maySend: 'flag' },
  },
  {
    name: 'Network',
    key: ['id'],
    columns: {
      id: 'text',
      cidr: 'text',
      comment: 'text',
      expiresAt: 'date',
      createdAt: 'date',
    },
  },
  {
    name: 'RelayRule',
    key: ['id'],
    columns: {
      id: 'text',
      position: 'number',
      match: 'text',
      pattern: 'text',
      host: 'text',
      port: 'number',
      tlsMode: 'text',
      username: 'text',
      secret: 'text',
      comment: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'OneTimeToken',
    key: ['id'],
    columns: {
      id: 'text',
      purpose: 'text',
      accountId: 'text',
      expiresAt: 'date',
      createdAt: 'date',
    },
  },
  {
    name: 'LoginThrottle',
    key: ['id'],
    columns: {
      id: 'text',
      failures: 'number',
      startedAt: 'date',
      blockedUntil: 'date',
      blocks: 'number',
    },
  },
  {
    name: 'QueueMessage',
    key: ['id'],
    columns: {
      id: 'text',
      blobId: 'body',
      prefix: 'bytes',
      sizeBytes: 'number',
      sender: 'text',
      accountId: 'text',
      envid: 'text',
      ret: 'text',
      isSmtpUtf8: 'flag',
      isTlsRequired: 'flag',
      releaseAt: 'date',
      traceId: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'QueueRecipient',
    key: ['id'],
    columns: {
      id: 'text',
      messageId: 'text',
      recipient: 'text',
      originalTo: 'text',
      notify: 'text',
      domain: 'text',
      state: 'text',
      attempts: 'number',
      nextAttemptAt: 'date',
      leaseUntil: 'date',
      leaseOwner: 'text',
      isDelayTold: 'flag',
      holdReason: 'text',
      lastCode: 'number',
      lastText: 'text',
      lastHost: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'AccessRule',
    key: ['id'],
    columns: {
      id: 'text',
      position: 'number',
      scope: 'text',
      pattern: 'text',
      action: 'text',
      argument: 'text',
      comment: 'text',
      isDisabled: 'flag',
      createdAt: 'date',
    },
  },
  {
    name: 'Rewrite',
    key: ['id'],
    columns: {
      id: 'text',
      position: 'number',
      scope: 'text',
      pattern: 'text',
      replacement: 'text',
      comment: 'text',
      createdAt: 'date',
    },
  },
  {
    name: 'Greylist',
    key: ['id'],
    columns: { id: 'text', firstAt: 'date', lastAt: 'date', passes: 'number' },
  },
  {
    name: 'DkimKey',
    key: ['id'],
    columns: {
      id: 'text',
      domainId: 'text',
      selector: 'text',
      algorithm: 'text',
      secret: 'text',
      publicKey: 'text',
      state: 'text',
      createdAt: 'date',
      activeAt: 'date',
      retiredAt: 'date',
    },
  },
  {
    name: 'Pause',
    key: ['id'],
    columns: { id: 'text', reason: 'text', by: 'text', until: 'date', createdAt: 'date' },
  },
  {
    name: 'Suppression',
    key: ['id'],
    columns: {
      id: 'text',
      lastCode: 'number',
      lastText: 'text',
      failures: 'number',
      expiresAt: 'date',
      createdAt: 'date',
    },
  },
  {
    name: 'TlsResult',
    key: ['day', 'domain', 'policyType', 'mx', 'result'],
    columns: {
      day: 'number',
      domain: 'text',
      policyType: 'text',
      mx: 'text',
      result: 'text',
      count: 'number',
    },
  },
  {
    name: 'TrailEvent',
    key: ['id'],
    columns: {
      id: 'text',
      at: 'date',
      traceId: 'text',
      messageId: 'text',
      kind: 'text',
      accountId: 'text',
      sender: 'text',
      recipient: 'text',
      remote: 'text',
      reason: 'text',
      text: 'text',
      detail: 'text',
    },
  },
];

const uidKey = ['mailboxId', 'uid'];

/** Tables of one account, each led by `accountId`. */
export const accountTables: Table[] = [
  {
    name: 'Mailbox',
    key: ['id'],
    columns: {
      accountId: 'text',
      id: 'text',
      name: 'text',
      uidValidity: 'number',
      uidNext: 'number',
      recentUid: 'number',
      highestModseq: 'number',
      floorModseq: 'number',
      specialUse: 'text',
      messages: 'number',
      unseen: 'number',
      sizeBytes: 'number',
      createdAt: 'date',
    },
  },
  { name: 'Subscription', key: ['name'], columns: { accountId: 'text', name: 'text' } },
  {
    name: 'Preference',
    key: ['name'],
    columns: { accountId: 'text', name: 'text', value: 'text' },
  },
  {
    name: 'Message',
    key: uidKey,
    columns: {
      accountId: 'text',
      mailboxId: 'text',
      uid: 'number',
      modseq: 'number',
      emailId: 'text',
      threadId: 'text',
      blobId: 'body',
      prefix: 'bytes',
      sizeBytes: 'number',
      flags: 'number',
      keywords: 'text',
      internalDate: 'date',
      savedAt: 'date',
    },
  },
  {
    name: 'Tombstone',
    key: uidKey,
    columns: {
      accountId: 'text',
      mailboxId: 'text',
      uid: 'number',
      modseq: 'number',
      keptUid: 'number',
      day: 'number',
    },
  },
  {
    name: 'ThreadReference',
    key: ['reference'],
    columns: { accountId: 'text', reference: 'text', threadId: 'text', day: 'number' },
  },
  {
    name: 'PopUid',
    key: uidKey,
    columns: { accountId: 'text', mailboxId: 'text', uid: 'number', text: 'text' },
  },
  {
    name: 'MailboxRight',
    key: ['mailboxId', 'identifier'],
    columns: { accountId: 'text', mailboxId: 'text', identifier: 'text', rights: 'text' },
  },
  {
    name: 'Annotation',
    key: ['mailboxId', 'ownerId', 'entry'],
    columns: {
      accountId: 'text',
      mailboxId: 'text',
      ownerId: 'text',
      entry: 'text',
      value: 'bytes',
    },
  },
  { name: 'Imported', key: ['source'], columns: { accountId: 'text', source: 'text' } },
  {
    name: 'SendingDay',
    key: ['day'],
    columns: { accountId: 'text', day: 'number', messages: 'number', newRecipients: 'number' },
  },
  {
    name: 'KnownRecipient',
    key: ['recipient'],
    columns: { accountId: 'text', recipient: 'text', day: 'number' },
  },
];

/** Tables that hold bodies, or what is computed or found again. */
export const otherTables = [
  'Blob',
  'BlobBytes',
  'Rendering',
  'RenderingText',
  'Finding',
  'StsPolicy',
  'SavedRoll',
];

/** The table of that name. Throws where there is none. */
export function tableOf(name: string): Table {
  const table = [...serverTables, ...accountTables].find((each) => each.name === name);
  if (!table) throw new Error(`no table ${name}`);
  return table;
}
