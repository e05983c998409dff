// The first message of TLS (RFC 8446 §4.1.2), as far as it says which host (RFC 6066 §3) and which protocols (RFC 7301)
// a client wants. Pure; the bytes are a stranger's.

export type ClientHello = { host: string; protocols: string[] };

const recordHeader = 5;
const handshakeRecord = 22;
const clientHello = 1;
const hostExtension = 0;
const alpnExtension = 16;

/** How many bytes are needed to read it; null where they are no TLS. At most 16 KB and a header. */
export function helloLength(bytes: Buffer): number | null {
  if (bytes.length > 0 && bytes[0] !== handshakeRecord) return null;
  if (bytes.length < recordHeader) return recordHeader;
  const length = bytes.readUInt16BE(3);
  return length > 16_384 ? null : recordHeader + length;
}

/** Reads a whole record; null for what is no hello. */
export function readClientHello(record: Buffer): ClientHello | null {
  try {
    return read(new Reader(record));
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function read(record: Reader): ClientHello | null {
  record.take(recordHeader);
  if (record.number(1) !== clientHello) return null;
  const hello = record.part(3);
  // Version and random, session, cipher suites, compression
  hello.take(34);
  hello.part(1);
  hello.part(2);
  hello.part(1);
  const found: ClientHello = { host: '', protocols: [] };
  if (hello.isAtEnd()) return found;
  const extensions = hello.part(2);
  while (!extensions.isAtEnd()) {
    const type = extensions.number(2);
    const body = extensions.part(2);
    if (type === hostExtension) found.host = readHost(body);
    if (type === alpnExtension) found.protocols = readProtocols(body);
  }
  return found;
}

function readHost(body: Reader): string {
  const names = body.part(2);
  while (!names.isAtEnd()) {
    const type = names.number(1);
    const name = names.part(2);
    if (type === 0) return name.text().toLowerCase();
  }
  return '';
}

function readProtocols(body: Reader): string[] {
  const list = body.part(2);
  const protocols: string[] = [];
  while (!list.isAtEnd()) protocols.push(list.part(1).text());
  return protocols;
}

/** Throws RangeError past the end. */
class Reader {
  private readonly bytes: Buffer;
  private at = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  take(count: number): Buffer {
    if (this.at + count > this.bytes.length) throw new RangeError('the hello is cut off');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  number(size: number): number {
    return this.take(size).readUIntBE(0, size);
  }

  /** What stands behind its length of `size` bytes. */
  part(size: number): Reader {
    return new Reader(this.take(this.number(size)));
  }

  text(): string {
    return this.take(this.bytes.length - this.at).toString('latin1');
  }

  isAtEnd(): boolean {
    return this.at >= this.bytes.length;
  }
}
