// Every page of the panel with something on it: axe-core in light and dark, nothing wider than a phone, no script error and
// no breach of the policy. The pages are those of the menu and those one step deeper.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { sayMail } from '#tests/support/smtp-dialogue.ts';
import { menu } from '../../app/(admin)/menu.ts';

const password = 'a boat of seven nuts';
const anna = 'anna@example.test';
const ben = 'ben.with.a.rather.long.local.part.that.must.break@example.test';
/** Of what goes through many pages. */
const timeout = 600_000;

describe('each page of the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];
  /** Told together at the end: one run shows all. */
  const faults: string[] = [];

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', anna, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['user', 'add', ben, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['alias', 'add', 'info@example.test', anna, ben]);
    await daemon.dreyJson(['network', 'add', '192.0.2.0/24']);
    await daemon.dreyJson(['route', 'add', 'hold', '--to', 'far.example']);
    await sayMail(daemon.ports.smtp, [ben], ['Subject: Hello', '', 'Hello']);
    page = await openSignedIn(browser, daemon.url, { address: anna, password }, '/admin');
    page.on('pageerror', (error) => problems.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Hydration/i.test(message.text())) {
        problems.push(`${page.url()}: ${message.text()}`);
      }
    });
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  async function look(path: string): Promise<void> {
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.emulateMedia({ colorScheme: 'light' });
    await page.goto(daemon.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    for (const violation of await findViolations(page)) faults.push(`${path}: ${violation}`);
    await page.emulateMedia({ colorScheme: 'dark' });
    for (const violation of await findViolations(page, ['color-contrast'])) {
      faults.push(`${path}, dark: ${violation}`);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    const wide = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      if (scrollWidth <= clientWidth) return [];
      return [...document.querySelectorAll('body *')]
        .filter((element) => element.getBoundingClientRect().right > clientWidth)
        .map((element) => `${element.tagName} ${element.className} ${element.textContent}`)
        .map((text) => text.slice(0, 160));
    });
    if (wide.length > 0) faults.push(`${path} is wider than a phone: ${wide.slice(-3).join('; ')}`);
  }

  for (const { href } of menu) it(`${href} of the menu`, () => look(href));

  it('one step deeper', { timeout }, async () => {
    await page.goto(`${daemon.url}/admin/users`);
    const user = await page.getByRole('link', { name: ben }).first().getAttribute('href');
    await page.goto(`${daemon.url}/admin/settings`);
    const groups = await page
      .locator('main a[href^="/admin/settings/"]')
      .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
    assert.ok(user && groups.length > 5, `${user} ${groups.length}`);
    for (const path of [
      user,
      `${user}/deleted`,
      '/admin/users/new',
      '/admin/users/defaults',
      '/admin/domains/example.test',
      '/admin/domains/example.test/dns',
      '/admin/queue/suppressed',
      ...new Set(groups),
    ]) {
      await look(path);
    }
  });

  it('had no fault', () => {
    assert.deepEqual(faults, []);
    assert.deepEqual(problems, []);
  });
});
