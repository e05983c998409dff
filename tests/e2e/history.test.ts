// The history in the panel: what is changed is seen at once, with who and why, and goes back; a risky change waits to be
// confirmed; the configuration as a file is compared and applied.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
/** DREY_TEST_SCREENSHOTS=folder: pictures of the pages, to look at. */
const pictures = process.env.DREY_TEST_SCREENSHOTS;

describe('history', () => {
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;

  const shoot = async (name: string) => {
    if (pictures) await panel.screenshot({ path: `${pictures}/${name}.png`, fullPage: true });
  };
  const open = async (path: string) => {
    await panel.goto(`${daemon.url}${path}`);
  };
  /** The newest change, as its row in the list. */
  const newest = () => panel.getByRole('main').getByRole('listitem').first();

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/history');
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('says live which revision is active', async () => {
    const line = panel.locator('aside [data-revision]');
    await line.getByText('active on 1 of 1 node').waitFor();
    await daemon.drey(['--reason', 'a new office', 'network', 'add', '192.0.2.0/24']);
    const [last] = (await daemon.dreyJson(['config', 'history'])) as { id: number }[];
    await line.getByText(`Revision ${last?.id} active on 1 of 1 node`, { exact: true }).waitFor();
  });

  it('shows a change with who and why, and takes it back', async () => {
    await open('/admin/history');
    await newest().getByText('network 192.0.2.0/24').waitFor();
    await newest().getByText('“a new office”').waitFor();
    await newest().getByText('command line').waitFor();
    await shoot('history');
    await newest().getByRole('button', { name: /^Undo/ }).click();
    const dialog = panel.getByRole('dialog', { name: /Take revision/ });
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await newest().getByText('takes back').waitFor();
    await newest().getByText(ann.address).waitFor();
    assert.deepEqual(await daemon.dreyJson(['network', 'list']), []);
    await panel.getByText('taken back by').waitFor();
  });

  it('says why there is no way back', async () => {
    await daemon.drey(['shared', 'add', 'sales@example.test']);
    await daemon.drey(['shared', 'member', 'sales@example.test', ann.address, '--send']);
    await open('/admin/history');
    await newest().getByText(`member ${ann.address} of sales@example.test`).waitFor();
    await newest().getByRole('button', { name: /^Undo/ }).waitFor();
    await daemon.drey(['tokens', 'add', 'Billing']);
    await daemon.drey(['tokens', 'remove', 'Billing']);
    await open('/admin/history');
    await newest().getByText('Nobody knows its secret any more').waitFor();
    assert.equal(await newest().getByRole('button', { name: /^Undo/ }).count(), 0);
    await shoot('no-way-back');
  });

  it('finds changes, and gives them as a table', async () => {
    await open('/admin/history?q=192.0.2&by=cli');
    assert.equal(await panel.getByRole('main').getByRole('listitem').count(), 1);
    const table = await panel.request.get(`${daemon.url}/admin/history/export?kind=network`);
    assert.match(await table.text(), /a new office/);
    await open('/admin/history?q=nothing-is-called-so');
    await panel.getByText('No change fits').waitFor();
  });

  it('a risky setting waits to be kept', async () => {
    await open('/admin/settings/web#web.adminNetworks');
    await panel.getByRole('textbox', { name: 'Networks of administrators' }).fill('127.0.0.0/8');
    const form = panel.locator('form[id="web.adminNetworks"]');
    await form.getByLabel('Reason').fill('only from here');
    await form.getByRole('button', { name: 'Save' }).click();
    await panel.getByText('Does the panel still work for you?').waitFor();
    await shoot('keep');
    await panel.getByRole('button', { name: 'Keep' }).click();
    await panel.getByText('Does the panel still work for you?').waitFor({ state: 'detached' });
    await open('/admin/history');
    await newest().getByText('“only from here”').waitFor();
    await newest().getByText('from 127.0.0.1').waitFor();
  });

  it('opens from the networks of administrators alone, and says why', async () => {
    await daemon.drey(['settings', 'set', 'web.adminNetworks', '192.0.2.0/24', '--keep']);
    const answer = await panel.request.get(`${daemon.url}/admin/history`);
    assert.equal(answer.status(), 403);
    await open('/admin/history');
    await panel.getByText('The panel does not open from here').waitFor();
    await panel.getByText(/127\.0\.0\.1/).waitFor();
    await shoot('elsewhere');
    await daemon.drey(['settings', 'reset', 'web.adminNetworks', '--keep']);
    await open('/admin/history');
    await panel.getByRole('heading', { name: 'History' }).waitFor();
  });

  it('compares a file and applies it', async () => {
    await open('/admin/configuration');
    const file = 'settings:\n  web.title: Post\nnetworks:\n  - cidr: nonsense\n';
    await panel.getByLabel('File', { exact: true }).fill(file);
    await panel.getByRole('button', { name: 'Show what it changes' }).click();
    await panel.getByText('The file cannot be applied').waitFor();
    await panel.getByText('line 4').waitFor();
    await shoot('file-wrong');
    await panel.getByLabel('File', { exact: true }).fill(file.replace('nonsense', '10.0.0.0/8'));
    await panel.getByRole('button', { name: 'Show what it changes' }).click();
    await panel.getByText('network 10.0.0.0/8').waitFor();
    await panel.getByLabel(/^Reason/).fill('by a file');
    await shoot('file');
    await panel.getByRole('button', { name: 'Apply' }).click();
    await panel.getByText('Applied; each change').waitFor();
    assert.equal((await daemon.drey(['settings', 'get', 'web.title'])).stdout.trim(), 'Post');
    const exported = await panel.request.get(`${daemon.url}/admin/configuration/export`);
    assert.match(await exported.text(), /web\.title: Post/);
  });

  it('takes back what was changed together, after it has said what would stay', async () => {
    await open('/admin/history');
    const undoAll = panel.getByRole('button', { name: /^Undo all 2/ }).first();
    await undoAll.click();
    const dialog = panel.getByRole('dialog', { name: /Take back 2 changes/ });
    await dialog.getByText('Taken back, all or none (2)').waitFor();
    await dialog.getByRole('button', { name: 'Undo 2 changes' }).click();
    await panel.getByText('2 changes taken back').waitFor();
    assert.deepEqual(await daemon.dreyJson(['network', 'list']), []);

    const file = 'settings:\n  web.title: Mail\nnetworks:\n  - cidr: 10.3.0.0/16\n';
    const path = join(daemon.folder, 'file.yaml');
    writeFileSync(path, file);
    assert.equal((await daemon.drey(['apply', path])).code, 0);
    const [last] = (await daemon.dreyJson(['config', 'history'])) as { number: number }[];
    await daemon.drey(['network', 'rm', '10.3.0.0/16']);
    const undo = ['config', 'undo', String(last?.number), '--group'];
    const { code, stderr } = await daemon.drey(undo);
    assert.equal(code, 1);
    assert.match(stderr, /1 of 2 changes cannot be taken back, so none was:.*not here any more/s);
    const trial = (await daemon.dreyJson([...undo, '--dry-run'])) as { isTakenBack: boolean }[];
    assert.deepEqual(trial.map(({ isTakenBack }) => isTakenBack).sort(), [false, true]);

    await open('/admin/history');
    await undoAll.click();
    await dialog.getByText('Stays (1)').waitFor();
    await dialog.getByText('it is not here any more').waitFor();
    assert.deepEqual(await findViolations(panel), []);
    await shoot('group');
    await panel.emulateMedia({ colorScheme: 'dark' });
    await panel.setViewportSize({ width: 390, height: 844 });
    await shoot('group-phone-dark');
    await panel.setViewportSize({ width: 1280, height: 800 });
    await panel.emulateMedia({ colorScheme: 'light' });
    await dialog.getByRole('button', { name: 'Undo one change' }).click();
    await panel.getByText('one change taken back').waitFor();
    assert.notEqual((await daemon.drey(['settings', 'get', 'web.title'])).stdout.trim(), 'Mail');
  });

  it('is accessible, dark and on a phone too', async () => {
    for (const path of ['/admin/history', '/admin/configuration']) {
      await open(path);
      assert.deepEqual(await findViolations(panel), [], path);
      await panel.emulateMedia({ colorScheme: 'dark' });
      assert.deepEqual(await findViolations(panel), [], `${path} in the dark`);
      await shoot(`dark${path.replaceAll('/', '-')}`);
      await panel.setViewportSize({ width: 390, height: 844 });
      const overflow = await panel.evaluate(
        () => document.documentElement.scrollWidth - window.innerWidth,
      );
      assert.ok(overflow <= 0, `${path} is wider than a phone`);
      await shoot(`phone${path.replaceAll('/', '-')}`);
      await panel.setViewportSize({ width: 1280, height: 800 });
      await panel.emulateMedia({ colorScheme: 'light' });
    }
  });
});
