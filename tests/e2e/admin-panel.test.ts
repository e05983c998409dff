// The panel in a real browser against the real system: first run, every kind of change, and that a change
// is in force at once, over a socket. Then the wrong people at every door.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchBrowser, signIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { askRecipient, sayMail } from '#tests/support/smtp-dialogue.ts';
import { menu } from '../../app/(admin)/menu.ts';

const admin = { address: 'anna@example.test', password: 'a boat of seven nuts' };
const user = { address: 'ben@example.test', password: 'three quiet squirrels' };

describe('the admin panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  const open = (path: string) => page.goto(daemon.url + path);
  const click = (name: string) => page.getByRole('button', { name, exact: true }).click();
  const fill = (label: string, value: string) =>
    page.getByLabel(label, { exact: true }).fill(value);
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

  /** The reply to RCPT on port 25. */
  const tryRecipient = (address: string, sizeBytes = 0) =>
    askRecipient(daemon.ports.smtp, address, { sizeBytes });

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    context = await browser.newContext();
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    // A broken policy shows itself as a refused script or style.
    page.on('console', (message) => {
      if (/Content.Security.Policy|Hydration/i.test(message.text())) problems.push(message.text());
    });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('is healthy, and says how its pages are to be treated', async () => {
    assert.partialDeepStrictEqual(await waitHealthy(daemon.url), { status: 'ok', ready: true });
    const { headers } = await fetch(`${daemon.url}/`);
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'.*script-src 'self' 'nonce-[^']+' 'strict-dynamic'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('x-powered-by'), null);
  });

  it('reads no large body from strangers', async () => {
    const url = `${daemon.url}/api/auth/callback/credentials`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const large = await fetch(url, { method: 'POST', headers: form, body: 'a'.repeat(20_000) });
    assert.equal(large.status, 413);
    const action = await fetch(`${daemon.url}/login`, {
      method: 'POST',
      headers: { 'next-action': '0'.repeat(42), 'content-type': 'text/plain' },
      body: 'a'.repeat(3_000_000),
    }).catch(() => null);
    assert.ok(!action || action.status >= 400, `answered ${action?.status}`);
  });

  it('points to the set-up link before the set-up', async () => {
    await open('/login');
    await page.getByRole('heading', { name: 'Almost there' }).waitFor();
    await open('/setup?token=wrong');
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
  });

  it('sets the server up and signs the first administrator in', async () => {
    const { url } = (await daemon.dreyJson(['setup-link'])) as { url: string };
    await open(`/setup${new URL(url).search}`);
    await fill('First mail domain', 'example.test');
    await page.getByLabel('Host name of this server').fill('mail.example.test');
    await page.getByRole('textbox', { name: 'Your address' }).fill('anna');
    await fill('Password', 'x');
    await fill('Password again', 'x');
    await click('Create the server');
    await page.getByText(/password needs at least/).waitFor();
    await fill('Password', admin.password);
    await fill('Password again', admin.password);
    await click('Create the server');
    await page.waitForURL('**/admin/wizard');
    await open('/admin');
    await page.getByRole('heading', { name: 'mail.example.test' }).waitFor();
    await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
  });

  it('takes no second set-up', async () => {
    await open('/setup?token=anything');
    await page.getByRole('heading', { name: 'This server is set up' }).waitFor();
  });

  it('adds a domain, and says what is wrong beside the field', async () => {
    await open('/admin/domains');
    await click('Add domain');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Domain').fill('not a domain');
    await dialog.getByRole('button', { name: 'Add domain' }).click();
    await dialog.getByRole('alert').waitFor();
    await dialog.getByLabel('Domain').fill('second.test');
    await dialog.getByRole('button', { name: 'Add domain' }).click();
    await seeToast('second.test added');
    await page.getByRole('row', { name: /second\.test/ }).waitFor();
  });

  it('adds a user who can sign in over IMAP at once', async () => {
    await open('/admin/users/new');
    await page.getByLabel('Address').fill('ben');
    await page.getByLabel('Name').fill('Ben');
    await fill('Password', user.password);
    await page.getByLabel('Quota').fill('five');
    await click('Add user');
    await page.getByText(/Give a size such as/).waitFor();
    await page.getByLabel('Quota').fill('5 GB');
    await click('Add user');
    await page.waitForURL('**/admin/users');
    await page.getByRole('row', { name: /ben@example\.test/ }).waitFor();
    assert.match(await tryImapLogin(), /^a OK/);
  });

  it('limits a domain and a user, at once, and shows what is used', async () => {
    await open('/admin/domains');
    await click('Edit example.test');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Storage of all users').fill('ten');
    await dialog.getByLabel('Messages of all users').fill('1,000,000');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Give a size such as 50 GB, or nothing for no limit.').waitFor();
    await dialog.getByLabel('Storage of all users').fill('10 GB');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await seeToast('example.test saved');
    const row = page.getByRole('row', { name: /example\.test/ });
    await row.getByText('of 10 GB').waitFor();
    await row.getByText('of 1,000,000').waitFor();
    assert.match(await tryRecipient(user.address, 2_000_000), /^250 /);
    await open('/admin/users');
    await page.getByRole('link', { name: /^Ben/ }).click();
    await page.getByLabel('Most messages').fill('5000');
    await page.getByLabel('Quota').fill('1 MB');
    await click('Save profile');
    await seeToast('Saved');
    await page.getByText('of 5,000').waitFor();
    assert.match(await tryRecipient(user.address, 2_000_000), /^552 5\.2\.2 /);
    await page.getByLabel('Quota').fill('5 GB');
    await page.getByLabel('Most messages').fill('');
    await click('Save profile');
    await page.getByText('of 5,000').waitFor({ state: 'detached' });
  });

  it('adds an alias that takes mail at once', async () => {
    await open('/admin/aliases');
    await page.getByRole('button', { name: 'Add alias' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Alias', { exact: true }).fill('info');
    await dialog.getByLabel('Goes to').fill(`${user.address}\noutside@elsewhere.test`);
    await dialog.getByRole('button', { name: 'Add alias' }).click();
    await seeToast('info@example.test added');
    assert.match(await tryRecipient('info@example.test'), /^250 /);
    assert.match(await tryRecipient('nobody@example.test'), /^550 5\.1\.1/);
  });

  it('adds a shared mailbox, its members and what they may', async () => {
    await open('/admin/shared');
    await page.getByRole('button', { name: 'Add shared mailbox' }).first().click();
    const adding = page.getByRole('dialog');
    await adding.getByLabel('Address', { exact: true }).fill('team');
    await adding.getByRole('button', { name: 'Add shared mailbox' }).click();
    await seeToast('team@example.test added');
    assert.match(await tryRecipient('team@example.test'), /^250 /);
    await page.getByRole('button', { name: 'Members of team@example.test' }).click();
    const members = page.getByRole('dialog');
    await members.getByLabel('Add a user').fill('nobody@example.test');
    await members.getByRole('button', { name: 'Add member' }).click();
    await members.getByText('There is no user nobody@example.test here.').waitFor();
    await members.getByLabel('Add a user').fill(user.address);
    await members.getByRole('button', { name: 'Add member' }).click();
    await seeToast(`${user.address} added`);
    const maySend = members.getByRole('switch', { name: `${user.address} may send` });
    assert.equal(await maySend.isChecked(), false);
    await maySend.click();
    await page
      .getByRole('row', { name: /team@example\.test/ })
      .getByText('sends')
      .waitFor();
    await members.getByRole('button', { name: `Remove ${user.address}` }).click();
    await seeToast(`${user.address} removed`);
    await members.getByText('Nobody opens it yet.').waitFor();
  });

  it('changes the greeting for the next connection, and finds it by its Postfix name', async () => {
    await open('/admin/settings?q=smtpd_banner');
    await fill('Greeting', 'nuts.example.test ESMTP ready');
    await click('Save');
    await seeToast('Greeting saved');
    assert.match(await readGreeting(), /^220 nuts\.example\.test ESMTP ready/);
    await page.getByRole('button', { name: /^Back to default: Greeting/ }).click();
    await seeToast('Greeting: back to the default');
    assert.match(await readGreeting(), /^220 mail\.example\.test ESMTP/);
  });

  it('knows a name with a letter wrong, and says what does not fit together', async () => {
    await open('/admin/settings?q=mailbox_size_limt');
    await page.getByRole('link', { name: 'mailbox_size_limit' }).click();
    const form = page.locator('form', { hasText: 'storage.defaultQuotaBytes' });
    await form.getByText('Size, 0 to 1 TB').waitFor();
    await fill('Quota of a user', '10 MB');
    await click('Save');
    await form.getByText('The quota of a user is smaller than the largest message').waitFor();
    await page.getByRole('button', { name: /^Back to default: Quota of a user/ }).click();
    await form.getByText('smaller than').waitFor({ state: 'detached' });
  });

  it('shows dates in the zone of the service', async () => {
    await open('/admin/settings?q=server.timeZone');
    await fill('Time zone of the service', 'Asia/Tokyo');
    await click('Save');
    await seeToast('Time zone of the service saved');
    await open('/admin/history');
    const shown = page.locator('main time[title]').first();
    assert.match((await shown.getAttribute('title')) ?? '', /GMT\+9$/);
    const at = new Date((await shown.getAttribute('datetime')) ?? '');
    const clock = at.toLocaleTimeString('en-GB', {
      hour: '2-digit',
      minute: '2-digit',
      timeZone: 'Asia/Tokyo',
    });
    assert.ok((await shown.textContent())?.endsWith(clock));
    await daemon.dreyJson(['settings', 'reset', 'server.timeZone']);
  });

  it('refuses a wrong setting beside its field and keeps what was typed', async () => {
    await open('/admin/settings/smtp');
    const form = page.locator('form', { hasText: 'hopcount_limit' });
    const field = form.getByRole('textbox', { name: 'Hops' });
    await field.fill('many');
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByRole('alert').waitFor();
    assert.equal(await field.inputValue(), 'many');
  });

  it('trusts a network and distrusts it again', async () => {
    await open('/admin/networks');
    await page.getByRole('button', { name: 'Add network' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Network').fill('0.0.0.0/0');
    await dialog.getByRole('button', { name: 'Add network' }).click();
    await dialog.getByText(/whole Internet/).waitFor();
    await dialog.getByLabel('Network').fill('192.0.2.0/24');
    await dialog.getByRole('button', { name: 'Add network' }).click();
    await page.getByRole('row', { name: /192\.0\.2\.0/ }).waitFor();
    await page.getByRole('button', { name: 'Remove 192.0.2.0/24' }).click();
    await click('Remove network');
    await page.getByRole('row', { name: /192\.0\.2\.0/ }).waitFor({ state: 'detached' });
  });

  it('adds a relay rule; a mail that cannot leave is held, released and deleted in the queue', async () => {
    await open('/admin/relays');
    await page.getByRole('button', { name: 'Add rule' }).first().click();
    const dialog = page.getByRole('dialog');
    // Nobody listens on port 1, so the mail stays.
    await dialog.getByLabel('Host', { exact: true }).fill('127.0.0.1:1');
    await dialog.getByLabel('TLS', { exact: true }).selectOption('none');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await page.getByRole('row', { name: /All other mail/ }).waitFor();
    const lines = [`From: ${admin.address}`, 'Subject: Nuts', '', 'Two bags.'];
    // From this machine, which may relay.
    const here = { from: '127.0.0.1', sender: admin.address };
    await sayMail(daemon.ports.smtp, ['someone@elsewhere.test'], lines, here);
    await open('/admin/queue');
    const row = page.getByRole('row', { name: /someone@elsewhere\.test/ });
    const seeTried = (count: number) =>
      waitFor(async () => {
        await page.reload();
        const waiting = row.filter({ hasText: 'waiting' });
        return (await waiting.filter({ hasText: `tried ${count}` }).count()) > 0;
      }, `the mail in the queue, tried ${count}`);
    await seeTried(1);
    const choose = async (name: string) => {
      await row.getByRole('button', { name: /^Actions for/ }).click();
      await page.getByRole('menuitem', { name }).click();
    };
    await choose('Hold');
    await row.filter({ hasText: 'held' }).waitFor();
    await choose('Release');
    await row.filter({ hasText: 'held' }).waitFor({ state: 'detached' });
    // Released is due at once; while it is being sent nobody can hold it.
    await seeTried(2);
    await choose('Hold');
    await row.filter({ hasText: 'held' }).waitFor();
    await choose('Delete…');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
    await row.waitFor({ state: 'detached' });
  });

  it('tells the whole story of a message', async () => {
    await open('/admin/events?q=someone@elsewhere.test');
    const dropped = page.getByRole('listitem').filter({ hasText: 'dropped' });
    await dropped.getByRole('link', { name: 'whole story' }).click();
    await page.getByRole('heading', { name: 'The whole story' }).waitFor();
    const steps = await page.getByRole('listitem').filter({ hasText: '@' }).allInnerTexts();
    const order = ['received', 'queued', 'deferred', 'dropped'].map((kind) =>
      steps.findIndex((step) => step.includes(kind)),
    );
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.ok(!order.includes(-1), steps.join(' | '));
  });

  it('works by keyboard: the menu of a rule opens, moves and closes', async () => {
    await open('/admin/relays');
    const button = page.getByRole('button', { name: /^Actions for/ });
    await button.focus();
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=menuitem]:focus', { hasText: 'Edit' }).waitFor();
    await page.keyboard.press('End');
    await page.locator('[role=menuitem]:focus', { hasText: 'Delete' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'hidden' });
  });

  it('fits a phone, with its menu behind a button', { timeout: 600_000 }, async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const { href } of menu) {
      await open(href);
      const excess = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.ok(excess <= 0, `${href} is ${excess} px too wide`);
    }
    await click('Menu');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page
      .getByRole('button', { name: 'Menu', exact: true })
      .and(page.locator(':focus'))
      .waitFor();
    await click('Menu');
    await page.getByRole('dialog').getByRole('link', { name: 'Users' }).click();
    await page.waitForURL('**/admin/users');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('lets nobody in who is not signed in or has no role', async () => {
    const paths = [...menu.map(({ href }) => href), '/admin/users/new', '/admin/users/some-id'];
    paths.push('/admin/settings/smtp');
    const stranger = await browser.newContext();
    const other = await stranger.newPage();
    for (const path of paths) {
      const answer = await stranger.request.get(daemon.url + path, { maxRedirects: 0 });
      assert.equal(answer.status(), 307, `${path} without a session`);
      assert.match(answer.headers().location ?? '', /^\/login\?next=%2Fadmin/, path);
    }
    await signIn(other, daemon.url, user);
    await other.waitForURL('**/mail**');
    for (const path of paths) {
      const answer = await stranger.request.get(daemon.url + path, { maxRedirects: 0 });
      assert.equal(answer.status(), 403, `${path} as a user`);
    }
    await stranger.close();
  });

  it('runs no action for somebody else who sends the same request', async () => {
    await open('/admin/settings/web');
    const form = page.locator('form', { hasText: 'web.title' });
    await form.getByRole('textbox').fill('Nest');
    const sent = page.waitForRequest((request) => 'next-action' in request.headers());
    await form.getByRole('button', { name: 'Save' }).click();
    const request = await sent;
    await seeToast('saved');
    await page.getByRole('button', { name: /^Back to default: / }).click();
    await seeToast('back to the default');
    const readTitle = async () =>
      (await daemon.drey(['settings', 'get', 'web.title', '--json'])).stdout;
    const before = await readTitle();
    assert.doesNotMatch(before, /Nest/);
    const body = request.postDataBuffer() ?? Buffer.alloc(0);
    const { cookie: _own, host: _host, 'content-length': _length, ...headers } = request.headers();
    const userContext = await browser.newContext();
    for (const who of ['nobody', 'user'] as const) {
      if (who === 'user') {
        const other = await userContext.newPage();
        await signIn(other, daemon.url, user);
        await other.waitForURL('**/mail**');
      }
      const answer = await userContext.request.post(request.url(), {
        headers: { ...headers, origin: daemon.url },
        data: body,
        maxRedirects: 0,
      });
      if (who === 'user') assert.equal(answer.status(), 403);
      else assert.match(answer.headers()['x-action-redirect'] ?? '', /^\/login/);
      assert.equal(await readTitle(), before, `${who} changed a setting`);
    }
    await userContext.close();
  });

  it('ends the sessions of a user who is disabled, everywhere', async () => {
    const other = await (await browser.newContext()).newPage();
    await signIn(other, daemon.url, user);
    await other.waitForURL('**/mail**');
    await open('/admin/users');
    await page.getByRole('link', { name: 'Ben' }).click();
    await page.getByRole('button', { name: 'Disable' }).click();
    await seeToast('ben@example.test disabled');
    await other.goto(`${daemon.url}/mail`);
    await other.waitForURL('**/login**');
    assert.match(await tryImapLogin(), /^a NO/);
    await signIn(other, daemon.url, user);
    await other.getByText('The address or the password is wrong.').waitFor();
    await other.context().close();
  });

  it('deletes a user once the address was typed', async () => {
    await click('Delete…');
    const dialog = page.getByRole('dialog');
    assert.ok(await dialog.getByRole('button', { name: 'Delete user' }).isDisabled());
    await dialog.getByRole('textbox').fill(user.address);
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await page.waitForURL('**/admin/users');
    await page.getByRole('row', { name: /anna@example\.test/ }).waitFor();
    await page.getByRole('row', { name: /ben@example\.test/ }).waitFor({ state: 'detached' });
    assert.match(await tryRecipient(user.address), /^550 5\.2\.1/);
  });

  it('signs out', async () => {
    await page.getByRole('button', { name: admin.address }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL('**/login');
    await open('/admin');
    await page.waitForURL('**/login?next=%2Fadmin');
  });

  it('had no script error and broke no policy', () => assert.deepEqual(problems, []));

  async function readGreeting(): Promise<string> {
    const client = connectLines(daemon.ports.smtp);
    const greeting = await client.expect(/\r\n/);
    client.close();
    return greeting;
  }

  /** The tagged answer to LOGIN; loopback may sign in without TLS. */
  async function tryImapLogin(): Promise<string> {
    const client = connectLines(daemon.ports.imap);
    await client.expect(/^\* OK/);
    const answer = await client.ask(
      `a LOGIN ${user.address} "${user.password}"`,
      /^a (OK|NO|BAD)/m,
    );
    client.close();
    return answer.slice(answer.search(/^a /m));
  }
});
