// The octets of a staged message in pieces, for those who pass them on.
import { createReadStream } from 'node:fs';
import type { StagedBody } from '#server/store/bodies/blobs.ts';

const chunkBytes = 60 * 1024;

/** From `start` on, each piece at most 60 KB. */
export async function* readChunks(body: StagedBody, start = 0): AsyncGenerator<Buffer> {
  if (!body.bytes) {
    if (body.path === null) return;
    yield* createReadStream(body.path, { start, highWaterMark: chunkBytes });
    return;
  }
  for (let at = start; at < body.bytes.length; at += chunkBytes) {
    yield body.bytes.subarray(at, at + chunkBytes);
  }
}
