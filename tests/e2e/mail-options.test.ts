// The options in a browser: each change is kept and shows at once; language, colours and dates; notices of new mail; the
// app, its mail links, help, sign-in page and self-test.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, BrowserContext, Page } from 'playwright';
import { enter, launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };

/** Keeps what would be shown and heard, instead of showing it. */
const recordNotices = () => {
  const told: { title: string; body?: string }[] = [];
  const tones: number[] = [];
  Object.assign(window, { told, tones });
  ServiceWorkerRegistration.prototype.showNotification = async (title, options) => {
    told.push({ title, body: options?.body });
  };
  class Quiet {
    state = 'running';
    currentTime = 0;
    destination = {};
    createOscillator() {
      const frequency = {
        set value(hertz: number) {
          tones.push(hertz);
        },
      };
      return { frequency, connect: (next: object) => next, start() {}, stop() {}, type: '' };
    }
    createGain() {
      const gain = { setValueAtTime() {}, exponentialRampToValueAtTime() {} };
      return { gain, connect: (next: object) => next };
    }
  }
  Object.assign(window, { AudioContext: Quiet });
};

describe('options', () => {
  let daemon: Daemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  const root = () => page.locator('html');
  const input = (key: string) => page.locator(`[id="option-${key}"]`);
  const goTo = (path: string) => page.goto(daemon.url + path);
  const kept = (key: string) =>
    page.waitForResponse(
      (answer) =>
        answer.request().method() === 'PATCH' && (answer.request().postData() ?? '').includes(key),
    );
  const send = async (subject: string) => {
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const from = 'Zoe Zebra <zoe@outside.example>';
    await transport.sendMail({ from, to: ann.address, subject, text: subject });
    transport.close();
  };

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser(true)]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    context = await browser.newContext({ locale: 'en-GB', timezoneId: 'Europe/Berlin' });
    await context.grantPermissions(['notifications'], { origin: daemon.url });
    await context.addInitScript(recordNotices);
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Hydration|MISSING_MESSAGE/i.test(message.text())) {
        problems.push(message.text());
      }
    });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('has a sign-in page with the words of the house, in the language one picks', async () => {
    const words: [string, string][] = [
      ['web.title', 'Nutmail'],
      ['web.organisation', 'Squirrels of the Park'],
      ['web.organisationLink', 'https://park.example/'],
      ['web.motd', 'Rest on Sunday, see https://park.example/rest.'],
    ];
    for (const [key, value] of words) await daemon.dreyJson(['settings', 'set', key, value]);
    await goTo('/login');
    await page.getByText('Nutmail').waitFor();
    const rest = page.getByRole('link', { name: 'https://park.example/rest' });
    assert.equal(await rest.getAttribute('href'), 'https://park.example/rest');
    const house = page.getByRole('link', { name: 'Squirrels of the Park' });
    assert.equal(await house.getAttribute('href'), 'https://park.example/');
    await page.getByLabel('Language').selectOption('ar');
    await page.locator('html[lang="ar"][dir="rtl"]').waitFor();
    await page.locator('select').selectOption('en');
    await page.locator('html[lang="en"][dir="ltr"]').waitFor();
    await enter(page, daemon.url, ann, '/options');
  });

  it('shows the picture of the house, and nothing that is none', async () => {
    const stranger = await (await browser.newContext()).newPage();
    const path = join(daemon.folder, 'logo');
    await daemon.dreyJson(['settings', 'set', 'web.logo', path]);
    const square = '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="24"/>';
    const logo = () => stranger.request.get(`${daemon.url}/logo`);
    for (const [content, type] of [
      ['<!doctype html><script>alert(1)</script>', null],
      [`${square}${' '.repeat(200 * 1024)}`, null],
      [square, 'image/svg+xml'],
    ] as const) {
      writeFileSync(path, content);
      const answer = await logo();
      assert.equal(answer.status(), type ? 200 : 404);
      if (type) assert.equal(answer.headers()['content-type'], type);
    }
    assert.match((await logo()).headers()['content-security-policy'] ?? '', /default-src 'none'/);
    await stranger.goto(`${daemon.url}/login`);
    const picture = stranger.locator('img[src="/logo"]');
    const width = () => picture.evaluate((element) => (element as HTMLImageElement).naturalWidth);
    await waitFor(async () => (await width()) === 48, 'the picture');
    await daemon.dreyJson(['settings', 'reset', 'web.logo']);
    await stranger.reload();
    assert.equal(await picture.count(), 0);
    await stranger.context().close();
  });

  it('finds an option by its words', async () => {
    await page.getByRole('searchbox', { name: 'Search the options' }).fill('time zone');
    await page.getByRole('link', { name: 'Time zone' }).first().click();
    await page.waitForURL('**/options/display#display.timeZone');
    await page.getByRole('heading', { name: 'Display', level: 1 }).waitFor();
  });

  it('keeps colours and letters, shows them at once, and goes back to the defaults', async () => {
    const done = kept('display.theme');
    await input('display.theme').selectOption('dark');
    await page.locator('html[data-theme="dark"]').waitFor();
    await done;
    const violet = kept('display.accent');
    await page.getByRole('radio', { name: 'Violet' }).check();
    await violet;
    const larger = kept('display.fontSize');
    await input('display.fontSize').selectOption('larger');
    await larger;
    await page.reload();
    const attributes = ['data-theme', 'data-accent', 'data-font-size'];
    const look = await Promise.all(attributes.map((name) => root().getAttribute(name)));
    assert.deepEqual(look, ['dark', 'violet', 'larger']);
    await page.getByRole('button', { name: 'Reset “Size of letters” to its default' }).click();
    await page.locator('html:not([data-font-size])').waitFor();
    await page.getByRole('button', { name: 'Reset this page' }).click();
    const reset = kept('display.accent');
    await page.getByRole('dialog').getByRole('button', { name: 'Reset' }).click();
    await reset;
    await page.locator('html:not([data-accent]):not([data-theme])').waitFor();
  });

  it('speaks another language, from the right too, without a reload', async () => {
    await input('display.language').selectOption('ar');
    await page.locator('html[lang="ar"][dir="rtl"]').waitFor();
    await input('display.language').selectOption('de');
    await page.locator('html[lang="de"][dir="ltr"]').waitFor();
    await page.getByRole('heading', { name: 'Anzeige' }).waitFor();
    await input('display.language').selectOption('auto');
    await page.locator('html[lang="en"]').waitFor();
    await page.getByRole('heading', { name: 'Display' }).waitFor();
  });

  it('takes numbers only where they fit', async () => {
    await goTo('/options/notices');
    const volume = input('notices.volume');
    await volume.fill('500');
    await volume.press('Enter');
    await waitFor(async () => (await volume.inputValue()) === '50', 'the number before');
    const done = kept('notices.volume');
    await volume.fill('30');
    await volume.press('Enter');
    await done;
    await page.reload();
    assert.equal(await input('notices.volume').inputValue(), '30');
  });

  it('tells of new mail by title, notification and sound', async () => {
    const always = kept('notices.always');
    await input('notices.always').check();
    await always;
    const sound = kept('notices.sound');
    await input('notices.sound').selectOption('drop');
    await sound;
    const hears = async () => String(await page.evaluate('window.tones')) === '1200,700';
    await waitFor(hears, 'the sound');
    const desktop = kept('notices.desktop');
    await input('notices.desktop').check();
    await desktop;
    await page.evaluate(() => navigator.serviceWorker.register('/notices-worker.js'));
    await page.evaluate(() => navigator.serviceWorker.ready);
    // What comes before the page listens to the server is no news.
    const stream = page.waitForResponse(/\/api\/mail\/events\?/);
    await goTo('/mail');
    await stream;
    await send('Nuts are in');
    await waitFor(
      async () => (await page.evaluate('window.told.length')) === 1,
      'the notification',
    );
    assert.deepEqual(await page.evaluate('window.told'), [
      { title: 'Zoe Zebra', body: 'Nuts are in' },
    ]);
    await waitFor(hears, 'the sound of the mail');
    await waitFor(async () => (await page.title()).startsWith('(1) '), 'the number in the title');
    const icon = page.locator('link[rel="icon"]').first();
    await waitFor(
      async () => (await icon.getAttribute('href'))?.startsWith('data:image/svg+xml'),
      'the dot on the icon',
    );
    // A click on it, as the service worker says it.
    await page.evaluate(() => {
      const data = { kind: 'drey-notice', folder: 'INBOX', uid: 1 };
      navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data }));
    });
    await page.getByRole('heading', { name: 'Nuts are in' }).first().waitFor();
  });

  it('writes times as the person wants them', async () => {
    const day = (hours: string) =>
      context.request.patch(`${daemon.url}/api/mail/preferences`, {
        data: { 'display.hours': hours, 'display.timeZone': 'Asia/Tokyo' },
        headers: { 'sec-fetch-site': 'same-origin' },
      });
    assert.equal((await day('12')).status(), 200);
    await goTo('/mail');
    const time = page.locator('main time').first();
    await waitFor(
      async () => /[ap]m$/i.test((await time.textContent()) ?? ''),
      'a time of twelve hours',
    );
    const wrong = await context.request.patch(`${daemon.url}/api/mail/preferences`, {
      data: { 'display.timeZone': 'Mars/Base' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });
    assert.equal(wrong.status(), 400);
    await day('auto');
  });

  it('begins a message from a mail link', async () => {
    await goTo('/mail?mailto=mailto%3Abob%40example.test%3Fsubject%3DLease');
    const subject = page.getByLabel('Subject').first();
    await waitFor(async () => (await subject.inputValue()) === 'Lease', 'the subject');
    assert.ok(!page.url().includes('mailto'), 'a reload must not begin it again');
  });

  it('can be installed under its own name', async () => {
    const answer = await context.request.get(`${daemon.url}/manifest.webmanifest`);
    const manifest = (await answer.json()) as { name: string; icons: { src: string }[] };
    assert.equal(manifest.name, 'Nutmail');
    for (const { src } of manifest.icons) {
      assert.equal((await context.request.get(daemon.url + src)).status(), 200, src);
    }
    await goTo('/options/connection');
    const protocol = await context.newCDPSession(page);
    const { installabilityErrors } = (await protocol.send('Page.getInstallabilityErrors')) as {
      installabilityErrors: { errorId: string }[];
    };
    // A window without history ("in incognito") is none of ours.
    const errors = installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito');
    assert.deepEqual(errors, []);
  });

  it('shows what the mailbox can do and how fast', async () => {
    await page.getByRole('row', { name: /FETCH .* ms/ }).waitFor();
    await page.getByText('CONDSTORE', { exact: true }).waitFor();
  });

  it('helps, by chapter, by search and by key', async () => {
    await goTo('/help');
    await page.getByRole('searchbox', { name: 'Search the help' }).fill('signature');
    await page.getByRole('searchbox', { name: 'Search the help' }).press('Enter');
    await page.waitForURL('**/help?q=signature');
    await page.getByRole('link', { name: 'Identities and signatures' }).click();
    await page.waitForURL('**/help/compose#identities');
    await page.getByRole('navigation', { name: 'All chapters' }).getByText('Keyboard').click();
    await page.getByRole('heading', { name: 'Keyboard', level: 1 }).waitFor();
    await page.locator('kbd').filter({ hasText: /^e$/ }).first().waitFor();
    assert.equal((await context.request.get(`${daemon.url}/help/nonsense`)).status(), 404);
  });

  it('tests itself for administrators', async () => {
    await goTo('/admin/self-test');
    for (const part of ['Database', 'Daemon', 'Mailbox over IMAP', 'Submission']) {
      await page.getByRole('row', { name: new RegExp(`^${part} Works`) }).waitFor();
    }
  });

  it('says goodbye with the words of the house, or leads to its page', async () => {
    const words = 'Good night. See https://park.example/night.';
    await daemon.dreyJson(['settings', 'set', 'web.signOutText', words]);
    const signOut = async () => {
      await goTo('/logout');
      await page.getByRole('button', { name: 'Sign out' }).click();
    };
    await signOut();
    await page.getByText('Good night.').waitFor();
    const night = page.getByRole('link', { name: 'https://park.example/night' });
    assert.equal(await night.getAttribute('href'), 'https://park.example/night');
    assert.equal((await page.request.get(`${daemon.url}/api/mail/folders`)).status(), 401);
    await goTo('/login');
    assert.equal(await page.getByText('Good night.').count(), 0);
    const farewell = `${daemon.url.replace('127.0.0.1', 'localhost')}/login?next=/help`;
    await daemon.dreyJson(['settings', 'set', 'web.signOutLink', farewell]);
    await enter(page, daemon.url, ann, '/options');
    await signOut();
    await page.waitForURL(farewell);
  });

  it('made no mistakes on the way', () => assert.deepEqual(problems, []));
});
