// Passwords in a real browser against the real system: by a one-time link, a forced change, blocks and who is not held
// up by them; and an imported hash, whose thread runs from the bundle too.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { known } from '#tests/lib/accounts/hash/known.ts';
import { launchBrowser, signIn, signOut, waitAlive } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

const admin = { address: 'anna@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };
const yescrypt = known.find(({ hash }) => hash.startsWith('$y$j9T'));

describe('passwords', () => {
  let daemon: Daemon;
  let browser: Browser;

  async function openPage(): Promise<Page> {
    const page = await (await browser.newContext()).newPage();
    return page;
  }

  async function choose(page: Page, password: string, repeated = password): Promise<void> {
    await page.getByLabel('New password', { exact: true }).fill(password);
    await page.getByLabel('New password again').fill(repeated);
    await page.getByRole('button', { name: 'Set password' }).click();
  }

  const passwordInput = ['--password-stdin'];
  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', admin.address, ...passwordInput], admin.password);
    await daemon.dreyJson(['user', 'add', ben.address, ...passwordInput], ben.password);
    await daemon.dreyJson(['settings', 'set', 'security.failureDelayMs', '0']);
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('of a user are set by a link that an administrator makes', async () => {
    const panel = await openPage();
    await signIn(panel, daemon.url, admin);
    await panel.waitForURL('**/mail**');
    await panel.goto(`${daemon.url}/admin/users`);
    await panel.getByRole('link', { name: ben.address }).click();
    await panel.getByRole('button', { name: 'Make a link' }).click();
    const link = await panel.getByLabel('Link', { exact: true }).inputValue();
    assert.ok(link.startsWith(`${daemon.url}/password?token=`), link);

    const page = await openPage();
    await page.goto(link);
    await page.getByText(`For ${ben.address}.`).waitFor();
    await choose(page, 'Password1!');
    await page.getByText('everybody tries first').waitFor();
    await choose(page, 'words of its own', 'words of its owm');
    await page.getByText('The two passwords differ.').waitFor();
    await choose(page, 'words of its own');
    await page.waitForURL('**/mail**');
    await page.goto(link);
    await page.getByRole('heading', { name: 'This link is not valid' }).waitFor();
    await panel.context().close();
    await page.context().close();
  });

  it('that were given must change before anything else', async () => {
    await daemon.dreyJson(
      ['user', 'passwd', ben.address, '--must-change', ...passwordInput],
      ben.password,
    );
    const page = await openPage();
    await signIn(page, daemon.url, ben);
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    const status = await page.evaluate(() => fetch('/api/mail/folders').then((it) => it.status));
    assert.equal(status, 403, 'routes wait too');
    await page.goto(`${daemon.url}/mail`);
    await page.getByRole('heading', { name: 'Choose a password of your own' }).waitFor();
    await page.getByLabel('Present password').fill('wrong');
    await choose(page, 'four other good words');
    await page.getByText('This is not the present password.').waitFor();
    await page.getByLabel('Present password').fill(ben.password);
    await choose(page, 'four other good words');
    await page.waitForURL('**/mail**');
    await page.getByRole('heading', { name: 'Choose a password' }).waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('page and blocked page are for nobody who is not meant', async () => {
    const stranger = await openPage();
    await stranger.goto(`${daemon.url}/password`);
    await stranger.waitForURL('**/login**');
    await stranger.goto(`${daemon.url}/admin/blocked`);
    await stranger.waitForURL('**/login**');
    await signIn(stranger, daemon.url, { ...ben, password: 'four other good words' });
    await stranger.waitForURL(/\/admin\/blocked|\/mail/);
    const answer = await stranger.goto(`${daemon.url}/admin/blocked`);
    assert.equal(answer?.status(), 403);
    await stranger.context().close();
  });

  it('that are guessed close an address, which the panel shows and opens', async () => {
    const known = await openPage();
    await signIn(known, daemon.url, admin);
    await known.waitForURL('**/mail**');
    await daemon.dreyJson(['settings', 'set', 'security.maxLoginFailures', '3']);
    const guesser = await openPage();
    for (let count = 0; count < 3; count++) {
      await signIn(guesser, daemon.url, {
        address: 'nobody@example.test',
        password: `wrong ${count}`,
      });
      await guesser.getByText('The address or the password is wrong.').waitFor();
    }
    await signIn(guesser, daemon.url, admin);
    await guesser.getByText('Too many failed attempts.').waitFor();
    // The same address, but a browser that has been here before.
    await signOut(known, daemon.url);
    await signIn(known, daemon.url, admin);
    await known.waitForURL('**/mail**');
    await known.goto(`${daemon.url}/admin/blocked`);
    await waitAlive(known);
    await known.getByRole('table', { name: 'Blocked' }).getByText('127.0.0.1').waitFor();
    await known.getByRole('button', { name: 'Lift the block of 127.0.0.1' }).click();
    await known.getByText('Nobody is blocked').waitFor();
    await signIn(guesser, daemon.url, admin);
    await guesser.waitForURL('**/mail**');
    await guesser.context().close();
    await known.context().close();
  });

  it('of another server open the web, and are hashed anew', async () => {
    assert.ok(yescrypt);
    const file = `cleo:${yescrypt.hash}:19700:0:99999:7:::\n`;
    const steps = await daemon.dreyJson(
      ['user', 'import', '-', '--format', 'shadow', '--domain', 'example.test'],
      file,
    );
    assert.deepEqual(
      (steps as { what: string }[]).map(({ what }) => what),
      ['add'],
    );
    for (let time = 0; time < 2; time++) {
      const page = await openPage();
      await signIn(page, daemon.url, { address: 'cleo@example.test', password: yescrypt.password });
      await page.waitForURL('**/mail**');
      await page.context().close();
    }
  });
});
