// Strangers, other sites and hostile users at the web app's doors: cookies, sign-out, foreign requests, redirects,
// sizes, and what the policy of each page lets through.
import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import type { Browser, BrowserContext, Page } from 'playwright';
import { launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { readActions } from '#tests/support/web-client.ts';

const password = 'a nest of seven nuts';
const address = 'root@example.test';
const own = { 'sec-fetch-site': 'same-origin' };

describe('the doors of the web app', () => {
  let daemon: Daemon;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const violations: string[] = [];

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', address, '--password-stdin'], password);
    context = await browser.newContext();
    page = await context.newPage();
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) violations.push(message.text());
    });
    await signIn(page);
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
  });

  async function signIn(into: Page, next = ''): Promise<void> {
    await into.goto(`${daemon.url}/login${next}`);
    await into.getByLabel('Mail address').fill(address);
    await into.getByLabel('Password').fill(password);
    await into.getByRole('button', { name: 'Sign in' }).click();
    await into.waitForURL((url) => url.pathname !== '/login');
  }

  it('goes nowhere else after signing in', async () => {
    for (const target of [
      '//evil.example',
      '/\\evil.example',
      'https://evil.example',
      '/%09/evil.example',
      'javascript:alert(1)',
    ]) {
      const fresh = await browser.newContext();
      const other = await fresh.newPage();
      await signIn(other, `?next=${target.includes('%') ? target : encodeURIComponent(target)}`);
      assert.equal(new URL(other.url()).origin, daemon.url, target);
      await fresh.close();
    }
  });

  it('gives a cookie no script can read and no other site can use', async () => {
    const cookies = await context.cookies();
    const session = cookies.find((cookie) => cookie.name === 'drey.session');
    assert.ok(session?.httpOnly);
    assert.equal(session.sameSite, 'Lax');
    // Behind a proxy with https the cookie is never sent in clear.
    const https = { 'x-forwarded-proto': 'https' };
    const token = await fetch(`${daemon.url}/api/auth/csrf`, { headers: https });
    const { csrfToken } = (await token.json()) as { csrfToken: string };
    const crumbs = token.headers.getSetCookie().map((each) => each.split(';')[0]);
    const answer = await fetch(`${daemon.url}/api/auth/callback/credentials`, {
      method: 'POST',
      redirect: 'manual',
      headers: { ...https, cookie: crumbs.join('; ') },
      body: new URLSearchParams({ address, password, csrfToken }),
    });
    const given = answer.headers
      .getSetCookie()
      .find((each) => each.startsWith('__Host-drey.session='));
    assert.match(given ?? '', /; Secure/i);
    assert.match(given ?? '', /; Path=\/(;|$)/i);
    assert.doesNotMatch(given ?? '', /; Domain=/i);
    const [name = '', value = ''] = (given ?? '').split(/[=;]/);
    // Counts by https only, and ends there.
    const show = (headers: Record<string, string>) =>
      fetch(`${daemon.url}/options`, { redirect: 'manual', headers });
    assert.equal((await show({ ...https, cookie: `${name}=${value}` })).status, 200);
    assert.equal((await show({ ...https, cookie: `drey.session=${value}` })).status, 307);
    assert.equal((await show({ cookie: `${name}=${value}` })).status, 307);
    assert.match(given ?? '', /; HttpOnly/i);
  });

  it('sends nobody elsewhere through the addresses of next-auth', async () => {
    for (const path of [
      'signin',
      'signout',
      'error',
      'callback/credentials',
      'signin/credentials',
    ]) {
      const url = `${daemon.url}/api/auth/${path}?callbackUrl=https://evil.example/&error=x`;
      const answer = await fetch(url, { redirect: 'manual' });
      const target = answer.headers.get('location');
      if (target) assert.doesNotMatch(new URL(target, daemon.url).host, /evil/, path);
      assert.doesNotMatch(await answer.text(), /href="https:\/\/evil|node_modules/, path);
      const odd = `${daemon.url}/api/auth/${path}?callbackUrl=https://evil.example:99999/`;
      const { status } = await fetch(odd, { redirect: 'manual' });
      assert.ok(status < 500, `${path}: ${status}`);
    }
  });

  it('signs nobody in without the token of its own page', async () => {
    const answer = await fetch(`${daemon.url}/api/auth/callback/credentials`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ address, password, csrfToken: 'x' }),
    });
    assert.ok(
      !answer.headers.getSetCookie().some((cookie) => cookie.startsWith('drey.session=ey')),
    );
  });

  it('acts for nobody whose browser another site has sent', async () => {
    const cookie = (await context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const { id, page: path } = readActions().get('app/(auth)/actions.ts#signOutAction') ?? {};
    const act = (from: Record<string, string>) =>
      fetch(daemon.url + path, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie, 'next-action': id ?? '', accept: 'text/x-component', ...from },
        body: '[]',
      });
    const strangers: Record<string, string>[] = [
      {},
      { origin: 'null' },
      { origin: 'https://evil.example' },
      { origin: daemon.url, 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const from of strangers) {
      assert.equal((await act(from)).status, 403, JSON.stringify(from));
    }
    const options = `${daemon.url}/options`;
    const stays = await fetch(options, { redirect: 'manual', headers: { cookie } });
    assert.equal(stays.status, 200, 'still signed in');
  });

  it('puts its policy on every page, whatever the address looks like', async () => {
    for (const path of [
      '/login',
      '/setup',
      '/mail',
      '/mail/a.html',
      '/mail/INBOX.2024',
      '/nothing.html',
      '/admin',
      '/admin/nothing',
    ]) {
      const answer = await context.request.get(daemon.url + path, { maxRedirects: 0 });
      const policy = answer.headers()['content-security-policy'] ?? '';
      assert.match(policy, /default-src 'none'.*script-src 'self' 'nonce-/, path);
      assert.doesNotMatch(policy, /unsafe-/, path);
      assert.equal(answer.headers()['x-content-type-options'], 'nosniff', path);
      assert.doesNotMatch(await answer.text(), /node_modules|\bat \w+ \(/, path);
    }
  });

  it('breaks its policy on no page', { timeout: 600_000 }, async () => {
    for (const path of [
      '/mail',
      '/options',
      '/options/display',
      '/options/connection',
      '/options/compose',
      '/options/identities',
      '/options/templates',
      '/compose',
      '/contacts',
      '/calendar',
      '/calendar?view=week',
      '/options/folders',
      '/help',
      '/help/basics',
      '/admin',
      '/admin/self-test',
      '/admin/domains',
      '/admin/users',
      '/admin/users/new',
      '/admin/aliases',
      '/admin/directory',
      '/admin/shared',
      '/admin/networks',
      '/admin/checks',
      '/admin/explain',
      '/admin/relays',
      '/admin/tls-out',
      '/admin/reports',
      '/admin/settings',
      '/admin/queue',
      '/admin/queue/suppressed',
      '/admin/events',
      '/logout',
      '/nothing',
    ]) {
      await page.goto(daemon.url + path, { waitUntil: 'load' });
      // The policy would take their effect.
      const html = await (await context.request.get(daemon.url + path)).text();
      const marks = html.replace(/<script.*?<\/script>/gs, '').match(/<[^>]* style="[^>]*>/g);
      assert.deepEqual(marks ?? [], [], path);
    }
    assert.deepEqual(violations, []);
  });

  it('shows a message nowhere but in its frame', async () => {
    const frame = `${daemon.url}/api/mail/frame?folder=INBOX&uid=1&part=1&images=1`;
    const alone = await context.request.get(frame, { headers: { 'sec-fetch-dest': 'document' } });
    assert.equal(alone.status(), 403);
    const inside = await context.request.get(frame, { headers: { 'sec-fetch-dest': 'iframe' } });
    assert.equal(inside.status(), 404);
    for (const answer of [alone, inside]) {
      assert.match(answer.headers()['content-security-policy'] ?? '', /sandbox/);
    }
  });

  it('reads no more JSON than it takes, told or not', async () => {
    const cookie = (await context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const status = await new Promise<number>((resolve, reject) => {
      const request = httpRequest(`${daemon.url}/api/mail/draft`, {
        method: 'POST',
        headers: { ...own, cookie, 'content-type': 'application/json' },
      });
      request.on('response', (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on('error', reject);
      // No length: sent in chunks.
      for (let i = 0; i < 6; i++) request.write(Buffer.alloc(1024 * 1024, 0x20));
      request.end('{}');
    });
    assert.equal(status, 413);
  });

  it('adds up what a message would hold before it reads any of it', async () => {
    const upload = await context.request.post(
      `${daemon.url}/api/mail/upload?name=..%2F..%2Fa%0D%0Ab.txt`,
      {
        headers: { ...own, 'content-type': 'text/plain' },
        data: Buffer.alloc(3 * 1024 * 1024, 0x61),
      },
    );
    const { upload: file } = (await upload.json()) as { upload: { id: string; fileName: string } };
    assert.equal(file.fileName, '_.._ab.txt');
    const message = {
      to: [{ name: 'x\r\nBcc: y@z.test', address }],
      subject: 'a\r\nBcc: b@c.test',
      text: 'x',
    };
    const many = await context.request.post(`${daemon.url}/api/mail/draft`, {
      headers: own,
      data: { message: { ...message, attachments: Array.from({ length: 100 }, () => file.id) } },
    });
    assert.equal(many.status(), 413);
    const one = await context.request.post(`${daemon.url}/api/mail/draft`, {
      headers: own,
      data: { message: { ...message, attachments: [file.id] } },
    });
    const { uid } = (await one.json()) as { uid: number };
    const source = await context.request.get(
      `${daemon.url}/api/mail/source?folder=Drafts&uid=${uid}&view=1`,
    );
    assert.match(source.headers()['content-type'] ?? '', /^text\/plain/);
    assert.doesNotMatch((await source.text()).split('\r\n\r\n')[0] ?? '', /^Bcc:/im);
  });

  it('opens only so many event streams for one person', async () => {
    const cookie = (await context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const abort = new AbortController();
    const streams = await Promise.all(
      Array.from({ length: 45 }, (_, i) =>
        fetch(`${daemon.url}/api/mail/events?folder=f${i}`, {
          headers: { cookie },
          signal: abort.signal,
        }),
      ),
    );
    const answers = streams.map((stream) => stream.status);
    abort.abort();
    assert.equal(answers.filter((status) => status === 429).length, 5);
    assert.equal((await context.request.get(`${daemon.url}/api/mail/folders`)).status(), 200);
  });

  it('cleans long HTML apart, and shows by its words what would take minutes', async () => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: password },
      logger: false,
    });
    await client.connect();
    const store = (html: string) =>
      client.append(
        'INBOX',
        `Subject: long\r\nContent-Type: text/html\r\n\r\n${html.replace(/(.{900})/g, '$1\r\n')}\r\n`,
      );
    // Longer than what is cleaned at once.
    await store(`${'<p onclick=x>leaf</p>'.repeat(4000)}<img src="http://127.0.0.1:9/pixel">`);
    await store(`${'<div>'.repeat(700_000)}words`);
    await client.logout();
    const read = async (uid: number) => {
      const answer = await context.request.get(
        `${daemon.url}/api/mail/message?folder=INBOX&uid=${uid}`,
      );
      assert.equal(answer.status(), 200, `${await answer.text()} ${daemon.output().slice(-1500)}`);
      return (await answer.json()) as { bodies: { kind: string; remoteImages?: number }[] };
    };
    assert.deepEqual(
      (await read(1)).bodies.map(({ kind, remoteImages }) => [kind, remoteImages]),
      [['html', 1]],
    );
    const frame = await context.request.get(
      `${daemon.url}/api/mail/frame?folder=INBOX&uid=1&part=1`,
    );
    assert.match(await frame.text(), /<p>leaf<\/p>/);
    const [hard, health] = await Promise.all([read(2), fetch(`${daemon.url}/api/health`)]);
    assert.equal(health.status, 200);
    assert.equal(hard.bodies[0]?.kind, 'text');
  });

  it('ends the session for copies of its cookie too', async () => {
    const cookie = (await context.cookies())
      .map(({ name, value }) => `${name}=${value}`)
      .join('; ');
    const ask = () => fetch(`${daemon.url}/api/mail/folders`, { headers: { cookie } });
    assert.equal((await ask()).status, 200);
    await page.goto(`${daemon.url}/logout`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL('**/login');
    assert.equal((await ask()).status, 401);
    const renewed = await fetch(`${daemon.url}/api/auth/session`, { headers: { cookie } });
    assert.doesNotMatch(await renewed.text(), /accountId/);
    assert.equal((await ask()).status, 401);
  });
});
