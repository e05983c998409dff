// Undelete beside a running server: `drey deleted restore`, while the owner idles.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

const bob = 'bob@example.test';

describe('deleted messages', () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon();
    const password = 'a long password\n';
    await daemon.dreyJson(['setup', '--admin', 'ada@example.test', '--password-stdin'], password);
    await daemon.dreyJson(['user', 'add', bob, '--password-stdin'], password);
  });
  after(() => daemon.stop());

  it('come back from the command line into a session that idles', async () => {
    const imap = connectLines(daemon.ports.imap);
    await imap.expect(/^\* OK .*\r\n/m);
    await imap.ask(`a LOGIN ${bob} "a long password"`, /^a OK .*\r\n/m);
    await imap.ask('b APPEND INBOX {14+}\r\nSubject: one\r\n', /^b OK .*\r\n/m);
    await imap.ask('c SELECT INBOX', /^c OK .*\r\n/m);
    await imap.ask('d STORE 1 +FLAGS (\\Deleted)', /^d OK .*\r\n/m);
    await imap.ask('e EXPUNGE', /^e OK .*\r\n/m);
    await imap.ask('f IDLE', /^\+ .*\r\n/m);
    const rows = (await daemon.dreyJson(['deleted', 'list', bob, 'ONE'])) as { uid: number }[];
    assert.deepEqual(
      rows.map(({ uid }) => uid),
      [1],
    );
    await daemon.dreyJson(['deleted', 'restore', bob, 'INBOX', '1']);
    await imap.expect(/^\* 1 EXISTS\r\n/m);
    imap.say('DONE');
    await imap.expect(/^f OK .*\r\n/m);
    assert.match(await imap.ask('g FETCH 1 (UID FLAGS)', /^g OK .*\r\n/m), /UID 2 FLAGS \(/);
    imap.close();
    assert.deepEqual(await daemon.dreyJson(['deleted', 'list', bob]), []);
    assert.deepEqual(await daemon.dreyJson(['deleted', 'purge', bob, '--all']), { removed: 0 });
    assert.equal((await daemon.drey(['deleted', 'restore', bob, 'INBOX', '1'])).code, 1);
  });
});
