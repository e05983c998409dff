// How the text index is laid down: a segment holds the terms of a stretch of body numbers, sorted, in chunks;
// a chunk is a list of terms and, apart from it, which bodies have each of them. Chunks are never changed.
// Looking for a part of a word is reading all lists of terms, which are small; what is said about bodies is
// read only for terms that fit.
//
//   terms     "\n" term "\n" term … "\n", UTF-8
//   postings  u32 count of terms; for each u32 where it ends in `terms`, u32 where its numbers end; then the
//             numbers: ascending, each as the distance from the one before (the first: from the segment's
//             first number), seven bits a byte, lowest first, the eighth says that more follow

export type Chunk = { first: string; terms: Buffer; postings: Buffer };

const maxTermBytes = 16 * 1024;
const maxPostingBytes = 32 * 1024;
/** Of one number. */
const maxNumberBytes = 5;

/** Bytes that grow. */
class Bytes {
  #buffer: Buffer;
  length = 0;

  constructor(size: number) {
    this.#buffer = Buffer.allocUnsafe(size);
  }

  /** The buffer with room for `more` bytes behind `length`. */
  room(more: number): Buffer {
    if (this.length + more > this.#buffer.length) {
      const larger = Buffer.allocUnsafe((this.length + more) * 2);
      this.#buffer.copy(larger, 0, 0, this.length);
      this.#buffer = larger;
    }
    return this.#buffer;
  }

  read(): Buffer {
    return this.#buffer.subarray(0, this.length);
  }
}

/** Makes chunks of terms that come sorted, each with the numbers of its bodies, ascending. */
export class ChunkWriter {
  readonly #base: number;
  readonly #emit: (chunk: Chunk) => void;
  readonly #terms = new Bytes(2 * maxTermBytes);
  readonly #numbers = new Bytes(2 * maxPostingBytes);
  #ends: number[] = [];
  #first = '';
  #termStart = 0;
  #numbersStart = 0;
  #last = 0;

  /** `base` is at most the smallest number that will come. */
  constructor(base: number, emit: (chunk: Chunk) => void) {
    this.#base = base;
    this.#emit = emit;
  }

  add(term: string, numbers: ArrayLike<number>): void {
    this.begin(term);
    this.#numbers.room(numbers.length * maxNumberBytes);
    for (let index = 0; index < numbers.length; index++) this.#put(numbers[index]!);
    this.end();
  }

