// Files below <data>/blobs that no row knows. Young ones belong to a body that is arriving.
import { rm, stat } from 'node:fs/promises';
import { fromNow } from '#lib/clock.ts';
import { db, join } from '#lib/db.ts';
import { blobPath, listBlobFiles, listTemporaries } from '../bodies/blob-files.ts';
import type { CheckOptions, Found, Look } from './finding.ts';
import { moveAside } from './set-aside.ts';

const filesPerLook = 500;

/** Files without a row, and what arrived halfway. */
export const lookAtFiles: Look = async function* (options) {
  for await (const hashes of listBlobFiles()) {
    for (let start = 0; start < hashes.length; start += filesPerLook) {
      const part = hashes.slice(start, start + filesPerLook);
      const known = await findKnown(part);
      for (const hash of part) if (!known.has(hash)) yield* judge(hash, options);
    }
  }
  for (const path of await listTemporaries()) {
    if (!(await isOld(path, options))) continue;
    yield {
      kind: 'temporary-left',
      text: `${path} arrived halfway; the clean-up removes it.`,
      isNote: true,
      mend: async () => {
        await rm(path, { force: true });
        return 'It was removed.';
      },
    };
  }
};

async function findKnown(hashes: string[]): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ hash: string }[]>`SELECT "hash" FROM "Blob"
    WHERE "hash" IN (${join(hashes)}) AND "place" = 'file'`;
  return new Set(rows.map(({ hash }) => hash));
}

async function* judge(hash: string, options: CheckOptions): AsyncGenerator<Found> {
  const path = blobPath(hash);
  if (!(await isOld(path, options))) return;
  // Looked at again behind its time: its row may have come since the list was read.
  if ((await findKnown([hash])).has(hash)) return;
  yield {
    kind: 'file-without-row',
    text: `No row knows the file ${path}; the clean-up removes it.`,
    isNote: true,
    mend: async () => {
      if ((await findKnown([hash])).has(hash)) return null;
      return `It is ${await moveAside(path, `unknown-${hash}`)} now.`;
    },
  };
}

async function isOld(path: string, { graceMs }: CheckOptions): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found !== null && found.mtime < fromNow(-graceMs);
}
