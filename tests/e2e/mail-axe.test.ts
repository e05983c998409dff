// axe-core on every page of the webmail and its main states: nothing serious or critical in light, in dark (contrast), and
// written from the right.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@axe.test', password: 'a boat of seven nuts' };

/** Everything in light, contrast in dark too. */
async function check(page: Page): Promise<void> {
  const faults = await findViolations(page);
  // As a person chooses it: of a change of the system Chromium misses text with dir="auto".
  await page.evaluate("document.documentElement.dataset.theme = 'dark'");
  const dark = await findViolations(page, ['color-contrast']);
  await page.evaluate('delete document.documentElement.dataset.theme');
  assert.deepEqual([...faults, ...dark.map((fault) => `in dark, ${fault}`)], []);
}

describe('accessibility', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const goTo = async (path: string) => {
    await page.goto(daemon.url + path);
    await page.locator('main').first().waitFor();
  };

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann), shareBrowser()]);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const attachments = [{ filename: 'nuts.txt', content: 'Many' }];
    const from = 'Zoe Zebra <zoe@outside.example>';
    const html = '<p>Hello <b>Ann</b> <img src="https://far.example/x.png"></p>';
    await transport.sendMail({ from, to: ann.address, subject: 'Nuts', html, attachments });
    await transport.sendMail({ from, to: ann.address, subject: 'Wood', text: 'https://a.example' });
    transport.close();
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await page.getByText('Nuts').first().waitFor();
  });

  after(async () => {
    await browser?.close();
  });

  it('sign-in', async () => {
    const stranger = await (await browser.newContext()).newPage();
    await stranger.goto(`${daemon.url}/login`);
    await stranger.getByRole('button', { name: 'Sign in' }).waitFor();
    await check(stranger);
    await stranger.context().close();
  });

  it('list', () => check(page));

  it('list with chosen rows', async () => {
    await page.keyboard.press('j');
    await page.keyboard.press('x');
    const chosen = page.getByRole('toolbar', { name: 'Selected messages' });
    await chosen.waitFor();
    await check(page);
    await page.keyboard.press('Escape');
    await chosen.waitFor({ state: 'detached' });
  });

  it('open message', async () => {
    await page.getByText('Nuts').first().click();
    await page.getByRole('heading', { name: 'Nuts' }).first().waitFor();
    const reader = page.getByRole('region', { name: 'Message', exact: true });
    await reader.getByText('nuts.txt').first().waitFor();
    await check(page);
  });

  it('composer', async () => {
    await page.keyboard.press('c');
    const composer = page.locator('[data-composer]');
    await composer.locator(':focus').waitFor();
    await check(page);
    await page.keyboard.press('Escape');
    await composer.waitFor({ state: 'detached' });
  });

  it('keys', async () => {
    await goTo('/mail');
    await page.getByText('Nuts').first().waitFor();
    await page.keyboard.press('?');
    await page.getByRole('dialog').waitFor();
    await check(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('palette', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('dialog').waitFor();
    await check(page);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('menu of the account', async () => {
    await page.getByRole('button', { name: `Account ${ann.address}` }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).waitFor();
    await check(page);
  });

  it('options', async () => {
    await goTo('/options');
    await check(page);
    const links = page.getByRole('navigation', { name: 'Pages of the options' }).getByRole('link');
    const paths = await links.evaluateAll((all) => all.map((each) => each.getAttribute('href')));
    assert.ok(paths.length >= 8);
    const faults: string[] = [];
    for (const path of paths) {
      await goTo(path ?? '');
      faults.push(...(await findViolations(page)).map((fault) => `${path}: ${fault}`));
    }
    assert.deepEqual(faults, []);
  });

  for (const path of ['/contacts', '/calendar', '/help', '/help/keyboard', '/help?q=mail']) {
    it(path, async () => {
      await goTo(path);
      await check(page);
    });
  }

  it('written from the right, and on a phone', async () => {
    await chooseOptions(page, daemon.url, { 'display.language': 'ar' });
    const faults: string[] = [];
    await page.setViewportSize({ width: 390, height: 844 });
    for (const path of ['/mail', '/options/display', '/contacts', '/calendar', '/help/basics']) {
      await goTo(path);
      await page.locator('html[dir="rtl"]').waitFor();
      const width = await page.evaluate('document.documentElement.scrollWidth');
      if (Number(width) > 390) faults.push(`${path} is ${width} wide on a phone`);
      faults.push(...(await findViolations(page)).map((fault) => `${path}: ${fault}`));
    }
    assert.deepEqual(faults, []);
  });
});
