// A held sender in the panel: seen on the overview, released and locked with one click each; the daily limits.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { passMidnight } from '#tests/support/midnight.ts';

const password = 'a boat of seven nuts';
const anna = 'anna@example.test';
const ben = 'ben@example.test';

/** What the use of a day is tried within. */
const dayLeftMs = 4 * 60_000;
const hookLimit = { timeout: 2 * dayLeftMs };

type Queued = { state: string };

describe('a held sender', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;

  const open = (path: string) => page.goto(daemon.url + path);
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const states = async () =>
    ((await daemon.dreyJson(['queue', 'list'])) as Queued[]).map(({ state }) => state);

  async function submit(): Promise<string> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: ben, pass: password },
      tls: { rejectUnauthorized: false },
    });
    const sent = await transport.sendMail({ from: ben, to: anna, subject: 'Hi', text: 'Hi' });
    transport.close();
    return sent.response;
  }

  before(async () => {
    await passMidnight(dayLeftMs);
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', anna, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['user', 'add', ben, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['settings', 'set', 'sending.burstMessages', '1']);
    page = await openSignedIn(browser, daemon.url, { address: anna, password }, '/admin');
  }, hookLimit);
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('stands on the overview, and one click lets all go', async () => {
    await submit();
    await submit();
    await open('/admin');
    await page.getByText('has sent unusually much').waitFor();
    await page.getByText('1 recipient waits').click();
    await page.getByText('unusually much sent', { exact: true }).waitFor();
    // The other one goes on its way meanwhile.
    await waitFor(async () => (await states()).join() === 'held', 'the held one alone');
    await open('/admin');
    await button('Release').click();
    await seeToast(`Mail of ${ben} released`);
    await waitFor(async () => (await states()).length === 0, 'the queue to empty');
  });

  it('reports of others show who sends in our name', async () => {
    const begin = Math.floor(Date.now() / 86_400_000) * 86_400 - 86_400;
    const report = `<feedback><report_metadata><org_name>Far &lt;b&gt; Mail</org_name><report_id>1</report_id><date_range>
<begin>${begin}</begin><end>${begin + 86_399}</end></date_range></report_metadata><policy_published><domain>example.test</domain>
<p>none</p></policy_published><record><row><source_ip>192.0.2.77</source_ip><count>1234</count><policy_evaluated>
<disposition>none</disposition><dkim>fail</dkim><spf>fail</spf></policy_evaluated></row></record></feedback>`;
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.smtp,
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({
      from: 'reports@far.test',
      to: 'dmarc-reports@example.test',
      attachments: [{ filename: 'report.xml', content: report, contentType: 'text/xml' }],
    });
    transport.close();
    await open('/admin/reports');
    const sources = page.getByRole('table', { name: 'Who sends in our name' });
    await sources.getByText('192.0.2.77').waitFor();
    await sources.getByText('1,234').waitFor();
    await page.getByText('Far <b> Mail').waitFor();
  });

  it('limits of a day, with the use of today', async () => {
    await open('/admin/users');
    await page.getByText(ben).first().click();
    await page.getByText('2 of 1,000').waitFor();
    await page.getByLabel('Messages a day', { exact: true }).fill('3');
    await button('Save profile').click();
    await seeToast('Saved');
    await page.getByText('2 of 3').waitFor();
    await submit();
    await assert.rejects(submit(), /4\.7\.28/);
    await page.getByLabel('Messages a day', { exact: true }).fill('');
    await button('Save profile').click();
    await page.getByText('3 of 1,000').waitFor();
  });

  it('locks the account; what is held can be dropped', async () => {
    await button('Hold outgoing mail').click();
    await seeToast('is held');
    await submit();
    await page.reload();
    await button('Lock the account…').click();
    await button('Lock the account').click();
    await seeToast('is locked');
    await assert.rejects(submit(), /535/);
    await button('Drop the mail…').click();
    await button('Drop the mail').click();
    await seeToast('Held mail dropped');
    assert.deepEqual(await states(), []);
  });

  it('is nobody else’s business', async () => {
    await daemon.dreyJson(['user', 'passwd', ben, '--password-stdin'], `${password}\n`);
    const other = await openSignedIn(browser, daemon.url, { address: ben, password }, '/admin');
    assert.equal(await other.getByText('outgoing mail').count(), 0);
    assert.equal(await other.getByRole('button', { name: 'Release' }).count(), 0);
  });
});
