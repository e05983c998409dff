// The octets of the message a session reads at the moment, read at most once for all sections of an
// answer, and for the portions in which Thunderbird asks for a large one (else each portion would read
// the whole message again). Held weakly between commands: memory pressure may take it.
import { pickFields, readDecoded, readSection, type Section } from '#lib/mail/section.ts';
import {
  type RenderedMessage,
  readBytes,
  readBytesTogether,
  readParts,
  type StoredMessage,
} from '#server/store/read.ts';

/** Header sections of the message itself need no body. */
export function isHeaderOnly({ path, kind }: Section): boolean {
  return path.length === 0 && (kind === 'HEADER' || kind === 'FIELDS' || kind === 'FIELDS.NOT');
}

class Source {
  readonly #message: RenderedMessage;
  #bytes: Promise<Buffer> | null = null;
  #parts: ReturnType<typeof readParts> | null = null;
  /** The part that was decoded last: asked for in portions, like the rest. */
  #decoded: { key: string; value: ReturnType<typeof readDecoded> } | null = null;

  constructor(message: RenderedMessage, bytes: Buffer | undefined) {
    this.#message = message;
    if (bytes) this.#bytes = Promise.resolve(bytes);
  }

  async read(section: Section): Promise<Buffer | null> {
    this.#bytes ??= readBytes(this.#message);
    if (section.path.length === 0 && section.kind === 'ALL') return this.#bytes;
    return readSection(await this.#bytes, await this.readParts(), section);
  }

  readParts(): ReturnType<typeof readParts> {
    this.#parts ??= readParts(this.#message);
    return this.#parts;
  }

  async decode(path: number[]): Promise<Buffer | null | 'unknown-encoding'> {
    this.#bytes ??= readBytes(this.#message);
    if (path.length === 0) return this.#bytes;
    const key = path.join('.');
    if (this.#decoded?.key !== key) {
      const value = readDecoded(await this.#bytes, await this.readParts(), path);
      this.#decoded = { key, value };
    }
    return this.#decoded.value;
  }
}

export class MessageSources {
  #last: { uid: number; source: WeakRef<Source> } | null = null;
  #ahead = new Map<number, Buffer>();

  /** Reads the octets of as many of these messages as one look brings; the former ones are let go. */
  async readAhead(messages: readonly StoredMessage[]): Promise<void> {
    this.#ahead = await readBytesTogether([...messages]);
  }

  /**
   * The bytes of a section; null when the message has no such part. Header sections need a message of
   * depth 'rendering', others only its row.
   */
  async read(message: RenderedMessage, section: Section): Promise<Buffer | null> {
    if (!isHeaderOnly(section)) return this.#sourceOf(message).read(section);
    const header = Buffer.concat([message.prefix, message.header]);
    if (section.kind === 'HEADER') return header;
    return pickFields(header, section.fields, section.kind === 'FIELDS.NOT');
  }

  /**
   * The bytes of a part without its transfer encoding (RFC 3516 §4.2); null when the message has no such part.
   */
  async decode(
    message: RenderedMessage,
    path: number[],
  ): Promise<Buffer | null | 'unknown-encoding'> {
    return this.#sourceOf(message).decode(path);
  }

  /** The tree of parts; offsets count from the message's first octet. */
  readParts(message: RenderedMessage): ReturnType<typeof readParts> {
    return this.#sourceOf(message).readParts();
  }

  #sourceOf(message: RenderedMessage): Source {
    // A UID's octets never change, so the UID is key enough within one mailbox.
    const known = this.#last?.uid === message.uid ? this.#last.source.deref() : undefined;
    if (known) return known;
    const source = new Source(message, this.#ahead.get(message.uid));
    this.#last = { uid: message.uid, source: new WeakRef(source) };
    return source;
  }
}
