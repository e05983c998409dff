// Plays tests/transcripts/smtp against the real listeners. "submission" in a file's name chooses that port;
// every other client is a stranger on port 25.
import { readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { runTranscript } from '#tests/support/transcript.ts';
import { openWorld, password, stranger, type World } from './world.ts';

const folder = join(import.meta.dirname, '..', '..', 'transcripts', 'smtp');

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

for (const file of readdirSync(folder)) {
  test(file, async () => {
    const isSubmission = file.startsWith('submission');
    if (!isSubmission) process.env.DREY_TEST_ADDRESS_MAP = `127.0.0.1=${stranger}`;
    const port = isSubmission ? world.ports.submission : world.ports.smtp;
    const plain = Buffer.from(`\0ada@example.org\0${password}`).toString('base64');
    try {
      await runTranscript(join(folder, file), {
        connect: () => connect({ port, host: '127.0.0.1' }),
        variables: { plain },
      });
    } finally {
      delete process.env.DREY_TEST_ADDRESS_MAP;
    }
  });
}
