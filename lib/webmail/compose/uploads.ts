// Files of a message that is being written: kept in the data folder until it is sent or three days have passed. One
// folder an account, names of our own making, so nobody's text becomes a path.
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { now } from '../../clock.ts';
import { dataFolder } from '../../env.ts';
import { Refusal } from '../../errors.ts';
import { newId } from '../../id.ts';
import { readSetting } from '../../settings/index.ts';
import { safeFileName } from '../reader/file-name.ts';

export type Upload = { id: string; fileName: string; type: string; sizeBytes: number };

/** From its last use on: a message may be written on for days. */
const lifeMs = 3 * 24 * 3600_000;
const maxFiles = 500;
/** All files of an account together, in messages of the largest size. */
const maxMessages = 4;
const maxNameLength = 1000;
const idPattern = /^[\w-]{24}$/;
const typePattern = /^[a-z0-9][\w.+-]{0,60}\/[a-z0-9][\w.+-]{0,80}$/;

function folderOf(accountId: string): string {
  // Account ids are ours (lib/id.ts); what else comes is refused before it becomes a path.
  if (!/^[\w-]{1,64}$/.test(accountId)) throw new Refusal('not-found', 'This file does not exist.');
  return join(dataFolder(), 'uploads', accountId);
}

/** How large a file may be; 0 = any size. Base64 makes it a third larger than its message may be. */
export async function maxFileBytes(): Promise<number> {
  return Math.floor(((await readSetting('smtp.messageSizeBytes')) * 3) / 4.2);
}

/**
 * Stores a file. Refusal 'too-big' over the limit for messages, 'limit' where too much is kept. `content` is at its
 * end or destroyed afterwards, whatever happens: a connection may hang on it.
 */
export async function storeUpload(
  accountId: string,
  file: { fileName: string; type: string },
  content: Readable,
): Promise<Upload> {
  try {
    return await store(accountId, file, content);
  } finally {
    content.destroy();
  }
}

async function store(
  accountId: string,
  file: { fileName: string; type: string },
  content: Readable,
): Promise<Upload> {
  const folder = folderOf(accountId);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const kept = await sweep(folder);
  const limit = await maxFileBytes();
  const isFull = limit > 0 && kept.sizeBytes > maxMessages * limit;
  if (kept.files >= maxFiles || isFull) {
    throw new Refusal('limit', 'Too many files wait in unfinished messages.');
  }
  const upload: Upload = {
    id: newId(),
    fileName: safeFileName(file.fileName),
    type: typePattern.test(file.type.toLowerCase())
      ? file.type.toLowerCase()
      : 'application/octet-stream',
    sizeBytes: 0,
  };
  const path = join(folder, upload.id);
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      upload.sizeBytes += chunk.length;
      if (limit > 0 && upload.sizeBytes > limit) {
        done(
          new Refusal('too-big', `A file may have at most ${Math.floor(limit / 1024 / 1024)} MB.`),
        );
      } else done(null, chunk);
    },
  });
  try {
    await pipeline(content, counter, createWriteStream(path, { mode: 0o600 }));
    await writeFile(`${path}.json`, JSON.stringify(upload), { mode: 0o600 });
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return upload;
}

/** Facts of a stored file. Refusal 'not-found' for an unknown id and for another account's. */
export async function findUpload(accountId: string, id: string): Promise<Upload> {
  const text = idPattern.test(id)
    ? await readFile(`${join(folderOf(accountId), id)}.json`, 'utf8').catch(() => null)
    : null;
  if (!text) throw new Refusal('not-found', 'An attached file is gone. Attach it again.');
  await touch(join(folderOf(accountId), id));
  return JSON.parse(text) as Upload;
}

/** What is asked for is in use: its days begin anew. */
async function touch(path: string): Promise<void> {
  const at = now();
  for (const each of [path, `${path}.json`]) await utimes(each, at, at).catch(() => {});
}

/** Gives a file another name. Refusal 'not-found' as findUpload(), 'invalid' without a name. */
export async function renameUpload(accountId: string, id: string, name: string): Promise<Upload> {
  const upload = await findUpload(accountId, id);
  if (name.trim() === '') throw new Refusal('invalid', 'Give the file a name.', 'name');
  const renamed = { ...upload, fileName: safeFileName(name.slice(0, maxNameLength)) };
  // Beside it first: a draft that is being saved reads the old or the new, never half a line.
  const path = join(folderOf(accountId), id);
  await writeFile(`${path}.new.json`, JSON.stringify(renamed), { mode: 0o600 });
  await rename(`${path}.new.json`, `${path}.json`);
  return renamed;
}

/** Its bytes; the upload must have been found for this account. */
export function readUpload(accountId: string, upload: Upload): Readable {
  return createReadStream(join(folderOf(accountId), upload.id));
}

/** Removes a file; an unknown id is no error. */
export async function removeUpload(accountId: string, id: string): Promise<void> {
  if (!idPattern.test(id)) return;
  const path = join(folderOf(accountId), id);
  await rm(path, { force: true });
  await rm(`${path}.json`, { force: true });
}

/** Removes what nobody used for three days; tells what stays. */
async function sweep(folder: string): Promise<{ files: number; sizeBytes: number }> {
  const names = await readdir(folder).catch(() => [] as string[]);
  const kept = { files: 0, sizeBytes: 0 };
  for (const name of names) {
    const path = join(folder, name);
    const facts = await stat(path).catch(() => null);
    if (facts && now().getTime() - facts.mtimeMs > lifeMs) await rm(path, { force: true });
    else if (facts && !name.endsWith('.json')) {
      kept.files++;
      kept.sizeBytes += facts.size;
    }
  }
  return kept;
}
