// The page of relay rules: a rule is made, refused, moved and asked, and the terminal sees the same list.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn, waitAlive } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };

describe('relay rules', () => {
  let daemon: Daemon;
  let browser: Browser;
  let panel: Page;

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    // Nobody is asked: no rule here needs the DNS.
    await daemon.dreyJson([
      'route',
      'add',
      'hosts',
      '--hosts',
      '192.0.2.1:587',
      '--tls',
      'verified',
    ]);
    await daemon.dreyJson([
      'route',
      'add',
      'hold',
      '--to',
      'late.test',
      '--comment',
      'until Monday',
    ]);
    panel = await openSignedIn(browser, daemon.url, ann, '/admin/relays');
    await panel.getByRole('row', { name: /All other mail/ }).waitFor();
  });

  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  it('an error among the rare fields opens them; mended, the rule is there', async () => {
    await panel.getByRole('button', { name: 'Add rule' }).click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel(/^To/).fill('Bank.test, *.bank.test');
    await dialog.getByLabel(/^Sent by user/).fill('*');
    await dialog.getByLabel('Host', { exact: true }).fill('192.0.2.7, 192.0.2.8:2525');
    await dialog.getByText(/^More/).click();
    await dialog.getByLabel(/^IPv4 address/).fill('2001:db8::1');
    await dialog.getByText(/^More/).click();
    await dialog.getByLabel(/^IPv4 address/).waitFor({ state: 'hidden' });
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await dialog.getByText('This is no IPv4 address.').waitFor();
    await shoot('form');
    await dialog.getByLabel(/^IPv4 address/).fill('192.0.2.99');
    await dialog.getByLabel(/^Give up after/).fill('24');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await dialog.waitFor({ state: 'detached' });
    // Before the one for all mail.
    await panel.getByRole('row', { name: /^2 to bank\.test, \*\.bank\.test/ }).waitFor();
    const rules = (await daemon.dreyJson(['route', 'list'])) as Record<string, unknown>[];
    assert.deepEqual(
      rules.map(({ mail, way }) => `${mail} ${way}`),
      [
        'to late.test held until somebody releases it',
        'to bank.test or *.bank.test, sent by any user to 192.0.2.7:25, 192.0.2.8:2525',
        'all mail to 192.0.2.1:587',
      ],
    );
    assert.equal(rules[1]?.lifetimeHours, 24);
  });

  it('tells where a mail would go, and why', async () => {
    await panel.getByLabel('From', { exact: true }).fill(ann.address);
    await panel.getByLabel('To', { exact: true }).fill('ben@bank.test');
    await panel.getByRole('button', { name: 'Look' }).click();
    const answer = panel.getByRole('status').filter({ hasText: 'Relay rule 3 takes it' });
    await answer.getByText('Not rule 2', { exact: false }).waitFor();
    await panel.getByLabel(/^Sent by user/).fill(ann.address);
    await panel.getByRole('button', { name: 'Look' }).click();
    await panel.getByText('Relay rule 2 takes it').waitFor();
    const text = await panel.getByRole('status').filter({ hasText: 'Relay rule 2' }).innerText();
    assert.match(text, /Not rule 1 \(to late\.test\): the recipient is not late\.test\./);
    assert.match(text, /192\.0\.2\.8 port 2525 from 192\.0\.2\.99/);
    assert.match(text, /given up after 24 hours/);
    await shoot('page');
  });

  it('moves a rule up, and the terminal tests by the new order', async () => {
    await panel.getByRole('button', { name: 'Actions for rule 2' }).click();
    await panel.getByRole('menuitem', { name: 'Move up' }).click();
    await panel.getByRole('row', { name: /^1 to bank\.test/ }).waitFor();
    const asked = ['route', 'test', ann.address, 'ben@late.test', '--user', ann.address];
    const answer = (await daemon.dreyJson(asked)) as { kind: string; rule: { position: number } };
    assert.deepEqual([answer.kind, answer.rule.position], ['held', 2]);
  });

  it('tries the hosts of a rule, each apart', async () => {
    // The server itself answers; at port 1 nobody does.
    const hosts = `127.0.0.1:${daemon.ports.smtp},127.0.0.1:1`;
    await daemon.dreyJson(['route', 'add', 'hosts', '--to', 'try.test', '--hosts', hosts]);
    await panel.goto(`${daemon.url}/admin/relays`);
    const row = panel.getByRole('row').filter({ hasText: 'try.test' });
    await row.getByRole('button', { name: /^Actions for rule/ }).click();
    await panel.getByRole('menuitem', { name: 'Try the hosts' }).click();
    const found = panel.getByRole('dialog').getByRole('listitem');
    await found.nth(1).waitFor();
    const [good = '', bad = ''] = await found.allInnerTexts();
    assert.match(good, /Answers and works/);
    assert.match(bad, /127\.0\.0\.1:1\n/);
    assert.doesNotMatch(bad, /Answers and works/);
    await shoot('try');
    await panel.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
  });

  it('says that the mailboxes of a domain are elsewhere', async () => {
    await panel.goto(`${daemon.url}/admin/domains`);
    await waitAlive(panel);
    await panel.getByRole('button', { name: 'Edit example.test' }).click();
    const dialog = panel.getByRole('dialog');
    await dialog.getByLabel('Mailboxes', { exact: true }).selectOption('others');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await panel.getByRole('row', { name: /example\.test.*passed on/ }).waitFor();
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
      await panel.setViewportSize({ width, height: 900 });
      const path = `${folder}/rules-${name}-${scheme}-${width}.png`;
      await panel.screenshot({ path, fullPage: true });
    }
    await panel.setViewportSize({ width: 1280, height: 900 });
  }
});
