// Many users in a real browser: made from lines, paged, put in order, chosen and changed together, deleted and restored; and an
// administrator who is signed in as one of them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn, waitAlive, waitAnswered } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { withImap } from '#tests/support/imap-client.ts';

const admin = { address: 'anna@example.test', password: 'a boat of seven nuts' };
const ben = 'ben@example.test';

describe('many users', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  const open = async (path: string) => {
    await page.goto(daemon.url + path);
    await waitAlive(page);
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  const row = (text: string) => page.getByRole('row').filter({ hasText: text });
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const shot = async (name: string) => {
    const folder = process.env.DREY_SCREENSHOTS;
    if (folder) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
  };

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await waitHealthy(daemon.url);
    await daemon.dreyJson(['setup', '--admin', admin.address, '--password-stdin'], admin.password);
    await daemon.dreyJson(['user', 'add', ben, '--password-stdin'], 'three quiet squirrels');
    page = await openSignedIn(browser, daemon.url, admin, '/admin/users');
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Hydration/i.test(message.text())) problems.push(message.text());
    });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('are made from lines, after a rehearsal', async () => {
    await open('/admin/users/batch');
    await page
      .getByLabel('Lines')
      .fill('s[01-60]:eleven brown leaves\nben:whatever else it is\ns61:');
    await button('Try').click();
    await page.locator('[data-batch=tried]').waitFor();
    await row('ben@example.test').getByText('is here already').waitFor();
    await shot('batch-tried');
    assert.deepEqual(await findViolations(page), []);
    await button('Do it for 61 users').click();
    await page.locator('[data-batch=done]').waitFor({ timeout: 120_000 });
    await page.getByText('shown only now').waitFor();
  });

  it('are paged by their keys, to the last page and back', async () => {
    await open('/admin/users');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByText('1–50 of 63').waitFor();
    await shot('users');
    assert.deepEqual(await findViolations(page), []);
    await pages.getByRole('link', { name: 'Next' }).click();
    await pages.getByText('51–63 of 63').waitFor();
    await row('s61@example.test').waitFor();
    await pages.getByRole('link', { name: 'Previous' }).click();
    await pages.getByText('1–50 of 63').waitFor();
    await pages.getByRole('link', { name: 'Last page' }).click();
    await row('s61@example.test').waitFor();
    await page.getByRole('link', { name: 'User', exact: true }).click();
    await page
      .getByRole('columnheader', { name: 'User' })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    await row('s61@example.test').waitFor();
  });

  it('are chosen and changed together, all that fit', async () => {
    await open('/admin/users?q=s');
    await page.getByLabel('Choose all rows of this page').check();
    await button('Choose all 63').click();
    await shot('users-chosen');
    assert.deepEqual(await findViolations(page), []);
    await button('Quota…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Quota').fill('much');
    await dialog.getByRole('button', { name: 'Quota (63)' }).click();
    await dialog.getByText('Give a size').waitFor();
    await dialog.getByLabel('Quota').fill('7 GB');
    await dialog.getByRole('button', { name: 'Quota (63)' }).click();
    await seeToast('Done for 63 users');
    await row('s07@example.test').getByText('of 7 GB').first().waitFor();
  });

  it('tell who was left out', async () => {
    await open('/admin/users?q=example');
    await page.getByLabel(`Choose ${admin.address}`).check();
    await page.getByLabel(`Choose ${ben}`).check();
    await button('Disable').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Disable (2)' }).click();
    await page.getByRole('dialog').getByText('This is yourself').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Good' }).click();
    await row(ben).getByText('disabled').waitFor();
    await daemon.dreyJson(['user', 'enable', ben]);
  });

  it('leave as a table that calculates nothing', async () => {
    await daemon.dreyJson(['user', 'set', 's61@example.test', '--name', '=1+1']);
    await open('/admin/users?q=s6');
    const waiting = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Export' }).click();
    const stream = await (await waiting).createReadStream();
    let text = '';
    for await (const chunk of stream) text += chunk;
    assert.match(text, /^\uFEFFaddress,name,role,/);
    assert.match(text, /^s61@example\.test,'=1\+1,user,no,7516192768,/m);
    assert.equal(text.trim().split('\r\n').length, 3);
  });

  it('are deleted, found among the deleted, and restored', async () => {
    await open('/admin/users?q=s60');
    await page.getByRole('link', { name: 's60@example.test' }).click();
    await button('Delete…').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('textbox').fill('s60@example.test');
    await dialog.getByRole('button', { name: 'Delete user' }).click();
    await page.waitForURL('**/admin/users');
    await open('/admin/users?state=deleted');
    await page.getByRole('link', { name: 's60@example.test' }).click();
    await page.getByText('This user is deleted').waitFor();
    await shot('user-deleted');
    assert.deepEqual(await findViolations(page), []);
    await button('Restore').click();
    await button('Delete…').waitFor();
  });

  it('are looked after in their own place, with a mark and an event', async () => {
    await open(`/admin/users?q=${ben}`);
    await page.getByRole('link', { name: ben }).click();
    await page.waitForURL('**/admin/users/*');
    const place = page.url();
    await button('Sign in as user').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.waitForURL('**/mail**');
    const bar = page.locator(`[data-acting="${ben}"]`);
    await bar.waitFor();
    await waitAlive(page);
    await shot('acting');
    assert.deepEqual(await findViolations(page), []);
    for (const path of ['/options', '/contacts', '/calendar', '/help']) {
      await page.goto(daemon.url + path);
      await bar.waitFor();
    }
    const closed = await page.goto(`${daemon.url}/options/security`);
    assert.equal(closed?.status(), 403);
    // What the administrator changes there is no change of the user's.
    const saved = await page.evaluate(async () => {
      const rule = { name: 'Marked', conditions: [], actions: [{ do: 'flag' }] };
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ rule });
      return (await fetch('/api/mail/filters', { method: 'POST', headers, body })).status;
    });
    assert.equal(saved, 200);
    const change = await waitFor(async () => {
      const events = await daemon.dreyJson(['events', ben, '--kind', 'changed']);
      return (events as { sender: string; text: string }[]).find(({ text }) =>
        text.includes('Marked'),
      );
    }, 'the event');
    assert.equal(change.sender, admin.address);
    // The panel is still the administrator's.
    await open('/admin');
    await page.goto(`${daemon.url}/mail`);
    await bar.getByRole('button', { name: 'Leave' }).click();
    await page.waitForURL(place);
    await page.goto(`${daemon.url}/mail`);
    await waitAlive(page);
    assert.equal(await bar.count(), 0);
  });

  it('see what was done for them', async () => {
    await open(`/admin/users?q=${ben}`);
    await page.getByRole('link', { name: ben }).click();
    await page.getByLabel('Forward all mail to').fill('elsewhere@outside.test');
    await button('Add forwarding').click();
    await page.getByRole('list', { name: 'Forwarding' }).getByText('elsewhere').waitFor();
    await shot('user');
    const who = { address: ben, password: 'three quiet squirrels' };
    const own = await openSignedIn(browser, daemon.url, who, '/options/security');
    const told = own.getByRole('region', { name: 'What administrators did in your account' });
    await told.getByText('Signed in as you').waitFor();
    await told.getByText('Changed where your mail is forwarded to').waitFor();
    await told.getByText(admin.address).first().waitFor();
    await own.context().close();
  });

  it('get another address, and mail to the old one arrives', async () => {
    const [old, next] = ['s05@example.test', 'five@example.test'];
    const pass = 'eleven brown leaves';
    const client = new ImapFlow({
      ...{ host: '127.0.0.1', port: daemon.ports.imap, secure: false, doSTARTTLS: false },
      ...{ auth: { user: old, pass }, logger: false },
    });
    await client.connect();
    // However the connection ends, it has ended.
    client.on('error', () => {});
    const isClosed = new Promise<void>((resolve) => client.once('close', () => resolve()));
    await open(`/admin/users?q=${old}`);
    await page.getByRole('link', { name: old }).click();
    const form = page.locator('form').filter({ has: button('Change address') });
    await form.getByLabel('New address').fill('s06');
    await button('Change address').click();
    await form.getByText("is somebody's already").waitFor();
    await form.getByLabel('New address').fill('five');
    await button('Change address').click();
    await page.getByRole('heading', { level: 1, name: next }).waitFor();
    await isClosed;
    await page.getByText(old).first().waitFor();
    await withImap(daemon.ports.imap, { address: next, password: pass }, (again) =>
      again.append('INBOX', 'Subject: Still here\r\n\r\nHello'),
    );
    const aliases = await daemon.dreyJson(['alias', 'list', old]);
    assert.match(JSON.stringify(aliases), /five@example\.test/);
  });

  it('have protocols closed, and POP3 as an administrator chooses', async () => {
    await open('/admin/users?q=five');
    await page.getByRole('link', { name: 'five@example.test' }).click();
    await page.getByLabel('POP3', { exact: true }).uncheck();
    await button('Save protocols').click();
    await seeToast('Saved');
    await page.getByLabel('Folders that POP3 shows').fill('INBOX\nLists');
    await page.getByLabel('Messages that a program deletes').selectOption('trash');
    await page.getByLabel('Fetched messages').selectOption('off');
    await waitAnswered(page, () => button('Save POP3').click());
    const pop3 = await daemon.dreyJson(['user', 'pop3', 'five@example.test']);
    assert.match(JSON.stringify(pop3), /INBOX.*Lists.*trash.*false/);
    await page.reload();
    assert.equal(await page.getByLabel('POP3', { exact: true }).isChecked(), false);
    assert.equal(await page.getByLabel('Fetched messages').inputValue(), 'off');
    await shot('user-programs');
    assert.deepEqual(await findViolations(page), []);
  });

  it('begin with what their domain says', async () => {
    await open('/admin/users/defaults');
    await shot('defaults');
    await page.getByLabel('Domain').selectOption('example.test');
    await page.waitForURL('**/defaults?domain=example.test');
    await page.getByLabel('Quota').fill('3 GB');
    await page.getByLabel('Password').selectOption('yes');
    await page.getByLabel('Mail programs', { exact: true }).selectOption('these');
    await page.getByLabel('POP3', { exact: true }).uncheck();
    await page.getByLabel('Text of the welcome mail').fill('Hello {name}');
    await shot('defaults-domain');
    assert.deepEqual(await findViolations(page), []);
    await button('Save defaults').click();
    await page.getByText('Give the welcome mail a subject').waitFor();
    await page.getByLabel('Subject of the welcome mail').fill('Welcome');
    await button('Save defaults').click();
    // The description of the page says the same.
    await seeToast('users who are here keep');
    await open('/admin/users/new');
    assert.equal(await page.getByLabel('Must choose another one').isChecked(), true);
    await page.getByLabel('Address').fill('newcomer');
    await page.getByLabel('Password', { exact: true }).fill('three quiet squirrels');
    await button('Add user').click();
    await page.waitForURL('**/admin/users');
    const [made] = (await daemon.dreyJson(['user', 'list', 'newcomer'])) as object[];
    const wanted = { quotaBytes: 3 * 1024 ** 3, mustChange: true, closedProtocols: ['pop3'] };
    assert.deepEqual({ ...made, ...wanted }, made);
    const who = { address: 'newcomer@example.test', password: 'three quiet squirrels' };
    const mail = () =>
      withImap(daemon.ports.imap, who, async (client) => {
        const status = await client.status('INBOX', { messages: true });
        return status ? status.messages || undefined : undefined;
      });
    assert.equal(await waitFor(mail, 'the welcome mail'), 1);
  });

  it('share mailboxes that come back when they were deleted', async () => {
    const team = 'team@example.test';
    await daemon.dreyJson(['shared', 'add', team]);
    await daemon.dreyJson(['shared', 'member', team, ben]);
    await open('/admin/shared');
    await button(`Edit ${team}`).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    const ask = page.getByRole('dialog', { name: `Delete ${team}?` });
    await ask.getByText('it can be restored').waitFor();
    await ask.getByRole('textbox').fill(team);
    await ask.getByRole('button', { name: 'Delete shared mailbox' }).click();
    await row(team).waitFor({ state: 'detached' });
    await open('/admin/shared?state=deleted');
    await row(team).getByText('Goes for good').waitFor();
    await shot('shared-deleted');
    assert.deepEqual(await findViolations(page), []);
    await button(`Restore ${team}`).click();
    await page.getByText('No shared mailbox fits').waitFor();
    await open('/admin/shared');
    await row(team).getByText(ben).waitFor();
  });

  it('are read on a phone and in the dark', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme: 'dark' });
    await open('/admin/users');
    await page.getByLabel('Order').selectOption('-added');
    await page.waitForURL('**sort=-added**');
    await page.getByLabel('Choose all rows of this page').check();
    await shot('users-phone-dark');
    assert.deepEqual(await findViolations(page), []);
    const width = await page.evaluate('document.documentElement.scrollWidth');
    assert.ok(Number(width) <= 390, `${width} wide`);
  });

  it('made no fault in the browser', () => assert.deepEqual(problems, []));
});
