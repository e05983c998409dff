// What a user's message looks like at the next server: in seven bits where that one takes no more, with short lines,
// with the footer of the domain, and with signatures that fit all of it.
import assert from 'node:assert/strict';
import { isAscii } from 'node:buffer';
import { after, before, beforeEach, describe, it } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { activateDkimKeys, createDkimKeys, listDkimKeys } from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { type Footer, writeFooter } from '#lib/accounts/footer.ts';
import { newId } from '#lib/id.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { deliver } from '#server/delivery/local.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { resolveForMailauth } from '#server/smtp/trust/resolver.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { inboxOf, until } from './fixture.ts';

const head =
  'From: Ada <ada@own.test>\r\nTo: ben@far.test\r\nSubject: hello\r\nMIME-Version: 1.0\r\n';
const eightBit = `${head}Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMit freundlichen Grüßen aus der Stadt\r\n`;
const footer: Footer = { text: 'Own GmbH, Köln', html: '', for: 'outside' };
const none: Footer = { text: '', html: '', for: 'outside' };

describe('mail of users', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let dns: FakeDns;
  let far: Sink;
  /** A server without 8BITMIME and SMTPUTF8. */
  let old: Sink;
  let queue: Running;
  let ada: Account;
  let ben: Account;

  before(async () => {
    database = await openTestDatabase();
    dns = await startDns({
      'far.test': { MX: ['10 mx.far.test'] },
      'mx.far.test': { A: ['127.0.0.1'] },
      'old.test': { MX: ['10 mx.old.test'] },
      'mx.old.test': { A: ['127.0.0.2'] },
    });
    await dns.use();
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    await addDomain({ name: 'own.test' }, 'test');
    const password = 'correct horse battery';
    ada = await addAccount({ address: 'ada@own.test', password }, 'test');
    ben = await addAccount({ address: 'ben@own.test', password }, 'test');
    await createDkimKeys('own.test', 'test');
    await activateDkimKeys('own.test', null, null, 'test');
    for (const { record } of await listDkimKeys('own.test')) {
      dns.zone[record.name] = { TXT: [record.value] };
    }
    far = await startSink();
    old = await startSink({
      host: '127.0.0.2',
      port: far.port,
      extra: { hide8BITMIME: true, hideSMTPUTF8: true },
    });
    await writeSetting('delivery.mxPort', far.port, 'test');
    queue = await startQueue();
  });
  beforeEach(async () => {
    far.messages.length = 0;
    old.messages.length = 0;
    forgetAnswers();
    await writeFooter('own.test', none, 'test');
  });
  after(async () => {
    await queue.stop();
    await Promise.all([far.close(), old.close()]);
    await dns.close();
    await database.close();
  });

  type Mail = {
    text?: string | Buffer;
    to?: string[];
    here?: Account[];
    accountId?: string | null;
  };
  async function send({ text = eightBit, to = [], here = [], accountId = ada.id }: Mail) {
    await deliver({
      body: await stageBytes(Buffer.from(text)),
      sender: 'ada@own.test',
      accountId,
      mailboxes: here.map(({ id, address }) => ({ accountId: id, address })),
      remote: to.map((recipient) => ({ recipient })),
      traceId: newId(),
      trace: {
        hostname: 'mail.own.test',
        protocol: 'ESMTPSA',
        helo: 'pc.test',
        remote: accountId === null ? '198.51.100.9' : '127.0.0.1',
        receivedAt: new Date(),
      },
    });
  }
  async function take(sink: Sink): Promise<Buffer> {
    const [message] = await sink.waitFor(1);
    assert.ok(message);
    return message.bytes;
  }
  async function verify(bytes: Buffer): Promise<string[]> {
    const { results } = await dkimVerify(bytes, { resolver: resolveForMailauth } as never);
    return results.filter((one) => one.signingDomain).map(({ status }) => status.result);
  }
  const good = ['pass', 'pass'];

  it('is signed in the form that each server gets', async () => {
    await send({ to: ['a@far.test', 'b@old.test'] });
    const [whole, seven] = [await take(far), await take(old)];
    assert.match(whole.toString(), /Grüßen/);
    assert.ok(isAscii(seven));
    assert.match(
      seven.toString(),
      /Content-Transfer-Encoding: quoted-printable[\s\S]*Gr=C3=BC=C3=9Fen/,
    );
    assert.deepEqual([await verify(whole), await verify(seven)], [good, good]);
    assert.equal(old.messages[0]?.envelope.bodyType, '7bit');
  });

  it('comes back where it cannot be converted, and goes to whom it can', async () => {
    const part =
      'Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße';
    const text = `${head}Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n${part}\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n`;
    const count = (await inboxOf(ada.id)).length;
    await send({ text, to: ['a@far.test', 'b@old.test'] });
    assert.deepEqual(await verify(await take(far)), good);
    const report = await until('a report', async () => (await inboxOf(ada.id))[count] ?? null);
    assert.match(report, /Final-Recipient: rfc822; ?b@old\.test/i);
    assert.match(report, /Status: 5\.6\.3/);
    assert.equal(old.messages.length, 0);
  });

  it('that needs SMTPUTF8 comes back from who does not take it (RFC 6531)', async () => {
    const count = (await inboxOf(ada.id)).length;
    await send({ to: ['bär@old.test'] });
    const report = await until('a report', async () => (await inboxOf(ada.id))[count] ?? null);
    assert.match(report, /Status: 5\.6\.7/);
  });

  it('has short lines that say the same', async () => {
    const line = 'seven nuts '.repeat(200).trim();
    await send({
      text: `${head}Content-Type: text/html\r\n\r\n<p>${line}</p>\r\n`,
      to: ['a@far.test'],
    });
    const bytes = await take(far);
    assert.deepEqual(await verify(bytes), good);
    assert.ok(bytes.toString().replaceAll('=\r\n', '').includes(line));
    assert.ok(
      bytes
        .toString('latin1')
        .split('\r\n')
        .every((one) => one.length <= 998),
    );
  });

  it('has the footer outside only, where the domain wants it so', async () => {
    await writeFooter('own.test', footer, 'test');
    const count = (await inboxOf(ben.id)).length;
    await send({ to: ['a@far.test', 'b@old.test'], here: [ben] });
    const [whole, seven] = [await take(far), await take(old)];
    assert.match(whole.toString(), /Stadt\r\n\r\nOwn GmbH, Köln\r\n$/);
    assert.match(seven.toString(), /Own GmbH, K=C3=B6ln\r\n$/);
    assert.deepEqual([await verify(whole), await verify(seven)], [good, good]);
    assert.doesNotMatch((await inboxOf(ben.id))[count] ?? '', /Own GmbH/);
  });

  it('has it once, here and outside, where the domain wants it for everyone', async () => {
    await writeFooter('own.test', { ...footer, for: 'everyone' }, 'test');
    const count = (await inboxOf(ben.id)).length;
    await send({ to: ['a@far.test'], here: [ben] });
    const bytes = await take(far);
    assert.deepEqual(await verify(bytes), good);
    for (const text of [bytes.toString(), (await inboxOf(ben.id))[count] ?? '']) {
      assert.equal(text.match(/Own GmbH, Köln/g)?.length, 1);
    }
  });

  it('of others has none: strangers, other domains', async () => {
    await writeFooter('own.test', { ...footer, for: 'everyone' }, 'test');
    await send({ to: ['a@far.test'], accountId: null });
    assert.doesNotMatch((await take(far)).toString(), /GmbH/);
    far.messages.length = 0;
    await send({ to: ['a@far.test'], text: eightBit.replace('ada@own.test', 'ada@far.test') });
    assert.doesNotMatch((await take(far)).toString(), /GmbH/);
  });
});
