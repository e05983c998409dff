// Reading mail and TLS: the settings of the groups imap, pop3 and tls, as mail programs see them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { connect as connectTls } from 'node:tls';
import type { SettingKey } from '#lib/settings/index.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { ada, bob, openWorld, password, type World } from './world.ts';

const letter = (subject: string) => ['From: olive@far.test', `Subject: ${subject}`, '', 'Hello'];
const anything = /\r\n/;
const prove = openWorld({
  flags: ['--import', join(import.meta.dirname, '..', '..', 'support', 'leap.mjs')],
});

/** Lets the waits end that end within so many minutes (leap.mjs). */
const leap = ({ daemon }: World, minutes: number) =>
  void daemon.process.send({ leapMs: minutes * 60_000 });

/** Behind its greeting. */
async function openLines({ clients }: World, port: number): Promise<LineClient> {
  const client = connectLines(port);
  clients.push(client);
  await client.expect(/^(?:\* OK|\+OK) .*\r\n/);
  return client;
}

async function openImap(world: World, user = ada): Promise<LineClient> {
  const client = await openLines(world, world.daemon.ports.imap);
  await client.ask(`in LOGIN ${user} "${password}"`, /^in OK .*\r\n/m);
  return client;
}

/** Behind USER: what it says to the password. */
async function knock(world: World, user = ada): Promise<{ client: LineClient; said: string }> {
  const client = await openLines(world, world.daemon.ports.pop3);
  await client.ask(`USER ${user}`, /^\+OK/);
  return { client, said: await client.ask(`PASS ${password}`, anything) };
}

async function openPop3(world: World, user = ada): Promise<LineClient> {
  const { client, said } = await knock(world, user);
  assert.match(said, /^\+OK/);
  return client;
}

/** Ends a session, so that what it deleted is gone. */
async function quit(client: LineClient): Promise<void> {
  await client.ask('QUIT', /^\+OK/);
  await waitFor(() => client.isClosed(), 'the end');
}

/** Opens connections until one is refused. */
async function fill(world: World, port: number, refusal: RegExp): Promise<number> {
  for (let count = 0; count < 40; count += 1) {
    const client = connectLines(port);
    world.clients.push(client);
    if (refusal.test(await client.expect(anything))) return count;
  }
  throw new Error('none was refused');
}

describe('settings of IMAP and POP3', () => {
  prove('imap.maxConnections', async (world) => {
    await world.set('imap.maxConnections', '10');
    assert.ok((await fill(world, world.daemon.ports.imap, /^\* BYE/)) <= 10);
  });

  prove('imap.maxConnectionsPerUser', async (world) => {
    await world.set('imap.maxConnectionsPerUser', '1');
    await openImap(world, bob);
    const second = await openLines(world, world.daemon.ports.imap);
    assert.match(await second.ask(`a LOGIN ${bob} "${password}"`, /^a .*\r\n/m), /^a NO/m);
  });

  prove(['imap.compression', 'imap.hiddenCapabilities'], async (world) => {
    const client = await openImap(world);
    const ask = () => client.ask('a CAPABILITY', /^a OK .*\r\n/m);
    assert.match(await ask(), / COMPRESS=DEFLATE.* QRESYNC| QRESYNC.* COMPRESS=DEFLATE/);
    await world.set('imap.compression', 'off');
    assert.doesNotMatch(await ask(), /COMPRESS/);
    await world.set('imap.hiddenCapabilities', 'QRESYNC');
    assert.doesNotMatch(await ask(), /QRESYNC/);
  });

  prove('imap.sharesWithAnyone', async (world) => {
    const client = await openImap(world);
    await client.ask('a CREATE Library', /^a .*\r\n/m);
    const other = await openImap(world, bob);
    const share = () => client.ask('b SETACL Library anyone lr', /^b .*\r\n/m);
    const list = () => other.ask('c LIST "" "*"', /^c OK .*\r\n/m);
    await share();
    assert.doesNotMatch(await list(), /Library/);
    await world.set('imap.sharesWithAnyone', 'on');
    assert.match(await share(), /^b OK/m);
    assert.match(await list(), /Library/);
  });

  const idle: [SettingKey, (world: World) => Promise<LineClient>, noop: string, said: RegExp][] = [
    ['imap.idleTimeoutMinutes', openImap, 'a NOOP', /^a OK/m],
    ['pop3.idleTimeoutMinutes', openPop3, 'NOOP', /^\+OK/],
  ];
  prove(['imap.idleTimeoutMinutes', 'pop3.idleTimeoutMinutes'], async (world) => {
    for (const [key, open, noop, said] of idle) {
      const asBefore = await open(world);
      await world.set(key, '120');
      const patient = await open(world);
      leap(world, 60);
      await waitFor(() => asBefore.isClosed(), `${key}: the end of the first`);
      await patient.ask(noop, said);
      leap(world, 121);
      await waitFor(() => patient.isClosed(), `${key}: the end of the second`);
    }
  });

  prove('pop3.maxConnections', async (world) => {
    await world.set('pop3.maxConnections', '10');
    assert.ok((await fill(world, world.daemon.ports.pop3, /^-ERR \[SYS\/TEMP\]/)) <= 10);
  });

  prove(['pop3.maxConnectionsPerUser', 'pop3.isExclusive'], async (world) => {
    await openPop3(world);
    await openPop3(world);
    await world.set('pop3.maxConnectionsPerUser', '2');
    assert.match((await knock(world)).said, /^-ERR \[IN-USE\]/);
    await openPop3(world, bob);
    await world.set('pop3.isExclusive', 'on');
    assert.match((await knock(world, bob)).said, /^-ERR \[IN-USE\]/);
  });

  prove('pop3.loginDelaySeconds', async (world) => {
    await world.set('pop3.loginDelaySeconds', '86400');
    await quit(await openPop3(world, bob));
    assert.match((await knock(world, bob)).said, /^-ERR \[LOGIN-DELAY\]/);
  });

  prove(['pop3.uidlFormat', 'pop3.marksSeen', 'pop3.folders'], async (world) => {
    await world.bring(letter('Fetch me'));
    await world.read(ada, /Fetch me/);
    await world.set('pop3.uidlFormat', 'uid');
    await world.set('pop3.marksSeen', 'off');
    const client = await openPop3(world);
    assert.match(await client.ask('UIDL', /^\.\r\n/m), /^1 \d{1,9}\r$/m);
    await client.ask('RETR 1', /^\.\r\n/m);
    await quit(client);
    await world.imap(ada, async (imap) => {
      await imap.mailboxOpen('INBOX');
      assert.deepEqual(await imap.search({ seen: true }), []);
      await imap.mailboxCreate('Lists').catch(() => {});
      await imap.messageMove('1', 'Lists');
    });
    assert.match(await (await openPop3(world)).ask('STAT', anything), /^\+OK 0 /);
    await world.set('pop3.folders', 'INBOX\nLists');
    await world.set('pop3.marksSeen', 'on');
    const other = await openPop3(world);
    assert.match(await other.ask('STAT', anything), /^\+OK 1 /);
    await other.ask('RETR 1', /^\.\r\n/m);
    await quit(other);
    await world.imap(ada, async (imap) => {
      await imap.mailboxOpen('Lists');
      assert.deepEqual(await imap.search({ seen: true }), [1]);
    });
  });

  prove('pop3.deletion', async (world) => {
    await world.bring(letter('Into the bin'), { to: [bob] });
    await world.read(bob, /Into the bin/);
    await world.set('pop3.deletion', 'trash');
    const client = await openPop3(world, bob);
    await client.ask('DELE 1', /^\+OK/);
    await quit(client);
    assert.ok(await world.read(bob, /Into the bin/, 'Trash'));
  });

  prove('pop3.replacesNul', async (world) => {
    const client = await openImap(world, bob);
    const text = 'Subject: Zero\r\n\r\na\0b\r\n';
    // RFC 3516 §4.4: the one way for a NUL into a mailbox.
    await client.ask(`a APPEND INBOX ~{${text.length}}`, /^\+ /m);
    await client.ask(text, /^a OK .*\r\n/m);
    const fetch = async () => {
      const pop3 = await openPop3(world, bob);
      const stat = await pop3.ask('STAT', anything);
      return pop3.ask(`RETR ${/^\+OK (\d+)/.exec(stat)?.[1]}`, /^\.\r\n/m);
    };
    assert.match(await fetch(), /a\0b/);
    await world.set('pop3.replacesNul', 'on');
    assert.match(await fetch(), /a\x80b/);
  });
});

