// Conversations in a real browser: one row each, read across folders with one's own answers, steps by keys, actions on
// all of one, muting; a large folder is paged through quickly enough to be a list.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ImapFlow } from 'imapflow';
import type { Browser, Page } from 'playwright';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { withFolder } from '#tests/support/imap-client.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@conversations.test', password: 'a boat of seven nuts' };

const mailOf = (id: string, from: string, subject: string, answers = '') =>
  [
    `From: ${from} <${from.toLowerCase()}@far.example>`,
    `To: Ann <${ann.address}>`,
    `Subject: ${subject}`,
    `Message-ID: <${id}@far.example>`,
    ...(answers
      ? [`In-Reply-To: <${answers}@far.example>`, `References: <${answers}@far.example>`]
      : []),
    '',
    `Words of ${id}.`,
    '',
  ].join('\r\n');

describe('conversations', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const rows = () => page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
  const row = (text: string) => rows().filter({ hasText: text });
  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  const head = (who: string, expanded?: boolean) =>
    reader().getByRole('button', {
      name: `Open the message of ${who}`,
      ...(expanded === undefined ? {} : { expanded }),
    });

  const readImap = <T>(folder: string, work: (client: ImapFlow) => Promise<T>) =>
    withFolder(daemon.ports.imap, ann, folder, work);
  const countIn = (folder: string) =>
    readImap(folder, async (client) => (client.mailbox ? client.mailbox.exists : 0));

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann), shareBrowser()]);
    await readImap('INBOX', async (client) => {
      const day = (hour: number) => new Date(Date.UTC(2026, 10, 20, hour));
      await client.append('INBOX', mailOf('q1', 'Zoe', 'Boat trip'), ['\\Seen'], day(8));
      await client.append('INBOX', mailOf('w1', 'May', 'Weather'), ['\\Seen'], day(9));
      await client.append('Sent', mailOf('q2', 'Ann', 'Re: Boat trip', 'q1'), ['\\Seen'], day(10));
      await client.append('INBOX', mailOf('q3', 'Ben', 'Re: Boat trip', 'q1'), [], day(11));
    });
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await row('Boat trip').first().waitFor();
    await chooseOptions(page, daemon.url, { 'list.conversations': true });
    await page.reload();
  });

  after(async () => {
    await browser?.close();
  });

  it('are one row each, with who wrote and how many messages', async () => {
    await row('Weather').waitFor();
    await waitFor(async () => (await rows().count()) === 2, 'two rows');
    await row('Boat trip').getByText('2', { exact: true }).waitFor();
    await row('Boat trip').getByText('Zoe, Ben').waitFor();
    await row('Boat trip').getByText('Unread.').waitFor({ state: 'attached' });
  });

  it('are read across folders, read messages closed, the newest open', async () => {
    await row('Boat trip').getByText('Boat trip').first().click();
    await reader().getByText('Words of q3.').waitFor();
    await head('Zoe', false).waitFor();
    await head('Ann', false).waitFor();
    await head('Ben', true).waitFor();
    await head('Ann').getByText('in Sent').waitFor();
    await head('Ann').click();
    await reader().getByText('Words of q2.').waitFor();
    await page.keyboard.press('p');
    await reader().getByText('Words of q1.').waitFor();
    await waitFor(
      () =>
        readImap('INBOX', async (client) => {
          const all = await client.fetchAll('1:*', { flags: true });
          return all.every(({ flags }) => flags?.has('\\Seen'));
        }),
      'all to be read',
    );
  });

  it('grow while they are open', async () => {
    await readImap('INBOX', (client) =>
      client.append('INBOX', mailOf('q4', 'Kim', 'Re: Boat trip', 'q1')),
    );
    await head('Kim').waitFor();
    await row('Boat trip').getByText('3', { exact: true }).waitFor();
    await waitFor(async () => (await rows().count()) === 2, 'two rows');
  });

  it('are archived and brought back whole', async () => {
    await page.keyboard.press('e');
    await row('Boat trip').waitFor({ state: 'detached' });
    await waitFor(async () => (await countIn('Archive')) === 3, 'three in the archive');
    await page.keyboard.press('z');
    await row('Boat trip').waitFor();
    await waitFor(async () => (await countIn('Archive')) === 0, 'none in the archive');
  });

  it('are muted: their messages get the keyword and leave the inbox', async () => {
    await row('Weather').getByText('Weather').first().click();
    await reader().getByText('Words of w1.').waitFor();
    await page.keyboard.press('m');
    await row('Weather').waitFor({ state: 'detached' });
    await waitFor(
      () =>
        readImap('Archive', async (client) => {
          if (!client.mailbox || client.mailbox.exists === 0) return false;
          const [message] = await client.fetchAll('1:*', { flags: true });
          return message?.flags?.has('$Muted');
        }),
      'the muted message',
    );
  });

  it('are searched as conversations, and their routes are nobody else’s', async () => {
    await readImap('INBOX', (client) => client.append('INBOX', mailOf('l1', 'Kim', 'Lunch')));
    await row('Lunch').waitFor();
    await page.getByRole('searchbox').fill('from:zoe');
    await page.keyboard.press('Enter');
    await row('Lunch').waitFor({ state: 'detached' });
    await row('Boat trip').getByText('3', { exact: true }).waitFor();
    const stranger = await browser.newContext();
    const answer = await stranger.request.get(
      `${daemon.url}/api/mail/conversation?folder=INBOX&uid=1`,
    );
    assert.equal(answer.status(), 401);
    const missing = await page.request.get(
      `${daemon.url}/api/mail/conversation?folder=INBOX&uid=9999`,
    );
    assert.equal(missing.status(), 404);
    await stranger.close();
  });
});
