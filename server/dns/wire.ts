// A DNS question as bytes and its answer read back (RFC 1035 §4, RFC 6891), for the few record types that
// mail needs. Answers are hostile: every offset is checked, names cannot run in circles.
export const recordTypes = { A: 1, CNAME: 5, MX: 15, TXT: 16, AAAA: 28, TLSA: 52 } as const;
export type RecordType = keyof typeof recordTypes;

export type WireRecord = {
  /** Lower case, no last dot. */
  name: string;
  type: number;
  data: Buffer;
  /** Where the data stands, for names inside it. */
  start: number;
};

export type WireAnswer = {
  id: number;
  rcode: number;
  isTruncated: boolean;
  /** AD: the resolver says that all of it is validated (RFC 4035 §3.2.3). */
  isAuthentic: boolean;
  question: { name: string; type: number };
  answers: WireRecord[];
};

const headerBytes = 12;
const maxRecords = 200;
const optType = 41;
/** RFC 6891 §6.2.5; small enough not to be cut into fragments. */
export const udpBytes = 1232;

/** A recursive question that asks for DNSSEC (EDNS DO, RFC 3225) and for AD (RFC 6840 §5.7). */
export function encodeQuestion(id: number, name: string, type: RecordType): Buffer {
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label, 'latin1');
    if (bytes.length === 0 || bytes.length > 63) throw new Error('A label does not fit');
    return Buffer.concat([Buffer.from([bytes.length]), bytes]);
  });
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(id, 0);
  // RD and AD
  header.writeUInt16BE(0x0120, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(1, 10);
  const end = Buffer.alloc(5);
  end.writeUInt16BE(recordTypes[type], 1);
  end.writeUInt16BE(1, 3);
  const opt = Buffer.alloc(11);
  opt.writeUInt16BE(optType, 1);
  opt.writeUInt16BE(udpBytes, 3);
  opt.writeUInt16BE(0x8000, 7);
  return Buffer.concat([header, ...labels, end, opt]);
}

/** The answer, or null for what is none. */
export function decodeAnswer(bytes: Buffer): WireAnswer | null {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function decode(bytes: Buffer): WireAnswer | null {
  const flags = bytes.readUInt16BE(2);
  const isAnswer = (flags & 0x8000) !== 0 && (flags & 0x7800) === 0;
  if (!isAnswer || bytes.readUInt16BE(4) !== 1) return null;
  const asked = readName(bytes, headerBytes);
  const question = { name: asked.name, type: bytes.readUInt16BE(asked.end) };
  let at = asked.end + 4;
  const isTruncated = (flags & 0x0200) !== 0;
  const answers: WireRecord[] = [];
  const count = isTruncated ? 0 : Math.min(bytes.readUInt16BE(6), maxRecords);
  for (let index = 0; index < count; index++) {
    const owner = readName(bytes, at);
    const type = bytes.readUInt16BE(owner.end);
    const kind = bytes.readUInt16BE(owner.end + 2);
    const start = owner.end + 10;
    const size = bytes.readUInt16BE(owner.end + 8);
    if (start + size > bytes.length) return null;
    at = start + size;
    if (kind === 1) {
      answers.push({ name: owner.name, type, data: bytes.subarray(start, at), start });
    }
  }
  return {
    id: bytes.readUInt16BE(0),
    rcode: flags & 0xf,
    isTruncated,
    isAuthentic: (flags & 0x0020) !== 0,
    question,
    answers,
  };
}

/** A name at `offset` (RFC 1035 §4.1.4), and where what follows begins. RangeError where it is none. */
export function readName(bytes: Buffer, offset: number): { name: string; end: number } {
  const labels: string[] = [];
  let at = offset;
  let end = -1;
  let total = 0;
  for (;;) {
    const size = bytes.readUInt8(at);
    if (size === 0) break;
    if ((size & 0xc0) === 0xc0) {
      const target = bytes.readUInt16BE(at) & 0x3fff;
      if (end < 0) end = at + 2;
      // Only backwards, so it ends.
      if (target >= at) throw new RangeError('A name points forward');
      at = target;
      total++;
    } else {
      if (size > 63 || at + 1 + size > bytes.length) throw new RangeError('A label is too long');
      labels.push(bytes.toString('latin1', at + 1, at + 1 + size).toLowerCase());
      at += 1 + size;
      total += 1 + size;
    }
    if (total > 255) throw new RangeError('A name is too long');
  }
  // A dot inside of a label would be taken for two labels.
  if (labels.some((label) => label.includes('.'))) throw new RangeError('A label has a dot');
  return { name: labels.join('.'), end: end < 0 ? at + 1 : end };
}
