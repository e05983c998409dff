// Which objects there are and where: a table from sha-256 to a place, in flat arrays, since a backup of a
// million messages has a million bodies (44 bytes each here, some 200 in a Map).

/** Where an object is stored; `length` counts its stored form and is never 0. */
export type ObjectPlace = { pack: number; offset: number; length: number };

const hashBytes = 32;
const firstCapacity = 1024;
const maxLoad = 0.6;

export class ObjectIndex {
  #capacity = firstCapacity;
  #hashes = Buffer.alloc(firstCapacity * hashBytes);
  /** Pack, offset and length of each slot; length 0 = free. */
  #places = new Uint32Array(firstCapacity * 3);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(hash: Buffer): boolean {
    return this.#lengthAt(this.#findSlot(hash)) > 0;
  }

  find(hash: Buffer): ObjectPlace | null {
    const slot = this.#findSlot(hash);
    return this.#lengthAt(slot) > 0 ? this.#placeAt(slot) : null;
  }

  /** Adds an object; one that is there gets the new place. Returns false for one that was there. */
  set(hash: Buffer, place: ObjectPlace): boolean {
    if (this.#size >= this.#capacity * maxLoad) this.#grow();
    const slot = this.#findSlot(hash);
    const isNew = this.#lengthAt(slot) === 0;
    if (isNew) {
      hash.copy(this.#hashes, slot * hashBytes, 0, hashBytes);
      this.#size++;
    }
    this.#places.set([place.pack, place.offset, place.length], slot * 3);
    return isNew;
  }

  /** Adds a hash without a place, for sets; false for one that was there. */
  add(hash: Buffer): boolean {
    return this.set(hash, { pack: 0, offset: 0, length: 1 });
  }

  *entries(): Generator<{ hash: Buffer; place: ObjectPlace }> {
    for (let slot = 0; slot < this.#capacity; slot++) {
      if (this.#lengthAt(slot) === 0) continue;
      const hash = this.#hashes.subarray(slot * hashBytes, (slot + 1) * hashBytes);
      yield { hash: Buffer.from(hash), place: this.#placeAt(slot) };
    }
  }

  #lengthAt(slot: number): number {
    return this.#places[slot * 3 + 2] as number;
  }

  #placeAt(slot: number): ObjectPlace {
    const [pack = 0, offset = 0, length = 0] = this.#places.subarray(slot * 3, slot * 3 + 3);
    return { pack, offset, length };
  }

  /** The slot of the hash, or the free one where it belongs. */
  #findSlot(hash: Buffer): number {
    // A hash is as good as chance, so its first bytes choose the slot.
    for (let slot = hash.readUInt32LE(0) % this.#capacity; ; slot = (slot + 1) % this.#capacity) {
      if (this.#lengthAt(slot) === 0) return slot;
      const start = slot * hashBytes;
      if (hash.compare(this.#hashes, start, start + hashBytes) === 0) return slot;
    }
  }

  #grow(): void {
    const [hashes, places, capacity] = [this.#hashes, this.#places, this.#capacity];
    this.#capacity *= 2;
    this.#hashes = Buffer.alloc(this.#capacity * hashBytes);
    this.#places = new Uint32Array(this.#capacity * 3);
    this.#size = 0;
    for (let slot = 0; slot < capacity; slot++) {
      const [pack = 0, offset = 0, length = 0] = places.subarray(slot * 3, slot * 3 + 3);
      if (length === 0) continue;
      this.set(hashes.subarray(slot * hashBytes, (slot + 1) * hashBytes), { pack, offset, length });
    }
  }
}
