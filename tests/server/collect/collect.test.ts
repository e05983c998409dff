// Collecting from mailboxes elsewhere: a scripted POP3 server and a real IMAP server.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { setDefaultCACertificates } from 'node:tls';
import { freezeClock, shiftClock } from '#lib/clock.ts';
import {
  collectNow,
  listCollections,
  removeCollection,
  saveCollection,
} from '#lib/collections/collection.ts';
import { claimDue, endLease, renewLease, waitOf } from '#lib/collections/due.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { saveRule } from '#lib/filters/rules.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { visit } from '#server/collect/bring.ts';
import { startCollecting } from '#server/collect/runner.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { makeAuthority } from '#tests/support/certificates.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { startDns } from '#tests/support/dns.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import {
  openPop3Elsewhere,
  type Pop3Elsewhere,
  type Pop3Script,
} from '#tests/support/pop3-elsewhere.ts';

let imap: ImapServer;
let ada: { id: string; address: string };
let pop3: Pop3Elsewhere;
const script: Pop3Script = { user: 'ada', password: 'there' };
const letter = (subject: string, more = '') =>
  `Return-Path: <eve@far.test>\r\nReceived: from x by y; Mon, 2 Nov 2026 10:00:00 +0000\r\n${more}Subject: ${subject}\r\n\r\n.a dot\r\ntext\r\n`;

const base = () => ({
  protocol: 'pop3',
  host: '127.0.0.1',
  port: pop3.port,
  tlsMode: 'none',
  username: 'ada',
  password: 'there',
});
const run = async () => {
  const [claim] = await claimDue(1);
  assert.ok(claim, 'nothing is due');
  const outcome = await visit(claim, new AbortController().signal);
  await endLease(claim, outcome);
  return outcome;
};

async function read(folder: string) {
  const mailbox = await findMailbox(ada.id, folder);
  const rows = await db.message.findMany({
    where: { accountId: ada.id, mailboxId: mailbox?.id ?? '' },
    orderBy: { uid: 'asc' },
  });
  const uids = rows.map(({ uid }) => Number(uid));
  const messages = await readMessages(ada.id, mailbox?.id ?? '', uids);
  return Promise.all(
    messages.map(async (message, index) => ({
      text: (await readBytes(message)).toString(),
      flags: rows[index]?.flags,
      at: rows[index]?.internalDate.toISOString(),
    })),
  );
}
const subjects = async (folder: string) =>
  (await read(folder)).map(({ text }) => /^Subject: (.*)\r$/m.exec(text)?.[1]);

before(async () => {
  imap = await openImapServer();
  ada = await imap.addUser('ada');
  pop3 = await openPop3Elsewhere(script);
});
afterEach(async () => {
  for (const { id } of await listCollections(ada.id)) await removeCollection(ada.id, id);
  pop3.messages.clear();
  pop3.heard.length = 0;
  for (const key of ['breaksAfter', 'hasNoUidl', 'isDripping', 'tls'] as const) delete script[key];
});
after(async () => {
  freezeClock(null);
  await pop3?.close();
  await imap?.close();
});

