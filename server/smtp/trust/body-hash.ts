// The hash of a body as DKIM takes it (RFC 6376 §3.4.3, §3.4.4), octet by octet in bounded memory, however long
// a line is. Stands in for the one of mailauth, which looks at an unfinished line again with every chunk.
import { createHash, type Hash } from 'node:crypto';

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const HT = 0x09;

/** Room for what is not hashed yet. */
const bufferBytes = 16 * 1024;

export class BodyHash {
  /** Octets given to it. */
  byteLength = 0;
  /** Octets of the canonical body: all of them, and those that are hashed. */
  canonicalizedLength = 0;
  bodyHashedBytes = 0;
  /** Filled by mailauth when all is hashed. */
  hash: string | undefined;
  mimeStructureStart: number | undefined;

  private readonly isRelaxed: boolean;
  private readonly limit: number;
  private readonly hashing: Hash;
  private readonly out = Buffer.allocUnsafe(bufferBytes);
  private length = 0;
  private breaks = 0;
  private hasSpace = false;
  private hasCr = false;

  constructor(canonicalization: string, algorithm: string, maxLength: number | '') {
    this.isRelaxed = canonicalization === 'relaxed';
    this.limit = maxLength === '' ? Number.POSITIVE_INFINITY : maxLength;
    this.hashing = createHash(algorithm === 'sha1' ? 'sha1' : 'sha256');
  }

  /** Takes the next octets. */
  update(chunk: Buffer): void {
    this.byteLength += chunk.length;
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index] as number;
      if (byte === LF) {
        this.hasCr = false;
        // RFC 6376 §3.4.4 a: white space at the end of a line is ignored.
        this.hasSpace = false;
        this.breaks++;
        continue;
      }
      if (this.hasCr) this.put(CR);
      this.hasCr = byte === CR;
      if (this.hasCr) continue;
      if (this.isRelaxed && (byte === SP || byte === HT)) this.hasSpace = true;
      else this.put(byte);
    }
  }

  /** The hash of everything. */
  digest(encoding: 'base64'): string {
    if (this.hasCr) this.put(CR);
    this.flush();
    // §3.4.3: an empty body is one line end; §3.4.4: an empty body stays empty.
    if (!this.isRelaxed || this.canonicalizedLength > 0) {
      this.append(CR);
      this.append(LF);
      this.flush();
    }
    return this.hashing.digest(encoding);
  }

  setContentType(): void {}

  getMimeStructureStart(): number {
    return 0;
  }

  /** An octet of a line, after the lines' ends and the white space before it. */
  private put(byte: number): void {
    for (; this.breaks > 0; this.breaks--) {
      this.append(CR);
      this.append(LF);
    }
    if (this.hasSpace) {
      this.hasSpace = false;
      this.append(SP);
    }
    this.append(byte);
  }

  private append(byte: number): void {
    if (this.length === bufferBytes) this.flush();
    this.out[this.length++] = byte;
  }

  private flush(): void {
    this.canonicalizedLength += this.length;
    const room = Math.max(0, this.limit - this.bodyHashedBytes);
    const hashed = Math.min(this.length, room);
    this.hashing.update(this.out.subarray(0, hashed));
    this.bodyHashedBytes += hashed;
    this.length = 0;
  }
}
