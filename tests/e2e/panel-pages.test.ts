// The main job of each page of the panel that has no file of its own here: roles, the DNS records of a domain, TLS to other
// servers, addresses that do not exist, a mail that waits, the self-test, and what a page without anything says.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn, waitAnswered } from '#tests/support/browser.ts';
import { makeAuthority } from '#tests/support/certificates.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';

const password = 'a boat of seven nuts';
const anna = 'anna@example.test';
const ben = 'ben@example.test';

describe('pages of the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let dns: FakeDns;
  let sink: Sink;
  let page: Page;

  const open = (path: string) => page.goto(daemon.url + path);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const heading = (name: string) => page.getByRole('heading', { name, exact: true });
  const rowOf = (text: string) => page.getByRole('row').filter({ hasText: text });
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

  async function submit(recipient: string): Promise<void> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: anna, pass: password },
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({ from: anna, to: recipient, subject: 'Hello', text: 'Hello' });
    transport.close();
  }

  before(async () => {
    dns = await startDns({
      'example.test': { MX: ['10 mail.example.test'], TXT: ['v=spf1 mx -all'] },
      'mail.example.test': { A: ['127.0.0.1'] },
      'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
      'mx.elsewhere.test': { A: ['127.0.0.1'] },
    });
    sink = await startSink({
      tls: await (await makeAuthority()).sign('mx.elsewhere.test'),
      script: {
        rcpt: (recipient) => {
          if (recipient.startsWith('nobody')) return '550 5.1.1 No such user';
          return recipient.startsWith('later') ? '450 4.2.1 Asleep in a hollow' : null;
        },
      },
    });
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', anna, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['user', 'add', ben, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
    await daemon.dreyJson(['settings', 'set', 'delivery.allowPrivateAddresses', 'yes']);
    await daemon.dreyJson(['settings', 'set', 'server.hostname', 'mail.example.test']);
    await daemon.dreyJson(['settings', 'set', 'delivery.mxPort', String(sink.port)]);
    page = await openSignedIn(browser, daemon.url, { address: anna, password }, '/admin');
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await sink?.close();
    await dns?.close();
  });

  it('a user becomes domain admin, stands in the list of roles, and sees the domain alone', async () => {
    await open('/admin/users');
    await page.getByRole('link', { name: ben }).first().click();
    await page.waitForURL('**/admin/users/*');
    await button('Save role').waitFor();
    await page.getByLabel('Role', { exact: true }).selectOption({ label: 'Domain admin' });
    await page.getByLabel('example.test', { exact: true }).check();
    await button('Save role').click();
    await seeToast('Saved');
    await open('/admin/admins');
    await rowOf(ben).filter({ hasText: 'example.test' }).waitFor();
    const own = await openSignedIn(browser, daemon.url, { address: ben, password }, '/admin');
    await own.getByRole('link', { name: 'Users', exact: true }).waitFor();
    assert.equal(await own.getByRole('link', { name: 'Relay rules', exact: true }).count(), 0);
    await own.context().close();
  });

  it('the records of a domain: what is there, what is missing, all as a zone file', async () => {
    await open('/admin/domains/example.test/dns');
    await heading('All as a zone file').waitFor();
    const text = await page.getByRole('main').innerText();
    assert.match(text, /mail\.example\.test/);
    assert.match(text, /v=spf1 mx -all/);
    assert.match(text, /_dmarc/);
    // The list of domains knows what this look has found, and leads back.
    await open('/admin/domains?dns=wrong');
    await rowOf('example.test')
      .getByRole('link', { name: /: \d+ wrong, .*DMARC/ })
      .click();
    await page.waitForURL('**/example.test/dns');
    await heading('All as a zone file').waitFor();
    dns.zone['_dmarc.example.test'] = { TXT: ['v=DMARC1; p=quarantine'] };
    await button('Check again').click();
    // What was found; what should be there stands on the page before.
    await page
      .locator('details li')
      .filter({ hasText: 'v=DMARC1; p=quarantine' })
      .waitFor({ state: 'attached' });
  });

  it('the mail of a domain by the hour, on its page', async () => {
    await open('/admin/domains/example.test');
    await page.getByText('Copies by the hour, the last 24 hours.').waitFor();
    await page.getByRole('slider', { name: /^example\.test:/ }).waitFor();
    await page.getByRole('link', { name: '90 days' }).click();
    await page.getByText('Copies by the day (UTC), the last 90 days.').waitFor();
  });

  it('how mail left, and to whom it cannot', async () => {
    await submit('otto@elsewhere.test');
    await sink.waitFor(1);
    await submit('nobody@elsewhere.test');
    await waitFor(async () => {
      await open('/admin/queue/suppressed');
      return (await rowOf('nobody@elsewhere.test').count()) > 0;
    }, 'the unknown address');
    await rowOf('nobody@elsewhere.test').getByText('No such user').waitFor();
    await button('Allow nobody@elsewhere.test').click();
    await seeToast('Mail goes to nobody@elsewhere.test again');
    await page.getByText('No address is known as unknown').waitFor();
    // Counted in memory for some seconds.
    await waitFor(async () => {
      await open('/admin/tls-out');
      return (await rowOf('elsewhere.test').getByText('protected').count()) > 0;
    }, 'the connection');
  });

  it('a mail in the queue: why it waits, and another way for its domain', async () => {
    dns.zone['slow.test'] = { MX: ['10 mx.elsewhere.test'] };
    await submit('later@slow.test');
    const list = async () =>
      (await daemon.dreyJson(['queue', 'list'])) as { id: string; lastText: string }[];
    const { id } = await waitFor(
      async () => (await list()).find(({ lastText }) => lastText !== ''),
      'an attempt',
    );
    await open(`/admin/queue/${id}`);
    await page.getByText('Asleep in a hollow').first().waitFor();
    const other = await startSink();
    try {
      await button('Reroute…').click();
      await page.getByLabel('Host', { exact: true }).fill(`127.0.0.1:${other.port}`);
      await waitAnswered(page, () => button('Reroute').click());
      await waitFor(async () => (await list()).length === 0, 'an empty queue');
      assert.deepEqual(other.messages[0]?.recipients, ['later@slow.test']);
    } finally {
      await other.close();
    }
  });

  it('an address that is none says so and keeps the menu', async () => {
    await open('/admin/no-such-page');
    await page.getByText('There is nothing here').waitFor();
    await page.getByRole('link', { name: 'Users', exact: true }).waitFor();
    await page.getByRole('link', { name: 'To the overview' }).click();
    await page.waitForURL((url) => url.pathname === '/admin');
  });

  it('a name of Postfix or Dovecot leads to what it is here, or to why it is not', async () => {
    await open('/admin/settings/reference');
    const search = page.getByRole('searchbox');
    await search.fill('mynetworks');
    await search.press('Enter');
    await page.waitForURL('**/reference?q=mynetworks');
    const rows = page.getByRole('table', { name: 'Names of Postfix and Dovecot' });
    await rows.getByRole('link', { name: 'Networks', exact: true }).first().click();
    await heading('Networks').waitFor();
    await open('/admin/settings/reference?q=debug_peer_level');
    await rows.getByText('debug_peer_level', { exact: true }).waitFor();
    await open('/admin/settings/reference?q=no_such_parameter');
    await page.getByText('This name is not known').waitFor();
  });

  it('the self-test tries what the webmail leans on', async () => {
    await open('/admin/self-test');
    await rowOf('Mailbox over IMAP').first().waitFor();
    assert.equal(await page.getByText('Fails', { exact: true }).count(), 0);
  });

  it('a list without anything says what it is for', async () => {
    for (const [path, text] of [
      ['/admin/queue', 'The queue is empty'],
      ['/admin/blocked', 'Nobody is blocked'],
    ] as const) {
      await open(path);
      await page.getByText(text).first().waitFor();
    }
    await seeNoOverflow();
  });

  async function seeNoOverflow(): Promise<void> {
    await page.setViewportSize({ width: 390, height: 800 });
    for (const path of ['/admin/admins', '/admin/tls-out', '/admin/domains/example.test/dns']) {
      await open(path);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(over, 0, `${path} is ${over} px wider than a phone`);
    }
  }
});
