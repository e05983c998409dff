// A folder of immutable objects by the sha-256 of their bytes: small ones in packs, large ones as files
// (`large/ab/cdef…`, the stored form of pack.ts). Adding what is there already costs a look.
//
// Invariants: what `seal` has returned for is durable; every read is checked against its hash; nothing that
// is there is written over, and a sweep removes a copy only behind another one.
import { type FileHandle, open, readdir, readFile, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Refusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import {
  isMissing,
  makeFolder,
  syncFolder,
  unfinishedPattern,
  writeWhole,
} from './durable-file.ts';
import { ObjectIndex, type ObjectPlace } from './object-index.ts';
import {
  createPack,
  hashOf,
  mendPack,
  type PackEntry,
  type PackWriter,
  packBytes,
  readExactly,
  readIndex,
  scanPack,
  unpackBytes,
} from './pack.ts';

const packBytesLimit = 64 * 1024 * 1024;
/** Stored forms from here on are files of their own. */
const largeBytes = 1024 * 1024;
const maxOpenPacks = 16;
/** In place of the number of a pack. */
const largePack = 0xffff_ffff;
const inLarge: ObjectPlace = { pack: largePack, offset: 0, length: 1 };

/** What was added: how many objects, and their bytes as they are stored. */
export type Added = { objects: number; storedBytes: number };

export class Objects {
  /** Sentences about what was not whole when the folder was opened. */
  readonly problems: string[] = [];
  readonly added: Added = { objects: 0, storedBytes: 0 };
  readonly #folder: string;
  readonly #mayWrite: boolean;
  readonly #index = new ObjectIndex();
  /** Paths without ending, by number. */
  readonly #packs: string[] = [];
  readonly #open = new Map<number, FileHandle>();
  readonly #madeFolders = new Set<string>();
  #writer: { pack: number; writer: PackWriter } | null = null;

  private constructor(folder: string, mayWrite: boolean) {
    this.#folder = folder;
    this.#mayWrite = mayWrite;
  }

  /** Opens a folder of objects. With `mayWrite` it is made, or mended where it was cut short. */
  static async open(folder: string, mayWrite: boolean): Promise<Objects> {
    const objects = new Objects(folder, mayWrite);
    if (mayWrite) await makeFolder(folder);
    await objects.#loadPacks();
    await objects.#loadLarge();
    return objects;
  }

  get size(): number {
    return this.#index.size;
  }

  has(hash: string): boolean {
    return this.#index.has(Buffer.from(hash, 'hex'));
  }

  /** Hashes of all objects. */
  *list(): Generator<string> {
    for (const { hash } of this.#index.entries()) yield hash.toString('hex');
  }

  /** Adds an object and returns its hash (`key`, where it is known); only what is new is written. Durable after `seal`. */
  async add(bytes: Buffer, key = hashOf(bytes)): Promise<string> {
    const hash = key.toString('hex');
    if (this.#index.has(key)) return hash;
    const stored = await packBytes(bytes);
    if (stored.length >= largeBytes) await this.#addLarge(key, stored);
    else await this.#addSmall(key, stored);
    this.added.objects++;
    this.added.storedBytes += stored.length;
    return hash;
  }

  /** The object, checked. Refusal 'not-found' where it is missing, 'unavailable' where it is damaged. */
  async read(hash: string): Promise<Buffer> {
    const key = Buffer.from(hash, 'hex');
    const place = this.#index.find(key);
    if (!place) throw new Refusal('not-found', `The object ${hash} is missing in ${this.#folder}.`);
    const stored = await this.#readStored(key, place);
    const bytes = stored && (await unpackBytes(stored, key));
    if (bytes) return bytes;
    const file = place.pack === largePack ? this.#largePath(hash) : this.#packPath(place.pack);
    throw new Refusal('unavailable', `The object ${hash} is damaged or cut off (in ${file}).`);
  }

  /** Makes durable what was added. */
  async seal(): Promise<void> {
    const sealed = this.#writer;
    this.#writer = null;
    await sealed?.writer.seal();
  }

  async close(): Promise<void> {
    for (const handle of this.#open.values()) await handle.close();
    this.#open.clear();
    await this.#writer?.writer.abandon();
    this.#writer = null;
  }

  /**
   * Removes the objects that `isNeeded` does not want, of packs that are half waste at least. Returns the bytes
   * that became free. Nobody may use this afterwards. Refusal 'unavailable' where something needed is damaged.
   */
  async sweep(isNeeded: (hash: Buffer) => boolean): Promise<number> {
    await this.seal();
    const needed = this.#packs.map((): { hash: Buffer; place: ObjectPlace }[] => []);
    const wasted: string[] = [];
    for (const entry of this.#index.entries()) {
      const isWanted = isNeeded(entry.hash);
      if (entry.place.pack !== largePack) {
        if (isWanted) needed[entry.place.pack]?.push(entry);
      } else if (!isWanted) wasted.push(this.#largePath(entry.hash.toString('hex')));
    }
    let freedBytes = 0;
    for (const [pack, kept] of needed.entries()) {
      const path = this.#packPath(pack);
      const { size } = await stat(path);
      const keptBytes = kept.reduce((sum, { place }) => sum + place.length, 0);
      if (keptBytes > size / 2) continue;
      for (const { hash, place } of kept) await this.#copy(hash, place);
      freedBytes += size - keptBytes;
      wasted.push(`${this.#packs[pack]}.index`, path);
    }
    // The copies first; of a pack the index first, since one without is looked through.
    await this.seal();
    await this.close();
    for (const path of wasted) {
      if (!path.endsWith('.pack') && !path.endsWith('.index'))
        freedBytes += (await stat(path)).size;
      await rm(path, { force: true });
    }
    await syncFolder(this.#folder);
    return freedBytes;
  }

  async #copy(hash: Buffer, place: ObjectPlace): Promise<void> {
    const stored = await this.#readStored(hash, place);
    if (stored && (await unpackBytes(stored, hash))) return this.#addSmall(hash, stored);
    throw new Refusal(
      'unavailable',
      `The object ${hash.toString('hex')} is damaged (in ${this.#packPath(place.pack)}), so nothing is tidied up. Run "drey backup verify".`,
    );
  }

  #packPath(pack: number): string {
    return `${this.#packs[pack]}.pack`;
  }

  #largePath(hash: string): string {
    return join(this.#folder, 'large', hash.slice(0, 2), hash.slice(2));
  }

  async #addLarge(hash: Buffer, stored: Buffer): Promise<void> {
    const path = this.#largePath(hash.toString('hex'));
    for (const folder of [join(this.#folder, 'large'), dirname(path)]) {
      if (!this.#madeFolders.has(folder)) await makeFolder(folder);
      this.#madeFolders.add(folder);
    }
    await writeWhole(path, stored);
    this.#index.set(hash, inLarge);
  }

  async #addSmall(hash: Buffer, stored: Buffer): Promise<void> {
    const isFull = (this.#writer?.writer.sizeBytes() ?? 0) + stored.length > packBytesLimit;
    if (isFull) await this.seal();
    if (!this.#writer) {
      const path = join(this.#folder, `p-${newId()}`);
      this.#writer = { pack: this.#packs.push(path) - 1, writer: await createPack(path) };
    }
    const { pack, writer } = this.#writer;
    const offset = await writer.append(hash, stored);
    this.#index.set(hash, { pack, offset, length: stored.length });
  }

  /** The stored form, or null where its file is not there or too short. */
  async #readStored(hash: Buffer, place: ObjectPlace): Promise<Buffer | null> {
    try {
      if (place.pack === largePack) return await readFile(this.#largePath(hash.toString('hex')));
      // What was added a moment ago may still wait to be written.
      if (this.#writer?.pack === place.pack) await this.seal();
      return await readExactly(await this.#openPack(place.pack), place.offset, place.length);
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  async #openPack(pack: number): Promise<FileHandle> {
    const handle = this.#open.get(pack) ?? (await open(this.#packPath(pack), 'r'));
    this.#open.delete(pack);
    this.#open.set(pack, handle);
    const [oldest] = this.#open;
    if (oldest && this.#open.size > maxOpenPacks) {
      this.#open.delete(oldest[0]);
      await oldest[1].close();
    }
    return handle;
  }

  async #loadPacks(): Promise<void> {
    for (const name of (await listNames(this.#folder)).sort()) {
      const path = join(this.#folder, name);
      if (unfinishedPattern.test(name) && this.#mayWrite) await rm(path, { force: true });
      if (!name.endsWith('.pack')) continue;
      const pack = this.#packs.push(path.slice(0, -'.pack'.length)) - 1;
      for (const { hash, offset, length } of await this.#loadPack(this.#packs[pack] as string)) {
        this.#index.set(hash, { pack, offset, length });
      }
    }
  }

  async #loadPack(path: string): Promise<PackEntry[]> {
    const found = await readIndex(path).catch((error) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (found) return found;
    if (found === null) this.problems.push(`The index ${path}.index is damaged.`);
    const entries = await scanPack(path);
    if (this.#mayWrite) await mendPack(path, entries);
    return entries;
  }

  async #loadLarge(): Promise<void> {
    const folder = join(this.#folder, 'large');
    for (const start of await listNames(folder)) {
      for (const name of await listNames(join(folder, start))) {
        if (/^[0-9a-f]{64}$/.test(start + name)) {
          this.#index.set(Buffer.from(start + name, 'hex'), inLarge);
        } else if (unfinishedPattern.test(name) && this.#mayWrite) {
          await rm(join(folder, start, name), { force: true });
        }
      }
    }
  }
}

async function listNames(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
