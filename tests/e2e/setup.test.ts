// The set-up with "everybody may connect": the listeners move to all addresses while the person who set the
// server up is being signed in, and that person notices nothing.
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';

describe('the set-up for everybody', () => {
  let daemon: Daemon;
  let browser: Browser;
  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon({ DREY_BIND: '' }), launchBrowser()]);
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('ends in the panel, and then listens on all addresses', async () => {
    const page = await browser.newPage();
    const link = await waitFor(
      () => /http:\/\/localhost:\d+(\/setup\?token=\S+)\s/.exec(daemon.output())?.[1],
      'the printed link',
    );
    await page.goto(daemon.url + link);
    await page.getByLabel('First mail domain', { exact: true }).fill('family.test');
    await page.getByRole('textbox', { name: 'Your address' }).fill('anna');
    await page.getByLabel('Password', { exact: true }).fill('a long password');
    await page.getByLabel('Password again', { exact: true }).fill('a long password');
    await page.getByText('Everybody who reaches it').click();
    await page.getByRole('button', { name: 'Create the server' }).click();
    await page.waitForURL('**/admin/wizard');
    await page.goto(`${daemon.url}/admin`);
    await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
    await waitHealthy(`http://127.0.0.2:${daemon.ports.web}`);
    await page.reload();
    await page.getByRole('heading', { name: 'Health', exact: true }).waitFor();
  });
});
