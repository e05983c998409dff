// Signing in by an OpenID provider, in a real browser: who is here, who is made, and who stays outside.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'playwright';
import { launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { clientSecret, type OidcServer, startOidc, type Vouched } from '#tests/support/oidc.ts';

const ann = { sub: '1', email: 'Ann@example.test', email_verified: true, name: 'Ann Oak' };

describe('signing in by OpenID', () => {
  let daemon: Daemon;
  let browser: Browser;
  let provider: OidcServer;

  before(async () => {
    [daemon, browser, provider] = await Promise.all([
      startDaemon(),
      launchBrowser(),
      startOidc(ann),
    ]);
    await daemon.drey(
      ['setup', '--admin', 'ann@example.test', '--password-stdin'],
      'a boat of nuts',
    );
    const settings = {
      'security.oidcIssuer': provider.issuer,
      'security.oidcClientId': 'drey',
      'security.oidcClientSecret': clientSecret,
      'security.oidcLabel': 'School',
      'security.failureDelayMs': '0',
    };
    for (const [key, value] of Object.entries(settings)) {
      assert.equal((await daemon.drey(['settings', 'set', key, value])).code, 0, key);
    }
  });
  after(async () => {
    await browser?.close();
    await Promise.all([daemon?.stop(), provider?.close()]);
  });

  /** Where a person ends who comes from the provider. */
  async function comeAs(person: Vouched): Promise<{ path: string; text: string }> {
    provider.person = person;
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${daemon.url}/login?next=/options/personal`);
    await page.getByRole('button', { name: 'Continue with School' }).click();
    await page.waitForURL(
      (url) => /^\/(options|login)/.test(url.pathname) && url.search !== '?next=/options/personal',
    );
    const text = (await page.locator('main').first().textContent()) ?? '';
    const path = new URL(page.url()).pathname;
    await context.close();
    return { path, text };
  }

  it('opens the account of a verified address', async () => {
    const { path, text } = await comeAs(ann);
    assert.equal(path, '/options/personal');
    assert.match(text, /ann@example\.test/);
    assert.deepEqual(provider.faults, []);
  });

  const strangers: Record<string, Vouched> = {
    'an address that was not verified': { ...ann, email_verified: false },
    'somebody who is not here': { ...ann, email: 'eve@example.test' },
    'an address of another domain': { ...ann, email: 'ann@elsewhere.example' },
    'no address': { ...ann, email: '' },
  };
  for (const [name, person] of Object.entries(strangers)) {
    it(`leads back for ${name}`, async () => {
      const { path, text } = await comeAs(person);
      assert.equal(path, '/login');
      assert.match(text, /Nobody here has the address/);
    });
  }

  it('makes users of our own domains where it is told to', async () => {
    await daemon.drey(['settings', 'set', 'security.oidcCreatesUsers', 'on']);
    const made = await comeAs({ ...ann, email: 'new@example.test', name: 'New One' });
    assert.equal(made.path, '/options/personal');
    assert.match(made.text, /New One/);
    assert.equal((await comeAs({ ...ann, email: 'x@elsewhere.example' })).path, '/login');
  });

  it('is over with the button when the provider is taken away', async () => {
    await daemon.drey(['settings', 'set', 'security.oidcIssuer', '']);
    const page = await browser.newPage();
    await page.goto(`${daemon.url}/login`);
    await page.getByLabel('Password').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Continue with' }).count(), 0);
    await page.close();
  });
});
