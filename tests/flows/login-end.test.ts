// A login ends in another process (the command line): everything open under it is told so and closed within a second.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const admin = 'admin@example.test';
const password = 'a drey of nine twigs';

describe('the end of a login', () => {
  let daemon: Daemon;

  before(async () => {
    daemon = await startDaemon();
    await daemon.drey(['setup', '--admin', admin, '--password-stdin'], password);
  });
  after(() => daemon?.stop());

  async function openAll(address: string): Promise<Record<string, LineClient>> {
    const { imap, pop3, submission } = daemon.ports;
    const idle = connectLines(imap);
    await idle.ask(`a LOGIN ${address} "${password}"`, /^a OK /m);
    await idle.ask('b SELECT INBOX', /^b OK /m);
    await idle.ask('c IDLE', /^\+ /m);
    const quiet = connectLines(imap);
    await quiet.ask(`a LOGIN ${address} "${password}"`, /^a OK /m);
    const pop = connectLines(pop3);
    await pop.ask(`USER ${address}`, /\+OK(.|\s)*\+OK/);
    await pop.ask(`PASS ${password}`, /^\+OK/m);
    const smtp = connectLines(submission);
    await smtp.ask('EHLO client.test', /^250 /m);
    const plain = Buffer.from(`\0${address}\0${password}`).toString('base64');
    await smtp.ask(`AUTH PLAIN ${plain}`, /^235 /m);
    return { idle, quiet, pop, smtp };
  }

  const endings = {
    'a new password': (address: string) =>
      daemon.drey(['user', 'passwd', address, '--password-stdin'], 'a drey of ten twigs'),
    'a disabled user': (address: string) => daemon.drey(['user', 'disable', address]),
  };
  for (const [i, [name, end]] of Object.entries(endings).entries()) {
    it(`closes IMAP, POP3 and submission: ${name}`, async () => {
      const address = `ann${i}@example.test`;
      await daemon.drey(['user', 'add', address, '--password-stdin'], password);
      const open = await openAll(address);
      const other = await openAll(admin);
      assert.equal((await end(address)).code, 0);
      await open.idle?.expect(/^\* BYE The account has changed/m);
      await open.quiet?.expect(/^\* BYE The account has changed/m);
      await open.smtp?.expect(/^421 4\.7\.0 .*sign in again/m);
      const isOver = () => Object.values(open).every((client) => client.isClosed());
      await waitFor(isOver, 'the end of all of them');
      // Nobody else's.
      await other.quiet?.ask('z NOOP', /^z OK /m);
      await other.smtp?.ask('NOOP', /^250 /m);
      await other.pop?.ask('NOOP', /^\+OK/m);
      for (const client of Object.values(other)) client.close();
    });
  }
});
