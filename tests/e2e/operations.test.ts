// First steps, doctor, backup, announcement and search, each page's main job in a real browser, with a name server of the
// test's own. DREY_SHOTS=folder keeps pictures of the pages.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn, waitAlive } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const admin = { address: 'ann@own.test', password: 'a boat of seven nuts' };
const user = { address: 'ben@own.test', password: 'three quiet squirrels' };
const shots = process.env.DREY_SHOTS;

describe('running a server in the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;
  let dns: FakeDns;
  let exchanger: Server;
  const folder = mkdtempSync(join(tmpdir(), 'drey-backup-'));

  const open = (path: string) => page.goto(daemon.url + path);
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const check = (name: string) => page.getByRole('listitem', { name });
  /** Pictures for a person, violations for the test. */
  const look = async (name: string, on = page) => {
    assert.deepEqual(await findViolations(on), [], name);
    if (!shots) return;
    const path = (kind: string) => join(shots, `${name}-${kind}.png`);
    await on.screenshot({ path: path('light'), fullPage: true });
    await on.emulateMedia({ colorScheme: 'dark' });
    await on.screenshot({ path: path('dark'), fullPage: true });
    await on.emulateMedia({ colorScheme: 'light' });
    const size = on.viewportSize();
    await on.setViewportSize({ width: 390, height: 844 });
    await on.screenshot({ path: path('phone'), fullPage: true });
    if (size) await on.setViewportSize(size);
  };

  before(async () => {
    exchanger = createServer((socket) => socket.end());
    await new Promise<void>((resolve) => exchanger.listen(0, '127.0.0.1', resolve));
    dns = await startDns({ 'signed.test': { A: ['198.51.100.7'], isSecure: true } });
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', admin.address, '--password-stdin'], admin.password);
    await daemon.drey(['user', 'add', user.address, '--password-stdin'], user.password);
    const bound = exchanger.address();
    const port = bound !== null && typeof bound === 'object' ? bound.port : 0;
    const given: [string, string][] = [
      ['delivery.dnsServers', dns.server],
      ['doctor.mailServers', `127.0.0.1:${port}`],
      ['doctor.blockLists', 'list.test'],
      ['doctor.timeServers', 'time.test'],
      ['doctor.signedName', 'signed.test'],
      // Nothing is looked at and nothing kept but when the test says so.
      ['doctor.time', ''],
      ['backup.schedule', 'off'],
    ];
    for (const [key, value] of given) {
      await daemon.dreyJson(['settings', 'set', key, value]);
    }
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: daemon.ports.smtp,
      ignoreTLS: true,
    });
    await transport.sendMail({
      from: 'zoe@far.test',
      to: user.address,
      subject: 'The lease',
      text: 'Signed.',
    });
    transport.close();
    page = await openSignedIn(browser, daemon.url, admin, '/admin/wizard');
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await dns?.close();
    await new Promise((resolve) => exchanger?.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  });

  it('leads through the first steps', async () => {
    await page.getByRole('heading', { name: 'The name of this server' }).waitFor();
    dns.zone['mail.own.test'] = { A: ['127.0.0.1'] };
    await page.getByLabel('Host name').fill('mail.own.test');
    await click('Save and check');
    await check('Host name')
      .getByText(/every machine itself/)
      .waitFor();
    assert.equal(await check('Host name').getAttribute('data-verdict'), 'problem');
    await look('wizard-host');
    await click('Go on anyway');
    await page.getByRole('heading', { name: 'The domains whose mail comes here' }).waitFor();
    await page.getByRole('link', { name: 'own.test' }).waitFor();
    await page.getByRole('link', { name: 'How mail leaves' }).click();
    await page.getByText('Through a smart host', { exact: true }).click();
    await page.getByLabel('Host', { exact: true }).fill('smart.test');
    await click('Try the login and save');
    await page.getByText('smart.test is not in the DNS.').waitFor();
    await click('Check now');
    await check('Port 25 outwards')
      .getByText(/Port 25 is open/)
      .waitFor();
    await look('wizard-leaving');
    await page.getByRole('link', { name: 'Try it' }).click();
    await page.getByRole('region', { name: 'DNS records' }).getByText('v=spf1').waitFor();
    await click('Send');
    await page.getByRole('status').filter({ hasText: 'It is in the inbox' }).waitFor();
    await look('wizard-finish');
    // It can be left and taken up again.
    await open('/admin/wizard');
    await page.getByRole('heading', { name: 'The domains whose mail comes here' }).waitFor();
  });

  it('looks at everything, and says what to do', async () => {
    await open('/admin/doctor');
    await click('Check now');
    await check('DNS of the domains').waitFor();
    await page.getByRole('heading', { name: 'To be done' }).waitFor();
    assert.equal(await check('Version of the database').getAttribute('data-verdict'), 'ok');
    dns.zone['mail.own.test'] = { A: ['198.51.100.7'] };
    await click('Check again: Host name');
    await check('Host name')
      .getByText(/198\.51\.100\.7/)
      .waitFor();
    await look('doctor');
  });

  it('takes a backup, finds a message in it and brings it back', async () => {
    await open('/admin/backup');
    await page.getByText('The server takes no backups yet').waitFor();
    await look('backup-none');
    await daemon.dreyJson(['settings', 'set', 'backup.folder', join(folder, 'drey')]);
    await open('/admin/backup');
    await click('Back up now');
    const restore = page.getByRole('link', { name: /^Restore from/ });
    await restore.waitFor();
    await click('Verify all');
    await page.getByText('verified', { exact: true }).waitFor();
    await look('backup');
    await restore.click();
    await page.getByLabel('User').fill(user.address);
    await page.getByLabel(/^Words of sender/).fill('lease');
    await click('Search');
    await page.getByRole('cell', { name: 'The lease' }).waitFor();
    await waitAlive(page);
    await look('backup-restore');
    await page
      .getByRole('row', { name: /The lease/ })
      .getByRole('button', { name: 'Copy' })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
    await page.getByText(/^1 message of ben@own\.test came back into From the backup of/).waitFor();
  });

  it('tells all users, in a banner that each may close and in a mail', async () => {
    await open('/admin/announcement');
    await page.getByLabel('Text').fill('On Tuesday the server rests.');
    await page.getByText('Warning', { exact: true }).click();
    await page.getByLabel('Until').fill('2099-01-01T10:00');
    await page.getByText('A mail into every mailbox').click();
    await page.getByLabel('Subject').fill('Maintenance on Tuesday');
    await look('announcement-new');
    await click('Tell them');
    await page.getByText('shown', { exact: true }).waitFor();
    await look('announcement');
    const reader = await openSignedIn(browser, daemon.url, user, '/mail');
    const banner = reader.getByRole('status').filter({ hasText: 'On Tuesday the server rests.' });
    await banner.waitFor();
    await look('banner', reader);
    const kept = reader.waitForResponse((answer) => answer.url().endsWith('/preferences'));
    await banner.getByRole('button').click();
    await banner.waitFor({ state: 'detached' });
    await kept;
    await reader.reload();
    await reader.getByRole('region', { name: 'Messages' }).getByText('The lease').waitFor();
    assert.equal(await banner.count(), 0);
    await reader
      .getByRole('region', { name: 'Messages' })
      .getByText('Maintenance on Tuesday')
      .waitFor();
    await reader.context().close();
  });

  it('tells open pages without a reload, and takes it from all of them', async () => {
    const reader = await openSignedIn(browser, daemon.url, user, '/mail');
    const beside = await reader.context().newPage();
    await beside.goto(`${daemon.url}/contacts`);
    const tell = async (text: string) => {
      await open('/admin/announcement');
      await page.getByLabel('Text').fill(text);
      await page.getByLabel('Until').fill('2099-01-01T10:00');
      await click('Tell them');
      await page.getByRole('listitem').filter({ hasText: text }).waitFor();
    };
    const bannerOf = (on: Page, text: string) => on.getByRole('status').filter({ hasText: text });
    await tell('The lift is out of order.');
    for (const one of [reader, beside]) await bannerOf(one, 'The lift').waitFor();
    // Closed once is closed on every page of the user.
    await bannerOf(beside, 'The lift').getByRole('button').click();
    for (const one of [reader, beside]) {
      await bannerOf(one, 'The lift').waitFor({ state: 'detached' });
    }
    await tell('The lift works again.');
    for (const one of [reader, beside]) await bannerOf(one, 'works again').waitFor();
    await page
      .getByRole('listitem')
      .filter({ hasText: 'works again' })
      .getByRole('button', { name: 'End now' })
      .click();
    for (const one of [reader, beside]) {
      await bannerOf(one, 'works again').waitFor({ state: 'detached' });
    }
    await reader.context().close();
  });

  it('finds everything by Ctrl+K and "/"', async () => {
    await open('/admin');
    await page.keyboard.press('/');
    const dialog = page.getByRole('dialog', { name: 'Search' });
    const input = dialog.getByRole('combobox');
    await input.fill('relayhost');
    await dialog.locator('[data-found="relayhost"]').waitFor();
    await look('search');
    await dialog.getByRole('option', { name: /Relay rules/ }).click();
    await page.waitForURL('**/admin/relays');
    await page.keyboard.press('Control+k');
    await input.fill('ben@');
    await dialog.locator('[data-found="ben@"]').waitFor();
    await dialog.getByRole('option', { name: /ben@own\.test/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL('**/admin/users/*');
    await page.getByRole('heading', { name: user.address }).waitFor();
  });
});
