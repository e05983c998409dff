// The beginning of a stream, without taking it away from whoever reads on.
import { PassThrough, type Readable } from 'node:stream';

/** The first chunk of `source`, and a stream of all of it. Reads no more than it must. */
export async function peekStream(source: Readable): Promise<{ first: Buffer; content: Readable }> {
  const chunks = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const beginning = await chunks.next();
  const first = beginning.done ? Buffer.alloc(0) : beginning.value;
  const content = new PassThrough({ highWaterMark: 256 * 1024 });
  void (async () => {
    try {
      if (first.length > 0 && !content.write(first)) await waitForDrain(content);
      for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
        if (content.destroyed) break;
        if (!content.write(next.value)) await waitForDrain(content);
      }
      content.end();
    } catch (error) {
      content.destroy(error as Error);
    } finally {
      source.destroy();
    }
  })();
  return { first, content };
}

/** Also where nobody reads any more. */
function waitForDrain(stream: PassThrough): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      stream.off('drain', done);
      stream.off('close', done);
      resolve();
    };
    stream.on('drain', done);
    stream.on('close', done);
  });
}
