// The names in a ZIP archive (APPNOTE 6.3 §4.3.12), without unpacking anything: from its directory, or where
// that is broken from the headers before the files, which is what unpackers fall back to as well.

const maxNames = 2000;
const maxNameBytes = 1000;
/** The end record may be followed by a comment of 64 KB. */
const endSearchBytes = 65_557;

/** Whether it starts like an archive. */
export function isZip(bytes: Buffer): boolean {
  return bytes.length > 30 && bytes.readUInt32LE(0) === 0x04034b50;
}

/** Up to 2000 names as they stand there. */
export function listZipNames(bytes: Buffer): string[] {
  return [...new Set([...readDirectory(bytes), ...readLocalHeaders(bytes)])].slice(0, maxNames);
}

function readDirectory(bytes: Buffer): string[] {
  const end = bytes.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end < bytes.length - endSearchBytes || end + 22 > bytes.length) return [];
  const names: string[] = [];
  // Bytes may stand before the archive (self-extracting ones): the directory ends where its end record begins.
  let at = Math.max(0, end - bytes.readUInt32LE(end + 12));
  while (names.length < maxNames && at + 46 <= end && bytes.readUInt32LE(at) === 0x02014b50) {
    const nameBytes = bytes.readUInt16LE(at + 28);
    names.push(readName(bytes, at + 46, nameBytes));
    at += 46 + nameBytes + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return names;
}

function readLocalHeaders(bytes: Buffer): string[] {
  const names: string[] = [];
  const mark = Buffer.from('PK\x03\x04', 'latin1');
  for (let at = bytes.indexOf(mark); at >= 0 && names.length < maxNames; ) {
    if (at + 30 > bytes.length) break;
    names.push(readName(bytes, at + 30, bytes.readUInt16LE(at + 26)));
    at = bytes.indexOf(mark, at + 4);
  }
  return names;
}

function readName(bytes: Buffer, start: number, length: number): string {
  return bytes.toString(
    'utf8',
    start,
    Math.min(start + Math.min(length, maxNameBytes), bytes.length),
  );
}
