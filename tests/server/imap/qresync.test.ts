// Coming back with QRESYNC (RFC 7162 §3.2): imapflow as our webmail and others use it, and clients that say
// monstrous or false things of what they know.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow, type MailboxOpenOptions } from 'imapflow';
import { db, write } from '#lib/db.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

type Event = { uid: number; vanished?: boolean; earlier?: boolean; flags?: Set<string> };

const message = (subject: string) => Buffer.from(`Subject: ${subject}\r\n\r\ntext\r\n`);

describe('QRESYNC', () => {
  let server: ImapServer;
  const flows: ImapFlow[] = [];
  const clients: LineClient[] = [];
  before(async () => {
    server = await openImapServer();
  });
  after(async () => {
    for (const flow of flows) flow.close();
    for (const client of clients) client.close();
    await server.close();
  });

  async function openFlow(user: string): Promise<ImapFlow> {
    const flow = new ImapFlow({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user, pass: password },
      qresync: true,
      disableAutoIdle: true,
      logger: false,
    });
    flows.push(flow);
    await flow.connect();
    return flow;
  }

  async function openLines(user: string): Promise<LineClient> {
    const client = connectLines(server.port);
    clients.push(client);
    await client.expect(/\* OK/);
    await client.ask(`a LOGIN ${user} "${password}"`, /a OK/);
    await client.ask('b ENABLE QRESYNC', /b OK/);
    return client;
  }

  /** INBOX with messages 1 to `count`, of which `gone` are expunged; its UIDVALIDITY and first MODSEQ. */
  async function fill(name: string, count: number, gone: string) {
    const { id, address } = await server.addUser(name);
    const client = await openLines(address);
    for (let at = 0; at < count; at++) {
      await client.ask(`c APPEND INBOX {12+}\r\nSubject: x\r\n`, /c OK/);
    }
    const before = await client.ask('d SELECT INBOX', /d OK/);
    await client.ask(`e UID STORE ${gone} +FLAGS.SILENT (\\Deleted)`, /e OK/);
    await client.ask('f EXPUNGE', /f OK/);
    const read = (word: string) => Number(new RegExp(`${word} (\\d+)`).exec(before)?.[1]);
    const [uidValidity, modseq] = [read('UIDVALIDITY'), read('HIGHESTMODSEQ')];
    return { id, address, client, uidValidity, modseq };
  }

  /** As after many months: nobody knows any more what went when. */
  async function forgetTombstones(accountId: string): Promise<void> {
    await write(async (tx) => {
      await tx.$executeRaw`DELETE FROM "Tombstone" WHERE "accountId" = ${accountId}`;
      await tx.$executeRaw`UPDATE "Mailbox" SET "floorModseq" = "highestModseq"
        WHERE "accountId" = ${accountId} AND "name" = 'INBOX'`;
    });
    assert.equal(await db.tombstone.count({ where: { accountId } }), 0);
  }

  it('tells imapflow on its return what happened while it was away', async () => {
    const { address } = await server.addUser('away');
    const first = await openFlow(address);
    assert.ok(first.enabled.has('QRESYNC'));
    for (const subject of ['a', 'b', 'c', 'd', 'e']) {
      await first.append('INBOX', message(subject), []);
    }
    const { uidValidity, highestModseq } = await first.mailboxOpen('INBOX');
    await first.logout();

    const rival = await openFlow(address);
    await rival.mailboxOpen('INBOX');
    await rival.messageFlagsAdd('1', ['\\Flagged'], { uid: true });
    await rival.messageDelete('2:3', { uid: true });
    await rival.messageMove('5', 'Archive', { uid: true });
    await rival.append('INBOX', message('f'), ['\\Seen']);
    await rival.logout();

    const second = await openFlow(address);
    const gone: Event[] = [];
    const changed: Event[] = [];
    second.on('expunge', (event) => gone.push(event as unknown as Event));
    second.on('flags', (event) => changed.push(event as unknown as Event));
    // Its types do not know yet what it takes.
    const known: MailboxOpenOptions & Record<string, unknown> = {
      uidValidity,
      changedSince: highestModseq,
    };
    const opened = await second.mailboxOpen('INBOX', known);
    assert.equal(opened.exists, 3);
    assert.deepEqual(
      gone.map(({ uid, vanished, earlier }) => [uid, vanished, earlier]),
      [2, 3, 5].map((uid) => [uid, true, true]),
    );
    assert.deepEqual(
      changed.map(({ uid, flags }) => [uid, ...(flags ?? [])]),
      [
        [1, '\\Flagged'],
        [6, '\\Seen'],
      ],
    );

    // And goes on hearing, by UID.
    gone.length = 0;
    const other = await openFlow(address);
    await other.mailboxOpen('INBOX');
    await other.messageDelete('4', { uid: true });
    await second.noop();
    assert.deepEqual(
      gone.map(({ uid, earlier }) => [uid, earlier]),
      [[4, false]],
    );
    const since = { uid: true, changedSince: highestModseq ?? 0n };
    const found = await second.fetchAll('1:*', { flags: true }, since);
    assert.deepEqual(
      found.map(({ uid }) => uid),
      [1, 6],
    );
  });

  it('names below the horizon what is not there, never what is there or to come', async () => {
    const { id, address, uidValidity, modseq } = await fill('horizon', 9, '2,4:5,9');
    await forgetTombstones(id);
    const client = await openLines(address);
    const select = (rest: string) =>
      client.ask(`x EXAMINE INBOX (QRESYNC (${uidValidity} ${modseq}${rest}))`, /^x OK/m);
    assert.match(await select(''), /\* VANISHED \(EARLIER\) 2,4:5,9\r\n/);
    assert.match(await select(' 1:4294967295'), /\* VANISHED \(EARLIER\) 2,4:5,9\r\n/);
    assert.match(await select(' 3:7'), /\* VANISHED \(EARLIER\) 4:5\r\n/);
    assert.doesNotMatch(await select(' 10:20'), /VANISHED/);
    // Numbers that are still true spare what lies below; numbers that are not spare nothing.
    assert.match(await select(' 1:9 (1,2 1,3)'), /\* VANISHED \(EARLIER\) 4:5,9\r\n/);
    assert.match(await select(' 1:9 (1,2 1,2)'), /\* VANISHED \(EARLIER\) 2,4:5,9\r\n/);
    assert.match(await select(' (1,2,3 1,3,6)'), /\* VANISHED \(EARLIER\) 9\r\n/);
    const fetched = await client.ask(
      `y UID FETCH 1:* (UID) (CHANGEDSINCE ${modseq} VANISHED)`,
      /^y OK/m,
    );
    assert.match(fetched, /^\* VANISHED \(EARLIER\) 2,4:5,9\r\ny OK/);
  });

  it('answers known sets of every size and kind at the cost of what is there', async () => {
    const { address, uidValidity, modseq } = await fill('monster', 5, '1:2');
    const client = await openLines(address);
    const odd = Array.from({ length: 9000 }, (_unused, at) => 2 * at + 1).join(',');
    const overlapping = Array.from({ length: 4000 }, () => '1:4294967295').join(',');
    const huge = '1:4294967295 (1:4294967295 1:4294967295)';
    for (const known of [odd, overlapping, huge, '5:1,3:2,1', '4294967295']) {
      const answer = await client.ask(
        `x SELECT INBOX (QRESYNC (${uidValidity} ${modseq} ${known}))`,
        /^x OK/m,
      );
      const named = known === '4294967295' ? null : known === odd ? '1' : '1:2';
      assert.equal(/VANISHED \(EARLIER\) (.*)\r\n/.exec(answer)?.[1] ?? null, named);
    }
    for (const bad of ['*', '1:*', '$', '0', '1,', '1:5 (1:2 1:3)', '(1:2)', '1:5 1:5', '1:5 ()']) {
      await client.ask(`x SELECT INBOX (QRESYNC (${uidValidity} ${modseq} ${bad}))`, /^x BAD/m);
    }
  });

  it('does not say with CLOSE how far the client would be: it has not heard what went', async () => {
    const { address, client } = await fill('close', 3, '1');
    const other = await openLines(address);
    await other.ask('x SELECT INBOX', /x OK/);
    await client.ask('g STORE 2 +FLAGS.SILENT (\\Deleted)', /g OK/);
    assert.equal(await client.ask('h CLOSE', /^h OK/m), 'h OK Close completed\r\n');
    await other.ask('j NOOP', /\* VANISHED 3\r\nj OK/);
  });
});
