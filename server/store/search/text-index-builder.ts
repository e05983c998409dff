// The terms of some bodies, as they are collected before they become a segment (text-index-chunk.ts). A body of
// 10 KB has some two thousand terms, most of them known already: they are found by the units of the text
// itself, without making a string of each, and what is kept are numbers in a few large arrays.
import { type Chunk, ChunkWriter } from './text-index-chunk.ts';
import { eachTerm, pieceMark } from './text-index-terms.ts';

/** Of an entry: hash, where its units start, how many they are with its kind, last body, count of bodies. */
const fields = 5;
const maxLength = 255;

export class ChunkBuilder {
  #slots = new Int32Array(2 ** 16);
  #entries = new Int32Array(2 ** 14 * fields);
  #units = new Uint16Array(2 ** 18);
  /** Pairs of an entry and a body, in the order in which they came. */
  #pairs = new Uint32Array(2 ** 18);
  #entryCount = 0;
  #unitCount = 0;
  #pairCount = 0;

  /** Pairs kept; bounds the memory. */
  get size(): number {
    return this.#pairCount;
  }

  /** Adds the terms of a folded text; numbers of bodies must not descend. */
  addText(column: number, text: string, body: number): void {
    eachTerm(text, (start, end, isPiece) => {
      this.#add(text, start, end, (column << 1) | (isPiece ? 1 : 0), body);
    });
  }

  #add(text: string, start: number, end: number, kind: number, body: number): void {
    const length = end - start;
    if (length > maxLength) throw new Error('a term is too long');
    let hash = kind + 1;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + text.charCodeAt(at)) | 0;
    // Sums of short words lie side by side; places in the table must not.
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
    hash ^= hash >>> 15;
    const entry = this.#find(text, start, end, (kind << 8) | length, hash);
    const at = entry * fields;
    if (this.#entries[at + 3] === body) return;
    this.#entries[at + 3] = body;
    this.#entries[at + 4]!++;
    if (this.#pairCount * 2 === this.#pairs.length) this.#pairs = grow(this.#pairs, Uint32Array);
    this.#pairs[this.#pairCount * 2] = entry;
    this.#pairs[this.#pairCount * 2 + 1] = body;
    this.#pairCount++;
  }

  /** The number of the entry, which is made where there is none. */
  #find(text: string, start: number, end: number, shape: number, hash: number): number {
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const entry = this.#slots[slot]! - 1;
      if (entry < 0) break;
      if (this.#isSame(entry, text, start, end, shape, hash)) return entry;
      slot = (slot + 1) & mask;
    }
    return this.#make(text, start, end, shape, hash, slot);
  }

  #isSame(
    entry: number,
    text: string,
    start: number,
    end: number,
    shape: number,
    hash: number,
  ): boolean {
    const at = entry * fields;
    if (this.#entries[at] !== hash || this.#entries[at + 2] !== shape) return false;
    let unit = this.#entries[at + 1]!;
    for (let place = start; place < end; place++) {
      if (this.#units[unit++] !== text.charCodeAt(place)) return false;
    }
    return true;
  }

  #make(
    text: string,
    start: number,
    end: number,
    shape: number,
    hash: number,
    slot: number,
  ): number {
    const entry = this.#entryCount++;
    if (this.#entryCount * fields > this.#entries.length) {
      this.#entries = grow(this.#entries, Int32Array);
    }
    while (this.#unitCount + (end - start) > this.#units.length) {
      this.#units = grow(this.#units, Uint16Array);
    }
    this.#entries.set([hash, this.#unitCount, shape, 0, 0], entry * fields);
    for (let at = start; at < end; at++) this.#units[this.#unitCount++] = text.charCodeAt(at);
    this.#slots[slot] = entry + 1;
    if (this.#entryCount * 2 > this.#slots.length) this.#widen();
    return entry;
  }

  #widen(): void {
    const slots = new Int32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let entry = 0; entry < this.#entryCount; entry++) {
      let slot = this.#entries[entry * fields]! & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = entry + 1;
    }
    this.#slots = slots;
  }

  /** Writes the terms of a column; `base` is at most the smallest number of a body. */
  write(column: number, base: number, emit: (chunk: Chunk) => void): void {
    const { starts, bodies } = this.#group();
    const terms: [string, number][] = [];
    for (let entry = 0; entry < this.#entryCount; entry++) {
      if (this.#entries[entry * fields + 2]! >> 9 === column) {
        terms.push([this.#termOf(entry), entry]);
      }
    }
    terms.sort(([one], [other]) => (one < other ? -1 : 1));
    const writer = new ChunkWriter(base, emit);
    for (const [term, entry] of terms) {
      writer.add(term, bodies.subarray(starts[entry]!, starts[entry + 1]!));
    }
    writer.flush();
  }

  #grouped: { starts: Uint32Array; bodies: Uint32Array } | null = null;

  /** The bodies of each entry beside each other, in their order. */
  #group(): { starts: Uint32Array; bodies: Uint32Array } {
    if (this.#grouped) return this.#grouped;
    const starts = new Uint32Array(this.#entryCount + 1);
    for (let entry = 0; entry < this.#entryCount; entry++) {
      starts[entry + 1] = starts[entry]! + this.#entries[entry * fields + 4]!;
    }
    const next = starts.slice();
    const bodies = new Uint32Array(this.#pairCount);
    for (let at = 0; at < this.#pairCount * 2; at += 2) {
      const entry = this.#pairs[at]!;
      bodies[next[entry]!++] = this.#pairs[at + 1]!;
    }
    this.#grouped = { starts, bodies };
    return this.#grouped;
  }

  #termOf(entry: number): string {
    const start = this.#entries[entry * fields + 1]!;
    const shape = this.#entries[entry * fields + 2]!;
    const units = this.#units.subarray(start, start + (shape & maxLength));
    const term = String.fromCharCode(...units);
    return (shape >> 8) & 1 ? pieceMark + term : term;
  }
}

function grow<T extends Int32Array | Uint32Array | Uint16Array>(
  list: T,
  Type: new (length: number) => T,
): T {
  const larger = new Type(list.length * 2);
  larger.set(list);
  return larger;
}
