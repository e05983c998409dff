// Pages for programs: a token made on its page opens the API and is gone when it is removed; a webhook is added, tested and
// shows its answers.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };

describe('pages for programs', () => {
  let daemon: Daemon;
  let browser: Browser;
  let receiver: Server;
  let panel: Page;
  let status = 200;

  before(async () => {
    receiver = createServer((request, response) => {
      request.resume().once('end', () => response.writeHead(status).end());
    });
    receiver.listen(0, '127.0.0.1');
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.dreyJson(['settings', 'set', 'security.webhooksInside', 'on']);
    if (!receiver.listening) await once(receiver, 'listening');
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/tokens');
  });
  after(async () => {
    await browser?.close();
    receiver?.closeAllConnections();
    receiver?.close();
    await daemon?.stop();
  });

  const read = async (token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    return (await fetch(`${daemon.url}/api/v1/users`, { headers })).status;
  };

  it('makes a token that is shown once, and takes it away', async () => {
    await panel.getByText('No tokens').waitFor();
    await shoot('tokens-none');
    await panel.getByRole('button', { name: 'Make token' }).click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Billing');
    await dialog.getByRole('button', { name: 'Make token' }).click();
    await dialog.getByText('Choose domains').waitFor();
    await shoot('tokens-form');
    assert.deepEqual(await findViolations(panel), []);
    await dialog.getByLabel('Domains').fill('example.test');
    await dialog.getByRole('button', { name: 'Make token' }).click();
    const field = dialog.getByRole('textbox', { name: 'Token' });
    await field.waitFor();
    await shoot('tokens-made');
    const token = await field.inputValue();
    assert.match(token, /^drey_/);
    assert.equal(await read(token), 200);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await panel.reload();
    await panel.getByRole('cell', { name: 'Domain admin of example.test' }).last().waitFor();
    assert.doesNotMatch(await panel.content(), new RegExp(token));
    assert.deepEqual(await findViolations(panel), []);
    await shoot('tokens');
    await panel.getByRole('button', { name: 'Remove Billing' }).click();
    await panel.getByRole('button', { name: 'Remove token' }).click();
    await panel.getByText('No tokens').waitFor();
    assert.equal(await read(token), 401);
  });

  it('adds a webhook, tests it, and shows what it answered', async () => {
    await panel.goto(`${daemon.url}/admin/webhooks`);
    await panel.getByText('No webhooks').waitFor();
    await panel.getByRole('button', { name: 'Add webhook' }).click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Near');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    await dialog.getByLabel('Address').fill(url);
    await dialog.getByRole('button', { name: 'Add webhook' }).click();
    await dialog.getByText('Choose at least one.').waitFor();
    await dialog.getByLabel('Mail could not be delivered').check();
    await shoot('webhooks-form');
    assert.deepEqual(await findViolations(panel), []);
    await dialog.getByRole('button', { name: 'Add webhook' }).click();
    const field = dialog.getByRole('textbox', { name: 'Secret' });
    await field.waitFor();
    assert.match(await field.inputValue(), /^whsec_/);
    await dialog.getByRole('button', { name: 'Done' }).click();
    await panel.getByRole('button', { name: 'Test Near' }).click();
    const answers = panel.getByRole('list', { name: 'Last answers of Near' });
    await answers.getByText('200', { exact: true }).waitFor();
    status = 500;
    await panel.getByRole('button', { name: 'Test Near' }).click();
    await answers.getByText('It answered 500.').waitFor();
    assert.deepEqual(await findViolations(panel), []);
    await shoot('webhooks');
    await panel.getByRole('button', { name: 'Disable Near' }).click();
    await panel.getByRole('button', { name: 'Disable', exact: true }).click();
    await panel.getByRole('button', { name: 'Enable Near' }).waitFor();
  });

  /** For whoever wants to look: DREY_SCREENSHOTS names a folder. */
  async function shoot(name: string): Promise<void> {
    const folder = process.env.DREY_SCREENSHOTS;
    if (!folder) return;
    for (const [scheme, width] of [
      ['dark', 1280],
      ['dark', 390],
      ['light', 390],
      ['light', 1280],
    ] as const) {
      await panel.emulateMedia({ colorScheme: scheme });
      await panel.setViewportSize({ width, height: 800 });
      await panel.screenshot({ path: `${folder}/${name}-${scheme}-${width}.png` });
    }
  }
});
