// The relay test in the panel: its result stands on the page of networks, and a network too wide makes it bad.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn, waitAnswered } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };

describe('relay test', () => {
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/networks');
    await panel.getByRole('heading', { name: 'Networks', exact: true }).waitFor();
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('finds the server closed when asked', async () => {
    // The one after the start may have said so before.
    const button = panel.getByRole('button', { name: 'Test now' });
    await waitAnswered(panel, () => button.click());
    await panel.getByText('No open relay').waitFor();
    await shoot('good');
  });

  it('finds it open soon after a network is too wide, without being asked, and closed after', async () => {
    await daemon.dreyJson(['network', 'add', '128.0.0.0/1']);
    await reloadUntil('Open relay: act now');
    assert.match(await panel.getByLabel('Relay test').innerText(), /192\.0\.2\.66/);
    await shoot('bad');
    await daemon.dreyJson(['network', 'rm', '128.0.0.0/1']);
    await reloadUntil('No open relay');
  });

  const reloadUntil = (text: string) =>
    waitFor(async () => {
      await panel.reload();
      return panel.getByText(text).isVisible();
    }, text);

  /** For whoever wants to look: DREY_SCREENSHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const folder = process.env.DREY_SCREENSHOTS;
    if (!folder) return;
    for (const [scheme, width] of [
      ['light', 1280],
      ['dark', 390],
    ] as const) {
      await panel.emulateMedia({ colorScheme: scheme });
      await panel.setViewportSize({ width, height: 800 });
      await panel.screenshot({ path: `${folder}/relay-${name}-${scheme}.png`, fullPage: true });
    }
  }
});
