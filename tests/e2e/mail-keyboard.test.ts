// The mail page by keys alone: the whole map, the help, own keys, the palette, keys switched off, typing left alone.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { chooseOptions, openSignedIn, waitAlive } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@keyboard.test', password: 'a boat of seven nuts' };
const subjects = ['Acorn', 'Beech', 'Cedar', 'Drey', 'Elm', 'Fir'];

describe('keys of the mail page', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const list = () => page.getByRole('region', { name: 'Messages' });
  const row = (text: string) => list().getByRole('listitem').filter({ hasText: text });
  const press = async (keys: string) => {
    for (const key of keys.split(' ')) await page.keyboard.press(key);
  };
  /** All at once, as from somebody who is faster than the page. */
  const rush = async (keys: string) => {
    await Promise.all(keys.split(' ').map((key) => page.keyboard.press(key)));
  };
  const selected = (count: number) =>
    page
      .getByRole('toolbar', { name: 'Selected messages' })
      .getByText(`${count} selected`)
      .waitFor();
  const isIn = (folder: string) =>
    waitFor(() => new RegExp(`/mail/${folder}(\\?|$)`).test(page.url()), folder);
  const isOpen = (text: string) =>
    page
      .getByRole('region', { name: 'Message', exact: true })
      .getByText(`Text of ${text}`)
      .first()
      .waitFor();

  const isClosed = () => waitFor(() => !page.url().includes('message='), 'the list');

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann), shareBrowser()]);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    for (const subject of subjects) {
      const mail = { from: 'Zoe <zoe@outside.example>', to: ann.address, subject };
      await transport.sendMail({ ...mail, text: `Text of ${subject}` });
    }
    transport.close();
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await row('Fir').waitFor();
  });

  after(async () => {
    await browser?.close();
  });

  it('walk and open', async () => {
    await press('j j Enter');
    await isOpen('Elm');
    await press('ArrowDown');
    await isOpen('Drey');
    await press('k');
    await isOpen('Elm');
    await press('u');
    await isClosed();
    await press('End o');
    await isOpen('Acorn');
    await press('Escape');
    await isClosed();
    await press('Home Shift+N');
    await press('o');
    await isOpen('Cedar');
    await press('Escape');
    await isClosed();
  });

  it('select in every way', async () => {
    await press('Home x Shift+ArrowDown Shift+ArrowDown');
    await selected(3);
    await press('* n Control+a');
    await selected(6);
    await press('Shift+I Escape');
    await press('Home Shift+U * u');
    await selected(1);
    await press('* r');
    await selected(5);
    await press('Escape Home Space');
    await selected(1);
    await press('s * s');
    await selected(1);
    await press('* t');
    await selected(5);
    await press('Escape');
  });

  it('file, mark and take back', async () => {
    await press('Home e');
    await row('Fir').waitFor({ state: 'detached' });
    await press('z');
    await row('Fir').waitFor();
    await press('Home !');
    await row('Fir').waitFor({ state: 'detached' });
    await press('Control+z');
    await row('Fir').waitFor();
    await press('Home Shift+U');
    await row('Fir').getByText('Unread.').waitFor({ state: 'attached' });
    await press('Shift+I');
    await row('Fir').getByText('Unread.').waitFor({ state: 'detached' });
    await press('Home Enter');
    await isOpen('Fir');
    await press(']');
    await isOpen('Elm');
    await row('Fir').waitFor({ state: 'detached' });
    await press('z');
    await row('Fir').waitFor();
    await press('Escape');
    await isClosed();
    await press('Home Shift+D');
    const question = page.getByRole('dialog', { name: 'Delete 1 message without Trash?' });
    await question.getByRole('button', { name: 'Cancel' }).click();
    await press('v');
    await page.getByRole('dialog').getByText('Move 1 message to').waitFor();
    await press('Escape');
  });

  it('go from place to place', async () => {
    const places = [
      ['t', 'Sent'],
      ['d', 'Drafts'],
      ['b', 'Trash'],
      ['j', 'Junk'],
      ['a', 'Archive'],
      ['i', 'INBOX'],
    ] as const;
    for (const [key, folder] of places) {
      await press(`g ${key}`);
      await isIn(folder);
    }
    await press('g s');
    await waitFor(() => page.url().includes('filter=starred'), 'the starred');
    await press('Escape');
    await waitFor(() => !page.url().includes('filter='), 'all');
    await press('g o');
    await waitFor(() => page.url().endsWith('/options'), 'the options');
    await page.goBack();
    await page.locator('[data-ready]').waitFor();
    await row('Fir').waitFor();
  });

  it('find commands and folders by name', async () => {
    await press('Control+k');
    const palette = page.getByRole('dialog', { name: 'Commands' });
    await palette.getByRole('combobox').fill('compact');
    await press('Enter');
    await palette.waitFor({ state: 'detached' });
    await waitFor(async () => ((await row('Fir').boundingBox())?.height ?? 99) < 70, 'lower rows');
    await press('Control+k');
    await palette.getByRole('combobox').fill('trash');
    await palette.getByRole('option', { name: 'Trash' }).last().click();
    await isIn('Trash');
    await press('g i');
    await isIn('INBOX');
  });

  it('are told, and chosen anew', async () => {
    await press('?');
    const help = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await help.getByText('Archive and on').waitFor();
    await help.getByRole('button', { name: 'Choose other keys' }).click();
    await help.getByRole('button', { name: 'Another key for “Archive”', exact: true }).click();
    await press('y');
    await help.getByText('Press a key').waitFor({ state: 'detached' });
    await press('Escape');
    await press('Home e');
    await row('Fir').waitFor();
    await press('y');
    await row('Fir').waitFor({ state: 'detached' });
    await press('z');
    await row('Fir').waitFor();
  });

  it('mean the list as soon as the message is closed, however long Back takes', async () => {
    await page.evaluate(() => {
      const { back } = history;
      history.back = () => void setTimeout(() => back.call(history), 1000);
    });
    await press('Home Enter');
    await isOpen('Fir');
    await press('Escape End x');
    await row('Acorn').getByRole('checkbox', { checked: true }).waitFor();
    await selected(1);
    await isClosed();
    await press('Escape');
    // Steps that are asked for while it goes back come behind it, one by one.
    await press('Home Enter');
    await isOpen('Fir');
    await press('Escape End Enter');
    await isOpen('Acorn');
    await press('Escape g t');
    await row('Acorn').waitFor({ state: 'detached' });
    await isIn('Sent');
    await page.evaluate(() => history.go(-1));
    await row('Acorn').waitFor();
    await isIn('INBOX');
    await press('Home Enter');
    await isOpen('Fir');
    await press('Escape g c');
    await page.waitForURL('**/contacts');
    await page.goto(`${daemon.url}/mail`);
    await row('Fir').waitFor();
  });

  it('mean the page as soon as what lay upon it is closed', async () => {
    const dialog = page.getByRole('dialog');
    for (const key of ['v', 'Shift+Y', 'l', 'b', 'Shift+D', '?', 'Control+k']) {
      await press(`Home ${key}`);
      await dialog.waitFor();
      await rush('Escape ArrowDown x');
      await row('Elm').getByRole('checkbox', { checked: true }).waitFor();
      await press('Escape');
      await row('Elm').getByRole('checkbox', { checked: false }).waitFor();
    }
    await press('Home v');
    await dialog.getByRole('combobox').fill('nut');
    await rush('Escape v');
    await page.locator('dialog[open] input[value=""]').waitFor();
    await rush('Escape g t');
    await isIn('Sent');
    await press('g i');
    await row('Fir').waitFor();
    const menu = page.getByRole('button', { name: 'Account' });
    await menu.press('ArrowDown');
    await page.getByRole('menuitem').first().waitFor();
    await rush('Escape ArrowUp');
    await page.getByRole('menuitem').last().and(page.locator(':focus')).waitFor();
    await rush('Escape g t');
    await isIn('Sent');
    await press('g i');
    await row('Fir').waitFor();
  });

  it('go back to where a dialog was opened from, and on to where it leads', async () => {
    const button = page.getByRole('button', { name: 'Keyboard shortcuts' });
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await button.and(page.locator(':focus')).waitFor();
    await press('Control+k');
    await page.getByRole('dialog').getByRole('option', { name: 'Search' }).first().click();
    await page.getByRole('searchbox').and(page.locator(':focus')).waitFor();
    await press('Escape');
  });

  it('lead out of what never comes, and may ask again for what could not come', async () => {
    await page.goto(`${daemon.url}/mail`);
    await waitAlive(page);
    // The reader and the bar of what is selected are no dialogs: they come first.
    await press('Home Enter');
    await isOpen('Fir');
    await press('Escape');
    await isClosed();
    await press('x');
    await selected(1);
    await press('Escape');
    const scripts = '**/_next/static/chunks/**';
    const letCome: (() => Promise<void>)[] = [];
    await page.route(scripts, (route) => void letCome.push(() => route.continue()));
    await press('Home v');
    await page.locator('[data-awaited]').waitFor({ state: 'attached' });
    await press('Escape ArrowDown x');
    await row('Elm').getByRole('checkbox', { checked: true }).waitFor();
    await press('Escape');
    await Promise.all(letCome.map((each) => each()));
    await page.unroute(scripts);
    await page.route(scripts, (route) => route.abort());
    await press('l');
    await page.getByRole('alert').filter({ hasText: 'This could not be loaded.' }).waitFor();
    await page.unroute(scripts);
    await press('l');
    await page.getByRole('dialog').waitFor();
    await rush('Escape g t');
    await isIn('Sent');
    await press('g i');
    await row('Fir').waitFor();
  });

  it('leave typing alone, and letters where they are switched off', async () => {
    await press('/');
    await page.keyboard.type('e#!');
    const typed = await page.evaluate(() => (document.activeElement as HTMLInputElement).value);
    assert.equal(typed, 'e#!');
    await press('Escape');
    await row('Fir').waitFor();
    await chooseOptions(page, daemon.url, { 'list.keyboard': false, 'list.keys': {} });
    await page.goto(`${daemon.url}/mail`);
    await waitAlive(page);
    await row('Fir').waitFor();
    await press('ArrowDown e #');
    await press('Enter');
    await isOpen('Fir');
    assert.equal(await list().getByRole('listitem').count(), subjects.length);
  });
});
