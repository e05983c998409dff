// What leaves this server again, seen by the server that gets it: nothing that could be read as a second message,
// no report to whom a sender was stolen from, and no mail in circles.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { addAlias } from '#lib/accounts/alias.ts';
import { db, write } from '#lib/db.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { until } from '#tests/server/queue/fixture.ts';
import { connectTo, sample } from './client.ts';
import { openWorld, password, type World } from './world.ts';

type Taken = { sender: string; recipients: string[]; bytes: Buffer };

/** A server that keeps the octets of DATA as they come, and says what it is told to. */
class Peer {
  readonly taken: Taken[] = [];
  /** Answer to RCPT. */
  answer = '250 2.1.5 ok';
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor() {
    this.server = createServer((socket) => this.serve(socket));
  }

  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return (this.server.address() as AddressInfo).port;
  }

  private serve(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => this.sockets.delete(socket));
    let bytes = Buffer.alloc(0);
    let mail: Taken | null = null;
    let isData = false;
    const say = (text: string) => socket.write(`${text}\r\n`);
    say('220 peer.test ESMTP');
    const obey = (line: string) => {
      if (/^EHLO/i.test(line)) say('250-peer.test\r\n250 8BITMIME');
      else if (/^MAIL/i.test(line)) {
        mail = { sender: /<(.*?)>/.exec(line)?.[1] ?? '', recipients: [], bytes };
        say('250 2.1.0 ok');
      } else if (/^RCPT/i.test(line)) {
        mail?.recipients.push(/<(.*?)>/.exec(line)?.[1] ?? '');
        say(this.answer);
      } else if (/^DATA/i.test(line)) {
        isData = true;
        say('354 go');
      } else if (/^QUIT/i.test(line)) socket.end('221 bye\r\n');
      else say('250 ok');
    };
    socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const end = bytes.indexOf(isData ? '\r\n.\r\n' : '\r\n');
        if (end < 0) return;
        const piece = bytes.subarray(0, isData ? end + 2 : end);
        bytes = bytes.subarray(end + (isData ? 5 : 2));
        if (!isData) obey(piece.toString('latin1'));
        else {
          isData = false;
          if (mail) this.taken.push({ ...mail, bytes: piece });
          say('250 2.0.0 taken');
        }
      }
    });
  }

  async waitFor(count: number): Promise<Taken> {
    await until(`${count} messages`, async () => this.taken.length >= count);
    return this.taken[count - 1] as Taken;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

let world: World;
let peer: Peer;
let queue: Running;
before(async () => {
  world = await openWorld();
  peer = new Peer();
  await writeSetting('delivery.mxPort', await peer.open(), 'test');
  await writeSetting('delivery.allowPrivateAddresses', true, 'test');
  Object.assign(world.dns.zone, {
    'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
    'victim.test': { MX: ['10 mx.elsewhere.test'] },
    'far.test': { MX: ['10 mx.elsewhere.test'] },
    'mx.elsewhere.test': { A: ['127.0.0.1'] },
  });
  queue = await startQueue();
});
after(async () => {
  await queue.stop();
  await peer.close();
  await world.close();
});
beforeEach(async () => {
  peer.taken.length = 0;
  peer.answer = '250 2.1.5 ok';
  forgetAnswers();
  await write(async (tx) => {
    await tx.queueRecipient.deleteMany();
    await tx.queueMessage.deleteMany();
  });
});

/** A session on the submission port, signed in as ada. */
async function signIn() {
  const client = await connectTo(world.ports.submission);
  await client.say('EHLO near.test');
  const token = Buffer.from(`\0ada@example.org\0${password}`).toString('base64');
  assert.match(await client.say(`AUTH PLAIN ${token}`), /^235 /);
  return client;
}

const hidden =
  'MAIL FROM:<evil@far.test>\r\nRCPT TO:<v@elsewhere.test>\r\nDATA\r\nX: y\r\n\r\nsmug\r\n';
const ends = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r.\n',
  '\n.\r',
  '\r\n.\r\r\n',
  '\r\n\0.\r\n',
  '\r\n.\0\r\n',
  '\r\n.\r\0\n',
];

