// Writing in the browser, read back as the other side got it: formatted text, the sealed original, identities, chips,
// templates, files, checks, redirect.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import nodemailer from 'nodemailer';
import type { Browser, Locator, Page } from 'playwright';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@compose.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@compose.test', password: 'three quiet squirrels' };
const pixel = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('writing', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  const composer = () => page.locator('[data-composer]');
  /** The editor takes its box a moment after that is drawn. */
  const text = () =>
    composer()
      .getByRole('textbox', { name: 'Text', exact: true })
      .and(page.locator('textarea, [contenteditable]'));
  const recipients = (name: string) => composer().getByRole('combobox', { name, exact: true });
  const button = (name: string, at: Page | Locator = page) =>
    at.getByRole('button', { name, exact: true });

  async function write(query: string): Promise<void> {
    await page.goto(`${daemon.url}/compose?${query}`);
    await text().waitFor();
    // The editor is loaded by itself, and takes the caret where one writes at once.
    await composer().locator(':focus').waitFor();
  }

  async function send(): Promise<void> {
    await text().press('Control+Enter');
    await page.getByText('You can close this window').waitFor();
  }

  const change = (options: object) => chooseOptions(page, daemon.url, options);

  /** The source of the newest message with this subject in ben's inbox. */
  function received(subject: string, who = ben, folder = 'INBOX'): Promise<string> {
    return waitFor(async () => {
      const all = await readImap(who, folder, (client) =>
        client.fetchAll('1:*', { envelope: true, source: true }),
      ).catch(() => []);
      return all.findLast(({ envelope }) => envelope?.subject === subject)?.source?.toString();
    }, `“${subject}” to arrive`);
  }

  async function readImap<T>(
    who: typeof ann,
    folder: string,
    work: (client: ImapFlow) => Promise<T>,
  ): Promise<T> {
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
      await client.mailboxOpen(folder);
      return await work(client);
    } finally {
      client.close();
    }
  }

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    await transport.sendMail({
      envelope: { from: ben.address, to: 'ann+lists@compose.test' },
      from: `Ben Oak <${ben.address}>`,
      to: 'ann+lists@compose.test',
      subject: 'Newsletter',
      headers: { 'List-Post': '<mailto:list@compose.test>' },
      text: 'Plain words',
      html: `<style>.x{color:#123456}</style><table bgcolor="#eeeeee"><tr><td class="x" style="padding:3px">
        Sealed words <img src="cid:pic" alt="Leaf"><script>document.title='owned'</script></td></tr></table>`,
      attachments: [{ filename: 'leaf.png', content: pixel, cid: 'pic' }],
    });
    await transport.sendMail({
      envelope: { from: 'zoe@outside.example', to: ann.address },
      from: 'Zoe <zoe@outside.example>',
      to: ann.address,
      cc: `${ben.address}, kim@outside.example`,
      subject: 'A question',
      text: 'Is it far?\n\n-- \nZoe',
      attachments: [{ filename: 'map.txt', content: 'left, then right' }],
    });
    transport.close();
    page = await openSignedIn(browser, daemon.url, ann, '/options/compose');
    page.on('pageerror', (error) => problems.push(error.message));
    await change({ 'compose.undoSeconds': '0' });
  });

  after(async () => {
    await browser?.close();
  });

  it('answers HTML as HTML, from the address it came to, with the original sealed', async () => {
    await write('mode=reply&folder=INBOX&uid=1');
    assert.match((await composer().locator('select').first().inputValue()) ?? '', /^$/);
    await composer().getByText('ann+lists@compose.test').first().waitFor({ state: 'attached' });
    await page.keyboard.type('See ');
    await button('Bold', composer()).click();
    await page.keyboard.type('this');
    await button('Bold', composer()).click();
    await page.keyboard.type(' page');
    await page.keyboard.press('Shift+Control+ArrowLeft');
    await page.keyboard.press('Control+k');
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Address').fill('pages.example/a');
    await button('Apply', dialog).click();
    await text().locator('a').waitFor();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    const chooser = page.waitForEvent('filechooser');
    await button('Image', composer()).click();
    await (await chooser).setFiles({ name: 'dot.png', mimeType: 'image/png', buffer: pixel });
    await text().locator('img[alt="dot.png"]').waitFor();
    await button('Show the quoted message', composer()).click();
    const frame = page.frameLocator('iframe[title="Quoted message"]');
    await frame.getByText('Sealed words').waitFor();
    assert.equal(await frame.locator('script').count(), 0);
    assert.doesNotMatch(await page.title(), /owned/);
    await send();
    const source = await received('Re: Newsletter');
    assert.match(source, /^From: ann\+lists@compose\.test/m);
    assert.match(source, /multipart\/alternative/);
    assert.match(source, /multipart\/related/);
    const [plain = '', html = ''] = await partsOf(source);
    assert.match(plain, /See this page <https:\/\/pages\.example\/a>/);
    assert.match(plain, /^> Sealed words \[Leaf\]/m);
    assert.match(html, /<b>this<\/b> <a href="https:\/\/pages\.example\/a">page<\/a>/);
    assert.match(html, /bgcolor="#eeeeee".*style="padding:3px"/s);
    assert.match(html, /\.x\{color:#123456\}/);
    assert.doesNotMatch(source, /owned|X-Drey|api\/mail/);
    const ids = [...html.matchAll(/src="cid:([^"]+)"/g)].map(([, id]) => id);
    assert.equal(ids.length, 2);
    for (const id of ids) assert.ok(source.includes(`<${id}>`), id);
    const flags = await readImap(ann, 'INBOX', (client) => client.fetchOne('1', { flags: true }));
    assert.ok(flags ? flags.flags?.has('\\Answered') : false);
  });

  it('lets the quote be written into, and removes it', async () => {
    await write('mode=reply-list&folder=INBOX&uid=1');
    await composer().getByText('list@compose.test').waitFor();
    await button('Edit the quote', composer()).click();
    await text().getByText('Sealed words').waitFor();
    assert.equal(await text().locator('script, style').count(), 0);
    await button('Discard', composer()).click();
    await button('Discard', page.getByRole('dialog')).click();
    await page.getByText('You can close this window').waitFor();
  });

  it('answers text as flowed text to everybody but oneself', async () => {
    await write('mode=reply-all&folder=INBOX&uid=2');
    assert.match(await text().inputValue(), /^\n\nOn .*, Zoe wrote:\n> Is it far\?\n$/);
    assert.equal(await composer().getByText('ann@compose.test', { exact: true }).count(), 0);
    await composer().getByText('kim@outside.example').waitFor();
    // A chip goes to another field by dragging.
    await composer()
      .getByText('ben@compose.test', { exact: true })
      .dragTo(recipients('To'), { force: true });
    await recipients('To').locator('..').getByText('ben@compose.test', { exact: true }).waitFor();
    await button('Remove kim@outside.example', composer()).click();
    await button('Remove Zoe', composer()).click();
    await page.keyboard.type('x');
    await text().fill(`${'word '.repeat(40).trim()}\n> Is it far?`);
    await send();
    const source = await received('Re: A question');
    assert.match(source, /^To: ben@compose\.test/m);
    assert.match(source, /format=flowed/);
    assert.ok(source.split('\r\n').every((line) => !line.startsWith('word') || line.length <= 72));
  });

  it('forwards with files, and as attachment', async () => {
    await write('mode=forward&folder=INBOX&uid=2');
    await composer().getByText('map.txt').waitFor();
    await recipients('To').fill(ben.address);
    await page.keyboard.press('Enter');
    await send();
    const source = await received('Fwd: A question');
    assert.match(source, /---------- Forwarded message ----------/);
    assert.match(source, /filename=map\.txt/);
    await write('mode=forward-attachment&folder=INBOX&uids=1,2');
    await composer().getByText('Newsletter.eml').waitFor();
    await recipients('To').fill(`${ben.address},`);
    await composer().getByRole('textbox', { name: 'Subject' }).fill('Two of them');
    await send();
    const both = await received('Two of them');
    assert.equal(both.match(/Content-Type: message\/rfc822/g)?.length, 2);
    assert.match(both, /^Subject: A question/m);
  });

  it('makes chips of what is typed and pasted, and suggests whom one wrote to', async () => {
    await write('mode=new&mailto=mailto:kim%40gmial.com%3Fsubject=Hi%26body=Line');
    assert.equal(await composer().getByRole('textbox', { name: 'Subject' }).inputValue(), 'Hi');
    await text().getByText('Line').waitFor();
    await composer()
      .getByTitle(/Did you mean gmail\.com\?/)
      .waitFor();
    await recipients('To').fill('be');
    await composer()
      .getByRole('option', { name: /ben@compose\.test/ })
      .waitFor();
    await page.keyboard.press('Tab');
    await button('Edit Ben Oak', composer()).waitFor();
    await recipients('To').evaluate((field) => {
      const data = new DataTransfer();
      data.setData('text', '"Lee, Ann" <lee@x.example>; Bob <bob@x.example>\nno address');
      field.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true }));
    });
    await button('Edit Lee, Ann', composer()).waitFor();
    await button('Edit Bob', composer()).dblclick();
    await waitFor(
      async () => (await recipients('To').inputValue()) === 'Bob <bob@x.example>',
      'Bob to be edited',
    );
    await button('Send', composer()).click();
    await composer()
      .getByRole('alert')
      .filter({ hasText: '“no address” is not an address' })
      .waitFor();
    await button('Discard', composer()).click();
    await button('Discard', page.getByRole('dialog')).click();
    await page.getByText('You can close this window').waitFor();
  });

  it('asks before what people regret', async () => {
    await change({ 'compose.manyRecipients': 1 });
    await write('mode=new');
    await recipients('To').fill(`${ben.address}, ann@compose.test,`);
    await text().fill('Der Vertrag ist im Anhang. The contract is attached.');
    await button('Send', composer()).click();
    const dialog = page.getByRole('dialog');
    for (const title of ['No file attached', 'No subject', 'Many recipients']) {
      await dialog.getByRole('heading', { name: title }).waitFor();
      await button('Send anyway', dialog).click();
    }
    await page.getByText('You can close this window').waitFor();
    await change({ 'compose.manyRecipients': 10 });
  });

  it('changes between formats, and warns before one is lost', async () => {
    await write('mode=new');
    await text().fill('some words');
    await page.keyboard.press('Control+a');
    await button('Bulleted list', composer()).click();
    await button('Plain text', composer()).click();
    await button('Switch to plain text', page.getByRole('dialog')).click();
    await composer().locator('textarea').waitFor();
    assert.equal(await text().inputValue(), '- some words');
    await button('Formatted text', composer()).click();
    await text().getByText('- some words').waitFor();
    await button('More options', composer()).click();
    await page.getByRole('menuitemradio', { name: 'High priority' }).click();
    await button('More options', composer()).click();
    await page.getByRole('menuitemradio', { name: 'Ask for a read receipt' }).click();
    await button('More options', composer()).click();
    await page.getByRole('menuitemradio', { name: 'Ask for a delivery receipt' }).click();
    await recipients('To').fill(`${ben.address},`);
    await composer().getByRole('textbox', { name: 'Subject' }).fill('Words');
    await send();
    const source = await received('Words');
    assert.doesNotMatch(source, /text\/html/);
    assert.match(source, /^X-Priority: 1/m);
    assert.match(source, /^Disposition-Notification-To: .*ann@compose\.test/m);
    assert.match(await received('Your mail was delivered', ann), /report-type="?delivery-status/);
  });

  it('keeps identities with signatures, which change with the sender', async () => {
    await page.goto(`${daemon.url}/options/identities`);
    const add = async (name: string, address: string, signature: string, html = '') => {
      await button('New identity').click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name', { exact: true }).fill(name);
      await dialog.getByLabel('Address', { exact: true }).fill(address);
      await dialog.getByLabel('Signature', { exact: true }).fill(signature);
      await dialog.getByLabel('Formatted signature (HTML)').fill(html);
      await button('Save', dialog).click();
      await page.getByRole('listitem').filter({ hasText: address }).waitFor();
    };
    await add('Ann Lee', ann.address, 'Ann, at home');
    await add(
      'The desk',
      'ann+desk@compose.test',
      'The desk',
      '<i>The</i> <b>desk</b><script>x</script>',
    );
    await write('mode=new');
    await text().getByText('Ann, at home').waitFor();
    await composer()
      .getByRole('combobox', { name: 'From', exact: true })
      .selectOption({ label: 'The desk <ann+desk@compose.test>' });
    await text().locator('b', { hasText: 'desk' }).waitFor();
    assert.equal(await text().getByText('Ann, at home').count(), 0);
    await recipients('To').fill(`${ben.address},`);
    await composer().getByRole('textbox', { name: 'Subject' }).fill('Signed');
    await send();
    const source = await received('Signed');
    assert.match(source, /^From: The desk <ann\+desk@compose\.test>/m);
    const [plain = '', html = ''] = await partsOf(source);
    assert.match(plain, /-- \r?\nThe desk/);
    assert.match(html, /<i>The<\/i> <b>desk<\/b>/);
    assert.doesNotMatch(source, /<script/);
  });

  it('inserts templates without replacing, and keeps them', async () => {
    await write('mode=new');
    await text().fill('Thanks for asking.');
    await composer().getByRole('textbox', { name: 'Subject' }).fill('Thanks');
    await button('Templates', composer()).click();
    await page.getByRole('menuitem', { name: 'Save as template…' }).click();
    await button('Save', page.getByRole('dialog')).click();
    await page.getByText('Template saved.').waitFor();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await text().fill('Hello. ');
    await button('Templates', composer()).click();
    await page.getByRole('menuitem', { name: 'Thanks', exact: true }).click();
    await text()
      .getByText(/Hello\..*Thanks for asking\./s)
      .waitFor();
    await button('Discard', composer()).click();
    await button('Discard', page.getByRole('dialog')).click();
    await page.getByText('You can close this window').waitFor();
    await page.goto(`${daemon.url}/options/templates`);
    const row = page.getByRole('listitem').filter({ hasText: 'Thanks' });
    await button('Delete', row).click();
    await button('Delete', page.getByRole('dialog')).click();
    await row.waitFor({ state: 'detached' });
  });

  it('attaches what is dropped, shows the limit, and removes what is chosen', async () => {
    await write('mode=new');
    await composer().evaluate((element) => {
      const data = new DataTransfer();
      for (const name of ['a.txt', 'b.txt', 'c.txt']) data.items.add(new File([name], name));
      element.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true }));
    });
    const list = composer().getByRole('list', { name: 'Attached files' });
    // What has not arrived yet would be discarded without a question.
    for (const name of ['a.txt', 'b.txt', 'c.txt']) await button(`Rename ${name}`, list).waitFor();
    await composer()
      .getByText(/^Files up to \d+/)
      .waitFor();
    await list.getByLabel('Select a.txt').check();
    await list.getByLabel('Select b.txt').check();
    await button('Remove 2 files', composer()).click();
    await waitFor(async () => (await list.getByRole('listitem').count()) === 1, 'one file left');
    await button('Discard', composer()).click();
    await button('Discard', page.getByRole('dialog')).click();
    await page.getByText('You can close this window').waitFor();
  });

  it('does nothing a page may not', () => assert.deepEqual(problems, []));
});

/** The decoded text and HTML parts of a message. */
async function partsOf(source: string): Promise<string[]> {
  const { default: PostalMime } = await import('postal-mime');
  const { text, html } = await PostalMime.parse(source);
  return [text ?? '', html ?? ''];
}
