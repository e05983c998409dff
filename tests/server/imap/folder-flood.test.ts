// An account with as many mailboxes as it may have (research part 7, "Folder flood"): CREATE says LIMIT, LIST stays
// quick whatever the pattern, and others are served meanwhile.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { ensureMailboxes, listMailboxes, maxMailboxes } from '#server/store/mailboxes.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

/** Of the processor's time, the client's with it: the pass condition is one second. */
const patienceMs = 5000;

describe('ten thousand mailboxes', () => {
  let server: ImapServer;
  let client: LineClient;
  let other: LineClient;
  let accountId: string;
  /** Of those that are made here. */
  let count: number;

  before(async () => {
    server = await openImapServer();
    const user = await server.addUser('many');
    accountId = user.id;
    await ensureMailboxes(accountId);
    count = maxMailboxes - (await listMailboxes(accountId)).length - 1;
    await write(async (tx) => {
      for (let from = 0; from < count; from += 500) {
        const names = Array.from({ length: Math.min(500, count - from) }, (_unused, at) =>
          from + at === 0 ? 'flood' : `flood/box ${from + at}`,
        );
        const rows = names.map((name, at) => {
          const uidValidity = 5_000_000 + from + at;
          return { accountId, id: newId(), name, uidValidity, createdAt: now() };
        });
        await tx.mailbox.createMany({ data: rows });
      }
    });
    client = await open(user.address);
    other = await open((await server.addUser('other')).address);
  });
  after(async () => {
    client?.close();
    other?.close();
    await server.close();
  });

  async function open(address: string): Promise<LineClient> {
    const opened = connectLines(server.port);
    await opened.expect(/OK/);
    await opened.ask(`in LOGIN ${address} "${password}"`, /in OK/);
    return opened;
  }

  /** The answer to the command, while another user is answered too. */
  async function ask(command: string): Promise<string> {
    const started = process.cpuUsage();
    client.say(`a ${command}`);
    const answered = client.expect(/^a (OK|NO|BAD)/m);
    await other.ask('n NOOP', /^n OK/m);
    const answer = await answered;
    const { user, system } = process.cpuUsage(started);
    assert.ok(user + system < 1000 * patienceMs, command);
    return answer;
  }

  it('CREATE says LIMIT behind the last one, also for the levels above', async () => {
    assert.match(await ask('CREATE a/b'), /^a NO \[LIMIT\] /);
    assert.match(await ask('CREATE last'), /^a OK /);
    assert.match(await ask('CREATE more'), /^a NO \[LIMIT\] /);
    assert.match(await ask('CREATE last/more'), /^a NO \[LIMIT\] /);
    assert.match(await ask('RENAME last a/b'), /^a NO \[LIMIT\] /);
    assert.match(await ask('RENAME last first'), /^a OK /);
    assert.match(await ask('DELETE first'), /^a OK /);
    assert.match(await ask('CREATE last'), /^a OK /);
  });

  const wholes = ['"*%*%*%*%*%*"', '"*"', '"flood/*"', '"*b*o*x*"', '("*" "%" "flood/%")'];
  for (const pattern of wholes) {
    it(`LIST "" ${pattern}`, async () => {
      const answer = await ask(`LIST "" ${pattern}`);
      const lines = answer.split('\r\n').length - 2;
      assert.ok(lines >= count - 1 && lines <= maxMailboxes, `${lines}`);
    });
  }

  it('patterns that fit nothing, and one level', async () => {
    assert.equal(await ask(`LIST "" "${'*x%'.repeat(100)}"`), 'a OK List completed\r\n');
    assert.equal((await ask('LIST "" "%"')).match(/\* LIST/g)?.length, 8);
    assert.equal((await ask('LSUB "" "*%*%*%*%*"')).match(/\* LSUB/g)?.length, 6);
  });

  it('LIST with STATUS, and renaming the one above all', async () => {
    const answer = await ask('LIST "" "*" RETURN (SUBSCRIBED STATUS (MESSAGES UNSEEN))');
    assert.equal(answer.match(/\* STATUS/g)?.length, maxMailboxes);
    assert.match(await ask('RENAME flood "high water"'), /^a OK /);
    assert.equal((await ask('LIST "high water/" "*"')).match(/\* LIST/g)?.length, count - 1);
  });
});
