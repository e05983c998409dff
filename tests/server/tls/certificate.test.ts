// The certificate in use: made at first start, renewed, replaced live by files and settings, never lost.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import { connect, createServer } from 'node:tls';
import { freezeClock, now } from '#lib/clock.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import {
  certificateFacts,
  currentPems,
  onCertificateChange,
  refreshCertificates,
  startCertificates,
} from '#server/tls/certificate.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { startListener } from '#tests/support/listener.ts';

const day = 86_400_000;
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let certificates: Running;
let files: { cert: string; key: string };

/** Writes a pair for `hostname` into the files, with a modification time of its own. */
async function writePair(hostname: string, seconds: number): Promise<void> {
  const pair = await makeSelfSigned(hostname);
  await writeFile(files.cert, pair.cert);
  await writeFile(files.key, pair.key);
  await utimes(files.cert, seconds, seconds);
  await utimes(files.key, seconds, seconds);
}

async function useFiles(): Promise<void> {
  await writeSetting('tls.certificateFile', files.cert, 'test');
  await writeSetting('tls.keyFile', files.key, 'test');
}

before(async () => {
  database = await openTestDatabase();
  files = { cert: join(database.folder, 'cert.pem'), key: join(database.folder, 'key.pem') };
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  certificates = await startCertificates();
});
beforeEach(async () => {
  freezeClock(null);
  await resetSetting('tls.certificateFile', 'test');
  await resetSetting('tls.keyFile', 'test');
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  await refreshCertificates();
});
after(async () => {
  freezeClock(null);
  await certificates.stop();
  await database.close();
});

