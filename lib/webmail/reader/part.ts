// One part, or the whole source, of one's own message as a stream: never held in memory as a whole.
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Refusal } from '../../errors.ts';
import { type MailAccount, withMailbox } from '../imap/pool.ts';
import { isUid } from '../imap/uid-set.ts';
import { cleanLine } from '../list/message-list.ts';
import { safeFileName } from './file-name.ts';
import { structureAround } from './nested.ts';
import { readStructure } from './structure.ts';
import { readTnefFile, splitPart } from './tnef.ts';

export type PartStream = { fileName: string; type: string; content: Readable };

/**
 * Opens an attachment by its part number, or a file inside a winmail.dat (tnef.ts); `content` yields decoded bytes and must be read or destroyed.
 * Refusal 'not-found' for what is no attachment of this message.
 */
export async function openPart(
  account: MailAccount,
  folder: string,
  uid: number,
  part: string,
): Promise<PartStream> {
  return openStream(account, folder, async (client) => {
    const message = isUid(uid)
      ? await client.fetchOne(`${uid}`, { uid: true, bodyStructure: true }, { uid: true })
      : false;
    if (!message) throw new Refusal('not-found', 'This message is no longer here.');
    const { outer, file } = splitPart(part);
    const { attachments, inlineImages } = readStructure(
      structureAround(message.bodyStructure, outer),
    );
    const found = [...attachments, ...inlineImages].find((each) => each.part === outer);
    if (!found) throw new Refusal('not-found', 'This attachment does not exist.');
    if (file !== null) {
      const { attachment, bytes } = await readTnefFile(client, uid, found, file);
      const content = Readable.from([bytes], { objectMode: false });
      return { fileName: attachment.fileName, type: attachment.type, content };
    }
    const { content } = await client.download(`${uid}`, outer, {
      uid: true,
      chunkSize: 1024 * 1024,
    });
    return { fileName: found.fileName, type: found.type, content };
  });
}

/** Opens the whole message as it was received, named after its subject. */
export async function openSource(
  account: MailAccount,
  folder: string,
  uid: number,
): Promise<PartStream> {
  return openStream(account, folder, async (client) => {
    const message = isUid(uid)
      ? await client.fetchOne(`${uid}`, { uid: true, envelope: true }, { uid: true })
      : false;
    if (!message) throw new Refusal('not-found', 'This message is no longer here.');
    const { content } = await client.download(`${uid}`, undefined, {
      uid: true,
      chunkSize: 1024 * 1024,
    });
    const subject = cleanLine(message.envelope?.subject ?? '').slice(0, 80) || 'message';
    return { fileName: safeFileName(`${subject}.eml`), type: 'message/rfc822', content };
  });
}

type Opened = { fileName: string; type: string; content?: Readable | undefined };

/** The connection stays with the stream until it ends; the caller gets it as soon as it is open. */
function openStream(
  account: MailAccount,
  folder: string,
  start: (client: Parameters<Parameters<typeof withMailbox>[2]>[0]) => Promise<Opened>,
): Promise<PartStream> {
  return new Promise((resolve, reject) => {
    const serve = async (client: Parameters<typeof start>[0]) => {
      const { fileName, type, content } = await start(client);
      if (!content) throw new Refusal('not-found', 'This attachment does not exist.');
      const output = new PassThrough({ highWaterMark: 256 * 1024 });
      resolve({ fileName, type, content: output });
      // A reader who goes away ends the download; that is no error of the connection.
      await pipeline(content, output).catch(() => {});
    };
    withMailbox(account, folder, serve, 'downloads').catch(reject);
  });
}
