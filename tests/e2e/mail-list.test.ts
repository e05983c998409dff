// The list of messages in a browser: scrolling without end, pages, orders, filters, columns, layouts, selection of
// everything, undo, colours, several tabs, a lost connection, an ended session, a phone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type { Browser, BrowserContext, Page } from 'playwright';
import { chooseOptions, enter } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@list.test', password: 'a boat of seven nuts' };
const count = 640;

describe('the list', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let freshAt = new Date();
  const problems: string[] = [];

  const list = (of = page) => of.getByRole('region', { name: 'Messages' });
  const scroller = () => list().locator('div.overscroll-contain');
  const row = (text: string, of = page) =>
    list(of)
      .getByRole('listitem')
      .filter({ hasText: new RegExp(`${text}\\b`) });
  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  /** It stays while the mouse is over it. */
  const seeToast = (text: string) =>
    page.getByRole('status').filter({ hasText: text }).last().hover();
  const at = (place: number) => list().locator(`li[aria-posinset="${place}"]`);
  /** Which letter stands at the upper edge of the list, once all rows that are drawn have come. */
  const edge = () =>
    list().evaluate((section) => {
      if (section.querySelector('li[aria-hidden]')) return undefined;
      const top = section.querySelector('.overscroll-contain')?.getBoundingClientRect().top ?? 0;
      const items = [...section.querySelectorAll('[data-open-row]')];
      const first = items.find((each) => each.getBoundingClientRect().top >= top);
      return first?.textContent?.match(/Letter \d+/)?.[0];
    });
  const goTo = async (path: string) => {
    await page.goto(`${daemon.url}/mail${path}`);
  };
  const choose = (options: object) => chooseOptions(page, daemon.url, options);
  const more = async (name: string, of = page) => {
    await of.getByRole('button', { name: 'More', exact: true }).first().click();
    await of.getByRole('menuitem', { name, exact: true }).click();
  };
  const withImap = async <T>(work: (client: ImapFlow) => Promise<T>): Promise<T> => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: ann.address, pass: ann.password },
      logger: false,
    });
    await client.connect();
    try {
      return await work(client);
    } finally {
      client.close();
    }
  };
  const countIn = (folder: string) =>
    withImap(async (client) => {
      const status = await client.status(folder, { messages: true });
      return status ? status.messages : 0;
    });

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann), shareBrowser()]);
    await withImap(async (client) => {
      const day = 86_400_000;
      for (let from = 0; from < count; from += 40) {
        await Promise.all(
          Array.from({ length: 40 }, (_, i) => {
            const number = from + i + 1;
            const name = `Writer ${String.fromCharCode(65 + (number % 26))}`;
            const head = [
              `From: ${name} <w${number % 26}@outside.example>`,
              `To: ann@list.test`,
              `Subject: Letter ${number}`,
              `Message-ID: <letter-${number}@outside.example>`,
              ...(number === count ? ['X-Priority: 1'] : []),
            ];
            const text = `${head.join('\r\n')}\r\n\r\nText of ${number}\r\n`;
            const when = new Date(Date.now() - (count - number) * (day / 4) - 1000);
            return client.append('INBOX', text, number % 3 === 0 ? [] : ['\\Seen'], when);
          }),
        );
      }
    });
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Hydration|did not match/i.test(message.text())) problems.push(message.text());
    });
    await enter(page, daemon.url, ann, '/mail');
    await at(1).waitFor();
  });

  after(async () => {
    await browser?.close();
  });

  it('draws few rows of many, under headings by day', async () => {
    await at(1).getByText(`Letter ${count}`).waitFor();
    // Of today's letters there may be none soon after midnight.
    await list().getByRole('heading', { name: 'Yesterday' }).waitFor();
    assert.ok((await list().getByRole('listitem').count()) < 60);
    assert.equal(await at(1).getAttribute('aria-setsize'), String(count));
  });

  it('begins with the present of the server, and goes on with that of the browser', async () => {
    const ahead = await browser.newContext({ storageState: await context.storageState() });
    const later = await ahead.newPage();
    later.on('pageerror', (error) => problems.push(error.message));
    await later.clock.setFixedTime(Date.now() + 400 * 86_400_000);
    await later.goto(`${daemon.url}/mail/INBOX?message=1`);
    await list(later)
      .getByRole('heading', { name: /^20\d\d$/ })
      .first()
      .waitFor();
    await ahead.close();
  });

  it('jumps to the end and back, and scrolls through what it fetches on the way', async () => {
    await page.keyboard.press('End');
    await row('Letter 1').waitFor();
    await page.keyboard.press('Home');
    await row(`Letter ${count}`).waitFor();
    for (let place = 1; place <= 10; place++) {
      await scroller().evaluate((element, top) => element.scrollTo(0, top), place * 2000);
      await waitFor(edge, `the rows ${place * 2000} px down`);
    }
    await list()
      .getByText(/Letter [23]\d\d\b/)
      .first()
      .waitFor();
    await page.keyboard.press('Home');
    await row(`Letter ${count}`).waitFor();
  });

  it('goes to the first row also where that is marked already and still loaded', async () => {
    await scroller().evaluate((element) => element.scrollTo(0, 1500));
    await at(1).waitFor({ state: 'detached' });
    await page.keyboard.press('Home');
    await row(`Letter ${count}`).waitFor();
  });

  it('keeps what is read in its place when mail comes', async () => {
    await row(`Letter ${count}`).waitFor();
    await scroller().evaluate((element) => element.scrollTo(0, 3000));
    const before = await waitFor(edge, 'rows');
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const mail = { from: 'Zoe <zoe@outside.example>', to: ann.address, text: 'x' };
    await transport.sendMail({ ...mail, subject: 'Fresh' });
    freshAt = new Date();
    transport.close();
    await waitFor(
      async () =>
        (await list()
          .locator(`li[aria-setsize="${count + 1}"]`)
          .count()) > 0,
      'the longer list',
    );
    await waitFor(async () => (await edge()) === before, 'the row at the edge');
    await page.keyboard.press('Home');
    await row('Fresh').waitFor();
  });

  it('selects by Ctrl and Shift, and takes back what the stack holds', async () => {
    const box = (text: string) => row(text).locator('[data-open-row]');
    await box(`Letter ${count}`).click({ modifiers: ['Control'] });
    await box(`Letter ${count - 3}`).click({ modifiers: ['Shift'] });
    await page.getByText('4 selected').waitFor();
    await page.keyboard.press('e');
    await seeToast('4 messages moved to Archive.');
    await row('Fresh')
      .locator('[data-open-row]')
      .click({ modifiers: ['Control'] });
    const starred = page.waitForResponse('**/api/mail/actions');
    await page.keyboard.press('s');
    await starred;
    await page.keyboard.press('#');
    await seeToast('1 message moved to Trash.');
    for (const back of ['Fresh', `Letter ${count - 3}`]) {
      await page.keyboard.press('z');
      if (back === 'Fresh') await page.keyboard.press('z');
      await row(back).waitFor();
    }
    await waitFor(async () => (await countIn('Archive')) === 0, 'the archive to be empty');
  });

  it('acts on everything that matches, as a job, and back', async () => {
    await goTo('/INBOX?filter=unread');
    await page.getByText(/· Unread/).waitFor();
    const total = Number(await at(1).getAttribute('aria-setsize'));
    await page.keyboard.press('Control+a');
    await page.getByRole('button', { name: /^Select all \d+ messages/ }).click();
    await page.getByText(new RegExp(`All ${total} messages are selected`)).waitFor();
    await page.keyboard.press('I');
    await seeToast(`${total} messages done.`);
    await page.getByText('Nothing unread', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await waitFor(
      async () => (await at(1).getAttribute('aria-setsize')) === String(total),
      'all of them back',
    );
  });

  it('sorts by every column both ways and filters', async () => {
    await choose({
      'list.layout': 'list',
      'list.columns': ['flags', 'from', 'subject', 'priority', 'size', 'sent', 'received'],
      'list.colours': [{ field: 'from', text: 'writer b', colour: 'violet' }],
    });
    await goTo('/INBOX');
    const sortBy = (name: string) =>
      page
        .getByRole('toolbar', { name: 'Columns' })
        .getByRole('button', { name: `Sort by ${name}` });
    await sortBy('From').click();
    await at(1).getByText('Writer A').waitFor();
    assert.match(page.url(), /sort=from/);
    await sortBy('From').click();
    await at(1)
      .getByText(/Writer Z|Zoe/)
      .waitFor();
    const edge = page.getByRole('separator', { name: 'Width of From' });
    const room = async () => (await sortBy('From').boundingBox())?.width ?? 0;
    const usual = await room();
    await edge.press('ArrowRight');
    await waitFor(async () => (await room()) > usual + 8, 'a wider column');
    await edge.dblclick();
    await waitFor(async () => Math.abs((await room()) - usual) < 4, 'the usual width');
    await sortBy('Priority').click();
    await at(1).getByText('High priority.').waitFor({ state: 'attached' });
    await sortBy('Received').click();
    await sortBy('Received').click();
    await at(1).getByText('Letter 1', { exact: true }).waitFor();
    await goTo('/INBOX?q=subject:letter&sort=subject');
    await page.getByText(`${count} matches in Inbox`).waitFor();
    const tinted = await list()
      .locator('li', { hasText: 'Writer B' })
      .first()
      .evaluate((element) => element.style.getPropertyValue('--rule'));
    assert.match(tinted, /light-dark/);
  });

  it('turns pages by choice', async () => {
    await choose({ 'list.paging': 'pages', 'list.pageSize': 100, 'list.layout': 'right' });
    await goTo('/INBOX');
    const pages = page.getByRole('navigation', { name: 'Pages' });
    await pages.getByText(`1–100 of ${count + 1}`).waitFor();
    await pages.getByRole('button', { name: 'Older page' }).click();
    await pages.getByText(`101–200 of ${count + 1}`).waitFor();
    assert.match(page.url(), /page=2/);
    await pages.getByRole('combobox', { name: 'Page' }).selectOption('7');
    await pages.getByText(`601–${count + 1} of ${count + 1}`).waitFor();
    await page.keyboard.press('End');
    await row('Letter 1').waitFor();
    await pages.getByRole('button', { name: 'Show all' }).click();
    await at(1).waitFor();
    assert.equal(await at(1).getAttribute('aria-setsize'), String(count + 1));
    await choose({ 'list.paging': 'scroll' });
  });

  it('marks as deleted and removes later, archives by year, copies', async () => {
    await choose({ 'list.delete': 'mark', 'list.archive': 'year', 'list.colours': [] });
    await goTo('/INBOX');
    const target = `Letter ${count}`;
    await row(target)
      .locator('[data-open-row]')
      .click({ modifiers: ['Control'] });
    await page.keyboard.press('#');
    await row(target).getByText('Marked as deleted.').waitFor({ state: 'attached' });
    await seeToast('1 message marked as deleted.');
    await page.keyboard.press('Escape');
    await page.getByRole('toolbar', { name: 'Selected messages' }).waitFor({ state: 'detached' });
    await more('Remove marked messages');
    await row(target).waitFor({ state: 'detached' });
    await row('Fresh').locator('[data-open-row]').click({ button: 'right' });
    await page.getByRole('menuitem', { name: 'Copy to…' }).click();
    await page.getByRole('dialog').getByLabel('Folder', { exact: true }).fill('junk');
    await page.keyboard.press('Enter');
    await seeToast('1 message copied to Junk.');
    await row('Fresh').hover();
    await row('Fresh').getByRole('button', { name: 'Archive' }).click();
    const year = `Archive/${freshAt.getUTCFullYear()}`;
    await waitFor(async () => (await countIn(year).catch(() => 0)) === 1, 'the folder of the year');
    await choose({ 'list.delete': 'trash', 'list.archive': 'one' });
  });

  it('takes back what the server refuses, with its words', async () => {
    await goTo('/INBOX');
    const { promise: isGone, resolve: refuse } = Promise.withResolvers<void>();
    await page.route('**/api/mail/actions', async (route) => {
      await isGone;
      await route.fulfill({ status: 403, json: { error: 'Not in this folder.' } });
    });
    const target = `Letter ${count - 1}`;
    await row(target).hover();
    await row(target).getByRole('button', { name: 'Delete' }).click();
    await row(target).waitFor({ state: 'detached' });
    refuse();
    await page.getByRole('alert').filter({ hasText: 'Not in this folder.' }).waitFor();
    await row(target).waitFor();
    await page.unroute('**/api/mail/actions');
  });

  it('is found by a Message-ID', async () => {
    await page.goto(`${daemon.url}/mail?id=${encodeURIComponent('<letter-5@outside.example>')}`);
    await reader().getByText('Text of 5', { exact: true }).waitFor();
    assert.match(page.url(), /\/mail\/INBOX\?message=\d+/);
  });

  it('hears through one stream in all tabs', async () => {
    await goTo('/INBOX');
    await at(1).waitFor();
    const second = await context.newPage();
    const streams: string[] = [];
    second.on('request', (each) => {
      if (each.url().includes('/events')) streams.push(each.url());
    });
    await second.goto(`${daemon.url}/mail/Junk`);
    await row('Fresh', second).waitFor();
    await withImap(async (client) => {
      await client.mailboxOpen('Junk');
      await client.messageDelete('1');
    });
    await second.getByText('No junk').waitFor();
    assert.deepEqual(streams, []);
    await second.close();
  });

  it('says that the connection is lost, counts down, and comes back with the list as it was', async () => {
    // Only what the button asks for gets through: a try by itself may not come before it.
    const isPressed = () => page.evaluate('window.isPressed === true').catch(() => false);
    await context.route('**/api/mail/events**', async (route) =>
      (await isPressed()) ? route.fallback() : route.abort(),
    );
    const renewing = page.waitForRequest('**/api/auth/session');
    await page.reload();
    await at(1).waitFor();
    const bar = page.getByText('The connection to the server is lost.');
    await bar.waitFor();
    await page.getByText(/in \d+ seconds?/).waitFor();
    await page.evaluate(() =>
      window.addEventListener('click', () => Object.assign(window, { isPressed: true }), true),
    );
    const isFetched = page.waitForResponse('**/api/mail/list?**');
    await page.getByRole('button', { name: 'Try now' }).click();
    await bar.waitFor({ state: 'detached' });
    await isFetched;
    await at(1).waitFor();
    await context.unroute('**/api/mail/events**');
    // Its answer sets the cookie anew, which the next test takes away.
    await (await renewing).response();
  });

  it('asks to sign in again over the page', async () => {
    await context.clearCookies();
    // One behind the other, however slow the page is: they belong together for a second only.
    await Promise.all([page.keyboard.press('g'), page.keyboard.press('r')]);
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password').fill('wrong');
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.getByText('This password is not right.').waitFor();
    await dialog.getByLabel('Password').fill(ann.password);
    const isFetched = page.waitForResponse(
      (answer) => answer.url().includes('/api/mail/list?') && answer.ok(),
    );
    await dialog.getByRole('button', { name: 'Sign in' }).click();
    await dialog.waitFor({ state: 'detached' });
    await isFetched;
    await at(1).waitFor();
  });

  it('swipes, selects by a long press and refreshes by a pull on a phone', async () => {
    const phone = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      storageState: await context.storageState(),
    });
    const small = await phone.newPage();
    await small.goto(`${daemon.url}/mail`);
    const touch = async (text: string, steps: [x: number, y: number][], holdMs = 0) => {
      const box = await row(text, small).boundingBox();
      const client = await phone.newCDPSession(small);
      const point = ([x, y]: [number, number]) => ({
        x: (box?.x ?? 0) + 150 + x,
        y: (box?.y ?? 0) + (box?.height ?? 0) - 20 + y,
      });
      const send = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: object[]) =>
        client.send('Input.dispatchTouchEvent', { type, touchPoints: points as [] });
      await send('touchStart', [point([0, 0])]);
      if (holdMs > 0) await small.getByRole('toolbar', { name: 'Selected messages' }).waitFor();
      for (const step of steps) await send('touchMove', [point(step)]);
      await send('touchEnd', []);
    };
    const first = `Letter ${count - 1}`;
    await touch(first, [[40, 0], [90, 0], [150, 0]]); // biome-ignore format: a path
    await small.getByText('1 message moved to Archive.').waitFor();
    await row(first, small).waitFor({ state: 'detached' });
    await touch(`Letter ${count - 2}`, [], 500);
    await small.getByRole('toolbar', { name: 'Actions' }).waitFor();
    const button = small.getByRole('toolbar', { name: 'Actions' });
    const size = await button.getByRole('button', { name: 'Archive' }).boundingBox();
    assert.ok((size?.height ?? 0) >= 44 && (size?.width ?? 0) >= 44);
    await button.getByRole('button', { name: 'Delete' }).tap();
    await small.getByText('1 message moved to Trash.').waitFor();
    await phone.close();
  });

  it('made no mistake on the way', () => assert.deepEqual(problems, []));
});
