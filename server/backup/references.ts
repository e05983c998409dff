// Everything that a snapshot needs: walks through its chunks and tells of each object once.
import { isRefusal } from '#lib/errors.ts';
import { decodeChunk } from './chunk.ts';
import { ObjectIndex } from './object-index.ts';
import type { Repository } from './repository.ts';
import type { Chunks, Sheet, Snapshot } from './snapshot.ts';
import { tableOf } from './tables.ts';

/** Objects of rows/ and of bodies/ by hash. */
export type References = { rows: ObjectIndex; bodies: ObjectIndex };

export type Fault = (text: string) => void;

export function noReferences(): References {
  return { rows: new ObjectIndex(), bodies: new ObjectIndex() };
}

/**
 * Adds what the snapshot needs. Every chunk is read and checked; `onFault` hears of those that are damaged, of
 * counts that are wrong, and what is wrong with it otherwise. What was walked through before is not again.
 */
export async function addReferences(
  repository: Repository,
  snapshot: Snapshot,
  references: References,
  onFault: Fault,
): Promise<void> {
  const walk = { repository, references, onFault };
  for (const [name, chunks] of Object.entries(snapshot.tables)) {
    await addChunks(walk, name, chunks, 'the server');
  }
  for (const { hash, path } of snapshot.files) {
    if (references.rows.add(keyOf(hash))) await readRow(walk, hash, `the file ${path}`);
  }
  for (const { address, sheet: hash } of snapshot.accounts) {
    if (!references.rows.add(keyOf(hash))) continue;
    const bytes = await readRow(walk, hash, `the list of ${address}`);
    if (!bytes) continue;
    const sheet = JSON.parse(bytes.toString('utf8')) as Sheet;
    for (const [name, chunks] of Object.entries(sheet.tables)) {
      await addChunks(walk, name, chunks, address);
    }
  }
}

type Walk = { repository: Repository; references: References; onFault: Fault };

async function addChunks(walk: Walk, name: string, chunks: Chunks, owner: string): Promise<void> {
  const hasBody = 'blobId' in tableOf(name).columns;
  let rows = 0;
  let isKnown = false;
  for (const hash of chunks.chunks) {
    if (!walk.references.rows.add(keyOf(hash))) {
      isKnown = true;
      continue;
    }
    const bytes = await readRow(walk, hash, `rows of ${name} of ${owner}`);
    if (!bytes) {
      isKnown = true;
      continue;
    }
    const chunk = decodeChunk(bytes);
    rows += chunk.rows.length;
    if (chunk.table !== name) walk.onFault(`${hash} holds rows of ${chunk.table}, not of ${name}.`);
    if (!hasBody) continue;
    for (const { blobId } of chunk.rows) {
      if (blobId !== null) walk.references.bodies.add(keyOf(String(blobId)));
    }
  }
  if (!isKnown && rows !== chunks.rows) {
    walk.onFault(`${name} of ${owner} has ${rows} rows, not ${chunks.rows}.`);
  }
}

async function readRow(walk: Walk, hash: string, what: string): Promise<Buffer | null> {
  try {
    return await walk.repository.rows.read(hash);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    walk.onFault(`${what}: ${error.message}`);
    return null;
  }
}

function keyOf(hash: string): Buffer {
  return Buffer.from(hash, 'hex');
}
