// Which thread each message of a mailbox belongs to (THREADID, RFC 8474).
import type { ImapFlow } from 'imapflow';
import { readLines } from './plain-reader.ts';
import type { MailAccount } from './pool.ts';
import { atom, type ResponseToken, runCommand, sequence, tokenText } from './raw-command.ts';
import { formatUidSet } from './uid-set.ts';

/** Called for each message. */
type Told = (uid: number, threadId: string) => void;

const fewMessages = 1500;

/** Tells the thread of each of the UIDs (ascending). The mailbox `path` must be selected on `client`. */
export async function readThreadIds(
  account: MailAccount,
  client: ImapFlow,
  path: string,
  uids: readonly number[],
  told: Told,
): Promise<void> {
  if (uids.length === 0) return;
  const items = [atom('UID'), atom('THREADID')];
  if (uids.length > fewMessages) {
    const command = [atom('UID FETCH'), sequence(`${uids[0]}:${uids.at(-1)}`), items];
    await readLines(account, client, path, [command], (line) => {
      const uid = /UID (\d+)/.exec(line);
      const thread = /THREADID \(([^)]*)\)/.exec(line);
      if (uid && thread) told(Number(uid[1]), thread[1]!);
    });
    return;
  }
  const set = sequence(formatUidSet(uids));
  await runCommand(client, 'UID FETCH', [set, items], 'FETCH', (attributes) => {
    const pairs = attributes.find((each): each is ResponseToken[] => Array.isArray(each)) ?? [];
    const at = (name: string) => pairs[pairs.findIndex((each) => tokenText(each) === name) + 1];
    const thread = at('THREADID');
    if (Array.isArray(thread)) told(Number(tokenText(at('UID'))), tokenText(thread[0]));
  });
}
