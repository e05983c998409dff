// How people sign in, in a real browser: an authenticator app, recovery codes, passkeys beside the password and alone,
// app passwords for programs, and signing out another browser at once.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn, signIn, signOut, waitAlive } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };

describe('signing in', () => {
  let daemon: Daemon;
  let browser: Browser;
  /** Passkeys belong to a name, not to an address. */
  let url: string;
  let page: Page;
  let secret = '';
  let recoveryCodes: string[] = [];

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    url = daemon.url.replace('127.0.0.1', 'localhost');
    await daemon.drey(['settings', 'set', 'security.failureDelayMs', '0']);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.drey(['user', 'add', ben.address, '--password-stdin'], ben.password);
    page = await openSignedIn(browser, url, ann, '/options/security');
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  const section = (name: string, on = page) => on.getByRole('region', { name });
  const dialog = (on = page) => on.getByRole('dialog');
  const confirm = async (button: string) => {
    await dialog().getByLabel('Your password').fill(ann.password);
    await dialog().getByRole('button', { name: button }).click();
  };
  const codeNow = (aheadSeconds = 0) =>
    new TOTP({ secret: Secret.fromBase32(secret) }).generate({
      timestamp: Date.now() + aheadSeconds * 1000,
    });
  const openNew = async () => {
    const fresh = await (await browser.newContext()).newPage();
    return fresh;
  };
  const loginOverImap = async (password: string, answer: RegExp) => {
    const client = connectLines(daemon.ports.imap);
    await client.ask(`a LOGIN ${ann.address} "${password}"`, answer);
    return client;
  };

  it('sets up an authenticator app', async () => {
    await section('Second factor').getByRole('button', { name: 'Set up' }).click();
    await dialog().getByLabel('Your password').fill('wrong');
    await dialog().getByRole('button', { name: 'Set up' }).click();
    await dialog().getByText('This is not the present password.').waitFor();
    await confirm('Set up');
    secret = await dialog().getByLabel('Key', { exact: true }).inputValue();
    await dialog().getByRole('img', { name: 'QR picture of the key' }).waitFor();
    await dialog().getByLabel('Code').fill('000000');
    await dialog().getByRole('button', { name: 'Turn on' }).click();
    await dialog().getByText('This code does not fit.').waitFor();
    await dialog().getByLabel('Code').fill(codeNow());
    await dialog().getByRole('button', { name: 'Turn on' }).click();
    await dialog().getByText('shown only now').waitFor();
    recoveryCodes = await dialog().getByRole('listitem').allTextContents();
    assert.equal(recoveryCodes.length, 10);
    await dialog().getByRole('button', { name: 'Done' }).click();
    await section('Second factor').getByText('10 codes left').waitFor();
  });

  it('asks for its code in the next browser, and takes a recovery code', async () => {
    const other = await openNew();
    await signIn(other, url, { ...ann, password: 'wrong' }, '/mail');
    await other.getByText('The address or the password is wrong.').waitFor();
    await signIn(other, url, ann, '/mail');
    await other.getByLabel('Code').fill('123456');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByText('does not fit').waitFor();
    // No step of time is taken twice; that of the set-up may be the present one still.
    await other.getByLabel('Code').fill(codeNow(30));
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.waitForURL('**/mail**');
    await other.context().close();
    const third = await openNew();
    await signIn(third, url, ann, '/options/security');
    await third.getByLabel('Code').fill(recoveryCodes[0] ?? '');
    await third.getByRole('button', { name: 'Sign in' }).click();
    await section('Second factor', third).getByText('9 codes left').waitFor();
    await third.context().close();
  });

  it('asks an administrator for it again before something is changed in the panel', async () => {
    await page.goto(`${url}/admin/domains`);
    const addDomain = async () => {
      await page.getByRole('button', { name: 'Add domain' }).first().click();
      await dialog().getByLabel('Domain', { exact: true }).fill('second.test');
      await dialog().getByRole('button', { name: 'Add domain' }).click();
    };
    const asked = page.waitForRequest((request) => 'next-action' in request.headers());
    await addDomain();
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    // The same change as a form that a browser without script would send: it has no header.
    const id = (await asked).headers()['next-action'] ?? '';
    const answer = await page.request.post(`${url}/admin/domains`, {
      headers: { origin: url },
      maxRedirects: 0,
      multipart: {
        $ACTION_REF_1: '',
        '$ACTION_1:0': JSON.stringify({ id, bound: '$@1' }),
        '$ACTION_1:1': '[{}]',
        name: 'second.test',
        comment: '',
        aliasOf: '',
      },
    });
    assert.match(answer.headers().location ?? '', /\/prove/);
    const search = await page.request.get(`${url}/api/admin/search?q=dom`, { maxRedirects: 0 });
    assert.equal(search.status(), 200, 'who only looks is asked for no proof');
    assert.ok(!(await daemon.drey(['domain', 'list'])).stdout.includes('second.test'));
    await page.getByLabel('Code').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('does not fit').waitFor();
    await page.getByLabel('Code').fill(recoveryCodes[2] ?? '');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/admin/domains');
    await waitAlive(page);
    assert.equal(await page.getByText('second.test').count(), 0);
    await addDomain();
    await page.getByRole('link', { name: 'second.test', exact: true }).waitFor();
    await page.goto(`${url}/options/security`);
  });

  it('makes an app password, which programs need now', async () => {
    await loginOverImap(ann.password, /^a NO \[AUTHENTICATIONFAILED\]/m);
    await section('App passwords').getByRole('button', { name: 'Add an app password' }).click();
    await dialog().getByLabel('Name').fill('Thunderbird');
    await confirm('Make it');
    const secretText = await dialog().getByLabel('The password').inputValue();
    await dialog().getByRole('button', { name: 'Done' }).click();
    const client = await loginOverImap(secretText, /^a OK /m);
    const line = section('App passwords').getByRole('listitem').filter({ hasText: 'Thunderbird' });
    await line.getByText('IMAP').waitFor();
    await line.getByRole('button', { name: 'Remove' }).click();
    await dialog().getByRole('button', { name: 'Remove' }).click();
    await section('App passwords').getByText('No app passwords yet').waitFor();
    await client.expect(/^\* BYE /m);
    await loginOverImap(secretText, /^a NO /m);
  });

  it('adds a passkey, which opens the mailbox alone', async () => {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await section('Passkeys').getByRole('button', { name: 'Add a passkey' }).click();
    await dialog().getByLabel('Name').fill('Laptop');
    await confirm('Continue');
    await section('Passkeys').getByText('Laptop').waitFor();
    await signOut(page, url);
    await page.goto(`${url}/login?next=/options/security`);
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await section('Passkeys').getByText('last used').waitFor();
    // Beside the password.
    await signOut(page, url);
    await signIn(page, url, ann, '/options/security');
    await page.getByRole('heading', { name: 'Second factor' }).waitFor();
    await page.getByRole('button', { name: 'Use a passkey' }).click();
    await section('Passkeys').waitFor();
  });

  it('shows where one is signed in, and signs another browser out at once', async () => {
    const other = await openNew();
    await signIn(other, url, ann, '/mail');
    await other.getByLabel('Code').fill(recoveryCodes[1] ?? '');
    await other.getByRole('button', { name: 'Sign in' }).click();
    await other.getByRole('region', { name: 'Messages' }).waitFor();
    await page.reload();
    const sessions = section('Where you are signed in').getByRole('listitem');
    await sessions.filter({ hasText: 'This browser' }).getByText('Chrome, Linux').waitFor();
    const before = await sessions.count();
    const last = sessions.filter({ has: page.getByRole('button', { name: 'Sign out' }) }).first();
    await last.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('status').filter({ hasText: 'Signed out.' }).waitFor();
    await waitFor(async () => (await sessions.count()) < before, 'a shorter list');
    const status = await other.evaluate(async () => (await fetch('/api/mail/folders')).status);
    assert.equal(status, 401);
    await other.context().close();
  });

  it('turns the second factor off, and the password is enough again', async () => {
    const passkey = section('Passkeys').getByRole('listitem').filter({ hasText: 'Laptop' });
    await passkey.getByRole('button', { name: 'Remove' }).click();
    await confirm('Remove');
    await section('Passkeys').getByText('No passkeys yet').waitFor();
    await section('Second factor').getByRole('button', { name: 'Turn off' }).click();
    await confirm('Turn off');
    await section('Second factor').getByRole('button', { name: 'Set up' }).waitFor();
    await loginOverImap(ann.password, /^a OK /m);
  });
});
