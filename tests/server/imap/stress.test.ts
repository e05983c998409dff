// The short form of the stress; `npm run test:imap -- stress 10` goes on for ten minutes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { checkStore } from '#server/store/check/index.ts';
import { type ImapServer, openImapServer } from '#tests/support/imap-server.ts';
import { runStress } from './stress.ts';

describe('several IMAP sessions at once', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  for (const seed of [1, 2, 3]) {
    it(`tells each what it must know (seed ${seed})`, async () => {
      await runStress(server, { seed, clients: 6, rounds: 4, steps: 50 });
      for await (const finding of checkStore()) assert.fail(JSON.stringify(finding));
    });
  }
});
