// Plays every transcript of tests/transcripts/imap against a server in this process. Each has users of its
// own: ${user}, ${other}, both with ${password}.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { runTranscript } from '#tests/support/transcript.ts';

const folder = join(import.meta.dirname, '..', '..', 'transcripts', 'imap');

describe('IMAP transcripts', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
    const name = basename(file, '.txt');
    it(name, async () => {
      // The name of a transcript ends in its user's quota where that matters: "quota-20000".
      const quotaBytes = Number(/-(\d+)$/.exec(name)?.[1] ?? Number.NaN);
      const user = await server.addUser(name, Number.isNaN(quotaBytes) ? undefined : quotaBytes);
      const other = await server.addUser(`${name}.other`);
      await runTranscript(join(folder, file), {
        connect: () => server.connect(),
        variables: {
          user: user.address,
          userLength: String(user.address.length),
          other: other.address,
          password: `"${password}"`,
          plain: Buffer.from(`\0${user.address}\0${password}`).toString('base64'),
        },
      });
    });
  }
});
