// Which tables and columns a backup holds, and how their values are written down: the same for both
// databases. A test compares this with prisma/schema.prisma, so that no column is forgotten.
//
// A body has its sha-256 in place of its number, which only means something in one database.

import { accountTables } from './account-tables.ts';
import { serverTables } from './server-tables.ts';
import type { Table } from './table.ts';

export { accountTables } from './account-tables.ts';
export { serverTables } from './server-tables.ts';
export type { ColumnKind, Table } from './table.ts';

/** Tables that hold bodies, or what is computed or found again. */
export const otherTables = [
  'Blob',
  'BlobBytes',
  'Rendering',
  'RenderingText',
  'Finding',
  'StsPolicy',
  'AcmeChallenge',
  'SavedRoll',
  'MailboxChange',
  'WebSession',
  'Lease',
  'Node',
  'BackupRun',
  'JobRun',
  'DomainHour',
  'DomainDns',
  'NodeReport',
  'KeptAnswer',
  'WebhookEvent',
  'Welcome',
];

/** The table of that name. Throws where there is none. */
export function tableOf(name: string): Table {
  const table = [...serverTables, ...accountTables].find((each) => each.name === name);
  if (!table) throw new Error(`no table ${name}`);
  return table;
}