for (const end of ends) {
  test(`a user's ${JSON.stringify(end)} reaches the next server as one message`, async () => {
    const client = await signIn();
    await client.say('MAIL FROM:<ada@example.org>');
    await client.say('RCPT TO:<you@elsewhere.test>');
    assert.match(await client.say('DATA'), /^354 /);
    await client.send(`From: ada@example.org\r\nSubject: a\r\n\r\nbody${end}${hidden}`, '.\r\n');
    assert.match(await client.read(), /^250 /);
    const { bytes, recipients } = await peer.waitFor(1);
    assert.deepEqual(recipients, ['you@elsewhere.test']);
    const text = bytes.toString('latin1');
    assert.doesNotMatch(text, /\r(?!\n)|(?<!\r)\n/, 'CR and LF only together');
    assert.doesNotMatch(text, /\0/);
    assert.doesNotMatch(text, /\n\.[\r\n]/, 'no dot alone');
    assert.match(text, /smug/);
    await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
    assert.equal(peer.taken.length, 1);
    client.destroy();
  });
}

test('through an alias, too, and a NUL that came with it is gone', async () => {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  const data = `${sample}a\r\n\0.\r\n${hidden}\r\n.\0\r\nend\r\n`;
  assert.match(await client.deliver({ to: 'out@example.org', data }), /^250 /);
  const { bytes } = await peer.waitFor(1);
  assert.doesNotMatch(bytes.toString('latin1'), /\0|\n\.[\r\n]|\r(?!\n)|(?<!\r)\n/);
  assert.match(bytes.toString('latin1'), /\nend\r\n$/);
});

/** Why a message was given up in silence, by its trace. */
async function readDropped(reply: string): Promise<string> {
  const traceId = reply.split(' ').at(-1) ?? '';
  return until('the end of it', async () => {
    await flushTrail();
    const events = await listEvents({ traceId });
    return String(events.find(({ kind }) => kind === 'dropped')?.detail.why ?? '') || null;
  });
}

test('a forward that fails is not reported to a sender that nobody has proven', async () => {
  peer.answer = '550 5.1.1 no such user';
  const cases: [string, string | undefined][] = [
    ['nothing published', undefined],
    ['published, and it is not this client', 'v=spf1 ip4:198.51.100.1 ~all'],
    ['published, and it is not said', 'v=spf1 ?all'],
    ['published with an error', 'v=spf1 nonsense:x -all'],
  ];
  for (const [name, record] of cases) {
    world.dns.zone['victim.test'] = {
      MX: ['10 mx.elsewhere.test'],
      ...(record ? { TXT: [record] } : {}),
    };
    forgetAnswers();
    const client = await world.asStranger();
    // What the client says of itself must not look like a proof.
    await client.say('EHLO x);spf=pass;(');
    const reply = await client.deliver({ from: 'you@victim.test', to: 'out@example.org' });
    assert.match(reply, /^250 /, name);
    assert.equal(await readDropped(reply), 'unproven-sender', name);
    await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
    assert.equal(peer.taken.length, 0, name);
    client.destroy();
  }
});

test('a sender that SPF proves is told, and so is whom we trust', async () => {
  peer.answer = '550 5.1.1 no such user';
  const tell = async (client: Awaited<ReturnType<World['asStranger']>>, from: string) => {
    await client.say('EHLO relay.far.test');
    const reply = await client.deliver({ from, to: 'out@example.org' });
    const traceId = /queued as (\S+)/.exec(reply)?.[1];
    assert.ok(traceId, reply);
    // The event and not the report: that may have left already.
    await until('a report on its way', async () =>
      db.trailEvent.findFirst({ where: { traceId, kind: 'bounced' } }),
    );
    await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
  };
  world.dns.zone['far.test'] = { MX: ['10 mx.elsewhere.test'], TXT: ['v=spf1 ip4:192.0.2.7 -all'] };
  forgetAnswers();
  await tell(await world.asStranger(), 'eve@far.test');
  await tell(await world.asNeighbour(), 'printer@victim.test');
});

