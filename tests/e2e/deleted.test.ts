// Deleted messages come back: by the user in the webmail, by an administrator in the panel; for good is for good.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };
const subjects = ['The lease', 'A joke', 'The minutes'];

describe('deleted messages', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;

  const row = (text: string) =>
    page.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });
  const openRow = async (text: string) => {
    await row(text).locator('[data-open-row]').click();
    // The buttons above it mean the open message: nothing is done before it is this one.
    const reader = page.getByRole('region', { name: 'Message', exact: true });
    await reader.getByRole('heading', { name: text }).waitFor();
  };
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const folder = (name: string) =>
    page.getByRole('navigation', { name: 'Folders' }).getByRole('link', { name });
  const act = (name: string) =>
    page
      .getByRole('toolbar', { name: 'Message' })
      .getByRole('button', { name, exact: true })
      .click();

  const openPage = (who: typeof ann, path: string) => openSignedIn(browser, daemon.url, who, path);

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.drey(['user', 'add', ben.address, '--password-stdin'], ben.password);
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    for (const subject of subjects) {
      await transport.sendMail({
        from: 'zoe@outside.example',
        to: ben.address,
        subject,
        text: subject,
      });
    }
    transport.close();
    page = await openPage(ben, '/mail');
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('leave Trash into “Recently deleted”', async () => {
    for (const subject of subjects) {
      await openRow(subject);
      await act('Delete');
      await row(subject).waitFor({ state: 'detached' });
    }
    await folder('Trash').click();
    // The list shows at once what the server does a moment later.
    for (const subject of subjects) await row(subject).waitFor();
    await page.getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Empty Trash…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('For 14 days they can be restored').waitFor();
    await dialog.getByRole('button', { name: 'Delete all' }).click();
    await page.getByText('Trash is empty').waitFor();
  });

  it('come back by Restore', async () => {
    await page.getByText('Recently deleted', { exact: true }).click();
    await folder('Deleted from Trash').click();
    await openRow('The lease');
    await act('Restore');
    await seeToast('1 message restored to Trash');
    await folder('Trash').first().click();
    await row('The lease').waitFor();
  });

  it('go for good only after a question, also by the key', async () => {
    await folder('Deleted from Trash').click();
    await openRow('A joke');
    await page.keyboard.press('#');
    await row('A joke').waitFor();
    await act('Delete for good…');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
    await row('A joke').waitFor({ state: 'detached' });
    await seeToast('1 message deleted for good.');
    await row('The minutes').waitFor();
  });

  it('are restored by an administrator, who leaves a trace', async () => {
    const rows = (await daemon.dreyJson(['user', 'list'])) as { id: string; address: string }[];
    const id = rows.find(({ address }) => address === ben.address)?.id;
    const panel = await openPage(ann, `/admin/users/${id}`);
    await panel.getByRole('link', { name: 'Restore', exact: true }).click();
    await panel.getByText('The minutes').waitFor();
    assert.equal(await panel.getByText('A joke').count(), 0);
    await panel.getByRole('button', { name: 'Restore The minutes' }).click();
    await panel.getByText('Nothing to restore').waitFor();
    await folder('Trash').first().click();
    // Among the deleted stand only the minutes, in Trash both.
    await row('The lease').waitFor();
    await row('The minutes').waitFor();
    await waitFor(async () => {
      await panel.goto(`${daemon.url}/admin/events?q=${ben.address}`);
      return (await panel.getByText('1 deleted from Trash restored').count()) > 0;
    }, 'the event');
    const stranger = await openPage(ben, `/admin/users/${id}/deleted`);
    await stranger
      .getByText(/not for you|no access|forbidden|administrators/i)
      .first()
      .waitFor();
  });
});
