// Signing keys in a real browser: made, published, activated, replaced, deleted; that nobody but an administrator comes
// near them; and the footer of the domain, which stands on the same page.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const password = 'a boat of seven nuts';

type Key = {
  selector: string;
  algorithm: string;
  state: string;
  record: { name: string; value: string };
};

describe('signing keys in the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let dns: FakeDns;
  let page: Page;

  async function signIn(address: string): Promise<Page> {
    const tab = await openSignedIn(browser, daemon.url, { address, password }, '/');
    await tab.waitForURL(/\/(mail|admin)/);
    return tab;
  }
  const open = (path: string) => page.goto(daemon.url + path);
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const confirm = (name: string) =>
    page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
  const see = (text: string) => page.getByText(text, { exact: true }).first().waitFor();
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const keys = async () => (await daemon.dreyJson(['dkim', 'list', 'example.test'])) as Key[];
  const states = async () => (await keys()).map(({ selector, state }) => `${selector} ${state}`);

  before(async () => {
    [daemon, browser, dns] = await Promise.all([startDaemon(), launchBrowser(), startDns()]);
    const setup = ['setup', '--admin', 'anna@example.test', '--password-stdin'];
    await daemon.drey(setup, `${password}\n`);
    await daemon.drey(['user', 'add', 'ben@example.test', '--password-stdin'], `${password}\n`);
    const set = await daemon.drey(['settings', 'set', 'delivery.dnsServers', dns.server]);
    assert.equal(set.code, 0, set.stderr);
    page = await signIn('anna@example.test');
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await dns?.close();
  });

  it('makes a pair and shows what to publish', async () => {
    await open('/admin/domains');
    await page.getByRole('link', { name: 'example.test', exact: true }).click();
    await see('Mail of this domain leaves without a signature.');
    await click('Make keys');
    await seeToast('Keys made');
    await see('not in the DNS');
    const made = await keys();
    assert.deepEqual(
      made.map(({ algorithm, state }) => [algorithm, state]),
      [
        ['rsa', 'new'],
        ['ed25519', 'new'],
      ],
    );
    for (const { record } of made) {
      await see(record.name);
      await see(record.value);
    }
    assert.ok(!(await page.content()).includes('PRIVATE KEY'));
  });

  it('signs only with keys whose record is there', async () => {
    const [rsa, ed25519] = await keys();
    assert.ok(rsa && ed25519);
    dns.zone[rsa.record.name] = { TXT: [rsa.record.value] };
    dns.zone[ed25519.record.name] = { TXT: ['v=DKIM1; k=ed25519; p=AAAA'] };
    await click('Start signing');
    await page
      .getByText(`The record of ${ed25519.selector} is not right in the DNS`)
      .first()
      .waitFor();
    await click('Look up again');
    await see('in the DNS');
    await see('different in the DNS');
    assert.deepEqual(await states(), [`${rsa.selector} new`, `${ed25519.selector} new`]);
    dns.zone[ed25519.record.name] = { TXT: [ed25519.record.value] };
    await click('Start signing');
    await seeToast('is signed with the new keys');
    assert.deepEqual(await states(), [`${rsa.selector} active`, `${ed25519.selector} active`]);
    await open('/admin/domains');
    await see('signed');
  });

  it('retires and deletes a key', async () => {
    const [rsa, ed25519] = await keys();
    assert.ok(rsa && ed25519);
    await open('/admin/domains/example.test');
    await click(`Retire ${ed25519.selector}`);
    await confirm('Retire key');
    await waitFor(
      async () => (await states()).includes(`${ed25519.selector} old`),
      'the key is retired',
    );
    await click(`Delete ${ed25519.selector}`);
    await page.getByRole('dialog').getByText('Keep its DNS record until').waitFor();
    await confirm('Delete key');
    await seeToast(`${ed25519.selector} deleted`);
    assert.deepEqual(await states(), [`${rsa.selector} active`]);
  });

  it('keeps what stands below the mail of a domain', async () => {
    await open('/admin/domains/example.test');
    const text = 'Example GmbH <Berlin> & Partner';
    await page.getByRole('textbox', { name: 'Text' }).fill(text);
    await page.getByLabel('Added to').selectOption('everyone');
    await click('Save footer');
    await seeToast('Footer saved');
    const saved = await daemon.dreyJson(['domain', 'footer', 'example.test']);
    assert.deepEqual(saved, { text, html: '', for: 'everyone' });
    await page.getByRole('textbox', { name: 'Text' }).fill('x'.repeat(4001));
    await click('Save footer');
    await page.getByText('The text has at most 4000 characters').first().waitFor();
    await daemon.drey(['domain', 'footer', 'example.test', '--remove']);
    await open('/admin/domains/example.test');
    assert.equal(await page.getByRole('textbox', { name: 'Text' }).inputValue(), '');
  });

  it('does not go wider than a phone', async () => {
    await page.setViewportSize({ width: 360, height: 740 });
    await open('/admin/domains/example.test');
    await see('in the DNS');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 360, `${width} wide`);
  });

  it('knows no domain that is not here', async () => {
    for (const name of ['far.test', '%3Cscript%3E', 'EXAMPLE.test%2f..']) {
      await open(`/admin/domains/${name}`);
      assert.equal(await page.getByRole('button', { name: 'Make keys' }).count(), 0);
    }
  });

  it('shows the wrong people nothing', async () => {
    const [rsa] = await keys();
    const tab = await signIn('ben@example.test');
    await tab.goto(`${daemon.url}/admin/domains/example.test`);
    assert.ok(!(await tab.content()).includes(rsa?.selector ?? ''));
    const stranger = await fetch(`${daemon.url}/admin/domains/example.test`, {
      redirect: 'manual',
    });
    assert.ok(!(await stranger.text()).includes(rsa?.selector ?? ''));
  });

  it('lets the wrong people press no button', async () => {
    const before = await states();
    // The admin's own request, sent again with the session of another.
    await page.setViewportSize({ width: 1200, height: 800 });
    await open('/admin/domains/example.test');
    const sent = page.waitForRequest((request) => request.method() === 'POST');
    await page.route('**/admin/domains/example.test', (route) =>
      route.request().method() === 'POST' ? route.abort() : route.continue(),
    );
    await click('Make new keys');
    const request = await sent;
    const headers = await request.allHeaders();
    const action = headers['next-action'] ?? '';
    assert.notEqual(action, '');
    const sendAs = async (person: Page | null) => {
      const cookies = (await person?.context().cookies()) ?? [];
      await fetch(request.url(), {
        method: 'POST',
        redirect: 'manual',
        headers: {
          'next-action': action,
          'content-type': headers['content-type'] ?? 'text/plain;charset=UTF-8',
          origin: daemon.url,
          cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; '),
        },
        body: request.postData() ?? '',
      });
    };
    for (const person of [await signIn('ben@example.test'), null]) await sendAs(person);
    assert.deepEqual(await states(), before);
    // The request itself is good.
    await sendAs(page);
    assert.equal((await states()).length, before.length + 2);
  });
});
