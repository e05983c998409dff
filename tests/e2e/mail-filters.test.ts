// Filters, forwarding, vacation answer and other accounts, as a person sets them up and as mail then arrives.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page, Response } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { openPop3Elsewhere, type Pop3Elsewhere } from '#tests/support/pop3-elsewhere.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@filters.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@filters.test', password: 'three quiet squirrels' };

describe('filters', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;
  let pop3: Pop3Elsewhere;

  const seeToast = (text: string) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor();
  const options = async (name: string) => {
    await page.goto(`${daemon.url}/options/${name}`);
    await page.getByRole('heading', { level: 1 }).waitFor();
  };
  const send = async (subject: string, from = 'zoe@outside.example', to = ben.address) => {
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    await transport.sendMail({ from, to, subject, text: `about ${subject}` });
    transport.close();
  };
  const checkAccess = async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await findViolations(page), [], colorScheme);
    }
  };
  /** Subjects in a folder, through the page's own route. */
  const list = async (folder: string): Promise<string[]> => {
    const answer = await page.request.get(
      `${daemon.url}/api/mail/list?folder=${encodeURIComponent(folder)}`,
    );
    if (!answer.ok()) return [];
    return [...(await answer.text()).matchAll(/"subject":"([^"]*)"/g)].map(([, text = '']) => text);
  };
  const seeIn = (folder: string, subject: string) =>
    waitFor(async () => (await list(folder)).includes(subject), `${subject} in ${folder}`);

  before(async () => {
    [daemon, browser, pop3] = await Promise.all([
      shareDaemon(ann, ben),
      shareBrowser(),
      openPop3Elsewhere({ user: 'ben', password: 'there' }),
    ]);
    await daemon.drey(['settings', 'set', 'delivery.collectAnywhere', 'on']);
    await send('an old walk');
    page = await openSignedIn(browser, daemon.url, ben, '/options/filters');
  });

  after(async () => {
    await browser?.close();
    await daemon?.drey(['settings', 'reset', 'delivery.collectAnywhere']);
    await pop3?.close();
  });

  it('are written, tested on mail that is here, kept, and applied to it', async () => {
    await page.getByText('No rules yet').waitFor();
    await page.getByRole('button', { name: 'New rule' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Walks');
    await page.getByLabel('Where to look, condition 1').selectOption('Subject');
    await page.getByLabel('What to look for, condition 1').fill('walk');
    await page.getByLabel('Folder, action 1').fill('Walks');
    await page.getByRole('button', { name: 'Add action' }).click();
    await page.getByLabel('Action 2', { exact: true }).selectOption('Star it');
    await page.getByRole('button', { name: 'Test it' }).click();
    await page.getByText('1 of the newest 1 messages fits:').waitFor();
    await page.getByText('an old walk').waitFor();
    await checkAccess();
    await page.getByRole('button', { name: 'Save rule' }).click();
    await seeToast('Rule saved');
    await page.getByText('Subject contains “walk” → Move to folder Walks, Star it').waitFor();
    await send('a new walk');
    await seeIn('Walks', 'a new walk');
    await page.getByRole('button', { name: 'Apply “Walks” to a folder' }).click();
    await page.getByRole('button', { name: 'Apply now' }).click();
    await page.getByText('Done: 1 message.').waitFor();
    await page.getByRole('button', { name: 'Close' }).last().click();
    await seeIn('Walks', 'an old walk');
  });

  it('begin with a message, change their order, and are switched off and removed', async () => {
    await options('filters?from=bill%40far.test&subject=Your%20bill');
    assert.equal(
      await page.getByLabel('What to look for, condition 1').inputValue(),
      'bill@far.test',
    );
    await page.getByRole('button', { name: 'Add condition' }).click();
    assert.equal(await page.getByLabel('What to look for, condition 2').inputValue(), 'Your bill');
    await page.getByLabel('Action 1', { exact: true }).selectOption('Move to Trash');
    await page.getByLabel('Name', { exact: true }).fill('Bills');
    await page.getByRole('button', { name: 'Save rule' }).click();
    const names = () =>
      page.getByRole('list', { name: 'Your rules' }).locator('bdi').allInnerTexts();
    await seeToast('Rule saved');
    await waitFor(async () => (await names()).join() === 'Walks,Bills', 'the second rule');
    // Shown before it is kept: mail that comes meanwhile still finds the old rules.
    const kept = async (change: Promise<void>) => {
      const isChange = (response: Response) =>
        response.url().includes('/api/mail/filters') && response.request().method() !== 'GET';
      await Promise.all([page.waitForResponse(isChange), change]);
    };
    await kept(page.getByRole('button', { name: 'Move “Bills” up' }).click());
    await waitFor(async () => (await names())[0] === 'Bills', 'the new order');
    await kept(page.getByRole('switch', { name: 'Rule “Walks” is on' }).click());
    await send('Your bill of a walk', 'bill@far.test');
    await send('one more walk');
    await seeIn('Trash', 'Your bill of a walk');
    await seeIn('INBOX', 'one more walk');
    await page.getByRole('button', { name: 'Remove: Bills' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await waitFor(async () => (await names()).length === 1, 'the rule to go');
  });

  it('forward everything by a form of their own, and say what is wrong', async () => {
    const form = page.getByRole('form', { name: 'Forward all mail' });
    await form.getByLabel('Forward to').fill(ben.address);
    await form.getByRole('button', { name: 'Save' }).click();
    await form.getByText('is your own address').waitFor();
    await form.getByLabel('Forward to').fill(ann.address);
    await form.getByRole('button', { name: 'Save' }).click();
    await page.getByText(`All mail is forwarded to ${ann.address}.`).waitFor();
    await send('for both');
    await seeIn('INBOX', 'for both');
    const { imap } = daemon.ports;
    assert.ok(imap > 0);
    await waitFor(async () => {
      const events = (await daemon.dreyJson(['events', ann.address])) as object[];
      return JSON.stringify(events).includes('"delivered"');
    }, 'the forwarded message');
    await page.getByRole('button', { name: 'Stop forwarding' }).click();
    await seeToast('Mail is no longer forwarded');
  });

  it('answer while somebody is away', async () => {
    await options('vacation');
    await page.getByRole('switch', { name: 'Answer while I am away' }).click();
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Write what people are told.').waitFor();
    await page.getByLabel('Message').fill('Back on Monday.');
    await page.getByLabel('Who gets an answer').selectOption('People of filters.test');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('People who write to you get this answer now.').waitFor();
    await checkAccess();
    await send('are you in', ann.address);
    const theirs = await openSignedIn(browser, daemon.url, ann, '/mail');
    await theirs.getByText('Auto: are you in').first().waitFor();
    await theirs.context().close();
    await page.getByLabel('Until').fill('2020-01-01T08:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('The time has passed').waitFor();
  });

  it('collect mail from an account elsewhere', async () => {
    const text = 'From: eve@far.test\r\nTo: ben@far.test\r\nSubject: from afar\r\n\r\nhello\r\n';
    pop3.messages.set('u1', text);
    await options('collect');
    await page.getByRole('button', { name: 'Add account' }).click();
    await page.getByLabel('Kind').selectOption('POP3');
    await waitFor(async () => (await page.getByLabel('Port').inputValue()) === '995', 'its port');
    await page.getByLabel('Encryption').selectOption('None');
    await page.getByText('can read your password').waitFor();
    await checkAccess();
    await page.getByLabel('Server').fill('127.0.0.1');
    await page.getByLabel('Port').fill(String(pop3.port));
    await page.getByLabel('User name there').fill('ben');
    await page.getByLabel('Password there').fill('wrong');
    await page.getByLabel('Folder here').fill('Afar');
    await page.getByLabel('Name', { exact: true }).fill('Old post');
    await page.getByRole('button', { name: 'Save and look now' }).click();
    await page.getByText('sign-in refused').waitFor();
    await page.getByRole('button', { name: 'Edit “Old post”' }).click();
    assert.equal(await page.getByLabel('Password there').inputValue(), '');
    await page.getByLabel('Password there').fill('there');
    await page.getByRole('button', { name: 'Save and look now' }).click();
    await page.getByText(/^1 message, /).waitFor();
    await seeIn('Afar', 'from afar');
    await page.getByRole('button', { name: 'Collect from “Old post” now' }).click();
    await page.getByText(/^Nothing new, /).waitFor();
    await page.getByRole('button', { name: 'Remove: Old post' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
    await page.getByText('No other accounts').waitFor();
    assert.deepEqual(await list('Afar'), ['from afar']);
  });

  it('learn from “Junk” whose mail is junk', async () => {
    await send('win a boat', 'spam@far.test');
    await seeIn('INBOX', 'win a boat');
    await page.goto(`${daemon.url}/mail`);
    const region = page.getByRole('region', { name: 'Messages' });
    await region.getByText('win a boat').first().click();
    await page.getByRole('heading', { name: 'win a boat' }).first().waitFor();
    await page.keyboard.press('!');
    await seeIn('Junk', 'win a boat');
    await send('win a ship', 'spam@far.test');
    await seeIn('Junk', 'win a ship');
    await options('filters');
    await page.getByText('Junk senders').waitFor();
  });

  it('learn the same from a move of everything that matches', async () => {
    await send('buy a boat', 'bulk@far.test');
    await seeIn('INBOX', 'buy a boat');
    const ask = async (data: object) => {
      const headers = { 'sec-fetch-site': 'same-origin' };
      const answer = await page.request.post(`${daemon.url}/api/mail/bulk`, { headers, data });
      return (await answer.json()) as { id: string };
    };
    const { id } = await ask({ step: 'freeze', folder: 'INBOX', query: 'from:bulk' });
    await ask({ step: 'start', selection: id, kind: 'move', role: 'junk' });
    await seeIn('Junk', 'buy a boat');
    await send('buy a ship', 'bulk@far.test');
    await seeIn('Junk', 'buy a ship');
  });

  it('are switched off by an administrator', async () => {
    const { code, stdout } = await daemon.drey(['user', 'filters', ben.address, '--off']);
    assert.equal(code, 0);
    assert.match(stdout, /1 rules/);
    await page.reload();
    await page.getByText('Junk senders').waitFor();
    assert.equal(await page.getByRole('switch', { name: /is on$/, checked: true }).count(), 0);
  });
});
