// STATUS items (RFC 3501 §6.3.10; HIGHESTMODSEQ RFC 7162, MAILBOXID RFC 8474, SIZE RFC 8438, APPENDLIMIT
// RFC 7889; DELETED and DELETED-STORAGE RFC 9208 §4.1.4), shared by STATUS and LIST RETURN (STATUS …).
import type { Mailbox } from '#server/store/mailboxes.ts';
import { countDeleted } from '#server/store/quota/quota.ts';
import { searchMessages } from '#server/store/search/search.ts';
import type { Session } from './session.ts';
import { Bad } from './wire/bad.ts';
import type { Cursor } from './wire/cursor.ts';
import { untagged } from './wire/encode.ts';

type Read = (mailbox: Mailbox, session: Session) => string | number | Promise<string | number>;

const items: Record<string, Read> = {
  MESSAGES: (mailbox) => mailbox.messages,
  RECENT: countRecent,
  UIDNEXT: (mailbox) => mailbox.uidNext,
  UIDVALIDITY: (mailbox) => mailbox.uidValidity,
  UNSEEN: (mailbox) => mailbox.unseen,
  HIGHESTMODSEQ: (mailbox) => mailbox.highestModseq,
  MAILBOXID: (mailbox) => `(${mailbox.id})`,
  SIZE: (mailbox) => mailbox.sizeBytes,
  DELETED: async (mailbox) => (await countDeleted(mailbox)).messages,
  'DELETED-STORAGE': async (mailbox) => (await countDeleted(mailbox)).sizeBytes,
  APPENDLIMIT: (_mailbox, session) => session.appendLimitBytes(),
};

/** "(" status-att *(SP status-att) ")" */
export function parseStatusItems(cursor: Cursor): string[] {
  const names: string[] = [];
  cursor.list(() => {
    const name = cursor.keyword();
    if (!Object.hasOwn(items, name)) throw new Bad(`Unknown STATUS item ${name}`);
    if (!names.includes(name)) names.push(name);
  });
  if (names.length === 0) throw new Bad('STATUS needs at least one item');
  return names;
}

/** `* STATUS name (…)`; asking for HIGHESTMODSEQ switches CONDSTORE on (RFC 7162 §3.1). */
export async function formatStatus(
  session: Session,
  mailbox: Mailbox,
  names: readonly string[],
): Promise<string> {
  if (names.includes('HIGHESTMODSEQ')) session.isCondstore = true;
  const values: string[] = [];
  for (const name of names) values.push(`${name} ${await items[name]!(mailbox, session)}`);
  return untagged(`STATUS ${session.formatName(mailbox.name)} (${values.join(' ')})`);
}

async function countRecent(mailbox: Mailbox): Promise<number> {
  if (mailbox.recentUid >= mailbox.uidNext) return 0;
  const ranges: [number, number][] = [[mailbox.recentUid, mailbox.uidNext - 1]];
  return (await searchMessages(mailbox.accountId, mailbox.id, { kind: 'uid', ranges })).length;
}
