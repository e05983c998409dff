// The attachments inside a winmail.dat (application/ms-tnef) of Outlook and Exchange. MS-OXTNEF: a stream of attributes,
// each with its length; MAPI properties inside two of them. Invariant: every step goes forward over bytes that are there,
// so a file that lies about its lengths ends the reading and never stretches it; nothing is copied, nothing throws.
import { decodeCharset } from './charset.ts';

export type TnefFile = {
  /** As the sender wrote it; may be empty */
  name: string;
  /** As declared, lower case; may be empty */
  type: string;
  /** A view of the bytes that were given */
  bytes: Uint8Array;
};

const signature = 0x223e9f78;
const maxFiles = 200;
/** Messages attached to messages, each a stream of its own. */
const maxDepth = 4;
const maxProperties = 5000;

/** MS-OXTNEF §2.1.3.2 */
const attribute = {
  codepage: 0x00069007,
  newAttachment: 0x00069002,
  title: 0x00018010,
  data: 0x0006800f,
  properties: 0x00069005,
} as const;
const attachmentLevel = 2;

/** MS-OXPROPS */
const property = {
  data: 0x3701,
  name: 0x3704,
  longName: 0x3707,
  displayName: 0x3001,
  type: 0x370e,
} as const;

/** The files, in their order; none for what is no TNEF. */
export function readTnef(bytes: Uint8Array): TnefFile[] {
  const found: TnefFile[] = [];
  readStream(bytes, 0, found);
  return found;
}

type Draft = { title: string; data: Uint8Array | null; properties: Properties };
type Properties = {
  texts: Map<number, string>;
  data: Uint8Array | null;
  /** The data is a message of its own */
  isMessage: boolean;
};

function readStream(bytes: Uint8Array, depth: number, found: TnefFile[]): void {
  const cursor = cursorOver(bytes);
  if (depth > maxDepth || cursor.u32() !== signature) return;
  cursor.u16();
  let charset = 'windows-1252';
  let draft: Draft | null = null;
  while (!cursor.isAtEnd() && found.length < maxFiles) {
    const level = cursor.u8();
    const id = cursor.u32();
    const data = cursor.take(cursor.u32());
    // The checksum guards against wires, not against people.
    cursor.u16();
    if (!data) break;
    if (id === attribute.codepage) charset = charsetOf(cursorOver(data).u32());
    if (level !== attachmentLevel) continue;
    if (id === attribute.newAttachment) {
      if (draft) finish(draft, depth, found);
      draft = { title: '', data: null, properties: noProperties() };
    } else if (draft && id === attribute.title) {
      draft.title = readText(data, charset);
    } else if (draft && id === attribute.data) {
      draft.data = data;
    } else if (draft && id === attribute.properties) {
      draft.properties = readProperties(data, charset);
    }
  }
  if (draft && found.length < maxFiles) finish(draft, depth, found);
}

function finish({ title, data, properties }: Draft, depth: number, found: TnefFile[]): void {
  if (properties.isMessage && properties.data) {
    // MS-OXTNEF §2.1.3.4.2: the message stands behind the identifier of its interface.
    readStream(properties.data.subarray(16), depth + 1, found);
    return;
  }
  const bytes = data ?? properties.data;
  if (!bytes) return;
  const { texts } = properties;
  const names = [property.longName, property.name].map((id) => texts.get(id));
  const name = [...names, title, texts.get(property.displayName)].find(Boolean) ?? '';
  found.push({ name, type: (texts.get(property.type) ?? '').toLowerCase(), bytes });
}

const noProperties = (): Properties => ({ texts: new Map(), data: null, isMessage: false });

/** MS-OXTNEF §2.1.3.4; what cannot be read ends the list. */
function readProperties(bytes: Uint8Array, charset: string): Properties {
  const found = noProperties();
  const cursor = cursorOver(bytes);
  const count = Math.min(cursor.u32(), maxProperties);
  for (let i = 0; i < count && !cursor.isAtEnd(); i++) {
    const type = cursor.u16();
    const id = cursor.u16();
    if (id >= 0x8000) skipName(cursor);
    const isMany = (type & 0x1000) !== 0;
    const kind = type & 0x0fff;
    const size = fixedSizes[kind];
    if (size !== undefined) {
      const values = isMany ? cursor.u32() : 1;
      if (!cursor.take(pad(size) * values)) break;
      continue;
    }
    const isText = kind === 0x1e || kind === 0x1f;
    if (!isText && kind !== 0x102 && kind !== 0x0d) break;
    const values = cursor.u32();
    let first: Uint8Array | null = null;
    for (let at = 0; at < values && !cursor.isAtEnd(); at++) {
      const length = cursor.u32();
      const value = cursor.take(length);
      cursor.take(pad(length) - length);
      first ??= value;
    }
    if (!first) continue;
    if (isText) found.texts.set(id, readText(first, kind === 0x1f ? 'utf-16le' : charset));
    else if (id === property.data) {
      found.data = first;
      found.isMessage = kind === 0x0d;
    }
  }
  return found;
}

/** Bytes of the property types of one size (MS-OXCDATA §2.11.1), before they are padded to four. */
const fixedSizes: Readonly<Record<number, number>> = {
  2: 2,
  3: 4,
  4: 4,
  5: 8,
  6: 8,
  7: 8,
  10: 4,
  11: 2,
  20: 8,
  64: 8,
  72: 16,
};

const pad = (length: number) => Math.ceil(length / 4) * 4;

/** A property of one's own stands with the set it belongs to, and its number or name there. */
function skipName(cursor: Cursor): void {
  cursor.take(16);
  if (cursor.u32() === 0) cursor.u32();
  else cursor.take(pad(cursor.u32()));
}

function readText(bytes: Uint8Array, charset: string): string {
  return decodeCharset(bytes.subarray(0, 4096), charset).replace(/\0.*$/s, '').trim();
}

function charsetOf(codepage: number): string {
  return codepage === 65001 ? 'utf-8' : `windows-${codepage}`;
}

type Cursor = ReturnType<typeof cursorOver>;

/** Little-endian numbers; beyond the end they are 0, and `take` gives null and goes to the end. */
function cursorOver(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 0;
  const number = (size: 1 | 2 | 4): number => {
    const from = at;
    at = Math.min(at + size, bytes.length);
    if (from + size > bytes.length) return 0;
    return size === 1
      ? view.getUint8(from)
      : size === 2
        ? view.getUint16(from, true)
        : view.getUint32(from, true);
  };
  return {
    u8: () => number(1),
    u16: () => number(2),
    u32: () => number(4),
    isAtEnd: () => at >= bytes.length,
    take(length: number): Uint8Array | null {
      const from = at;
      const hasAll = length <= bytes.length - from;
      at = hasAll ? from + length : bytes.length;
      return hasAll ? bytes.subarray(from, at) : null;
    },
  };
}