describe('settings of TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'drey-tls-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The name in the certificate, and the version; null where no handshake comes about. */
  function shakeHands({ daemon }: World, maxVersion?: 'TLSv1.2') {
    return new Promise<{ name: string; version: string | null } | null>((resolve) => {
      const options = { port: daemon.ports.imaps, rejectUnauthorized: false, maxVersion };
      const socket = connectTls({ host: '127.0.0.1', ...options }, () => {
        const name = String(socket.getPeerCertificate().subject.CN);
        const version = socket.getProtocol();
        socket.destroy();
        resolve({ name, version });
      });
      socket.once('error', () => resolve(null));
    });
  }

  prove(['tls.certificateFile', 'tls.keyFile'], async (world) => {
    const { cert, key } = await makeSelfSigned('proof.own.test');
    writeFileSync(join(folder, 'cert.pem'), cert);
    writeFileSync(join(folder, 'key.pem'), key, { mode: 0o600 });
    await world.set('tls.certificateFile', join(folder, 'cert.pem'));
    await world.set('tls.keyFile', join(folder, 'key.pem'));
    await waitFor(
      async () => (await shakeHands(world))?.name === 'proof.own.test',
      'the certificate of the files',
    );
  });

  prove('tls.minVersion', async (world) => {
    assert.equal((await shakeHands(world, 'TLSv1.2'))?.version, 'TLSv1.2');
    await world.set('tls.minVersion', 'TLSv1.3');
    await waitFor(async () => !(await shakeHands(world, 'TLSv1.2')), 'the end of TLS 1.2');
    assert.equal((await shakeHands(world))?.version, 'TLSv1.3');
  });

  prove('tls.mtaSts', async (world) => {
    const ask = () =>
      new Promise<string>((resolve, reject) => {
        const url = `${world.daemon.url}/.well-known/mta-sts.txt`;
        const asked = request(url, { headers: { host: 'mta-sts.own.test' } }, (response) => {
          let text = `${response.statusCode} `;
          response.setEncoding('utf8').on('data', (chunk) => {
            text += chunk;
          });
          response.on('end', () => resolve(text));
        });
        asked.on('error', reject).end();
      });
    assert.match(await ask(), /^404 /);
    await world.set('tls.mtaSts', 'testing');
    assert.match(await ask(), /^200 [\s\S]*mode: testing/);
  });
});
