// Mail through the queue to a server of another domain, and what that one can verify.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, it } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { addAccount } from '#lib/accounts/account.ts';
import {
  activateDkimKeys,
  createDkimKeys,
  listDkimKeys,
  retireDkimKey,
} from '#lib/accounts/dkim-key.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { addNetwork } from '#lib/accounts/network.ts';
import { write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { retryEntry } from '#lib/queue/entries.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { checkDkimRecords } from '#server/delivery/sign/check.ts';
import { forgetSignatures } from '#server/delivery/sign/known.ts';
import { queuePrefix, type Trace } from '#server/delivery/trace.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { resolveForMailauth } from '#server/smtp/trust/resolver.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { rowsOf, untilGone, untilTried } from './fixture.ts';

const stranger = '198.51.100.7';
const printer = '192.0.2.20';
const text = 'From: Ada <ada@own.test>\r\nTo: ben@far.test\r\nSubject: hello\r\n\r\nbody\r\n';

describe('signing what leaves', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let dns: FakeDns;
  let sink: Sink;
  let queue: Running;
  let adaId: string;

  before(async () => {
    database = await openTestDatabase();
    dns = await startDns();
    await dns.use();
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    for (const name of ['own.test', 'plain.test']) await addDomain({ name }, 'test');
    await addNetwork({ cidr: '192.0.2.0/24', comment: '' }, 'test');
    const password = 'correct horse battery';
    adaId = (await addAccount({ address: 'ada@own.test', password }, 'test')).id;
  });
  beforeEach(async () => {
    await createDkimKeys('own.test', 'test');
    await activateDkimKeys('own.test', null, null, 'test');
    dns.zone = { 'far.test': { MX: ['10 mx.far.test'] }, 'mx.far.test': { A: ['127.0.0.1'] } };
    await publish();
    sink = await startSink();
    await writeSetting('delivery.mxPort', sink.port, 'test');
    queue = await startQueue();
  });
  afterEach(async () => {
    await queue.stop();
    await sink.close();
    forgetSignatures();
    await write(async (tx) => {
      await tx.dkimKey.deleteMany();
      await tx.queueRecipient.deleteMany();
      await tx.queueMessage.deleteMany();
    });
  });
  after(async () => {
    await dns.close();
    await database.close();
  });

  async function publish(): Promise<void> {
    for (const { record } of await listDkimKeys('own.test')) {
      dns.zone[record.name] = { TXT: [record.value] };
    }
    forgetAnswers();
  }

  type Mail = {
    text?: string | Buffer;
    accountId?: string | null;
    sender?: string;
    remote?: string;
    trace?: Partial<Trace>;
    aliases?: string[];
    to?: string[];
  };
  async function put(mail: Mail): Promise<string> {
    const body = await stageBytes(Buffer.from(mail.text ?? text));
    const trace: Trace = {
      hostname: 'mail.own.test',
      protocol: 'ESMTP',
      helo: 'host.test',
      remote: mail.remote,
      receivedAt: new Date(),
      ...mail.trace,
    };
    const traceId = newId();
    const prefix = queuePrefix(trace, traceId, mail.aliases ?? []);
    const id = await write(async (tx) =>
      enqueue(tx, {
        blobId: await insertBlob(tx, body),
        prefix,
        sizeBytes: prefix.length + body.sizeBytes,
        sender: mail.sender ?? 'ada@own.test',
        accountId: mail.accountId ?? null,
        recipients: (mail.to ?? ['ben@far.test']).map((recipient) => ({ recipient })),
        traceId,
      }),
    );
    poke('queue');
    return id;
  }
  async function send(mail: Mail): Promise<Buffer> {
    await untilGone(await put(mail));
    const message = sink.messages.at(-1);
    assert.ok(message);
    return message.bytes;
  }
  async function verify(bytes: Buffer): Promise<string[]> {
    const { results } = await dkimVerify(bytes, { resolver: resolveForMailauth } as never);
    return results
      .filter(({ signingDomain }) => signingDomain)
      .map((one) => `${one.signingDomain} ${one.algo} ${one.status.result}`);
  }
  const both = ['own.test rsa-sha256 pass', 'own.test ed25519-sha256 pass'];

  it('signs what a user hands in, twice', async () => {
    const bytes = await send({ accountId: adaId, remote: stranger });
    assert.deepEqual(await verify(bytes), both);
    assert.ok(bytes.toString().startsWith('DKIM-Signature: '));
  });

  it('mends before it signs', async () => {
    const bad = `${text}bare\nnewline\rnul\0${'x'.repeat(2000)}\r\n.\r\nend`;
    const bytes = await send({ accountId: adaId, text: Buffer.from(bad) });
    assert.deepEqual(await verify(bytes), both);
    for (const line of bytes.toString('latin1').split('\r\n')) assert.ok(line.length <= 998);
  });

  const signed: [string, Mail][] = [
    ['a trusted network', { remote: printer }],
    ['this machine', { remote: '::1' }],
    [
      'a report of ours, named after the host',
      {
        sender: '',
        trace: { protocol: 'local', helo: undefined },
        text: text.replace('Ada <ada@own.test>', 'MAILER-DAEMON@mail.own.test'),
      },
    ],
  ];
  for (const [name, mail] of signed) {
    it(`signs mail of ${name}`, async () => {
      assert.deepEqual(await verify(await send(mail)), both);
    });
  }

  const stamp = ['Authentication-Results: mail.own.test;\r\n\tspf=pass\r\n'];
  const unsigned: [string, Mail][] = [
    ['a stranger, with an author of ours', { remote: stranger }],
    ['a stranger, forwarded', { remote: stranger, aliases: ['all@own.test'] }],
    ['a stranger who was authenticated', { remote: printer, trace: { fields: stamp } }],
    ['a trusted network, forwarded by an alias', { remote: printer, aliases: ['all@own.test'] }],
    ['another server over LMTP', { remote: printer, trace: { protocol: 'LMTP' } }],
    [
      'a stranger whose HELO looks like our trace',
      { remote: stranger, trace: { helo: `x ([${printer}])\r\n\tby y with ESMTP id z` } },
    ],
    ['nobody, from outside', { sender: '', remote: stranger }],
  ];
  for (const [name, mail] of unsigned) {
    it(`does not sign mail of ${name}`, async () => {
      const bytes = await send(mail);
      assert.deepEqual(await verify(bytes), []);
      assert.ok(bytes.toString().endsWith(text));
    });
  }

  const authors: [string, string][] = [
    ['of a domain without keys', 'ada@plain.test'],
    ['of somebody else', 'eve@far.test'],
    ['of two domains', 'ada@own.test, eve@far.test'],
    ['twice', 'ada@own.test\r\nFrom: ada@own.test'],
    ['nobody', ''],
    ['a domain that ends like ours', 'ada@notown.test'],
  ];
  for (const [name, from] of authors) {
    it(`does not sign a user's mail with an author ${name}`, async () => {
      const other = text.replace('Ada <ada@own.test>', from);
      assert.deepEqual(await verify(await send({ accountId: adaId, text: other })), []);
    });
  }

  it('signs with the key of the day, not of the day it was queued', async () => {
    sink.script.rcpt = () => '450 4.2.1 later';
    const id = await put({ accountId: adaId });
    await untilTried(id, 1);
    await createDkimKeys('own.test', 'test');
    await publish();
    const verdicts = await checkDkimRecords('own.test');
    await activateDkimKeys('own.test', null, verdicts, 'test');
    sink.script.rcpt = () => null;
    const [row] = await rowsOf(id);
    await retryEntry(row?.id ?? '', 'test');
    await untilGone(id);
    const bytes = sink.messages.at(-1)?.bytes ?? Buffer.alloc(0);
    assert.deepEqual(await verify(bytes), both);
    const active = (await listDkimKeys('own.test')).filter(({ state }) => state === 'active');
    for (const { selector } of active) {
      assert.match(bytes.toString('latin1'), new RegExp(`\\ss=${selector};`));
    }
  });

  it('signs no more when no key is active', async () => {
    for (const { selector } of await listDkimKeys('own.test')) {
      await retireDkimKey('own.test', selector, 'test');
    }
    assert.deepEqual(await verify(await send({ accountId: adaId })), []);
  });

  it('sends without a signature when the key cannot be read', async () => {
    await write((tx) => tx.dkimKey.deleteMany({ where: { algorithm: 'rsa' } }));
    await createDkimKeys('own.test', 'test');
    await write((tx) => tx.dkimKey.updateMany({ data: { secret: 'v1:xx', state: 'active' } }));
    forgetSignatures();
    const bytes = await send({ accountId: adaId });
    assert.ok(bytes.toString().endsWith(text));
  });

  it('looks records up: right, missing, different', async () => {
    const [rsa, ed25519] = await listDkimKeys('own.test');
    assert.ok(rsa && ed25519);
    const states = async () =>
      Object.fromEntries([...(await checkDkimRecords('own.test'))].map(([s, v]) => [s, v.state]));
    assert.deepEqual(await states(), { [rsa.selector]: 'right', [ed25519.selector]: 'right' });
    delete dns.zone[rsa.record.name];
    dns.zone[ed25519.record.name] = { TXT: ['v=DKIM1; k=ed25519; p=AAAA'] };
    assert.deepEqual(await states(), {
      [rsa.selector]: 'missing',
      [ed25519.selector]: 'different',
    });
    dns.zone[rsa.record.name] = 'SERVFAIL';
    assert.equal((await states())[rsa.selector], 'unknown');
  });
});
