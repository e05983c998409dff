// Windows and drafts: three at once, small and large, kept when closed, back after a crash, wiped at sign-out.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, BrowserContext, Page } from 'playwright';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { withImap } from '#tests/support/imap-client.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@drafts.test', password: 'a boat of seven nuts' };

describe('drafts', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;

  const composers = () => page.locator('[data-composer]');
  const composer = (name: string) => page.getByRole('region', { name, exact: true });
  const button = (name: string, at = composers()) => at.getByRole('button', { name, exact: true });
  const subject = (at = composers()) => at.getByRole('textbox', { name: 'Subject' });
  /** The editor takes its box a moment after that is drawn. */
  const text = (at = composers()) =>
    at
      .getByRole('textbox', { name: 'Text', exact: true })
      .and(page.locator('textarea, [contenteditable]'));

  async function open(): Promise<void> {
    await page.getByRole('button', { name: 'Compose' }).first().click();
  }

  const listDrafts = () =>
    withImap(daemon.ports.imap, ann, async (client) => {
      const mailbox = await client.mailboxOpen('Drafts');
      if (mailbox.exists === 0) return [];
      const all = await client.fetchAll('1:*', { envelope: true });
      return all.map(({ envelope }) => envelope?.subject ?? '').sort();
    });

  /** What this browser keeps of messages that are not saved, as JSON. */
  const listCopies = () =>
    page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const request = indexedDB.open('drey-compose');
          request.onerror = () => resolve('');
          // The page has made none yet: one without its store would stand in its way.
          request.onupgradeneeded = () => request.transaction?.abort();
          request.onsuccess = () => {
            const store = request.result.transaction('drafts').objectStore('drafts');
            const all = store.getAll();
            all.onsuccess = () => {
              request.result.close();
              resolve(JSON.stringify(all.result));
            };
          };
        }),
    );

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann), shareBrowser()]);
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    context = page.context();
  });

  after(async () => {
    await browser?.close();
  });

  it('opens three windows at once, and tells when it is enough', async () => {
    for (const name of ['One', 'Two', 'Three']) {
      await open();
      const fresh = composer('New message');
      await subject(fresh).fill(name);
      await button('Minimise', composer(name)).click();
    }
    await open();
    await page.getByText('Finish one of the open messages first.').waitFor();
    assert.equal(await composers().count(), 3);
    await button('Enlarge', composer('Two')).click();
    await button('Full screen', composer('Two')).click();
    await text(composer('Two')).fill('Words of two');
    await waitFor(
      async () => ((await composer('Two').boundingBox())?.width ?? 0) > 1000,
      'the whole screen',
    );
    await button('Dock', composer('Two')).click();
  });

  it('keeps them when they are closed, and discards only when it is told', async () => {
    await text(composer('Two')).press('Escape');
    await composer('Two').waitFor({ state: 'detached' });
    await button('Close, keep the draft', composer('Three')).click();
    await composer('Three').waitFor({ state: 'detached' });
    await button('Enlarge', composer('One')).click();
    await button('Discard', composer('One')).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await waitFor(async () => (await composers().count()) === 0, 'all to be closed');
    assert.deepEqual(await listDrafts(), ['Three', 'Two']);
  });

  it('never saves an empty one', async () => {
    await open();
    await text().waitFor();
    await text().press('Escape');
    await composers().waitFor({ state: 'detached' });
    assert.deepEqual(await listDrafts(), ['Three', 'Two']);
  });

  it('opens one in a window of its own, with all that was written', async () => {
    await open();
    await subject().fill('Moved');
    await text().fill('Words that move');
    const opening = context.waitForEvent('page');
    await button('Open in its own window').click();
    // It is drawn by its script alone: what is seen is alive.
    const popup = await opening;
    const field = popup.getByRole('textbox', { name: 'Text', exact: true });
    await field.getByText('Words that move').waitFor();
    await composers().waitFor({ state: 'detached' });
    await popup.getByRole('button', { name: 'Discard' }).click();
    await popup.getByRole('dialog').getByRole('button', { name: 'Discard' }).click();
    await waitFor(async () => (await listDrafts()).length === 2, 'the draft to go');
    await popup.close();
  });

  it('brings back what was not saved, every field, as text', async () => {
    // The server cannot be reached, and the page goes.
    await page.route('**/api/mail/draft', (route) => route.abort());
    await open();
    await subject().fill('<img src=x onerror=alert(1)> lost');
    await button('Cc Bcc').click();
    await composers().getByRole('combobox', { name: 'To', exact: true }).fill('ben@x.example,');
    await composers().getByRole('combobox', { name: 'Cc', exact: true }).fill('carl@x.example,');
    await composers().getByRole('combobox', { name: 'Bcc', exact: true }).fill('dora@x.example,');
    await text().fill('Almost gone');
    await waitFor(async () => (await listCopies()).includes('Almost gone'), 'the copy');
    page.on('dialog', (dialog) => dialog.accept());
    await page.close({ runBeforeUnload: false });
    page = await context.newPage();
    await page.goto(`${daemon.url}/mail`);
    const dialog = page.getByRole('dialog').filter({ hasText: 'Unsaved messages' });
    await dialog.getByText('<img src=x onerror=alert(1)> lost').waitFor();
    assert.equal(await dialog.locator('img').count(), 0);
    await dialog.getByRole('button', { name: 'Go on writing' }).click();
    await dialog.waitFor({ state: 'detached' });
    await text().getByText('Almost gone').waitFor();
    for (const address of ['ben@x.example', 'carl@x.example', 'dora@x.example']) {
      await composers().getByText(address).waitFor();
    }
    await text().press('Escape');
    await composers().waitFor({ state: 'detached' });
    assert.equal((await listDrafts()).length, 3);
  });

  it('closes at once, and comes back where it cannot be saved', async () => {
    const asked = Promise.withResolvers<void>();
    await page.route('**/api/mail/draft', async (route) => {
      await asked.promise;
      await route.abort();
    });
    await open();
    await text().waitFor();
    await subject().fill('Held');
    await subject().press('Escape');
    await composers().waitFor({ state: 'hidden' });
    asked.resolve();
    await composers().getByRole('alert').waitFor();
    await page.unroute('**/api/mail/draft');
    await text().fill('Words behind');
    await text().press('Escape');
    await composers().waitFor({ state: 'detached' });
    assert.ok((await listDrafts()).includes('Held'));
  });

  it('fills the screen of a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.getByRole('button', { name: 'Compose' }).first().click();
    await text().waitFor();
    const wanted = { x: 0, y: 0, width: 390, height: 844 };
    await waitFor(
      async () => isDeepStrictEqual(await composers().boundingBox(), wanted),
      'the whole screen',
    );
    await waitFor(
      () => page.evaluate(() => document.documentElement.scrollWidth <= 390),
      'the width of a phone',
    );
    await text().press('Escape');
    await composers().waitFor({ state: 'detached' });
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('writes where the user wants, and forgets its copies at sign-out', async () => {
    await chooseOptions(page, daemon.url, { 'compose.format': 'plain', 'compose.window': 'full' });
    await page.route('**/api/mail/draft', (route) => route.abort());
    await page.reload();
    await open();
    await composers().locator('textarea').waitFor();
    await subject().fill('Not for the next');
    await waitFor(async () => (await listCopies()).includes('Not for the next'), 'the copy');
    page.on('dialog', (dialog) => dialog.accept());
    await page.getByRole('button', { name: /^Account/ }).click({ force: true });
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('button', { name: 'Sign in' }).waitFor();
    assert.equal(await listCopies(), '[]');
  });
});
