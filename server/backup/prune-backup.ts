// Older snapshots go, and what only they needed. First their own files, then the objects: whatever ends it
// early leaves snapshots that are whole, and the next run removes the rest.
import { now } from '#lib/clock.ts';
import { Refusal } from '#lib/errors.ts';
import { addReferences, noReferences } from './references.ts';
import { enterRepository } from './repository.ts';
import { chooseKept, type KeepPolicy } from './retention.ts';
import { listSnapshotNames, readSnapshotFile, removeSnapshot } from './snapshot.ts';

export type Pruned = { removed: string[]; kept: number; freedBytes: number };

/**
 * Keeps the newest `keep` snapshots (at least one), or those that a policy wants. Refusal 'invalid', and 'unavailable'
 * where one that stays is damaged.
 */
export function pruneBackup(path: string, keep: number | KeepPolicy): Promise<Pruned> {
  if (typeof keep === 'number' && (!Number.isSafeInteger(keep) || keep < 1)) {
    throw new Refusal('invalid', 'Say how many snapshots stay: at least 1.');
  }
  return enterRepository(path, { work: 'tidying up' }, async (repository) => {
    const names = await listSnapshotNames(repository.folder);
    const kept =
      typeof keep === 'number' ? new Set(names.slice(-keep)) : chooseKept(names, keep, now());
    const removed = names.filter((name) => !kept.has(name));
    const references = noReferences();
    // Before anything goes: where a list is damaged, nobody knows what it needed.
    for (const name of kept) {
      const snapshot = await readSnapshotFile(repository.folder, name);
      await addReferences(repository, snapshot, references, (text) => {
        throw new Refusal('unavailable', `${name} is damaged, so nothing is removed. ${text}`);
      });
    }
    for (const name of removed) await removeSnapshot(repository.folder, name);
    const freedBodies = await repository.bodies.sweep((hash) => references.bodies.has(hash));
    const freedRows = await repository.rows.sweep((hash) => references.rows.has(hash));
    return { removed, kept: kept.size, freedBytes: freedBodies + freedRows };
  });
}
