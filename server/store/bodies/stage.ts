// A body on its way into the store: hashed while it streams, small ones in memory (they become durable
// with the transaction of their row), large ones in a file that is durable before the transaction starts.
import { createHash } from 'node:crypto';
import { type FileHandle, readFile } from 'node:fs/promises';
import { Refusal } from '#lib/errors.ts';
import type { MessageFacts } from '#lib/mail/facts.ts';
import { readSetting } from '#lib/settings/index.ts';
import { refuseFault } from '#lib/storage-failure.ts';
import { blobPath, dropTemporary, keepTemporary, openTemporary } from './blob-files.ts';
import { findFacts, findFactsOfFile } from './facts-worker.ts';
import { holdStaged } from './staged-bodies.ts';

export type StagedBody = {
  /** sha-256 of the bytes, hex */
  hash: string;
  sizeBytes: number;
  /** The body, where it is small enough for a row; else null and `path` is set. */
  bytes: Buffer | null;
  /** The durable file, where it is one. */
  path: string | null;
  facts: MessageFacts;
};

export type Stage = {
  /** Resolves when the next chunk may come. Refusal 'too-big' over the limit. */
  write(chunk: Buffer): Promise<void>;
  /** The whole body, durable where it is a file. Refusal 'too-big'. */
  finish(): Promise<StagedBody>;
  /** Forgets everything. Harmless after `finish`. */
  abort(): Promise<void>;
};

/** Stages a body that is in memory. */
export async function stageBytes(bytes: Buffer): Promise<StagedBody> {
  const stage = createStage(bytes.length);
  await stage.write(bytes);
  return stage.finish();
}

/** A stage for a body of at most `limitBytes`. Call `finish` or `abort` in the end. */
export function createStage(limitBytes: number): Stage {
  const hashing = createHash('sha256');
  let chunks: Buffer[] = [];
  let sizeBytes = 0;
  let isTooBig = false;
  let thresholdBytes: number | null = null;
  let spool: { path: string; file: FileHandle } | null = null;
  let isDone = false;

  const refuse = () => new Refusal('too-big', `A message has at most ${limitBytes} bytes here.`);
  const abort = async () => {
    chunks = [];
    isDone = true;
    const open = spool;
    spool = null;
    if (open) await dropTemporary(open.path, open.file);
  };

  const write = async (chunk: Buffer) => {
    if (isDone && !isTooBig) throw new Error('the stage is closed');
    if (isTooBig || sizeBytes + chunk.length > limitBytes) {
      isTooBig = true;
      await abort();
      throw refuse();
    }
    sizeBytes += chunk.length;
    hashing.update(chunk);
    thresholdBytes ??= await readSetting('storage.fileThresholdBytes');
    // A copy: the caller may use its buffer again.
    if (!spool) chunks.push(Buffer.from(chunk));
    if (!spool && sizeBytes <= thresholdBytes) return;
    const rest = spool ? chunk : Buffer.concat(chunks);
    chunks = [];
    try {
      spool ??= await openTemporary();
      await spool.file.appendFile(rest);
    } catch (error) {
      await abort();
      throw refuseFault(error);
    }
  };

  const finish = async (): Promise<StagedBody> => {
    if (isTooBig) throw refuse();
    if (isDone) throw new Error('the stage is closed');
    isDone = true;
    const hash = hashing.digest('hex');
    if (!spool) {
      const bytes = Buffer.concat(chunks);
      return { hash, sizeBytes, bytes, path: null, facts: await findFacts(bytes) };
    }
    const { path: temporary, file } = spool;
    spool = null;
    try {
      const facts = await findFactsOfFile(temporary, sizeBytes);
      const body = { hash, sizeBytes, bytes: null, path: blobPath(hash), facts };
      // Before the file has its name: from then on somebody may ask whether it is wanted.
      holdStaged(body);
      await keepTemporary(temporary, file, hash);
      return body;
    } catch (error) {
      await dropTemporary(temporary, file);
      throw refuseFault(error);
    }
  };

  return { write, finish, abort };
}

/** The bytes of a staged body, wherever they are. */
export async function readStaged(staged: StagedBody): Promise<Buffer> {
  return staged.bytes ?? (await readFile(staged.path ?? ''));
}
