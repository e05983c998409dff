// Certificates of the table: which one a client sees that asks for a name, files that change and are spoiled, and those that
// are made here.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { utimes, writeFile } from 'node:fs/promises';
import { connect as connectPlain, createServer } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { connect } from 'node:tls';
import { encryptSecret } from '#lib/accounts/secret.ts';
import {
  addCertificate,
  listCertificates,
  orderCertificate,
  removeCertificate,
  replaceCertificate,
} from '#lib/certificates/certificate.ts';
import { readCertificateHealth } from '#lib/certificates/health.ts';
import { freezeClock } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { shakeHands } from '#server/net/start-tls.ts';
import { claimDue, startOrders } from '#server/tls/acme/runner.ts';
import { refreshCertificates, startCertificates } from '#server/tls/certificate.ts';
import { type Authority, makeAuthority, type Signed } from '#tests/support/certificates.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let authority: Authority;
let certificates: Running;
const server = createServer((socket) => {
  socket.on('error', () => {});
  shakeHands(socket).then(
    (secured) => secured.end(),
    () => {},
  );
});

before(async () => {
  database = await openTestDatabase();
  await writeSetting('server.hostname', 'mail.example.org', 'test');
  authority = await makeAuthority();
  certificates = await startCertificates();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(async () => {
  server.close();
  await certificates.stop();
  await database.close();
});

/** What a client sees now that names `host`, or none. */
async function look(host?: string): Promise<X509Certificate> {
  await refreshCertificates();
  const { port } = server.address() as { port: number };
  return new Promise((resolve, reject) => {
    const socket = connectPlain(port, '127.0.0.1');
    const way = { socket, rejectUnauthorized: false, ...(host ? { servername: host } : {}) };
    const client = connect(way, () => {
      resolve(new X509Certificate(client.getPeerCertificate().raw));
      client.destroy();
    });
    client.once('error', reject);
  });
}

const isSame = (seen: X509Certificate, { cert }: Signed) =>
  seen.fingerprint256 === new X509Certificate(cert).fingerprint256;

const upload = ({ cert, key }: Signed) =>
  addCertificate({ kind: 'uploaded', chain: cert, key }, 'test');

describe('certificates of the table', () => {
  it('are told apart by the name that is asked for', async () => {
    assert.equal((await readCertificateHealth()).state, 'none');
    const [one, other] = [
      await authority.sign('a.example.org'),
      await authority.sign('b.example.org'),
    ];
    const added = [await upload(one), await upload(other)];
    assert.ok(isSame(await look('a.example.org'), one));
    assert.ok(isSame(await look('B.Example.org'), other));
    for (const host of [undefined, 'c.example.org']) {
      assert.match((await look(host)).subject, /CN=mail\.example\.org/);
    }
    assert.equal((await readCertificateHealth()).state, 'good');
    for (const { id } of added) await removeCertificate(id, 'test');
    assert.match((await look('a.example.org')).subject, /CN=mail\.example\.org/);
  });

  it('are the default where one is for the name of the server; of two the one that lives longer', async () => {
    const short = await authority.sign('mail.example.org', { daysLeft: 3 });
    const { id } = await upload(short);
    assert.ok(isSame(await look(), short));
    assert.deepEqual((await readCertificateHealth()).state, 'soon');
    const long = await authority.sign('mail.example.org', { daysLeft: 50 });
    await upload(long);
    assert.ok(isSame(await look(), long));
    const next = await authority.sign('mail.example.org', { daysLeft: 60 });
    await replaceCertificate(id, { chain: next.cert, key: next.key }, 'test');
    assert.ok(isSame(await look(), next));
    const { chain, secret } = await db.certificate.findUniqueOrThrow({ where: { id } });
    assert.equal(chain, next.cert);
    assert.doesNotMatch(secret, /PRIVATE KEY/);
    for (const one of await listCertificates()) await removeCertificate(one.id, 'test');
  });

  it('say that their key is lost, and leave clients the default', async () => {
    const { id } = await upload(await authority.sign('lost.example.org'));
    await write((tx) => tx.certificate.update({ where: { id }, data: { secret: 'v1:AAAA' } }));
    assert.match((await look('lost.example.org')).subject, /CN=mail\.example\.org/);
    await waitFor(async () => {
      const { state, text } = await readCertificateHealth();
      return state === 'failing' && /secret key of this server has changed/.test(text);
    }, 'the problem');
    const other = await upload(await authority.sign('broken.example.org'));
    const broken = { secret: encryptSecret('no key') };
    await write((tx) => tx.certificate.update({ where: { id: other.id }, data: broken }));
    assert.match((await look('broken.example.org')).subject, /CN=mail\.example\.org/);
    for (const one of [id, other.id]) await removeCertificate(one, 'test');
  });
});

describe('certificates of files', () => {
  const files = () => ({
    certificateFile: join(database.folder, 'cert.pem'),
    keyFile: join(database.folder, 'key.pem'),
  });
  async function put({ cert, key }: Signed, at: number): Promise<void> {
    const { certificateFile, keyFile } = files();
    await writeFile(certificateFile, cert);
    await writeFile(keyFile, key);
    // Another moment than before, whatever the disk tells apart.
    for (const file of [certificateFile, keyFile]) await utimes(file, at, at);
  }

  it('are followed when they change, and kept when they are spoiled', async () => {
    const host = 'files.example.org';
    const bad = { kind: 'files' as const, ...files() };
    await assert.rejects(addCertificate(bad, 'test'), { field: 'certificateFile' });
    const [one, other] = [await authority.sign(host), await authority.sign(host)];
    await put(one, 1000);
    const { id } = await addCertificate(bad, 'test');
    assert.ok(isSame(await look(host), one));
    await put(other, 2000);
    assert.ok(isSame(await look(host), other));
    await put({ ...other, key: one.key }, 3000);
    assert.ok(isSame(await look(host), other));
    const [row] = await listCertificates();
    assert.match(row?.problem ?? '', /does not belong/);
    await put(one, 4000);
    assert.ok(isSame(await look(host), one));
    assert.equal((await listCertificates())[0]?.problem, '');
    await removeCertificate(id, 'test');
  });
});

describe('certificates that are made here', () => {
  it('come by themselves, and anew when asked', async () => {
    const orders = await startOrders();
    const names = ['own.example.org', 'more.example.org'];
    const { id } = await addCertificate({ kind: 'self-signed', names }, 'test');
    const find = async () => (await listCertificates()).find((one) => one.id === id);
    const made = await waitFor(async () => {
      const row = await find();
      return row?.facts && !row.isBusy && row;
    }, 'the certificate');
    assert.deepEqual(made.names, names);
    assert.ok((await look('more.example.org')).checkHost('own.example.org'));
    assert.ok(made.dueAt && made.expiresAt && made.dueAt < made.expiresAt);
    await orderCertificate(id, 'test');
    await waitFor(
      async () => (await find())?.facts?.fingerprint !== made.facts?.fingerprint,
      'another one',
    );
    await orders.stop();
  });

  it('are taken by one node alone, and by another when that one is gone', async () => {
    const names = ['shared.example.org'];
    const { id } = await addCertificate({ kind: 'self-signed', names }, 'test');
    const claims = await Promise.all(['one', 'two', 'three'].map(claimDue));
    const won = claims.filter((row) => row !== null);
    assert.deepEqual(
      won.map((row) => row.id),
      [id],
    );
    assert.equal(await claimDue('four'), null);
    freezeClock(new Date(Date.now() + 3 * 60_000));
    assert.equal((await claimDue('four'))?.leaseOwner, 'four');
    freezeClock(null);
    await removeCertificate(id, 'test');
  });

  it('are not ordered by hand where they come from elsewhere', async () => {
    const { id } = await upload(await authority.sign('a.example.org'));
    await assert.rejects(orderCertificate(id, 'test'), { reason: 'invalid' });
  });
});
