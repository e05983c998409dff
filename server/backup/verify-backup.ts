// Reads a backup as a restore would: every chunk and every body against its hash.
import { isRefusal } from '#lib/errors.ts';
import { noProgress, type Progress } from './progress.ts';
import { addReferences, noReferences } from './references.ts';
import { enterRepository } from './repository.ts';
import { findSnapshot, listSnapshotNames, readSnapshotFile, type Snapshot } from './snapshot.ts';

const maxFaults = 1000;

export type Verified = {
  snapshots: number;
  chunks: number;
  bodies: number;
  /** Sentences; empty where all is well. More than a thousand are counted only. */
  faults: string[];
  faultCount: number;
};

/** Checks one snapshot, or without `wanted` all of them. Refusal as `enterRepository`. */
export function verifyBackup(
  path: string,
  wanted?: string,
  progress: Progress = noProgress,
): Promise<Verified> {
  const purpose = { work: 'a verification', mayBeReadOnly: true };
  return enterRepository(path, purpose, async (repository) => {
    const { folder, bodies, rows } = repository;
    const verified: Verified = { snapshots: 0, chunks: 0, bodies: 0, faults: [], faultCount: 0 };
    const onFault = (text: string) => {
      verified.faultCount++;
      if (verified.faults.length < maxFaults) verified.faults.push(text);
    };
    for (const problem of [...bodies.problems, ...rows.problems]) onFault(problem);
    const names = wanted
      ? [(await findSnapshot(folder, wanted)).name]
      : await listSnapshotNames(folder);
    const references = noReferences();
    for (const name of names) {
      const snapshot = await tryRead(folder, name, onFault);
      if (!snapshot) continue;
      await addReferences(repository, snapshot, references, (text) => onFault(`${name}: ${text}`));
      const lost = snapshot.lost.length;
      if (lost > 0) onFault(`${name}: ${lost} messages had lost their body when it was made.`);
      verified.snapshots++;
      progress('Snapshots', verified.snapshots, names.length);
    }
    verified.chunks = references.rows.size;
    for (const { hash } of references.bodies.entries()) {
      try {
        await bodies.read(hash.toString('hex'));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        onFault(`A body: ${error.message}`);
      }
      verified.bodies++;
      progress('Bodies', verified.bodies, references.bodies.size);
    }
    return verified;
  });
}

async function tryRead(
  folder: string,
  name: string,
  onFault: (text: string) => void,
): Promise<Snapshot | null> {
  try {
    return await readSnapshotFile(folder, name);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    onFault(error.message);
    return null;
  }
}
