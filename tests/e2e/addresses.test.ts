// Access rules, rewriting, imports and the new fields of domains, aliases and networks in a real browser; and
// that nobody but an administrator comes near them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

const password = 'a boat of seven nuts';
const pages = ['/admin/access', '/admin/rewriting', '/admin/import'];

describe('what decides about addresses', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;

  async function signIn(address: string): Promise<Page> {
    const tab = await openSignedIn(browser, daemon.url, { address, password }, '/');
    await tab.waitForURL(/\/(mail|admin)/);
    return tab;
  }
  const open = (path: string) => page.goto(daemon.url + path);
  const dialog = () => page.getByRole('dialog');
  const click = (name: string) => page.getByRole('button', { name, exact: true }).first().click();
  const confirm = (name: string) => dialog().getByRole('button', { name, exact: true }).click();
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const list = async (...words: string[]) =>
    (await daemon.dreyJson(words)) as Record<string, unknown>[];

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    const setup = ['setup', '--admin', 'anna@example.test', '--password-stdin'];
    await daemon.drey(setup, `${password}\n`);
    await daemon.drey(['user', 'add', 'ben@example.test', '--password-stdin'], `${password}\n`);
    page = await signIn('anna@example.test');
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('adds, moves, switches off and deletes access rules', async () => {
    await open('/admin/access');
    await click('Add rule');
    await dialog().getByLabel('Looks at').selectOption('client');
    await dialog().getByLabel('Fits').fill('not a client!');
    await confirm('Add rule');
    await dialog().getByRole('alert').waitFor();
    await dialog().getByLabel('Fits').fill('192.0.2.0/24');
    await dialog().getByLabel('Text of the refusal').fill('Go away');
    await confirm('Add rule');
    await seeToast('Rule added');
    await daemon.drey(['rule', 'add', 'client', '*.far.test', 'accept']);
    await open('/admin/access');
    await click('Actions for *.far.test');
    await page.getByRole('menuitem', { name: 'Move up' }).click();
    const [above, below] = ['tr:has-text("*.far.test")', 'tr:has-text("192.0.2.0/24")'];
    await page.locator(`${above} + ${below}`).waitFor();
    assert.equal((await list('rule', 'list'))[0]?.pattern, '*.far.test');
    await click('Actions for 192.0.2.0/24');
    await page.getByRole('menuitem', { name: 'Switch off' }).click();
    await page.locator(below).getByText('off', { exact: true }).waitFor();
    assert.equal((await list('rule', 'list'))[1]?.isDisabled, true);
    await click('Actions for 192.0.2.0/24');
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await page.getByRole('button', { name: 'Delete rule' }).click();
    await seeToast('Rule deleted');
    assert.equal((await list('rule', 'list')).length, 1);
  });

  it('rewrites an address', async () => {
    await open('/admin/rewriting');
    await click('Add rewriting');
    await dialog().getByLabel('Address', { exact: true }).fill('@old.test');
    await dialog().getByLabel('Becomes').fill('@example.test');
    await confirm('Add rewriting');
    await seeToast('Rewriting added');
    assert.equal((await list('rewrite', 'list'))[0]?.pattern, '@old.test');
  });

  it('shows what an import would do, then does it', async () => {
    await open('/admin/import');
    await page.getByLabel('Content').fill('root: anna\nprog: |/bin/sh <script>alert(1)</script>');
    await click('Show what would change');
    await page.getByText('1 would be added').waitFor();
    await page.getByText('A pipe to a program').waitFor();
    assert.equal((await list('alias', 'list')).length, 0);
    await click('Import');
    await seeToast('Imported');
    assert.equal((await list('alias', 'list'))[0]?.address, 'root@example.test');
  });

  it('makes alias domains, groups and networks that end', async () => {
    await open('/admin/domains');
    await click('Add domain');
    await dialog().getByLabel('Domain', { exact: true }).fill('twin.test');
    await dialog().getByLabel('Alias of').selectOption('example.test');
    await confirm('Add domain');
    await seeToast('twin.test added');
    await click('Edit twin.test');
    await dialog().getByLabel('Archive').fill('nobody@example.test');
    await confirm('Save');
    await dialog().getByRole('alert').waitFor();
    await dialog().getByLabel('Archive').fill('anna@example.test');
    await confirm('Save');
    await seeToast('twin.test saved');
    const twin = (await list('domain', 'list')).find(({ name }) => name === 'twin.test');
    assert.deepEqual([twin?.aliasOf, twin?.archive], ['example.test', 'anna@example.test']);
    await open('/admin/aliases');
    await click('Edit root@example.test');
    await dialog().getByLabel('Who may write to it').selectOption('members');
    await confirm('Save');
    await seeToast('root@example.test saved');
    assert.equal((await list('alias', 'list'))[0]?.posters, 'members');
    await open('/admin/networks');
    await click('Add network');
    await dialog().getByLabel('Network').fill('198.51.100.0/24');
    await dialog().getByLabel('Trusted until').fill('2099-01-01T12:00');
    await confirm('Add network');
    await seeToast('198.51.100.0/24');
    assert.match(String((await list('network', 'list'))[0]?.expiresAt), /^209[89]-/);
  });

  it('is for administrators', async () => {
    const ben = await signIn('ben@example.test');
    const anonymous = await (await browser.newContext()).newPage();
    for (const path of pages) {
      for (const tab of [ben, anonymous]) {
        await tab.goto(daemon.url + path);
        const heading = tab.getByRole('heading', { name: /Access rules|Rewriting|Import/ });
        assert.equal(await heading.count(), 0, path);
      }
    }
    // The administrator's action, sent by somebody else.
    await open('/admin/import');
    await page.getByLabel('Content').fill('evil: anna');
    const [request] = await Promise.all([
      page.waitForRequest((each) => each.headers()['next-action'] !== undefined),
      click('Show what would change'),
    ]);
    await page.getByText('would be added').waitFor();
    const [apply] = await Promise.all([
      page.waitForRequest((each) => each.headers()['next-action'] !== undefined),
      click('Import'),
    ]);
    await seeToast('Imported');
    const replay = async (tab: Page, sent: typeof request) => {
      // As a browser sends it: what comes from no page of ours is refused before anybody asks who it is.
      const headers: Record<string, string> = { ...sent.headers(), origin: daemon.url };
      delete headers.cookie;
      delete headers['content-length'];
      const data = sent.postDataBuffer() ?? Buffer.alloc(0);
      const options = { headers, data, maxRedirects: 0 };
      const answer = await tab.request.post(`${daemon.url}/admin/import`, options);
      return answer.text();
    };
    await daemon.drey(['alias', 'rm', 'evil@example.test']);
    assert.match(await replay(page, apply), /evil@example\.test/);
    await daemon.drey(['alias', 'rm', 'evil@example.test']);
    for (const sent of [request, apply]) {
      assert.doesNotMatch(await replay(ben, sent), /evil@example\.test/);
      assert.doesNotMatch(await replay(anonymous, sent), /evil@example\.test/);
    }
    assert.equal((await list('alias', 'list')).length, 1);
  });
});
