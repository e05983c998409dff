// The files inside a winmail.dat as attachments of the message: part "2!3" is the third file of part 2. They are read
// out of the part each time they are asked for and kept nowhere.
import type { ImapFlow } from 'imapflow';
import { Refusal } from '../../errors.ts';
import { readTnef, type TnefFile } from '../../mail/tnef.ts';
import { safeFileName } from './file-name.ts';
import type { Attachment } from './structure.ts';

/** A larger one is a file like any other. */
const maxBytes = 30 * 1024 * 1024;

export const partPattern = /^(\d{1,4}(?:\.\d{1,4}){0,30})(?:!(\d{1,3}))?$/;

/** The part of the message, and which file inside it; null = the part itself. */
export function splitPart(part: string): { outer: string; file: number | null } {
  const [, outer = part, file] = partPattern.exec(part) ?? [];
  return { outer, file: file === undefined ? null : Number(file) };
}

/** Whether files may be inside. */
export function isTnef({ type, fileName, sizeBytes }: Attachment): boolean {
  const isIt = /^application\/(?:vnd\.)?ms-tnef$/.test(type) || /^winmail\.dat$/i.test(fileName);
  return isIt && sizeBytes <= maxBytes;
}

/** The list with what is inside a winmail.dat in front of it. */
export async function openTnefs(
  client: ImapFlow,
  uid: number,
  attachments: readonly Attachment[],
): Promise<Attachment[]> {
  const all: Attachment[] = [];
  for (const each of attachments) {
    if (isTnef(each)) {
      const files = await readTnefPart(client, uid, each.part);
      all.push(...files.map((file, i) => toAttachment(file, `${each.part}!${i + 1}`)));
    }
    all.push(each);
  }
  return all;
}

/** One of the files. Refusal 'not-found'. */
export async function readTnefFile(
  client: ImapFlow,
  uid: number,
  outer: Attachment,
  file: number,
): Promise<{ attachment: Attachment; bytes: Uint8Array }> {
  const found = isTnef(outer) ? (await readTnefPart(client, uid, outer.part))[file - 1] : undefined;
  if (!found) throw new Refusal('not-found', 'This attachment does not exist.');
  return { attachment: toAttachment(found, `${outer.part}!${file}`), bytes: found.bytes };
}

async function readTnefPart(client: ImapFlow, uid: number, part: string): Promise<TnefFile[]> {
  const { content } = await client.download(`${uid}`, part, { uid: true, maxBytes });
  if (!content) return [];
  const chunks: Buffer[] = [];
  for await (const chunk of content) chunks.push(chunk as Buffer);
  return readTnef(Buffer.concat(chunks));
}

function toAttachment({ name, type, bytes }: TnefFile, part: string): Attachment {
  const fileName = safeFileName(name);
  return {
    part,
    fileName,
    type: typeOf(type, fileName),
    sizeBytes: bytes.length,
    isInline: false,
    contentId: null,
  };
}

/** Outlook often says none; by its ending only what our viewers show, which look at the bytes again. */
function typeOf(declared: string, fileName: string): string {
  const isPlain = /^[a-z0-9][\w.+-]{0,60}\/[a-z0-9][\w.+-]{0,80}$/.test(declared);
  // A message in here is no part of the structure that one could open.
  if (isPlain && !declared.startsWith('message/')) return declared;
  const ending = /\.(\w{2,5})$/.exec(fileName.toLowerCase())?.[1] ?? '';
  return types[ending] ?? 'application/octet-stream';
}

const types: Readonly<Record<string, string>> = {
  png: 'image/png',
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  gif: 'image/gif',
  webp: 'image/webp',
  bmp: 'image/bmp',
  txt: 'text/plain',
  csv: 'text/csv',
  vcf: 'text/vcard',
  ics: 'text/calendar',
  pdf: 'application/pdf',
};
