// Certificates in the panel, by the panel's own actions: an uploaded one is served by name on every port with TLS from the
// next connection on, and replaced, while a session that idles stays.
import assert from 'node:assert/strict';
import { connect as connectPlain, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn, waitAlive } from '#tests/support/browser.ts';
import { type Authority, makeAuthority } from '#tests/support/certificates.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Pebble, pebbleMissing, startPebble } from '#tests/support/pebble.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const host = 'mail.example.test';

describe('certificates in the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;
  let authority: Authority;
  let dns: FakeDns;
  let pebble: Pebble | null = null;
  let idle: TLSSocket;
  let heard = '';

  before(async () => {
    dns = await startDns({ 'acme.example.test': { A: ['127.0.0.1'] } });
    if (!pebbleMissing()) pebble = await startPebble(dns.server);
    const env = pebble && {
      NODE_EXTRA_CA_CERTS: pebble.caFile,
      DREY_TEST_ACME_PORTS: `${pebble.httpPort},${pebble.tlsPort}`,
    };
    [daemon, browser, authority] = await Promise.all([
      startDaemon(env ?? {}),
      launchBrowser(),
      makeAuthority(),
    ]);
    const admin = ['--admin', ann.address, '--password-stdin'];
    await daemon.dreyJson(['setup', ...admin, '--hostname', 'mx.example.test'], ann.password);
    await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
    // No authority is asked here.
    await daemon.dreyJson(['settings', 'set', 'tls.acmeDirectory', 'https://127.0.0.1:9/dir']);
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/certificates');
    await panel.getByRole('heading', { name: 'Certificates', exact: true }).waitFor();
  });
  after(async () => {
    idle?.destroy();
    await browser?.close();
    await daemon?.stop();
    await pebble?.stop();
    await dns?.close();
  });

  const hear = (pattern: RegExp) => waitFor(() => pattern.test(heard), String(pattern));

  /** The number of the certificate that a client sees which asks for the host. */
  function look(port: number, socket = connectPlain(port, '127.0.0.1')): Promise<string> {
    return new Promise((resolve, reject) => {
      const client = connect({ socket, servername: host, rejectUnauthorized: false }, () => {
        resolve(client.getPeerCertificate().fingerprint256);
        client.destroy();
      });
      client.once('error', reject);
    });
  }

  /** Until the last line of a reply has come, in however many pieces. */
  function hearReply(socket: Socket): Promise<void> {
    return new Promise((resolve) => {
      let text = '';
      const listen = (chunk: string) => {
        text += chunk;
        if (!/^(\S+ OK|\+OK|2\d\d) .*\r\n$/m.test(text)) return;
        socket.off('data', listen);
        resolve();
      };
      socket.on('data', listen);
    });
  }

  async function lookAfter(port: number, commands: string[]): Promise<string> {
    const socket = connectPlain(port, '127.0.0.1').setEncoding('latin1');
    for (const command of [...commands, null]) {
      await hearReply(socket);
      if (command) socket.write(`${command}\r\n`);
    }
    return look(port, socket);
  }

  async function lookEverywhere(): Promise<string[]> {
    const { ports } = daemon;
    return [
      await look(ports.imaps),
      await look(ports.pop3s),
      await look(ports.submissions),
      await lookAfter(ports.imap, ['a STARTTLS']),
      await lookAfter(ports.pop3, ['STLS']),
      await lookAfter(ports.smtp, ['EHLO x.test', 'STARTTLS']),
      await lookAfter(ports.submission, ['EHLO x.test', 'STARTTLS']),
    ];
  }

  async function fill(cert: string, key: string): Promise<void> {
    await panel.getByLabel('Certificate', { exact: true }).fill(cert);
    await panel.getByLabel('Private key', { exact: true }).fill(key);
  }

  /** Every port shows one certificate, another than `before`. */
  async function seeNew(before: string): Promise<string> {
    const { imaps } = daemon.ports;
    const next = await waitFor(async () => {
      const seen = await look(imaps);
      return seen !== before && seen;
    }, 'a new certificate');
    const all = await lookEverywhere();
    assert.equal(all.length, 7);
    assert.deepEqual(new Set(all), new Set([next]));
    return next;
  }

  it('says what an authority that does not answer keeps from', async () => {
    await panel.getByRole('button', { name: 'Set up an account' }).click();
    await panel.getByText(/127\.0\.0\.1:9 cannot be reached/).waitFor();
    await panel.getByText('No certificate for a host name yet').waitFor();
    await shoot('empty');
  });

  it('refuses a key that does not belong to it, beside the field', async () => {
    const [pair, other] = [await authority.sign(host), await authority.sign(host)];
    await panel.getByRole('button', { name: 'Add certificate' }).first().click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByText('5 names do not lead here').waitFor();
    await shoot('add');
    await dialog.getByLabel('Where it comes from').selectOption('uploaded');
    await fill(pair.cert, other.key);
    await dialog.getByRole('button', { name: 'Add certificate' }).click();
    await dialog.getByText(/does not belong to the certificate/).waitFor();
    await fill(pair.cert, pair.key);
  });

  it('serves what is uploaded on every port, and what replaces it, and ends no session', async () => {
    idle = connect({ port: daemon.ports.imaps, host: '127.0.0.1', rejectUnauthorized: false });
    idle.setEncoding('latin1').on('data', (text: string) => {
      heard += text;
    });
    await hear(/^\* OK/);
    idle.write(`a LOGIN ${ann.address} "${ann.password}"\r\nb SELECT INBOX\r\nc IDLE\r\n`);
    await hear(/^\+ /m);
    const before = await look(daemon.ports.imaps);

    const dialog = panel.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Add certificate' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const row = panel.getByRole('row', { name: new RegExp(host) });
    await row.getByText('uploaded').waitFor();
    const first = await seeNew(before);
    await shoot('one');
    assert.deepEqual(await findViolations(panel), []);

    const next = await authority.sign(host, { daysLeft: 12 });
    await row.getByRole('button', { name: `Actions for ${host}` }).click();
    await panel.getByRole('menuitem', { name: 'Replace' }).click();
    await fill(next.cert, next.key);
    await dialog.getByRole('button', { name: 'Replace' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await row.getByText(/^1[12] days$/).waitFor();
    await seeNew(first);
    idle.write('DONE\r\n');
    await hear(/^c OK/m);
  });

  it('checks names without ordering', async () => {
    await panel.getByLabel('Host names to check').fill('no name');
    await panel.getByRole('button', { name: 'Check', exact: true }).click();
    await panel.getByText('is no host name').waitFor();
  });

  it('gives the default again when one is removed', async () => {
    const seen = await look(daemon.ports.imaps);
    await panel.getByRole('button', { name: `Actions for ${host}` }).click();
    await panel.getByRole('menuitem', { name: 'Remove' }).click();
    await panel.getByRole('button', { name: 'Remove certificate' }).click();
    await panel.getByText('No certificate for a host name yet').waitFor();
    await seeNew(seen);
  });

  it('sets up an account and orders', { skip: pebbleMissing() || false }, async () => {
    assert.ok(pebble);
    for (const [key, value] of Object.entries({
      'tls.acmeDirectory': pebble.directory,
      'tls.acmeHttpPort': String(pebble.httpPort),
      'tls.acmeTlsPort': String(pebble.tlsPort),
    })) {
      await daemon.dreyJson(['settings', 'set', key, value]);
    }
    await panel.reload();
    await waitAlive(panel);
    await panel.getByRole('button', { name: 'Set up an account' }).click();
    const make = panel.getByRole('button', { name: 'Make the account' });
    await make.click();
    await panel.getByText('wants somebody to agree').waitFor();
    await panel.getByLabel('I agree to these terms').check();
    await make.click();
    await panel.getByText('registered', { exact: true }).waitFor();
    await panel.getByRole('button', { name: 'Add certificate' }).first().click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel('Host names').fill('acme.example.test');
    await dialog.getByRole('button', { name: 'Order' }).click();
    await dialog.waitFor({ state: 'hidden' });
    const row = panel.getByRole('row', { name: /acme\.example\.test/ });
    await row.getByText(/^Pebble/).waitFor();
    await shoot('ordered');
    assert.deepEqual(await findViolations(panel), []);
  });

  /** For whoever wants to look: DREY_SCREENSHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const folder = process.env.DREY_SCREENSHOTS;
    if (!folder) return;
    for (const [scheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await panel.emulateMedia({ colorScheme: scheme });
      await panel.setViewportSize({ width, height: 800 });
      await panel.screenshot({
        path: `${folder}/certificates-${name}-${scheme}.png`,
        fullPage: true,
      });
    }
    await panel.setViewportSize({ width: 1280, height: 800 });
  }
});
