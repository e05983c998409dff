// Many messages put into the queue at once, for its benches.
import { write } from '#lib/db.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';

/** A message of 4 KB, each different. */
export function makeMessage(index: number): Buffer {
  const lines = `${'x'.repeat(70)}\r\n`.repeat(54);
  return Buffer.from(`From: ada@own.test\r\nSubject: mail ${index}\r\n\r\n${lines}`);
}

/** A message of its own to each recipient, due at once; nobody is poked. */
export async function fillQueue(recipients: string[]): Promise<void> {
  for (let start = 0; start < recipients.length; start += 100) {
    const some = recipients.slice(start, start + 100);
    const bodies = await Promise.all(some.map((_, at) => stageBytes(makeMessage(start + at))));
    await write(async (tx) => {
      for (const [at, body] of bodies.entries()) {
        await enqueue(tx, {
          blobId: await insertBlob(tx, body),
          prefix: Buffer.alloc(0),
          sizeBytes: body.sizeBytes,
          sender: 'ada@own.test',
          accountId: null,
          recipients: [{ recipient: some[at] ?? '' }],
          traceId: `bench ${start + at}`,
        });
      }
    });
  }
}
