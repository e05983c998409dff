// The page of the listeners: what is open, a place that cannot be had is refused beside its field, another is in force at once,
// and a switch turns the protocol off.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { closeDatabase } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { connectLines } from '#tests/support/line-client.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
/** An address that no other process of these tests has. */
const own = `127.${64 + (process.pid % 128)}.${(process.pid >> 7) % 250}.9`;

describe('listeners in the panel', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;

  before(async () => {
    database = await openTestDatabase();
    await writeSetting('listeners.pop3', [`${own}:12110`], 'test');
    await closeDatabase();
    [daemon, browser] = await Promise.all([
      startDaemon({ DREY_DATA: database.folder, DREY_POP3_PORT: '' }),
      launchBrowser(),
    ]);
    const setup = ['setup', '--admin', ann.address, '--password-stdin'];
    await daemon.dreyJson(setup, ann.password);
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/listeners');
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
    await database?.close();
  });

  const row = () => panel.getByRole('row', { name: /^POP3 / });
  const greet = async (port: number) => {
    const client = connectLines(port, '127.0.0.1', own);
    const greeting = await client.expect(/\r\n/).catch(() => '');
    client.close();
    return greeting;
  };

  it('shows what is open, and what the environment says', async () => {
    await row().getByText(`${own}:12110`).waitFor();
    const imap = panel.getByRole('row', { name: /^IMAP / });
    await imap.getByText('DREY_IMAP_PORT goes first').waitFor();
    assert.equal(await imap.getByRole('switch').isDisabled(), true);
    assert.deepEqual(await findViolations(panel), []);
  });

  it('refuses beside the field what cannot be had', async () => {
    await row().getByRole('button', { name: 'Edit POP3' }).click();
    const dialog = panel.getByRole('dialog');
    const field = dialog.getByLabel('Addresses and ports');
    await field.fill('203.0.113.77:110');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('this machine does not have that address').waitFor();
    assert.equal(await field.inputValue(), '203.0.113.77:110');
    assert.deepEqual(await findViolations(panel), []);
    await field.fill(`${own}:12110\n${own}:12111`);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    await row().getByText(`${own}:12111`).waitFor();
    await waitFor(async () => /^\+OK/.test(await greet(12_111)), 'POP3 at its second port');
  });

  it('switches a protocol off', async () => {
    await row().getByRole('switch').click();
    await row().getByText('off', { exact: true }).waitFor();
    await waitFor(async () => (await greet(12_110)) === '', 'the end of POP3');
    assert.equal(await row().getByRole('switch').isChecked(), false);
  });
});
