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
    await page.getByRole('dialog').waitFor({ state: 'detached' });
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
      // Keys right behind a dialog that has gone are lost now and then; a person presses again.
      for (let tries = 0; tries < 10 && !page.url().includes(`/mail/${folder}`); tries++) {
        await press(`g ${key}`);
        await page.waitForURL(`**/mail/${folder}*`, { timeout: 3000 }).catch(() => {});
      }
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
