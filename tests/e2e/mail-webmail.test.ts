// The webmail in a real browser against the real system: new mail without reload, reading, answering with a file,
// drafts, search, moving and undoing, keys, a phone; then the wrong people at every route.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ImapFlow } from 'imapflow';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { Browser, BrowserContext, Page } from 'playwright';
import { chooseOptions, enter, launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { withFolder } from '#tests/support/imap-client.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };

describe('the webmail', () => {
  let daemon: Daemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const problems: string[] = [];

  const rows = () => page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
  const row = (text: string) => rows().filter({ hasText: text });
  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  const openRow = (text: string) => row(text).locator('[data-open-row]').click();
  /** It stays while the mouse is over it. */
  const seeToast = (text: string) =>
    page.getByRole('status').filter({ hasText: text }).last().hover();
  const dialog = () => page.getByRole('dialog');

  async function deliver(mail: SendMailOptions): Promise<void> {
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    await transport.sendMail({ from: 'Zoe <zoe@outside.example>', to: ann.address, ...mail });
    transport.close();
  }

  const readImap = <T>(who: typeof ann, folder: string, work: (client: ImapFlow) => Promise<T>) =>
    withFolder(daemon.ports.imap, who, folder, work);

  before(async () => {
    daemon = await startDaemon();
    browser = await launchBrowser();
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.drey(['user', 'add', ben.address, '--password-stdin'], ben.password);
    context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Hydration|did not match/i.test(message.text())) problems.push(message.text());
    });
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('shows an empty inbox, then new mail without reload', async () => {
    await enter(page, daemon.url, ann, '/mail');
    await chooseOptions(page, daemon.url, { 'compose.undoSeconds': '0' });
    await page.getByText('All done').waitFor();
    await deliver({ subject: 'First light', text: 'Good morning.\n\n-- \nZoe' });
    await row('First light').waitFor();
    await row('First light').getByText('Unread.').waitFor({ state: 'attached' });
    await waitFor(
      async () => (await page.title()).startsWith('(1) Inbox'),
      'the count in the title',
    );
  });

  it('reads plain text, marks it as read, and Back closes it', async () => {
    await openRow('First light');
    await reader().getByText('Good morning.').waitFor();
    await waitFor(async () => (await page.title()).startsWith('Inbox'), 'the count to go');
    const isSeen = () =>
      readImap(ann, 'INBOX', async (client) => {
        const [message] = await client.fetchAll('1', { flags: true });
        return message?.flags?.has('\\Seen');
      });
    await waitFor(isSeen, 'the flag');
    await page.goBack();
    await waitFor(() => !page.url().includes('message='), 'the list');
    await reader().getByText('Good morning.').waitFor({ state: 'detached' });
    await page.goForward();
    await reader().getByText('Good morning.').waitFor();
  });

  it('answers with a file; the other gets it, the original is marked, a copy is in Sent', async () => {
    await deliver({ from: `Ben <${ben.address}>`, subject: 'Please answer', text: 'Question?' });
    await row('Please answer').waitFor();
    await openRow('Please answer');
    await reader().getByText('Question?').waitFor();
    await page.keyboard.press('r');
    const composer = page.getByRole('region', { name: 'Re: Please answer' });
    const text = composer.getByRole('textbox', { name: 'Text', exact: true });
    await composer.locator('textarea:focus').waitFor();
    assert.match(await text.inputValue(), /\n> Question\?/);
    await page.keyboard.type('Here is the answer.');
    // Send is pressed, by a hasty hand twice, while the file is still on its way.
    const { promise: isPressed, resolve: letPass } = Promise.withResolvers<void>();
    await page.route('**/api/mail/upload?**', async (route) => {
      await isPressed;
      await route.continue();
    });
    await composer
      .locator('input[type=file]')
      .setInputFiles({ name: 'plän.txt', mimeType: 'text/plain', buffer: Buffer.from('the plan') });
    await composer.getByText('plän.txt').waitFor();
    await text.press('Control+Enter');
    await text.press('Control+Enter');
    letPass();
    await seeToast('Message sent.');
    await page.unroute('**/api/mail/upload?**');
    const got = await waitFor(
      () =>
        readImap(ben, 'INBOX', async (client) => {
          const all = await client.fetchAll('1:*', { uid: true, envelope: true, source: true });
          return all.find((each) => each.envelope?.subject === 'Re: Please answer');
        }).catch(() => null),
      'the answer at the other side',
    );
    const answers = await readImap(ben, 'INBOX', (client) =>
      client.search({ subject: 'Re: Please answer' }),
    );
    assert.equal(answers ? answers.length : 0, 1);
    const source = got.source?.toString() ?? '';
    assert.match(source, /Here is the answer\./);
    assert.match(source, /In-Reply-To: </);
    assert.match(source, /filename\*0\*=utf-8''pl%C3%A4n\.txt/);
    await row('Please answer').getByText('Answered.').waitFor({ state: 'attached' });
    const sent = await readImap(ann, 'Sent', (client) => client.fetchAll('1:*', { flags: true }));
    assert.equal(sent.length, 1);
    assert.ok(sent[0]?.flags?.has('\\Seen'));
  });

  it('keeps a draft, resumes it whole, sends it and removes it', async () => {
    await page.keyboard.press('c');
    const composer = page.locator('[data-composer]');
    await composer.getByRole('combobox', { name: 'To', exact: true }).fill(ben.address);
    await page.keyboard.press('Enter');
    await composer.getByRole('button', { name: 'Cc Bcc' }).click();
    await composer.getByRole('combobox', { name: 'Bcc' }).fill('ann@example.test,');
    await composer.getByRole('textbox', { name: 'Subject' }).fill('Half a thought');
    await composer
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('line one\n\n  line two');
    await composer.getByText(/^Saved /).waitFor();
    await composer
      .getByRole('textbox', { name: 'Text', exact: true })
      .fill('line one\n\n  line two, more');
    await page.keyboard.press('Escape');
    await composer.waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Drafts/ }).click();
    await row('Half a thought').waitFor();
    await waitFor(async () => (await rows().count()) === 1, 'one draft');
    await openRow('Half a thought');
    const text = composer.getByRole('textbox', { name: 'Text', exact: true });
    await text.getByText('line one').waitFor();
    const kept = await text.innerText();
    assert.equal(kept.replace(/\u00a0/g, ' ').replace(/\n+/g, '\n'), 'line one\n  line two, more');
    await composer.getByText('ann@example.test', { exact: true }).waitFor();
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    await composer.waitFor({ state: 'detached' });
    await seeToast('Message sent.');
    await page.getByText('No drafts').waitFor();
    await page.getByRole('link', { name: /^Inbox/ }).click();
    await row('Half a thought').waitFor();
    const find = async (client: ImapFlow) => {
      const all = await client.fetchAll('1:*', { envelope: true, source: true });
      return all.find((each) => each.envelope?.subject === 'Half a thought')?.source?.toString();
    };
    const source = await waitFor(
      () => readImap(ben, 'INBOX', find),
      'the message at the other side',
    );
    assert.doesNotMatch(source, /^Bcc:/im);
  });

  it('discards a draft', async () => {
    await page.keyboard.press('c');
    const composer = page.locator('[data-composer]');
    await composer.getByRole('textbox', { name: 'Subject' }).fill('Never mind');
    await composer.getByText(/^Saved /).waitFor();
    await composer.getByRole('button', { name: 'Discard' }).click();
    await dialog().getByRole('button', { name: 'Discard' }).click();
    await composer.waitFor({ state: 'detached' });
    const left = await readImap(ann, 'Drafts', async (client) =>
      client.mailbox ? client.mailbox.exists : -1,
    );
    assert.equal(left, 0);
  });

  it('says what stands in the way of sending', async () => {
    await page.keyboard.press('c');
    const composer = page.locator('[data-composer]');
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    await composer.getByRole('alert').filter({ hasText: 'Add at least one recipient' }).waitFor();
    await composer.getByRole('combobox', { name: 'To', exact: true }).fill('nobody@example.test');
    await composer.getByRole('textbox', { name: 'Subject' }).fill('x');
    await composer.getByRole('textbox', { name: 'Text', exact: true }).fill('see attached');
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    const question = dialog().filter({ hasText: 'No file attached' });
    await question.getByRole('button', { name: 'Send anyway' }).click();
    await composer.getByRole('alert').waitFor();
    await composer.getByRole('button', { name: 'Discard' }).click();
    await dialog().getByRole('button', { name: 'Discard' }).click();
    await composer.waitFor({ state: 'detached' });
  });

  it('moves, deletes and takes it back', async () => {
    await deliver({ subject: 'Move me', text: 'x' });
    await row('Move me').waitFor();
    await row('Move me').hover();
    await row('Move me').getByRole('button', { name: 'Archive' }).click();
    await seeToast('1 message moved to Archive.');
    await row('Move me').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await row('Move me').waitFor();
    await row('Move me').getByRole('checkbox').check({ force: true });
    await page.getByRole('toolbar', { name: 'Selected messages' }).waitFor();
    await page.keyboard.press('#');
    await seeToast('1 message moved to Trash.');
    await page.keyboard.press('z');
    await row('Move me').waitFor();
    await row('Move me').getByRole('checkbox').check({ force: true });
    await page.keyboard.press('v');
    await dialog().getByLabel('Folder', { exact: true }).fill('trash');
    await page.keyboard.press('Enter');
    await row('Move me').waitFor({ state: 'detached' });
    await page.getByRole('link', { name: /^Trash/ }).click();
    await row('Move me').waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).first().click();
    await page.getByRole('menuitem', { name: /Empty Trash/ }).click();
    await dialog().getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('Trash is empty').waitFor();
    await page.getByRole('link', { name: /^Inbox/ }).click();
  });

  it('searches with operators, and Back leaves the search', async () => {
    await row('First light').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('from:zoe subject:light');
    await page.keyboard.press('Enter');
    await page.getByText('1 match in Inbox').waitFor();
    await waitFor(async () => (await rows().count()) === 1, 'one row');
    await openRow('First light');
    await reader().getByText('Good morning.').waitFor();
    await page.goBack();
    await reader().getByText('Good morning.').waitFor({ state: 'detached' });
    await page.getByText('1 match in Inbox').waitFor();
    await page.goBack();
    await row('Please answer').waitFor();
  });

  it('sorts', async () => {
    await page.getByRole('button', { name: /^Order/ }).click();
    await page.getByRole('menuitemradio', { name: 'Subject', exact: true }).click();
    await waitFor(async () => page.url().includes('sort=subject'), 'the order in the URL');
    await waitFor(
      async () => (await rows().first().textContent())?.includes('First light'),
      'the order',
    );
    await page.goBack();
  });

  it('makes, renames and deletes a folder', async () => {
    await page.getByRole('button', { name: 'New folder' }).click();
    await dialog().getByLabel('Name').fill('Bücher & mehr');
    await page.keyboard.press('Enter');
    const link = page.getByRole('link', { name: 'Bücher & mehr' });
    await link.waitFor();
    await link.click();
    await page.getByText('Empty folder').waitFor();
    await page.reload();
    await page.getByText('Empty folder').waitFor();
    await page.getByRole('button', { name: 'More about Bücher & mehr' }).click({ force: true });
    await page.getByRole('menuitem', { name: 'Delete…' }).click();
    await dialog().getByRole('button', { name: 'Delete folder' }).click();
    await link.waitFor({ state: 'detached' });
    await row('First light').waitFor();
  });

  it('walks by keys alone', async () => {
    await page.keyboard.press('Escape');
    await waitFor(() => !/message=/.test(page.url()), 'the list');
    // One behind the other, however slow the page is: they belong together for a second only.
    await Promise.all([page.keyboard.press('g'), page.keyboard.press('i')]);
    await row('First light').waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await waitFor(() => /message=\d+/.test(page.url()), 'an open message');
    const before = page.url();
    await page.keyboard.press('j');
    await waitFor(() => page.url() !== before, 'the next message');
    await page.keyboard.press('s');
    await row('Starred.').first().waitFor();
    await page.keyboard.press('u');
    await waitFor(() => !/message=/.test(page.url()), 'the list');
    await page.keyboard.press('?');
    await dialog().getByText('Keyboard shortcuts').waitFor();
    await page.keyboard.press('Escape');
  });

  it('works on a phone', async () => {
    const phone = await browser.newContext({
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
      storageState: await context.storageState(),
    });
    const small = await phone.newPage();
    await small.goto(`${daemon.url}/mail`);
    await small.getByText('First light').tap();
    await small.getByRole('paragraph').getByText('Good morning.').waitFor();
    const width = await small.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= 390, `the page is ${width} wide`);
    await small.getByRole('button', { name: 'Back to the list' }).tap();
    await small.getByText('Please answer').first().waitFor();
    await small.getByRole('button', { name: 'Folders' }).tap();
    await small.getByRole('dialog').getByRole('link', { name: /^Sent/ }).tap();
    await small.getByText('Re: Please answer').waitFor();
    await phone.close();
  });

  it('refuses strangers, other sites and other people’s mail', async () => {
    const get = [
      'folders',
      'list?folder=INBOX',
      'message?folder=INBOX&uid=1',
      'frame?folder=INBOX&uid=1&part=1',
      'part?folder=INBOX&uid=1&part=1',
      'source?folder=INBOX&uid=1',
      'events?folder=INBOX',
      'suggest?q=a',
      'compose',
      'identities',
      'templates',
      'scheduled',
      'quote?id=x',
      'upload?id=x',
    ];
    for (const path of get) {
      const answer = await fetch(`${daemon.url}/api/mail/${path}`);
      assert.equal(answer.status, 401, path);
    }
    const post = [
      ...['actions', 'bulk', 'upload', 'compose', 'draft', 'send', 'scheduled', 'redirect'],
      ...['identities', 'templates', 'suggest'],
    ];
    for (const path of post) {
      const answer = await fetch(`${daemon.url}/api/mail/${path}`, { method: 'POST' });
      assert.equal(answer.status, 401, path);
    }
    for (const path of post) {
      const answer = await context.request.post(`${daemon.url}/api/mail/${path}`, {
        headers: { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
        data: { kind: 'empty', folder: 'Trash' },
      });
      assert.equal(answer.status(), 403, path);
    }
    const stranger = await fetch(`${daemon.url}/mail`, { redirect: 'manual' });
    assert.match(stranger.headers.get('location') ?? '', /\/login/);

    const other = await browser.newContext();
    const bens = await other.newPage();
    await enter(bens, daemon.url, ben, '/mail');
    const list = await other.request.get(`${daemon.url}/api/mail/list?folder=INBOX`);
    const subjects = ((await list.json()) as { rows: { subject: string }[] }).rows.map(
      (each) => each.subject,
    );
    assert.ok(!subjects.includes('First light') && subjects.includes('Re: Please answer'));
    const missing = await other.request.get(`${daemon.url}/api/mail/message?folder=INBOX&uid=99`);
    assert.equal(missing.status(), 404);
    const send = await other.request.post(`${daemon.url}/api/mail/send`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { message: { from: ann.address, to: [{ name: '', address: ann.address }], text: 'x' } },
    });
    assert.equal(send.status(), 403);
    await other.close();
  });

  it('ends its event streams when it stops', async () => {
    await daemon.stop();
    assert.doesNotMatch(daemon.output(), /"web".*left behind|left behind.*"web"/);
    assert.deepEqual(problems, []);
  });
});
