// What helps while one writes: the address book, names of files and pictures that lie, sending and archiving at once, one
// undo for everything; the files of a winmail.dat; what scripts may ask.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import sharp from 'sharp';
import { findViolations } from '#tests/support/axe.ts';
import { chooseOptions, openSignedIn, waitAlive } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';
import { makeTnef } from '#tests/support/tnef.ts';

const ann = { address: 'ann@writing.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@writing.test', password: 'three quiet squirrels' };

describe('writing', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const composer = () => page.locator('[data-composer]');
  const dialog = () => page.getByRole('dialog');
  const button = (name: string, at = composer()) => at.getByRole('button', { name, exact: true });
  const text = () => composer().getByRole('textbox', { name: 'Text', exact: true });
  const box = (name: RegExp) => dialog().getByRole('checkbox', { name });
  const mailPage = () => page.locator('[data-ready]').waitFor();
  const row = (name: string) => page.locator('[data-open-row]').filter({ hasText: name });

  async function overImap<T>(ask: (client: ImapFlow) => Promise<T>): Promise<T> {
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
      return await ask(client);
    } finally {
      client.close();
    }
  }
  const countIn = (folder: string) =>
    overImap(async (client) => {
      const status = await client.status(folder, { messages: true }).catch(() => null);
      return (status || null)?.messages ?? 0;
    });
  /** The last part of the newest message. */
  const readFile = (folder: string) =>
    overImap(async (client) => {
      await client.mailboxOpen(folder);
      const found = await client.fetchOne('*', { bodyStructure: true });
      const part = (found || null)?.bodyStructure?.childNodes?.at(-1);
      const { content } = await client.download('*', part?.part);
      const chunks: Buffer[] = [];
      for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
      return { name: part?.dispositionParameters?.filename, bytes: Buffer.concat(chunks) };
    });
  /** A request as our pages send them. */
  const post = async (path: string, data: object) => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const answer = await page.request.post(`${daemon.url}${path}`, { headers, data });
    assert.equal(answer.status(), 200, await answer.text());
  };

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    await daemon.drey(['settings', 'set', 'security.failureDelayMs', '0']);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const from = 'Zoe <zoe@outside.example>';
    const file = { filename: 'winmail.dat', contentType: 'application/ms-tnef' };
    const content = makeTnef([['plan.txt', Buffer.from('the hidden plan')]]);
    const attachments = [{ ...file, content }];
    await transport.sendMail({ from, to: ann.address, subject: 'Packed', text: 'x', attachments });
    await transport.sendMail({ from, to: ann.address, subject: 'Question', text: 'Well?' });
    transport.close();
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await mailPage();
    await chooseOptions(page, daemon.url, { 'compose.undoSeconds': '30' });
    await page.reload();
    await mailPage();
    await post('/api/mail/contacts', {
      people: [
        { name: 'Grace Hopper', address: 'grace@navy.example' },
        { name: 'Ada Lovelace', address: 'ada@engine.example' },
      ],
    });
  });

  after(async () => {
    await browser?.close();
    await daemon?.drey(['settings', 'reset', 'security.failureDelayMs']);
  });

  it('chooses recipients from the address book, by keys and by the mouse', async () => {
    await page.getByRole('button', { name: 'Compose' }).first().click();
    await button('Choose from the address book: To').click();
    await box(/Ada Lovelace/).waitFor();
    await dialog().getByRole('searchbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await dialog().getByText('1 chosen').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Space');
    await dialog().getByText('2 chosen').waitFor();
    assert.deepEqual(await findViolations(page), []);
    await page.keyboard.press('Enter');
    await dialog().getByText('2 added to To').waitFor();
    await dialog().getByRole('combobox', { name: 'Book' }).selectOption('directory');
    await box(/ben@writing/).focus();
    await page.keyboard.press('Space');
    await dialog().getByText('1 chosen').waitFor();
    await dialog().getByRole('searchbox').fill('nobody like this');
    await dialog().getByText('Nobody here.').waitFor();
    await button('Add to Cc', dialog()).click();
    await button('Done', dialog()).click();
    for (const name of ['Ada Lovelace', 'Grace Hopper', ben.address]) {
      await composer().getByText(name, { exact: true }).waitFor();
    }
    await composer().getByRole('combobox', { name: 'Cc', exact: true }).waitFor();
  });

  it('gives a file another name and turns a picture', async () => {
    const create = { width: 40, height: 20, channels: 3, background: '#b33' } as const;
    const buffer = await sharp({ create }).png().toBuffer();
    await composer()
      .locator('input[data-attach]')
      .setInputFiles({ name: 'photo.png', mimeType: 'image/png', buffer });
    await button('Rename photo.png').click();
    const name = composer().getByRole('textbox', { name: 'Name of the file' });
    await name.fill('the lake.png');
    await name.press('Enter');
    await button('Turn the lake.png').click();
    await composer().getByRole('textbox', { name: 'Subject' }).fill('A picture');
    await text().fill('Attached is the lake.');
    await text().press('Control+Enter');
    await composer().waitFor({ state: 'detached' });
  });

  it('takes back what was sent by the key for everything else', async () => {
    await page.getByText('Message sent.').waitFor();
    await page.locator('#messages').focus();
    await page.keyboard.press('z');
    await composer().getByText('the lake.png').waitFor();
    await waitFor(async () => (await countIn('Sent')) === 0, 'the copy to leave Sent');
    const { name, bytes } = await readFile('Drafts');
    assert.equal(name, 'the lake.png');
    const { width, height } = await sharp(bytes).metadata();
    assert.deepEqual([width, height], [20, 40]);
    await button('Discard').click();
    await button('Discard', dialog()).click();
    await composer().waitFor({ state: 'detached' });
  });

  it('sends an answer and archives what it answers', async () => {
    await row('Question').click();
    await page.getByRole('heading', { name: 'Question' }).first().waitFor();
    await page.locator('#messages').focus();
    await page.keyboard.press('r');
    await text().fill('Well.');
    await text().press('Control+Shift+Enter');
    await composer().waitFor({ state: 'detached' });
    await row('Question').waitFor({ state: 'detached' });
    await waitFor(async () => (await countIn('Archive')) === 1, 'the question in the archive');
    await page.locator('#messages').focus();
    await page.keyboard.press('z');
    await row('Question').waitFor();
  });

  it('shows and gives the files of a winmail.dat', async () => {
    await row('Packed').click();
    await page.getByRole('button', { name: /View plan\.txt/ }).click();
    await dialog().getByText('the hidden plan').waitFor();
    const url = await dialog().getByRole('link', { name: 'Download' }).getAttribute('href');
    const answer = await page.request.get(`${daemon.url}${url}`);
    assert.equal(await answer.text(), 'the hidden plan');
    assert.match(
      answer.headers()['content-disposition'] ?? '',
      /^attachment; filename="plan\.txt"/,
    );
    assert.equal(
      (await page.request.get(`${daemon.url}${url?.replace('%211', '%219')}`)).status(),
      404,
    );
    await page.keyboard.press('Escape');
  });

  it('takes back the removal of a contact by the same key', async () => {
    await page.goto(`${daemon.url}/contacts`);
    await waitAlive(page);
    const list = page.getByRole('list', { name: 'List of contacts' });
    await list.getByRole('button', { name: /Grace Hopper/ }).click();
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
    await page.getByText('1 contact deleted').waitFor();
    await list.getByText('Grace Hopper').waitFor({ state: 'detached' });
    await page.locator('#content').focus();
    await page.keyboard.press('z');
    await list.getByText('Grace Hopper').waitFor();
  });

  it('answers scripts that show an app password made for them, and nobody else', async () => {
    const call = (path: string, password?: string, data?: object) =>
      fetch(`${daemon.url}/api/mail/remote/${path}`, {
        method: data ? 'POST' : 'GET',
        headers: {
          ...(password ? { authorization: `Basic ${btoa(`${ann.address}:${password}`)}` } : {}),
          ...(data ? { 'content-type': 'application/json' } : {}),
        },
        body: data ? JSON.stringify(data) : null,
      });
    const make = async (opened: string) => {
      const section = page.getByRole('region', { name: 'App passwords' });
      await section.getByRole('button', { name: 'Add an app password' }).click();
      await dialog().getByLabel('Your password').fill(ann.password);
      await dialog().getByLabel('Name', { exact: true }).fill(opened);
      for (const each of await dialog().getByRole('checkbox').all()) await each.uncheck();
      await dialog().getByRole('checkbox', { name: opened }).check();
      await dialog().getByRole('button', { name: 'Make it' }).click();
      const field = dialog().getByRole('textbox', { name: 'The password' });
      const password = await field.inputValue();
      await dialog().getByRole('button', { name: 'Close' }).last().click();
      return password;
    };
    await page.goto(`${daemon.url}/options/security`);
    await waitAlive(page);
    const [forScripts, forImap] = [await make('Calls of scripts'), await make('IMAP')];
    // The session of the browser counts for nothing here.
    assert.equal((await page.request.get(`${daemon.url}/api/mail/remote/unread`)).status(), 401);
    for (const wrong of [undefined, ann.password, forImap]) {
      const answer = await call('unread', wrong);
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /);
    }
    const { folders } = await (await call('unread', forScripts)).json();
    assert.ok(folders.some((each: { folder: string }) => each.folder === 'INBOX'));
    const newest = await (await call('messages?count=1&q=subject:packed', forScripts)).json();
    assert.deepEqual(
      newest.messages.map((each: { subject: string }) => each.subject),
      ['Packed'],
    );
    const letter = { to: ben.address, subject: 'From a script', text: 'Done.' };
    const sent = await call('send', forScripts, letter);
    assert.deepEqual((await sent.json()).refused, []);
    assert.equal((await call('send', forScripts, { ...letter, to: 7 })).status, 400);
    assert.equal((await call('send', forScripts, { ...letter, from: ben.address })).status, 403);
  });
});
