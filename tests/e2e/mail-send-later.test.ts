// Mail the server holds: undo send, sending at a time of choice, taking it back, moving it; where copies go; sending on
// unchanged.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@send-later.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@send-later.test', password: 'three quiet squirrels' };

describe('sending later', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const composer = () => page.locator('[data-composer]');
  const text = () => composer().getByRole('textbox', { name: 'Text', exact: true });
  const subject = () => composer().getByRole('textbox', { name: 'Subject' });
  const button = (name: string, at = composer()) => at.getByRole('button', { name, exact: true });
  const dialog = () => page.getByRole('dialog');

  async function listSubjects(who: typeof ann, folder: string): Promise<string[]> {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: who.address, pass: who.password },
      logger: false,
    });
    await client.connect();
    try {
      const mailbox = await client.mailboxOpen(folder);
      if (mailbox.exists === 0) return [];
      const all = await client.fetchAll('1:*', { envelope: true, source: true });
      sources = new Map(all.map((each) => [each.envelope?.subject ?? '', String(each.source)]));
      return [...sources.keys()];
    } finally {
      client.close();
    }
  }
  let sources = new Map<string, string>();

  async function write(title: string, words: string): Promise<void> {
    await page.getByRole('button', { name: 'Compose' }).first().click();
    await composer().getByRole('combobox', { name: 'To', exact: true }).fill(`${ben.address},`);
    await subject().fill(title);
    await text().fill(words);
  }

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    const from = 'Zoe <zoe@outside.example>';
    await transport.sendMail({ from, to: ann.address, subject: 'From far', text: 'Far words' });
    transport.close();
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await chooseOptions(page, daemon.url, { 'compose.undoSeconds': '30' });
    await page.reload();
  });

  after(async () => {
    await browser?.close();
  });

  it('takes a message back with all that was in it', async () => {
    await write('Too early', 'These are words');
    await composer()
      .locator('input[type=file]')
      .setInputFiles({ name: 'plan.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') });
    await composer().getByText('plan.txt').waitFor();
    await button('More options').click();
    await page.getByRole('menuitemradio', { name: 'High priority' }).click();
    await text().press('Control+Enter');
    const toast = page.getByRole('status').filter({ hasText: 'Message sent.' });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await text().getByText('These are words').waitFor();
    await composer().getByText('plan.txt').waitFor();
    assert.equal(await subject().inputValue(), 'Too early');
    await button('More options').click();
    const high = page.getByRole('menuitemradio', { name: 'High priority' });
    assert.equal(await high.getAttribute('aria-checked'), 'true');
    await page.keyboard.press('Escape');
    assert.deepEqual(await listSubjects(ann, 'Sent'), []);
    assert.deepEqual(await listSubjects(ann, 'Drafts'), ['Too early']);
    assert.deepEqual(await listSubjects(ben, 'INBOX'), []);
  });

  it('sends it at a time of choice, and shows what waits', async () => {
    await button('More ways to send').click();
    await page.getByRole('menuitem', { name: 'Send later…' }).click();
    const day = new Date(Date.now() + 3 * 24 * 3600_000).toISOString().slice(0, 10);
    await dialog().getByLabel('Date and time').fill(`${day}T09:30`);
    await button('Schedule', dialog()).click();
    await composer().waitFor({ state: 'detached' });
    await page.getByText(/^The message will be sent/).waitFor();
    await listSubjects(ann, 'Sent');
    assert.match(sources.get('Too early') ?? '', new RegExp(`Date: .*${Number(day.slice(8))} `));
    await page.getByRole('button', { name: 'Compose' }).first().click();
    await button('More ways to send').click();
    await page.getByRole('menuitem', { name: 'Scheduled' }).click();
    const row = dialog().getByRole('listitem').filter({ hasText: 'Too early' });
    await row.getByText('To ben@send-later.test').waitFor();
    await button('Change the time', row).click();
    const next = dialog().filter({ hasText: 'Send later' }).last();
    await next.getByLabel('Date and time').fill(`${day}T11:30`);
    await button('Schedule', next).click();
    await row.getByText(/11:30/).waitFor();
    await button('Send now', row).click();
    await page.getByText('Nothing waits to be sent.').waitFor();
    await waitFor(
      async () => (await listSubjects(ben, 'INBOX')).includes('Too early'),
      'the message to arrive',
    );
    const source = sources.get('Too early') ?? '';
    assert.match(source, /^X-Priority: 1/m);
    assert.doesNotMatch(source, /X-Drey-(?:Draft|Origin)/);
    await page.keyboard.press('Escape');
    await text().press('Escape');
    await composer().waitFor({ state: 'detached' });
  });

  it('opens a waiting message as a draft', async () => {
    await write('Another day', 'Later words');
    await button('More ways to send').click();
    await page.getByRole('menuitem', { name: 'Send later…' }).click();
    await dialog()
      .getByRole('button', { name: /Tomorrow morning/ })
      .click();
    await composer().waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Compose' }).first().click();
    await button('More ways to send').click();
    await page.getByRole('menuitem', { name: 'Scheduled' }).click();
    const row = dialog().getByRole('listitem').filter({ hasText: 'Another day' });
    await button('Edit', row).click();
    const back = page.getByRole('region', { name: 'Another day' });
    await back.getByText('Later words').waitFor();
    assert.deepEqual(await listSubjects(ann, 'Drafts'), ['Another day']);
    await back.getByRole('button', { name: 'Discard' }).click();
    await button('Discard', dialog()).click();
    await back.waitFor({ state: 'detached' });
    await button('Close, keep the draft').click();
    await composer().waitFor({ state: 'detached' });
  });

  it('keeps copies where the user wants them', async () => {
    const options = {
      'compose.undoSeconds': '0',
      'compose.sentSplit': 'year',
      'compose.afterSend': 'list',
    };
    await chooseOptions(page, daemon.url, options);
    await write('Split', 'x');
    await text().press('Control+Enter');
    await composer().waitFor({ state: 'detached' });
    const year = new Date().getUTCFullYear();
    await waitFor(
      async () => (await listSubjects(ann, `Sent/${year}`).catch(() => [''])).includes('Split'),
      'the copy',
    );
    await page.goto(`${daemon.url}/compose?mode=reply&folder=INBOX&uid=1`);
    await text().waitFor();
    await button('More options').click();
    await page.getByRole('menuitemradio', { name: 'Keep the copy beside the original' }).click();
    await button('Remove Zoe').click();
    await composer().getByRole('combobox', { name: 'To', exact: true }).fill(`${ben.address},`);
    await text().press('Control+Enter');
    await page.getByText('You can close this window').waitFor();
    assert.ok((await listSubjects(ann, 'INBOX')).includes('Re: From far'));
  });

  it('sends a message on unchanged', async () => {
    const answer = await page.request.post(`${daemon.url}/api/mail/redirect`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { folder: 'INBOX', uid: 1, to: [{ name: 'Ben', address: ben.address }] },
    });
    assert.equal(answer.status(), 200, await answer.text());
    await waitFor(
      async () => (await listSubjects(ben, 'INBOX')).includes('From far'),
      'the message to arrive',
    );
    const source = sources.get('From far') ?? '';
    assert.match(source, /^Resent-From: ann@send-later\.test/m);
    assert.match(source, /^Resent-To: Ben <ben@send-later\.test>/m);
    assert.match(source, /^From: Zoe <zoe@outside\.example>/m);
    assert.match(source, /^Return-Path: <ann@send-later\.test>/m);
  });
});
