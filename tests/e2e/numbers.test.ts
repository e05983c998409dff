// The pages of numbers in a real browser: health first, plots that a keyboard can read, statistics with their table, jobs
// that run when asked, versions, and how often checks found something.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { askRecipient } from '#tests/support/smtp-dialogue.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
/** Compressed; a page of the panel may have so much script. */
const scriptLimitBytes = 250 * 1024;

/** Where it is noon: what is counted of today stays today's. */
function zoneOfNoon(): string {
  const east = 12 - new Date().getUTCHours();
  // Names of this kind count to the west.
  return `Etc/GMT${east < 0 ? '+' : '-'}${Math.abs(east)}`;
}

describe('numbers in the panel', () => {
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;
  const problems: string[] = [];

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.dreyJson(['settings', 'set', 'server.timeZone', zoneOfNoon()]);
    await askRecipient(daemon.ports.smtp, 'nobody@example.test');
    panel = await openSignedIn(browser, daemon.url, ann, '/admin');
    panel.on('pageerror', (error) => problems.push(error.message));
    panel.on('console', (message) => {
      if (/Content.Security.Policy|Hydration/i.test(message.text())) problems.push(message.text());
    });
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  const open = async (path: string, heading: string) => {
    await panel.goto(daemon.url + path);
    await panel.getByRole('heading', { name: heading, exact: true, level: 1 }).waitFor();
  };

  it('says on the overview what is wrong first, and what to do', async () => {
    await open('/admin', (await panel.locator('h1').innerText()).trim());
    await panel
      .getByRole('list', { name: 'Problems' })
      .getByRole('listitem')
      .filter({ hasText: 'Certificate: Only the self-signed certificate' })
      .filter({ hasText: 'Get one from an authority' })
      .waitFor();
    await panel.getByText('Answers on port').first().waitFor();
    await panel.getByText('Only the self-signed one').waitFor();
    assert.deepEqual(await findViolations(panel), []);
    await shoot('overview');
  });

  it('runs a job when asked', async () => {
    await open('/admin/jobs', 'Jobs');
    const row = panel.locator('#old-numbers');
    assert.match(await row.innerText(), /Removes numbers of minutes after two days/);
    await row.getByRole('button', { name: 'Run now: old-numbers' }).click();
    // Others may run before it for longer than the page waits.
    await panel
      .getByRole('status')
      .filter({ hasText: 'old-numbers has run' })
      .or(panel.getByRole('alert').filter({ hasText: 'It takes its time' }))
      .waitFor();
    await row.getByText('good', { exact: true }).waitFor();
    assert.deepEqual(await findViolations(panel), []);
    await shoot('jobs');
  });

  it('plots what happens; arrow keys go through the times, and say the numbers', async () => {
    // What was counted is stored with the run of a job, or each minute; the page draws itself anew.
    await panel.goto(`${daemon.url}/admin?range=1h`);
    const legend = panel
      .locator('figcaption')
      .first()
      .filter({ hasText: /refused\s*1/ });
    await legend.waitFor({ timeout: 150_000 });
    const plot = panel.getByRole('slider', { name: /^Mail:/ });
    const sayAt = (index: number) =>
      plot.and(panel.locator(`[aria-valuenow="${index}"]`)).getAttribute('aria-valuetext');
    await plot.focus();
    await panel.keyboard.press('Home');
    await sayAt(0);
    await panel.keyboard.press('End');
    const values: string[] = [];
    for (let index = 59; index > 29; index--) {
      values.push((await sayAt(index)) ?? '');
      await panel.keyboard.press('ArrowLeft');
    }
    assert.ok(
      values.some((text) => /refused 1,/.test(text)),
      values.join('\n'),
    );
    await panel.getByRole('link', { name: '7 days' }).click();
    await panel.waitForURL(/range=7d/);
    await legend.waitFor();
    await shoot('plots');
  });

  it('has each subject large, with a table, and mail by domain', async () => {
    await open('/admin/statistics?subject=mail&range=1h', 'Statistics');
    await panel.getByText('The numbers as a table').click();
    const table = panel.getByRole('table', { name: 'Mail: the numbers' });
    await table.getByRole('row').nth(60).waitFor();
    assert.equal(await table.getByRole('row').count(), 61);
    assert.deepEqual(await findViolations(panel), []);
    await shoot('subject');
    await open('/admin/statistics', 'Statistics');
    assert.deepEqual(await findViolations(panel), []);
    await shoot('statistics');
    await open('/admin/statistics?subject=domains', 'Statistics');
    await panel.getByText('No mail in this time').waitFor();
    await open('/admin/statistics?subject=block-lists', 'Statistics');
    await panel.getByRole('heading', { name: 'Block lists' }).waitFor();
  });

  it('says where failed sign-ins come from', async () => {
    const headers = { authorization: 'Bearer drey_of_nobody' };
    assert.equal((await fetch(`${daemon.url}/api/v1/domains`, { headers })).status, 401);
    const from = panel.getByRole('link', { name: '127.0.0.1' });
    // The trail is written a moment later.
    do await open('/admin/blocked?failures=week', 'Blocked');
    while ((await from.count()) === 0);
    await panel.getByText('1 failure: API 1').waitFor();
    assert.deepEqual(await findViolations(panel), []);
    await shoot('failures');
    await from.click();
    await panel.waitForURL(/events\?q=127\.0\.0\.1&kind=login-failed/);
  });

  it('shows versions and nodes, and today’s hits of the checks', async () => {
    await open('/admin/health', 'Health and version');
    const text = await panel.locator('main').innerText();
    assert.match(text, /(SQLite|PostgreSQL) \d/);
    assert.match(text, /Node\.js\s+24\./);
    assert.match(text, /Nobody is asked for newer versions/);
    assert.deepEqual(await findViolations(panel), []);
    await shoot('health');
    await open('/admin/checks', 'Checks');
    await panel.getByText('refused 1').waitFor();
    assert.deepEqual(problems, []);
  });

  it('needs little script', async () => {
    const bytes: Promise<number>[] = [];
    const page = await panel.context().newPage();
    page.on('response', (answer) => {
      if (/\/_next\/.*\.js/.test(answer.url())) {
        bytes.push(answer.body().then((body) => gzipSync(body).length));
      }
    });
    await page.goto(`${daemon.url}/admin`);
    const total = (await Promise.all(bytes)).reduce((sum, one) => sum + one, 0);
    assert.ok(total > 0 && total <= scriptLimitBytes, `${total} bytes`);
    await page.close();
  });

  /** For whoever wants to look: DREY_SCREENSHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const folder = process.env.DREY_SCREENSHOTS;
    if (!folder) return;
    for (const [scheme, width] of [
      ['light', 1280],
      ['dark', 1280],
      ['light', 390],
    ] as const) {
      await panel.emulateMedia({ colorScheme: scheme });
      await panel.setViewportSize({ width, height: 800 });
      await panel.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png`, fullPage: true });
    }
    await panel.setViewportSize({ width: 1280, height: 800 });
  }
});