test('what cannot be delivered here is refused at once, never taken and sent back', async () => {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<you@victim.test>');
  assert.match(await client.say('RCPT TO:<nobody@example.org>'), /^550 /);
  const setRoom = (data: { quotaBytes: number | null; usedBytes: number }) =>
    write((tx) => tx.account.update({ where: { id: world.bob.id }, data }));
  await setRoom({ quotaBytes: 10, usedBytes: 10 });
  assert.match(await client.say('RCPT TO:<bob@example.org>'), /^452 4\.2\.2 /);
  await setRoom({ quotaBytes: null, usedBytes: 0 });
  assert.equal(await db.queueMessage.count(), 0);
});

test('two servers that forward to each other: the second time it is a loop', async () => {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ to: 'out@example.org' }), /^250 /);
  const { bytes, sender } = await peer.waitFor(1);
  // The other server's alias leads back: it sends what it got, with its own Received field.
  const back = `Received: from mail.example.org by peer.test; x\r\n${bytes}`;
  const other = await world.asStranger();
  await other.say('EHLO peer.test');
  const reply = await other.deliver({ from: sender, to: 'out@example.org', data: back });
  assert.match(reply, /^554 5\.4\.6 /);
  assert.equal(peer.taken.length, 1);
});

test('a redirecting chain that hides it ends by counting', async () => {
  await writeSetting('smtp.hopLimit', 10, 'test');
  let data = sample;
  let rounds = 0;
  for (; rounds < 20; rounds++) {
    const client = await world.asStranger();
    await client.say('EHLO peer.test');
    const reply = await client.deliver({ to: 'out@example.org', data });
    client.destroy();
    if (!reply.startsWith('250')) {
      assert.match(reply, /^554 5\.4\.6 /);
      break;
    }
    const { bytes } = await peer.waitFor(rounds + 1);
    // A server that takes our Delivered-To away, and adds its Received.
    const text = bytes.toString('latin1').replace(/^Delivered-To: .*\r\n/gm, '');
    data = `Received: by peer.test; x\r\n${text}`;
  }
  assert.ok(rounds >= 4 && rounds <= 6, String(rounds));
  await resetSetting('smtp.hopLimit', 'test');
});

test('aliases in a circle, and an alias of itself, lead nowhere or to who is on the way', async () => {
  await addAlias({ address: 'self@example.org', targets: ['self@example.org'] }, 'test');
  await addAlias({ address: 'ring1@example.org', targets: ['ring2@example.org'] }, 'test');
  await addAlias({ address: 'ring2@example.org', targets: ['ring1@example.org'] }, 'test');
  await addAlias(
    { address: 'ring3@example.org', targets: ['ring3@example.org', 'ada@example.org'] },
    'test',
  );
  await addAlias({ address: 'star-*@example.org', targets: ['star-x@example.org'] }, 'test');
  const before = (await world.readInbox(world.ada)).length;
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  await client.say('MAIL FROM:<eve@far.test>');
  for (const local of ['self', 'ring1', 'ring2', 'star-y']) {
    assert.match(await client.say(`RCPT TO:<${local}@example.org>`), /^550 5\.1\.1 /, local);
  }
  await client.say('RSET');
  assert.match(await client.deliver({ to: 'ring3@example.org' }), /^250 /);
  assert.equal((await world.readInbox(world.ada)).length, before + 1);
});

test('a domain whose MX is this server, which does not know it, is not sent to', async () => {
  world.dns.zone['ours.test'] = { MX: ['10 mail.example.org'] };
  world.dns.zone['nullmx.test'] = { MX: ['0 .'] };
  forgetAnswers();
  const client = await signIn();
  for (const domain of ['ours.test', 'nullmx.test']) {
    const count = (await world.readInbox(world.ada)).length;
    const data = 'From: ada@example.org\r\nSubject: x\r\n\r\nx\r\n';
    const reply = await client.deliver({ from: 'ada@example.org', to: `you@${domain}`, data });
    assert.match(reply, /^250 /);
    const report = await until('a report', async () => (await world.readInbox(world.ada))[count]);
    assert.match(report, domain === 'ours.test' ? /^Status: 5\.4\.6\r$/m : /^Status: 5\.1\.10\r$/m);
  }
  assert.equal(peer.taken.length, 0);
});
