// Receiving in the browser: an administrator makes the checks stricter and asks what would happen to a mail;
// a user reads how a message came to her.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { connectLines } from '#tests/support/line-client.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };
/** Not trusted. */
const stranger = '127.0.0.9';

describe('receiving', () => {
  let daemon: Daemon;
  let browser: Browser;
  let dns: FakeDns;
  let panel: Page;

  const openPage = (who: typeof ann, path: string) => openSignedIn(browser, daemon.url, who, path);

  async function bring(from: string, subject: string): Promise<string> {
    const client = connectLines(daemon.ports.smtp, stranger);
    await client.expect(/^220 /m);
    await client.ask('EHLO relay.far.test', /^250 .*\r\n/m);
    await client.ask(`MAIL FROM:<${from}>`, /^250 /m);
    const reply = await client.ask(`RCPT TO:<${ben.address}>`, /^\d{3} .*\r\n/m);
    if (!reply.startsWith('250')) return reply;
    await client.ask('DATA', /^354 /m);
    const text = `From: ${from}\r\nSubject: ${subject}\r\nMessage-ID: <${subject}@far.test>\r\n\r\nHi.\r\n.`;
    return client.ask(text, /^\d{3} .*\r\n/m);
  }

  before(async () => {
    [daemon, browser, dns] = await Promise.all([startDaemon(), launchBrowser(), startDns({})]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.drey(['user', 'add', ben.address, '--password-stdin'], ben.password);
    dns.zone['far.test'] = { MX: ['10 mx.far.test'], TXT: [`v=spf1 ip4:${stranger} -all`] };
    await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
    panel = await openPage(ann, '/admin/checks');
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await dns?.close();
  });

  it('lists the checks, and three sets of strictness with one in use', async () => {
    await panel.getByRole('heading', { name: 'Checks', exact: true }).waitFor();
    for (const title of ['Greylisting', 'Nobody relays who may not', 'DNS block and allow lists']) {
      await panel.getByText(title, { exact: true }).waitFor();
    }
    const open = panel.getByRole('listitem').filter({ hasText: 'As after the installation' });
    await open.getByText('in use').waitFor();
  });

  it('refuses at once what the chosen set refuses', async () => {
    assert.match(await bring('eve@nowhere.test', 'before'), /^250 /);
    const strict = panel.getByRole('listitem').filter({ hasText: 'For a server on the Internet' });
    await strict.getByRole('button', { name: 'Use' }).click();
    await strict.getByText('in use').waitFor();
    assert.match(await bring('eve@nowhere.test', 'after'), /^550 5\.1\.8 /);
    assert.match(await bring('eve@far.test', 'wanted'), /^250 /);
  });

  it('explains both, with each step and the reply', async () => {
    await panel.getByRole('link', { name: 'Try a mail' }).click();
    await panel.getByLabel('Address of the client').fill(stranger);
    await panel.getByLabel('From', { exact: false }).first().fill('eve@nowhere.test');
    await panel.getByLabel('To', { exact: true }).fill(ben.address);
    await panel.getByRole('button', { name: 'Explain' }).click();
    await panel.getByRole('heading', { name: 'It would be refused' }).waitFor();
    await panel.getByText('550 5.1.8').waitFor();
    await panel.getByText('Domain of the sender').waitFor();
    await panel.getByLabel('From', { exact: false }).first().fill('eve@far.test');
    await panel.getByRole('button', { name: 'Explain' }).click();
    await panel.getByText(`of ${ben.address}`).waitFor();
    await panel
      .getByText(/SPF pass/)
      .first()
      .waitFor();
  });

  it('says beside the field what is no address, and keeps what was typed', async () => {
    const client = panel.getByLabel('Address of the client');
    await client.fill('my house');
    await panel.getByRole('button', { name: 'Explain' }).click();
    await panel.getByText('Give an IP address such as 192.0.2.1.').waitFor();
    assert.equal(await client.inputValue(), 'my house');
  });

  it('switches one check off and on where it stands', async () => {
    await panel.goto(`${daemon.url}/admin/checks`);
    const senderDomain = panel.getByRole('combobox', { name: 'Domain of the sender' });
    await senderDomain.selectOption('off');
    await panel.getByText('None of these: the settings are your own.').waitFor();
    assert.match(await bring('eve@nowhere.test', 'let-in'), /^250 /);
    const greylisting = panel.getByRole('switch', { name: 'Greylisting', exact: true });
    await greylisting.check();
    await panel.getByText('Greylisting: on').waitFor();
    assert.match(await bring('new@far.test', 'unknown-yet'), /^450 /);
    await greylisting.uncheck();
    await panel.getByText('Greylisting: off').waitFor();
    assert.match(await bring('new@far.test', 'now'), /^250 /);
    await senderDomain.selectOption('refuse');
    await panel.getByText('in use', { exact: true }).waitFor();
    assert.match(await bring('eve@nowhere.test', 'again'), /^550 /);
  });

  it('is not for users', async () => {
    const page = await openPage(ben, '/admin/explain');
    await page
      .getByText(/not (for|allowed)|administrators/i)
      .first()
      .waitFor();
    assert.equal(await page.getByRole('button', { name: 'Explain' }).count(), 0);
  });

  it('tells the owner how a message came', async () => {
    const page = await openPage(ben, '/mail');
    const messages = page.getByRole('region', { name: 'Messages' });
    // No reverse name: the set in use files it as junk.
    await page
      .getByRole('navigation', { name: 'Folders' })
      .getByRole('link', { name: 'Junk' })
      .click();
    await messages
      .getByRole('listitem')
      .filter({ hasText: 'wanted' })
      .locator('[data-open-row]')
      .click();
    const bar = page.getByRole('toolbar', { name: 'Message' });
    await bar.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Delivery history' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delivery history' });
    await dialog.getByText('received').waitFor();
    await dialog.getByText('in the mailbox').waitFor();
    await dialog.getByText(/SPF pass/).waitFor();
    await dialog.getByText(`from ${stranger}`).waitFor();
  });
});
