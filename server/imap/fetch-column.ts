// Values of FETCH that stand in the message's own row.
import { formatInternalDate } from '#lib/mail/date.ts';
import type { ColumnRow } from '#server/store/read-columns.ts';
import type { PlainItem } from './fetch-item.ts';

type Columns = Pick<
  ColumnRow,
  'uid' | 'internalDate' | 'savedAt' | 'sizeBytes' | 'emailId' | 'threadId'
>;

/** The value as it stands in the reply; null where the item is no column. */
export function formatColumn(name: PlainItem, row: Columns): string | null {
  switch (name) {
    case 'UID':
      return `${row.uid}`;
    case 'INTERNALDATE':
      return `"${formatInternalDate(row.internalDate)}"`;
    case 'SAVEDATE':
      return `"${formatInternalDate(row.savedAt)}"`;
    case 'RFC822.SIZE':
      return `${row.sizeBytes}`;
    case 'EMAILID':
      return `(${row.emailId})`;
    case 'THREADID':
      return `(${row.threadId})`;
    default:
      return null;
  }
}