describe('self-signed certificate', () => {
  it('is there after the first start, for the host name and this machine, 825 days', async () => {
    const facts = certificateFacts();
    assert.equal(facts.source, 'self-signed');
    assert.equal(facts.subject, 'CN=mail.example.org');
    assert.deepEqual(facts.names.slice(0, 3), ['mail.example.org', 'localhost', '127.0.0.1']);
    assert.equal(facts.problem, null);
    const days = (facts.expiresAt.getTime() - Date.now()) / day;
    assert.ok(days > 824 && days <= 825);
    const parsed = new X509Certificate(currentPems().cert);
    assert.equal(parsed.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
    const file = join(database.folder, 'tls', 'self-signed.pem');
    assert.equal((await stat(file)).mode & 0o777, 0o600);
  });

  it('stays the same over a restart', async () => {
    const former = currentPems().cert;
    await refreshCertificates();
    assert.equal(currentPems().cert, former);
    const file = join(database.folder, 'tls', 'self-signed.pem');
    assert.ok((await readFile(file, 'utf8')).endsWith(former));
  });

  it('is made anew for another host name, and tells its listeners', async () => {
    let changes = 0;
    const end = onCertificateChange(() => {
      changes += 1;
    });
    await writeSetting('server.hostname', 'mx.example.net', 'test');
    await refreshCertificates();
    await refreshCertificates();
    end();
    assert.equal(changes, 1);
    assert.equal(certificateFacts().names[0], 'mx.example.net');
  });

  it('is renewed 30 days before it expires, not earlier', async () => {
    const { expiresAt } = certificateFacts();
    freezeClock(new Date(expiresAt.getTime() - 31 * day));
    await refreshCertificates();
    assert.deepEqual(certificateFacts().expiresAt, expiresAt);
    freezeClock(new Date(expiresAt.getTime() - 29 * day));
    await refreshCertificates();
    assert.ok(certificateFacts().expiresAt.getTime() > now().getTime() + 800 * day);
    freezeClock(null);
    await rm(join(database.folder, 'tls', 'self-signed.pem'));
  });

  it('is made anew when the file is broken', async () => {
    const file = join(database.folder, 'tls', 'self-signed.pem');
    await writeFile(file, 'rubbish');
    await refreshCertificates();
    assert.match(await readFile(file, 'utf8'), /PRIVATE KEY.*BEGIN CERTIFICATE/s);
  });

  it('takes a host name longer than a common name may be, and an address', async () => {
    const long = `${'a'.repeat(60)}.${'b'.repeat(60)}.example.org`;
    assert.ok(new X509Certificate((await makeSelfSigned(long)).cert).checkHost(long));
    assert.ok(new X509Certificate((await makeSelfSigned('192.0.2.1')).cert).checkIP('192.0.2.1'));
  });
});

describe('certificate files of the settings', () => {
  it('are in use for the next connection, and replaced live when they change', async () => {
    const listener = await startListener({
      name: 'imaps',
      tls: true,
      maxConnections: 10,
      maxPerAddress: 10,
      onConnection: () => undefined,
    });
    const nameSeen = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const socket = connect({ port: listener.port, rejectUnauthorized: false }, () => {
          const subject = socket.getPeerCertificate().subject;
          socket.destroy();
          resolve(subject?.CN as string | undefined);
        });
        socket.once('error', reject);
      });
    assert.equal(await nameSeen(), 'mail.example.org');
    await writePair('one.example.org', 1000);
    await useFiles();
    await refreshCertificates();
    assert.equal(certificateFacts().source, 'files');
    assert.equal(await nameSeen(), 'one.example.org');
    await writePair('two.example.org', 2000);
    await refreshCertificates();
    assert.equal(await nameSeen(), 'two.example.org');
    await listener.stop(0);
  });

  it('are noticed without being asked', async () => {
    const changed = new Promise<void>((resolve) => {
      const end = onCertificateChange(() => {
        end();
        resolve();
      });
    });
    await writePair('watched.example.org', 3000);
    await useFiles();
    // The watch does not keep the process alive; waiting for it must.
    const alive = setInterval(() => {}, 1000);
    await changed;
    clearInterval(alive);
    assert.equal(certificateFacts().names[0], 'watched.example.org');
  });

  const bad: [string, RegExp, () => Promise<unknown>][] = [
    ['a missing file', /does not exist/, () => rm(files.cert)],
    ['no PEM', /does not begin with a PEM certificate/, () => writeFile(files.cert, 'x')],
    ['no key', /no PEM private key/, () => writeFile(files.key, 'x')],
    [
      'the key of another certificate',
      /does not belong/,
      async () => writeFile(files.key, (await makeSelfSigned('other.example.org')).key),
    ],
    ['half of the pair', /together/, () => resetSetting('tls.keyFile', 'test')],
    [
      'an expired certificate',
      /expired/,
      async () => {
        freezeClock(new Date(Date.now() - 900 * day));
        await writePair('old.example.org', 5000);
        freezeClock(null);
      },
    ],
  ];
  for (const [reason, expected, spoil] of bad) {
    it(`that cannot be used change nothing, and are told: ${reason}`, async () => {
      await writePair('good.example.org', 4000);
      await useFiles();
      await refreshCertificates();
      await spoil();
      await refreshCertificates();
      assert.match(certificateFacts().problem ?? '', expected);
      assert.equal(certificateFacts().names[0], 'good.example.org');
      await refreshCertificates();
      assert.equal(certificateFacts().names[0], 'good.example.org');
      await writePair('better.example.org', 6000);
      await useFiles();
      await refreshCertificates();
      assert.equal(certificateFacts().problem, null);
      assert.equal(certificateFacts().names[0], 'better.example.org');
    });
  }

  it('give way to the self-signed one when the settings are emptied', async () => {
    await writePair('good.example.org', 7000);
    await useFiles();
    await refreshCertificates();
    await resetSetting('tls.certificateFile', 'test');
    await resetSetting('tls.keyFile', 'test');
    await refreshCertificates();
    assert.equal(certificateFacts().source, 'self-signed');
    assert.equal(certificateFacts().names[0], 'mail.example.org');
  });

  it('are used by a TLS server of a library through currentPems', async () => {
    const server = createServer(currentPems());
    server.close();
  });
});

describe('tls.minVersion', () => {
  it('is in force for the next connection', async () => {
    const listener = await startListener({
      name: 'imaps',
      tls: true,
      maxConnections: 10,
      maxPerAddress: 10,
      onConnection: () => undefined,
    });
    const tryVersion = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string | null>((resolve) => {
        const options = { minVersion: version, maxVersion: version, rejectUnauthorized: false };
        const socket = connect({ port: listener.port, ...options }, () => {
          const protocol = socket.getProtocol();
          socket.destroy();
          resolve(protocol);
        });
        socket.once('error', () => resolve(null));
      });
    assert.equal(await tryVersion('TLSv1.1'), null);
    assert.equal(await tryVersion('TLSv1.2'), 'TLSv1.2');
    await writeSetting('tls.minVersion', 'TLSv1.3', 'test');
    await refreshCertificates();
    assert.equal(await tryVersion('TLSv1.2'), null);
    assert.equal(await tryVersion('TLSv1.3'), 'TLSv1.3');
    await resetSetting('tls.minVersion', 'test');
    await listener.stop(0);
  });
});
