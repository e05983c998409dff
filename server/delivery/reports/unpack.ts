// The file inside an attached report: gzip (RFC 1952), ZIP with one file (APPNOTE 6.3 §4.3), or plain. Nothing is unpacked
// beyond a size, whatever the archive says of itself, and an archive in an archive is not.
import { promisify } from 'node:util';
import { gunzip, inflateRaw } from 'node:zlib';
import { BadReport } from './xml.ts';

/** Reports of the largest receivers have some MB; an archive of 15 KB may hold 15 MB of zeros. */
export const maxReportBytes = 20 * 1024 * 1024;

const unpackGzip = promisify(gunzip);
const unpackDeflate = promisify(inflateRaw) as unknown as typeof unpackGzip;
const localMark = 0x04034b50;
const directoryMark = 0x02014b50;
const endMark = Buffer.from('PK\x05\x06', 'latin1');
const maxFiles = 50;

/** The bytes of the report. Throws BadReport. */
export async function unpackReport(packed: Buffer): Promise<Buffer> {
  const mark = packed.length > 30 ? packed.readUInt32LE(0) : 0;
  try {
    if (mark === localMark) return await unpackZip(packed);
    if (packed[0] === 0x1f && packed[1] === 0x8b) {
      return await unpackGzip(packed, { maxOutputLength: maxReportBytes });
    }
  } catch (error) {
    if (error instanceof BadReport) throw error;
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE';
    throw new BadReport(isLarge ? 'the report is too large' : 'the archive is broken');
  }
  if (packed.length > maxReportBytes) throw new BadReport('the report is too large');
  return packed;
}

type Entry = { method: number; packedBytes: number; at: number; name: string; isLocked: boolean };

/** The first XML or JSON of the directory, else the first file. */
async function unpackZip(packed: Buffer): Promise<Buffer> {
  const entries = listEntries(packed);
  const entry = entries.find(({ name }) => /\.(xml|json)$/i.test(name)) ?? entries[0];
  if (!entry) throw new BadReport('the archive is empty');
  if (entry.isLocked) throw new BadReport('the archive wants a password');
  const { at } = entry;
  if (packed.readUInt32LE(at) !== localMark) throw new BadReport('the archive is broken');
  const start = at + 30 + packed.readUInt16LE(at + 26) + packed.readUInt16LE(at + 28);
  const bytes = packed.subarray(start, start + entry.packedBytes);
  if (entry.method === 0) return bytes;
  if (entry.method !== 8) throw new BadReport('the archive is packed in an unknown way');
  return unpackDeflate(bytes, { maxOutputLength: maxReportBytes });
}

function listEntries(packed: Buffer): Entry[] {
  const end = packed.lastIndexOf(endMark);
  if (end < 0 || end + 22 > packed.length) throw new BadReport('the archive is cut off');
  const entries: Entry[] = [];
  let at = packed.readUInt32LE(end + 16);
  while (entries.length < maxFiles && at + 46 <= end && packed.readUInt32LE(at) === directoryMark) {
    const nameBytes = packed.readUInt16LE(at + 28);
    const name = packed.toString('latin1', at + 46, at + 46 + nameBytes);
    if (!name.endsWith('/')) {
      entries.push({
        name,
        method: packed.readUInt16LE(at + 10),
        packedBytes: packed.readUInt32LE(at + 20),
        at: packed.readUInt32LE(at + 42),
        isLocked: (packed.readUInt16LE(at + 8) & 1) === 1,
      });
    }
    at += 46 + nameBytes + packed.readUInt16LE(at + 30) + packed.readUInt16LE(at + 32);
  }
  return entries;
}