  /** Begins a term, whose numbers `copy` brings and which `end` ends. */
  begin(term: string): void {
    if (this.#ends.length === 0) {
      this.#first = term;
      this.#terms.room(1)[0] = 0x0a;
      this.#terms.length = 1;
    }
    this.#termStart = this.#terms.length;
    this.#numbersStart = this.#numbers.length;
    const size = Buffer.byteLength(term) + 1;
    const text = this.#terms.room(size);
    text.write(term, this.#terms.length);
    this.#terms.length += size;
    text[this.#terms.length - 1] = 0x0a;
    this.#last = this.#base;
  }

  /** Takes over the numbers of a term, without those that are gone; all are greater than the ones before. */
  copy(from: ChunkReader, index: number, isAlive: ((number: number) => boolean) | null): void {
    const list = from.listOf(index);
    const first = readNumber(list.bytes, list.start);
    this.#numbers.room(list.end - list.start + maxNumberBytes);
    if (isAlive) {
      this.#numbers.room((list.end - list.start) * maxNumberBytes);
      for (const number of from.numbersOf(index)) if (isAlive(number)) this.#put(number);
      return;
    }
    this.#put(from.base + first.value);
    const into = this.#numbers.room(0);
    const { bytes, end } = list;
    let at = this.#numbers.length;
    let last = this.#last;
    // Distances stay as they are; only their sum has to be known for what follows.
    let distance = 0;
    let shift = 0;
    for (let read = first.end; read < end; read++) {
      const byte = bytes[read]!;
      into[at++] = byte;
      distance |= (byte & 127) << shift;
      if (byte > 127) shift += 7;
      else {
        last += distance;
        distance = 0;
        shift = 0;
      }
    }
    this.#numbers.length = at;
    this.#last = last;
  }

  /** A term without numbers is not kept. */
  end(): void {
    if (this.#numbers.length === this.#numbersStart) {
      this.#terms.length = this.#termStart;
      return;
    }
    this.#ends.push(this.#terms.length, this.#numbers.length);
    if (this.#terms.length > maxTermBytes || this.#numbers.length > maxPostingBytes) this.flush();
  }

  /** There must be room. */
  #put(number: number): void {
    const bytes = this.#numbers.room(0);
    let distance = number - this.#last;
    let at = this.#numbers.length;
    this.#last = number;
    while (distance > 127) {
      bytes[at++] = (distance & 127) | 128;
      distance >>>= 7;
    }
    bytes[at++] = distance;
    this.#numbers.length = at;
  }

  flush(): void {
    if (this.#ends.length === 0) return;
    const head = Buffer.allocUnsafe(4 + this.#ends.length * 4);
    head.writeUInt32LE(this.#ends.length / 2, 0);
    for (const [index, end] of this.#ends.entries()) head.writeUInt32LE(end, 4 + index * 4);
    this.#emit({
      first: this.#first,
      terms: Buffer.from(this.#terms.read()),
      postings: Buffer.concat([head, this.#numbers.read()]),
    });
    this.#ends = [];
    this.#terms.length = 0;
    this.#numbers.length = 0;
  }
}

function readNumber(bytes: Buffer, start: number): { value: number; end: number } {
  let at = start;
  let byte = bytes[at++]!;
  let value = byte & 127;
  for (let shift = 7; byte > 127; shift += 7) {
    byte = bytes[at++]!;
    value |= (byte & 127) << shift;
  }
  return { value, end: at };
}

/** The terms and numbers of one chunk. */
export class ChunkReader {
  readonly count: number;
  readonly #terms: Buffer;
  readonly #postings: Buffer;
  /** The segment's first number. */
  readonly base: number;

  constructor(terms: Buffer, postings: Buffer, base: number) {
    this.#terms = terms;
    this.#postings = postings;
    this.base = base;
    this.count = postings.readUInt32LE(0);
  }

  /** Index of the term in which the byte lies; `from` is one that does not lie behind it. */
  indexAt(byte: number, from: number): number {
    let low = from;
    let high = this.count - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#termEnd(middle) > byte) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  termAt(index: number): string {
    const start = index === 0 ? 1 : this.#termEnd(index - 1);
    return this.#terms.toString('utf8', start, this.#termEnd(index) - 1);
  }

  /** Where the term ends in the list of terms. */
  #termEnd(index: number): number {
    return this.#postings.readUInt32LE(4 + index * 8);
  }

  /** Behind the last byte of the term with its newline. */
  endOf(index: number): number {
    return this.#termEnd(index);
  }

  /** Sets the bits of the term's numbers from `min` to `max`, counted from `min`. This is the hot loop. */
  markNumbers(index: number, bits: Uint8Array, min: number, max: number): void {
    const data = this.#postings;
    let at = this.#numbersStart(index);
    const end = this.#numbersEnd(index);
    let number = this.base;
    while (at < end) {
      let byte = data[at++]!;
      let distance = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = data[at++]!;
        distance |= (byte & 127) << shift;
      }
      number += distance;
      if (number < min) continue;
      if (number > max) return;
      const bit = number - min;
      bits[bit >> 3]! |= 1 << (bit & 7);
    }
  }

  numbersOf(index: number): number[] {
    const data = this.#postings;
    const numbers: number[] = [];
    let at = this.#numbersStart(index);
    const end = this.#numbersEnd(index);
    let number = this.base;
    while (at < end) {
      let byte = data[at++]!;
      let distance = byte & 127;
      for (let shift = 7; byte > 127; shift += 7) {
        byte = data[at++]!;
        distance |= (byte & 127) << shift;
      }
      number += distance;
      numbers.push(number);
    }
    return numbers;
  }

  /** Where the numbers of a term stand. */
  listOf(index: number): { bytes: Buffer; start: number; end: number } {
    return {
      bytes: this.#postings,
      start: this.#numbersStart(index),
      end: this.#numbersEnd(index),
    };
  }

  #numbersStart(index: number): number {
    return index === 0 ? 4 + this.count * 8 : this.#numbersEnd(index - 1);
  }

  #numbersEnd(index: number): number {
    return 4 + this.count * 8 + this.#postings.readUInt32LE(4 + index * 8 + 4);
  }
}

/** A term and where its numbers are. */
export type Source = { term: string; chunk: ChunkReader; index: number };

/**
 * Writes the terms of several segments, each sorted and of ascending stretches of numbers, as one. Yields
 * after each term. `isAlive`: null where nothing is gone.
 */
export function* mergeTerms(
  sources: Iterator<Source>[],
  writer: ChunkWriter,
  isAlive: ((number: number) => boolean) | null,
): Generator<void, void> {
  const heads = sources.map((source) => source.next());
  for (;;) {
    let least: string | null = null;
    for (const head of heads) {
      if (!head.done && (least === null || head.value.term < least)) least = head.value.term;
    }
    if (least === null) return;
    writer.begin(least);
    for (let index = 0; index < heads.length; index++) {
      const head = heads[index]!;
      if (head.done || head.value.term !== least) continue;
      writer.copy(head.value.chunk, head.value.index, isAlive);
      heads[index] = sources[index]!.next();
    }
    writer.end();
    yield;
  }
}
