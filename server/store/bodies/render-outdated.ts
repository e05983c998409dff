// Renderings that another version of lib/mail/facts.ts made, or none did, are made anew where somebody looks.
import { logOf } from '#lib/log.ts';
import { nextTurn } from '../turn.ts';
import { readBlob } from './blobs.ts';
import { renderAgain } from './rendering.ts';

const log = logOf('store');

/** Makes the renderings of the blobs anew; a body that cannot be read keeps what it has. */
export async function renderOutdated(blobIds: Iterable<number>): Promise<void> {
  for (const blobId of blobIds) {
    try {
      await renderAgain(blobId, await readBlob(blobId));
    } catch (error) {
      log.error({ err: error, blobId }, 'a body could not be rendered again');
    }
    await nextTurn();
  }
}