describe('collecting', () => {
  it('reaches public addresses and usual ports only, unless the setting says otherwise', async () => {
    await assert.rejects(saveCollection(ada.id, base()), (error) => isRefusal(error, 'invalid'));
    for (const host of ['127.0.0.1', '10.1.2.3', '::1', '169.254.169.254']) {
      const id = await saveCollection(ada.id, { ...base(), host, port: 110 });
      assert.match((await run()).error, /is not on the public Internet/, host);
      await removeCollection(ada.id, id);
    }
    await writeSetting('delivery.collectAnywhere', true, 'test');
    assert.deepEqual(pop3.heard, []);
  });

  it('brings by POP3 what is new, once, byte by byte, with its dots and its date', async () => {
    pop3.messages.set('u1', letter('one')).set('u2', letter('two'));
    script.isDripping = true;
    await saveCollection(ada.id, { ...base(), target: 'Elsewhere' });
    assert.deepEqual(await run(), { count: 2, error: '', isMore: false });
    const [first] = await read('Elsewhere');
    assert.match(
      first?.text ?? '',
      /^Return-Path: <eve@far\.test>\r\nDelivered-To: ada@example\.test\r\n/,
    );
    assert.ok(first?.text.endsWith('\r\n\r\n.a dot\r\ntext\r\n'));
    assert.equal(first?.at, '2026-11-02T10:00:00.000Z');
    assert.equal(pop3.messages.size, 2);
    pop3.messages.set('u3', letter('three'));
    pop3.messages.delete('u1');
    const [{ id } = { id: '' }] = await listCollections(ada.id);
    await collectNow(ada.id, id);
    assert.deepEqual(await run(), { count: 1, error: '', isMore: false });
    assert.deepEqual(await subjects('Elsewhere'), ['one', 'two', 'three']);
    const known = await db.collected.findMany({ where: { accountId: ada.id } });
    assert.deepEqual(known.map(({ uid }) => uid).sort(), ['u2', 'u3']);
  });

  it('begins only while the setting lets it', async () => {
    pop3.messages.set('w1', letter('waited'));
    const id = await saveCollection(ada.id, { ...base(), target: 'Waited' });
    await writeSetting('delivery.collecting', false, 'test');
    const isForbidden = (error: unknown) => isRefusal(error, 'forbidden');
    await assert.rejects(collectNow(ada.id, id), isForbidden);
    await assert.rejects(saveCollection(ada.id, base()), isForbidden);
    const collecting = await startCollecting();
    try {
      assert.deepEqual(pop3.heard, []);
      await resetSetting('delivery.collecting', 'test');
      await collectNow(ada.id, id);
      await waitFor(async () => (await subjects('Waited')).length > 0, 'what waited');
    } finally {
      await collecting.stop();
    }
  });

  it('takes away there only what is stored here, and goes on after a broken connection', async () => {
    pop3.messages.set('a', letter('gone 1')).set('b', letter('gone 2'));
    script.breaksAfter = 1;
    await saveCollection(ada.id, { ...base(), isKept: false, target: 'Gone' });
    assert.match((await run()).error, /broke off/);
    assert.equal(pop3.messages.size, 2);
    delete script.breaksAfter;
    const [{ id } = { id: '' }] = await listCollections(ada.id);
    await collectNow(ada.id, id);
    assert.equal((await run()).count, 1);
    assert.equal(pop3.messages.size, 0);
    assert.deepEqual(await subjects('Gone'), ['gone 1', 'gone 2']);
  });

  it('goes through the rules; a loop and what is too large do not come', async () => {
    await saveRule(ada.id, {
      name: 'walks',
      conditions: [{ field: 'subject', test: 'contains', value: 'walk' }],
      actions: [{ do: 'move', folder: 'Walks' }],
    });
    await writeSetting('smtp.messageSizeBytes', 1024 * 1024, 'test');
    pop3.messages
      .set('1', letter('a walk'))
      .set('2', letter('been here', 'Delivered-To: Ada@example.test\r\n'))
      .set('3', `${letter('huge')}${'x'.repeat(70)}\r\n`.padEnd(1024 * 1024 + 10, 'y'))
      .set('4', letter('junk', 'X-Spam-Flag: YES\r\n'));
    await saveCollection(ada.id, { ...base(), isKept: false, target: 'Rest' });
    const { count, error } = await run();
    await resetSetting('smtp.messageSizeBytes', 'test');
    assert.equal(count, 2);
    assert.match(error, /1 of the new messages are too large/);
    assert.deepEqual([...pop3.messages.keys()], ['3']);
    assert.deepEqual([await subjects('Walks'), await subjects('Rest')], [['a walk'], []]);
    assert.deepEqual(await subjects('Junk'), ['junk']);
  });

  it('tells what is wrong, and waits longer each time', async () => {
    const id = await saveCollection(ada.id, { ...base(), password: 'wrong', intervalMinutes: 10 });
    assert.match((await run()).error, /^sign-in refused: the server says: \[AUTH\] no$/);
    const [first] = await listCollections(ada.id);
    assert.ok(first && first.nextAt.getTime() - Date.now() > 15 * 60_000);
    assert.deepEqual(
      [1, 2, 20].map((failures) => waitOf(600_000, failures) / 60_000),
      [20, 40, 1440],
    );
    script.hasNoUidl = true;
    await saveCollection(ada.id, { ...base() }, id);
    assert.match((await run()).error, /UIDL/);
    await pop3.close();
    await saveCollection(ada.id, { ...base() }, id);
    assert.equal((await run()).error, 'the server cannot be reached');
    pop3 = await openPop3Elsewhere(script);
  });

  it('gives the password to its server only', async () => {
    const id = await saveCollection(ada.id, base());
    const { password: _password, ...without } = base();
    await saveCollection(ada.id, { ...without, name: 'other name' }, id);
    await assert.rejects(saveCollection(ada.id, { ...without, host: '127.0.0.2' }, id), (error) =>
      isRefusal(error, 'invalid'),
    );
    const row = await db.collection.findFirst({ where: { accountId: ada.id } });
    assert.ok(row && !row.secret.includes('there'));
    assert.ok(!JSON.stringify(await listCollections(ada.id)).includes(row.secret));
    const bob = await imap.addUser('bob');
    await assert.rejects(collectNow(bob.id, id), (error) => isRefusal(error, 'not-found'));
    await assert.rejects(removeCollection(bob.id, id), (error) => isRefusal(error, 'not-found'));
    for (const wrong of [
      { username: 'a\r\nDELE 1' },
      { host: 'a b' },
      { host: 'x/y' },
      { intervalMinutes: 1 },
    ]) {
      await assert.rejects(saveCollection(ada.id, { ...base(), ...wrong }), (error) =>
        isRefusal(error, 'invalid'),
      );
    }
  });

  it('wants a certificate of that name', async () => {
    const authority = await makeAuthority();
    const dns = await startDns({ 'pop.far.test': { A: ['127.0.0.1'] } });
    await dns.use();
    script.tls = await authority.sign('other.test');
    const there = { ...base(), host: 'pop.far.test', tlsMode: 'required' };
    const id = await saveCollection(ada.id, there);
    assert.match((await run()).error, /^no safe connection/);
    setDefaultCACertificates([authority.cert]);
    await saveCollection(ada.id, there, id);
    assert.match((await run()).error, /^no safe connection \(ERR_TLS_CERT_ALTNAME_INVALID\)$/);
    assert.ok(!pop3.heard.includes('PASS'));
    script.tls = await authority.sign('pop.far.test');
    pop3.messages.set('t', letter('under TLS'));
    await saveCollection(ada.id, { ...there, target: 'Safe' }, id);
    assert.deepEqual(await run(), { count: 1, error: '', isMore: false });
    await saveCollection(ada.id, { ...there, host: 'none.far.test', password: 'x' }, id);
    assert.equal((await run()).error, 'there is no server none.far.test');
    await dns.close();
  });

  it('brings by IMAP with flags and dates, and keeps or removes there', async () => {
    const ben = await imap.addUser('ben');
    await ensureMailboxes(ben.id);
    const inbox = await findMailbox(ben.id, 'INBOX');
    const at = new Date('2020-05-06T07:08:09Z');
    const message = async (subject: string, flags: number) => ({
      body: await stageBytes(Buffer.from(letter(subject))),
      ...{ prefix: Buffer.alloc(0), flags, keywords: [], internalDate: at },
    });
    await appendMessages(ben.id, inbox!.id, [
      await message('read', 1),
      await message('starred', 4),
    ]);
    const id = await saveCollection(ada.id, {
      ...base(),
      ...{ protocol: 'imap', port: imap.port, username: ben.address, password, target: 'Ben' },
    });
    assert.deepEqual(await run(), { count: 2, error: '', isMore: false });
    const brought = await read('Ben');
    assert.deepEqual(
      brought.map(({ flags }) => flags),
      [1, 4],
    );
    assert.equal(brought[0]?.at, at.toISOString());
    const given = {
      ...base(),
      protocol: 'imap',
      port: imap.port,
      username: ben.address,
      target: 'Ben',
    };
    await saveCollection(ada.id, { ...given, password, isKept: false }, id);
    assert.deepEqual(await run(), { count: 0, error: '', isMore: false });
    assert.equal(await db.message.count({ where: { accountId: ben.id, mailboxId: inbox!.id } }), 0);
    await saveCollection(ada.id, { ...given, password: 'wrong' }, id);
    assert.match((await run()).error, /^sign-in refused/);
  });

  it('is done by one of several, whose lease ends by itself', async () => {
    await saveCollection(ada.id, base());
    const taken = (await Promise.all([claimDue(5), claimDue(5), claimDue(5)])).flat();
    assert.equal(taken.length, 1);
    const [{ id } = { id: '' }] = await listCollections(ada.id);
    await collectNow(ada.id, id);
    assert.deepEqual(await claimDue(5), []);
    shiftClock(6 * 60_000);
    const [next] = await claimDue(5);
    assert.equal(next?.id, id);
    shiftClock(3 * 60_000);
    assert.equal(await renewLease(next!), true);
    assert.equal(await renewLease({ ...next!, leaseUntil: new Date(0) }), false);
    freezeClock(null);
  });

  it('works by itself after a poke', async () => {
    pop3.messages.set('p', letter('poked'));
    const service = await startCollecting();
    await saveCollection(ada.id, { ...base(), target: 'Poked' });
    await waitFor(async () => (await subjects('Poked')).length === 1, 'the message');
    await service.stop();
  });
});
