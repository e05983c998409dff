// All attachments of a message as one .zip, written while they are read: nothing is kept, nothing is packed or unpacked,
// so what comes out is as large as what the message holds.

import { Readable } from 'node:stream';
import { downloadZip } from 'client-zip';
import { Refusal } from '../../errors.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { cleanLine } from '../list/message-list.ts';
import { fetchMessage } from './fetch-message.ts';
import { safeFileName } from './file-name.ts';
import { openPart } from './part.ts';
import { type Attachment, readStructure } from './structure.ts';
import { openTnefs } from './tnef.ts';

const mostFiles = 200;
const mostBytes = 512 * 1024 * 1024;

/** Opens the zip. Refusal 'not-found' where the message has no attachments, 'too-big'. */
export async function openZip(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<{ fileName: string; content: ReadableStream }> {
  const [message, all] = await withMailbox(account, folder, async (client) => {
    const fetched = await fetchMessage(client, uid);
    const { attachments } = readStructure(fetched.bodyStructure);
    return [fetched, await openTnefs(client, uid, attachments)] as const;
  });
  // Pictures of the text are part of it, unless there is nothing else.
  const files = all.some((each) => !each.isInline) ? all.filter((each) => !each.isInline) : all;
  if (files.length === 0) throw new Refusal('not-found', 'This message has no attachments.');
  const total = files.reduce((sum, each) => sum + each.sizeBytes, 0);
  if (files.length > mostFiles || total > mostBytes) {
    throw new Refusal('too-big', 'These are too many files for one archive.');
  }
  const subject = cleanLine(message.envelope?.subject ?? '').slice(0, 80) || 'message';
  const content = downloadZip(readFiles(account, folder, uid, files)).body;
  if (!content) throw new Refusal('unavailable', 'The archive could not be made.');
  return { fileName: safeFileName(`${subject}.zip`), content };
}

/** One after the other: each holds a connection while it is read. */
async function* readFiles(account: MailAccount, folder: string, uid: number, files: Attachment[]) {
  const names = distinctNames(files.map(({ fileName }) => fileName));
  let left = mostBytes;
  for (const [i, { part }] of files.entries()) {
    const { content } = await openPart(account, folder, uid, part);
    content.on('data', (chunk: Buffer) => {
      left -= chunk.length;
      if (left < 0) content.destroy(new Refusal('too-big', 'These are too many files.'));
    });
    content.pause();
    yield { name: names[i] ?? 'attachment', input: Readable.toWeb(content) as ReadableStream };
  }
}

/** "a.txt", "a (2).txt": no two alike, whatever the case. */
export function distinctNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf('.');
    const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let wanted = name;
    for (let n = 2; taken.has(wanted.toLowerCase()); n++) wanted = `${stem} (${n})${end}`;
    taken.add(wanted.toLowerCase());
    return wanted;
  });
}
