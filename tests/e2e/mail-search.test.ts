// The search box in a real browser: operators as chips, suggestions, all folders, the advanced form, recent and kept
// searches, and texts that would be commands (50).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import type { Browser, Page } from 'playwright';
import { openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@search.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@search.test', password: 'three quiet squirrels' };

const mailOf = (from: string, subject: string, text: string, type = 'text/plain; charset=utf-8') =>
  Buffer.from(
    `From: ${from}\r\nTo: ${ann.address}\r\nSubject: ${subject}\r\nMIME-Version: 1.0\r\nContent-Type: ${type}\r\n\r\n${text}\r\n`,
  );
const withFile = (text: string) =>
  `--b\r\nContent-Type: text/plain\r\n\r\n${text}\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n--b--`;

describe('search', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const box = () => page.getByRole('searchbox');
  const chips = () =>
    page.getByRole('list', { name: 'What is searched for' }).getByRole('listitem');
  const rows = () => page.getByRole('region', { name: 'Messages' }).getByRole('listitem');
  const row = (text: string) => rows().filter({ hasText: text });
  const option = (text: string | RegExp) => page.getByRole('option', { name: text });
  const isKept = (option: string) =>
    page.waitForResponse((answer) => answer.request().postData()?.includes(option) === true);
  const type = async (text: string) => {
    await box().fill(text);
    const kept = isKept('folders.recentSearches');
    await page.keyboard.press('Enter');
    await page.waitForURL((at) => at.searchParams.get('q') === text);
    await kept;
  };
  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  const holds = (text: string) =>
    waitFor(async () => (await box().inputValue()) === text, `the box to hold "${text}"`);
  const subjects = async (wanted: string[]) => {
    for (const subject of wanted) await row(subject).first().waitFor();
    await waitFor(async () => (await rows().count()) === wanted.length, `${wanted.length} rows`);
  };

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: ann.address, pass: ann.password },
      logger: false,
    });
    await client.connect();
    await client.mailboxCreate('Projects/Lake');
    const zoe = 'Zoe <zoe@outside.example>';
    const may = 'May <may@far.example>';
    await client.append('INBOX', mailOf(zoe, 'Lake house', 'The otter swims.'), ['\\Seen']);
    await client.append(
      'INBOX',
      mailOf(may, 'Lake bill', withFile('Please pay.'), 'multipart/mixed; boundary=b'),
    );
    await client.append('INBOX', mailOf(may, 'Weather', 'Schöne Grüße vom Büro, otter.'));
    await client.append('Projects', mailOf(zoe, 'Plan', 'An otter plans.'), ['\\Seen']);
    await client.append('Projects/Lake', mailOf(zoe, 'Plan of the lake', 'An otter again.'));
    await client.append('Trash', mailOf(zoe, 'Gone', 'An otter was here.'));
    client.close();
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    await row('Lake house').waitFor();
  });

  after(async () => {
    await browser?.close();
  });

  it('shows operators as chips that can be taken away', async () => {
    await type('lake from:may has:attachment');
    await subjects(['Lake bill']);
    await chips().nth(2).waitFor();
    assert.deepEqual(await chips().allInnerTexts(), ['lake', 'from:may', 'has:attachment']);
    await page.getByRole('button', { name: 'Take away has:attachment' }).click();
    await page.getByRole('button', { name: 'Take away from:may' }).click();
    await subjects(['Lake bill', 'Lake house']);
    assert.match(page.url(), /q=lake$/);
    await page.goBack();
    await waitFor(async () => (await chips().count()) === 2, 'the search before');
    await box().focus();
    await holds('lake from:may');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    await subjects(['Lake house', 'Lake bill', 'Weather']);
  });

  it('knows OR, NOT, phrases, states and other letters', async () => {
    const cases: [query: string, found: string[]][] = [
      ['subject:house OR subject:bill', ['Lake bill', 'Lake house']],
      ['-subject:lake', ['Weather']],
      ['"schöne grüße"', ['Weather']],
      ['is:read', ['Lake house']],
      ['(from:zoe OR subject:weather) otter', ['Weather', 'Lake house']],
    ];
    for (const [query, found] of cases) {
      await type(query);
      await subjects(found);
    }
  });

  it('looks in folders below and in all folders; rows say where they are', async () => {
    await type('otter in:all');
    await subjects(['Plan of the lake', 'Plan', 'Weather', 'Lake house']);
    await page.getByRole('heading', { name: /^Search 4 matches$/ }).waitFor();
    await row('Plan of the lake').getByTitle('Projects/Lake', { exact: true }).waitFor();
    await type('otter in:"Projects/*"');
    await subjects(['Plan of the lake', 'Plan']);
    await row('Plan of the lake').locator('button').last().focus();
    await row('Plan of the lake').getByText('Plan of the lake').click();
    await reader().getByText('An otter again.').waitFor();
    assert.match(page.url(), /in=Projects%2FLake&message=\d/);
    await page.reload();
    await reader().getByText('An otter again.').waitFor();
    await page.goBack();
    await reader().getByText('An otter again.').waitFor({ state: 'detached' });
  });

  it('suggests people, folders, labels and what was searched before', async () => {
    await box().fill('from:be');
    await option(/from:ben@search\.test/).waitFor();
    await box().fill('otter in:la');
    await option(/in:Projects\/Lake/).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await holds('otter in:Projects/Lake ');
    await page.keyboard.press('Enter');
    await subjects(['Plan of the lake']);
    await box().fill('label:imp');
    await option(/label:Important/).click();
    await holds('label:Important ');
    await box().fill('');
    await option('otter in:all').click();
    await subjects(['Plan of the lake', 'Plan', 'Weather', 'Lake house']);
  });

  it('is built in the form', async () => {
    await page.getByRole('button', { name: 'Clear the search' }).first().click();
    await page.getByRole('button', { name: 'Advanced search' }).click();
    const dialog = page.getByRole('dialog');
    const criterion = (number: number) =>
      dialog.getByRole('group', { name: `Criterion ${number}` });
    await criterion(1).getByLabel('What').selectOption('from');
    await criterion(1).getByLabel('Value').fill('zoe');
    await dialog.getByRole('button', { name: 'Another criterion' }).click();
    await criterion(2).getByLabel('Together with the one before').selectOption('or');
    await criterion(2).getByLabel('What').selectOption('subject');
    await criterion(2).getByLabel('Value').fill('weather');
    await dialog.getByRole('button', { name: 'Another criterion' }).click();
    await criterion(3).getByLabel('Must it be so?').selectOption('not');
    await criterion(3).getByLabel('What').selectOption('larger');
    await dialog.getByLabel('Look in', { exact: true }).selectOption('all');
    await dialog.getByRole('button', { name: 'Leave a folder out' }).click();
    await dialog.getByLabel('Folder', { exact: true }).selectOption('Projects/Lake');
    await dialog
      .getByText('from:zoe OR subject:weather -larger:1M in:all -in:Projects/Lake')
      .waitFor();
    await dialog.getByRole('button', { name: 'Search', exact: true }).click();
    await subjects(['Plan', 'Weather', 'Lake house']);
    await page.getByRole('button', { name: 'Advanced search' }).click();
    assert.equal(await criterion(2).getByLabel('Value').inputValue(), 'weather');
    await page.keyboard.press('Escape');
  });

  it('is kept under a name, renamed and removed', async () => {
    await type('otter in:all');
    await page.getByRole('button', { name: 'Save this search' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('All otters');
    const saved = isKept('folders.searches');
    await page.keyboard.press('Enter');
    const kept = page.getByRole('list', { name: 'Saved searches' });
    await kept.getByRole('link', { name: 'All otters' }).waitFor();
    await saved;
    await page
      .getByRole('navigation', { name: 'Folders' })
      .getByRole('link', { name: 'Sent' })
      .click();
    await page.reload();
    await kept.getByRole('link', { name: 'All otters' }).click();
    await subjects(['Plan of the lake', 'Plan', 'Weather', 'Lake house']);
    await kept.getByRole('link').hover();
    await kept.getByRole('button', { name: 'More about All otters' }).click();
    await page.getByRole('menuitem', { name: 'Remove' }).click();
    await kept.waitFor({ state: 'detached' });
  });

  it('50 takes what would be a command for text', async () => {
    for (const query of [
      '"lake" ) (',
      '{5+} lake',
      'label:a)(ALL',
      'in:"x\\" ALL"',
      '* % \\ " lake',
    ]) {
      await type(query);
      await page.getByText('Nothing found').waitFor();
      assert.equal(
        await page.getByRole('region', { name: 'Messages' }).getByRole('alert').count(),
        0,
      );
    }
    const inject = encodeURIComponent('a\r\nA1 DELETE Projects/Lake');
    const answer = await page.request.get(`${daemon.url}/api/mail/list?folder=INBOX&q=${inject}`);
    assert.equal(answer.status(), 200);
    const folder = encodeURIComponent('INBOX\r\nA1 DELETE Projects/Lake');
    const refused = await page.request.get(`${daemon.url}/api/mail/list?folder=${folder}`);
    assert.equal(refused.status(), 400);
    const { folders } = await (await page.request.get(`${daemon.url}/api/mail/folders`)).json();
    assert.ok(folders.some(({ path }: { path: string }) => path === 'Projects/Lake'));
  });
});
