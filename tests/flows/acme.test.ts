// Certificates by ACME with the real daemon and a real authority (pebble): proofs by HTTP and by TLS, names on every port,
// renewal, refused proofs, a closed account, and a daemon that is killed in the middle.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectPlain, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls';
import { requireAcmeAccount } from '#lib/certificates/acme-account.ts';
import { closeDatabase } from '#lib/db.ts';
import type { SettingKey } from '#lib/settings/index.ts';
import { openClient, post } from '#server/tls/acme/client.ts';
import { type CommandResult, type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Pebble, pebbleMissing, startPebble } from '#tests/support/pebble.ts';
import { type Visitor, visit } from '#tests/support/web-client.ts';
import { saveSetting } from './settings/world.ts';

type Listed = {
  id: string;
  kind: string;
  names: string;
  fingerprint: string;
  problem: string;
  isBusy: boolean;
  dueAt: string | null;
};

const here = { A: ['127.0.0.1'] };

describe('certificates by ACME', { skip: pebbleMissing() || false }, () => {
  let dns: FakeDns;
  let pebble: Pebble;
  let env: Record<string, string>;
  let daemon: Daemon;
  let first: Daemon;
  let panel: Visitor;

  before(async () => {
    dns = await startDns({
      'mail.example.test': here,
      'mta-sts.example.test': here,
      'autoconfig.example.test': here,
      'slow.example.test': here,
      // Nothing listens there.
      'shut.example.test': { A: ['127.0.0.2'] },
    });
    pebble = await startPebble(dns.server);
    env = {
      NODE_EXTRA_CA_CERTS: pebble.caFile,
      DREY_TEST_ACME_PORTS: `${pebble.httpPort},${pebble.tlsPort}`,
    };
    daemon = await startDaemon(env);
    first = daemon;
    const admin = ['--admin', 'ada@example.test', '--password-stdin'];
    await drey(['setup', ...admin, '--hostname', 'mail.example.test'], 'a long password');
    panel = await visit(daemon.url, { address: 'ada@example.test', password: 'a long password' });
    await set('delivery.dnsServers', dns.server);
    await set('tls.acmeDirectory', pebble.directory);
    await set('tls.acmeHttpPort', String(pebble.httpPort));
    await set('tls.acmeTlsPort', String(pebble.tlsPort));
    await set('tls.acmeContact', 'postmaster@example.test');
  });
  after(async () => {
    if (daemon !== first) await daemon?.stop();
    await first?.stop();
    await pebble?.stop();
    await dns?.close();
  });

  /** By the panel's own action, while the daemon runs (flows/settings/coverage.test.ts). */
  async function set(key: SettingKey, typed: string): Promise<void> {
    assert.equal((await saveSetting(panel, key, typed)).status, 'ok', key);
  }

  async function drey(args: string[], input = ''): Promise<CommandResult> {
    const result = await daemon.drey(args, input);
    assert.equal(result.code, 0, `drey ${args.join(' ')}: ${result.stderr}`);
    return result;
  }

  async function list(): Promise<Listed[]> {
    return (await daemon.dreyJson(['certificates', 'list'])) as Listed[];
  }

  async function find(name: string): Promise<Listed> {
    const found = (await list()).find(({ names }) => names.split(' ').includes(name));
    assert.ok(found, name);
    return found;
  }

  /** The certificate that a client sees which names `host`, or none. */
  function look(port: number, host?: string, socket?: Socket): Promise<X509Certificate> {
    return new Promise((resolve, reject) => {
      const way = socket ? { socket } : { port, host: '127.0.0.1' };
      const client: TLSSocket = connect(
        { ...way, ...(host ? { servername: host } : {}), rejectUnauthorized: false },
        () => {
          resolve(new X509Certificate(client.getPeerCertificate().raw));
          client.destroy();
        },
      );
      client.once('error', reject);
    });
  }

  /** The same after STARTTLS or STLS: `command` at the greeting, TLS at the answer that begins with `ready`. */
  async function lookAfter(port: number, host: string, commands: string[]) {
    const socket = connectPlain(port, '127.0.0.1');
    const hearReply = async () => {
      // Up to a whole line that is the last one of its reply.
      for (let said = ''; !/^(?!\d{3}-).*\r\n$/m.test(said); ) {
        const [data] = (await once(socket, 'data')) as [Buffer];
        said += data.toString('latin1');
      }
    };
    for (const command of commands) {
      await hearReply();
      socket.write(`${command}\r\n`);
    }
    await hearReply();
    return look(port, host, socket);
  }

  const isOfPebble = (seen: X509Certificate) => /Pebble/.test(seen.issuer);

  it('orders nothing before somebody agreed to the terms', async () => {
    const refused = await daemon.drey(['certificates', 'add', 'mail.example.test']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /agreed to the terms/);
  });

  it('checks without ordering, and says what to do', async () => {
    await drey(['certificates', 'account', 'agree']);
    const names = ['mail.example.test', 'nowhere.example.test', 'shut.example.test'];
    const found = await waitFor(async () => {
      const { stdout } = await daemon.drey(['certificates', 'check', ...names, '--json']);
      const rows = JSON.parse(stdout) as { subject: string; result: string; text: string }[];
      // The ports open within moments.
      return rows.some(({ subject, text }) => subject === names[0] && /http-01/.test(text)) && rows;
    }, 'a good check');
    const textOf = (name: string) => found.find(({ subject }) => subject === name)?.text ?? '';
    assert.match(textOf('mail.example.test'), /provable by http-01/);
    assert.match(textOf('nowhere.example.test'), /not in the DNS.*CNAME mail\.example\.test/);
    assert.match(textOf('shut.example.test'), /leads to 127\.0\.0\.2, which is not this server/);
    assert.deepEqual(await list(), []);
  });

  it('proves by HTTP, and serves on every port without ending a session', async () => {
    const idle = connect({
      port: daemon.ports.imaps,
      host: '127.0.0.1',
      rejectUnauthorized: false,
    });
    let heard = '';
    idle.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    const hear = (pattern: RegExp) => waitFor(() => pattern.test(heard), String(pattern));
    await hear(/^\* OK/);
    idle.write('a LOGIN ada@example.test "a long password"\r\nb SELECT INBOX\r\nc IDLE\r\n');
    await hear(/^\+ /m);
    assert.ok(!isOfPebble(await look(daemon.ports.imaps, 'mail.example.test')));

    const names = ['mail.example.test', 'mta-sts.example.test'];
    await drey(['certificates', 'add', ...names, '--wait']);
    const { ports } = daemon;
    const host = 'mail.example.test';
    await waitFor(async () => isOfPebble(await look(ports.imaps, host)), 'the new certificate');
    for (const port of [ports.imaps, ports.pop3s, ports.submissions]) {
      assert.ok(isOfPebble(await look(port, host)), String(port));
    }
    for (const port of [ports.smtp, ports.submission]) {
      assert.ok(isOfPebble(await lookAfter(port, host, ['EHLO x.test', 'STARTTLS'])));
    }
    assert.ok(isOfPebble(await lookAfter(ports.imap, host, ['a STARTTLS'])));
    assert.ok(isOfPebble(await lookAfter(ports.pop3, host, ['STLS'])));
    // It is the one of the server's name, so also for whoever names none.
    assert.ok(isOfPebble(await look(ports.imaps)));
    idle.write('DONE\r\n');
    await hear(/^c OK/m);
    idle.destroy();
  });

  it('proves by TLS, and gives each name its own', async () => {
    await set('tls.acmeChallenge', 'tls-alpn-01');
    await drey(['certificates', 'add', 'autoconfig.example.test', '--wait']);
    const { imaps } = daemon.ports;
    await waitFor(async () => {
      const seen = await look(imaps, 'autoconfig.example.test');
      return seen.subjectAltName === 'DNS:autoconfig.example.test';
    }, 'the certificate of that name');
    assert.ok((await look(imaps)).checkHost('mail.example.test'));
    assert.match(daemon.output(), /proof by TLS given/);
    await drey(['settings', 'reset', 'tls.acmeChallenge']);
  });

  it('renews with a new key', async () => {
    const before = await find('mail.example.test');
    assert.ok(before.dueAt && new Date(before.dueAt).getTime() > Date.now());
    const seen = await look(daemon.ports.imaps, 'mail.example.test');
    await drey(['certificates', 'order', before.id, '--wait']);
    assert.notEqual((await find('mail.example.test')).fingerprint, before.fingerprint);
    await waitFor(async () => {
      const next = await look(daemon.ports.imaps, 'mail.example.test');
      return !next.publicKey.equals(seen.publicKey);
    }, 'another key');
  });

  it('says why a proof was refused, and keeps what it has', async () => {
    const refused = await daemon.drey(['certificates', 'add', 'shut.example.test', '--wait']);
    assert.notEqual(refused.code, 0);
    assert.match(refused.stderr, /could not prove shut\.example\.test by port (80|443).*firewall/s);
    const row = await find('shut.example.test');
    assert.ok(row.dueAt && new Date(row.dueAt).getTime() > Date.now() + 5 * 60_000, 'waits');
    const again = await daemon.drey(['certificates', 'order', row.id]);
    assert.match(again.stderr, /wait a minute/);
    await drey(['certificates', 'remove', row.id]);
    assert.ok(isOfPebble(await look(daemon.ports.imaps, 'mail.example.test')));
  });

  it('gives its account a new key', async () => {
    await drey(['certificates', 'account', 'new-key']);
    await drey(['certificates', 'order', 'autoconfig.example.test', '--wait']);
  });

  it('goes on after it was killed in the middle', async () => {
    dns.zone['slow.example.test'] = 'TIMEOUT';
    await drey(['certificates', 'add', 'slow.example.test']);
    await waitFor(async () => (await find('slow.example.test')).isBusy, 'an order that runs');
    const ended = new Promise((resolve) => daemon.process.once('exit', resolve));
    daemon.process.kill('SIGKILL');
    await ended;
    dns.zone['slow.example.test'] = here;
    daemon = await startDaemon({ ...env, DREY_DATA: first.folder });
    await waitFor(async () => (await find('slow.example.test')).fingerprint, 'its certificate');
    await waitFor(async () => {
      const seen = await look(daemon.ports.imaps, 'slow.example.test');
      return seen.checkHost('slow.example.test');
    }, 'the certificate of that name');
  });

  it('says when the account was closed, and makes another', async () => {
    process.env.DREY_DATA = first.folder;
    setDefaultCACertificates([...getCACertificates(), pebble.ca]);
    const account = await requireAcmeAccount();
    const client = await openClient(account.directory, account, AbortSignal.timeout(60_000));
    const { body } = await post(client, account.url, null);
    const { contact } = body as { contact: string[] };
    assert.deepEqual(contact, ['mailto:postmaster@example.test']);
    await post(client, account.url, { status: 'deactivated' });
    await closeDatabase();
    const { id, fingerprint } = await find('autoconfig.example.test');
    const refused = await daemon.drey(['certificates', 'order', id, '--wait']);
    assert.match(refused.stderr, /account at the authority was closed: make a new account/);
    assert.equal((await find('autoconfig.example.test')).fingerprint, fingerprint);
    await drey(['certificates', 'account', 'agree']);
    await waitFor(
      async () => (await find('autoconfig.example.test')).fingerprint !== fingerprint,
      'a new certificate',
    );
  });
});
