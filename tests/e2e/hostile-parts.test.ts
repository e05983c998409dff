// Hostile mail beyond HTML in the real reader: plain text, headers, invitations, cards, files, names, other sites. The
// numbers are those of the project's list of 54; 1 to 41 and 49 are in frame-attacks.test.ts.
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { withFolder, withImap } from '#tests/support/imap-client.ts';
import { cry, makeLetters, names, recipient, tracker } from './vectors/letters.ts';

const ann = { address: recipient, password: 'a boat of seven nuts' };
const own = { 'sec-fetch-site': 'same-origin' };

describe('hostile parts', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;
  let elsewhere: Server;
  /** What a message made the browser ask of a server elsewhere. */
  const reached: string[] = [];
  const alarms: string[] = [];
  let outside = '';

  const messages = () => page.getByRole('region', { name: 'Messages' });
  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  const frame = () => page.frameLocator('iframe[title=Message]').first();
  const open = async (subject: string) => {
    await messages()
      .getByRole('listitem')
      .filter({ hasText: subject })
      .locator('[data-open-row]')
      .click();
    await reader().getByRole('heading', { name: subject }).waitFor();
  };
  const get = (path: string) => page.request.get(`${daemon.url}/api/mail/${path}`);
  /** Asked of the page itself: what the browser tells of its address comes a moment later. */
  const uidOfOpen = () =>
    page.evaluate(() => Number(new URLSearchParams(location.search).get('message')));
  const countIn = (folder: string) =>
    withImap(daemon.ports.imap, ann, async (client) => {
      const status = await client.status(folder, { messages: true });
      return status ? (status.messages ?? 0) : 0;
    });

  /** Nothing of a message became an element with a will of its own, ran or went elsewhere. */
  async function assertTame(): Promise<void> {
    const strange = await page.evaluate(() =>
      [...document.querySelectorAll('main *')].flatMap((element) => [
        ...element.getAttributeNames().filter((name) => name.startsWith('on')),
        ...(element.matches('script, object, embed, base, meta, link, img[src="x"]')
          ? [element.outerHTML.slice(0, 100)]
          : []),
      ]),
    );
    assert.deepEqual(strange, []);
    assert.deepEqual(alarms, []);
    assert.deepEqual(reached, []);
  }

  before(async () => {
    elsewhere = createServer((request, response) => {
      if (!/^\/(site|favicon\.ico)$/.test(request.url ?? '')) reached.push(request.url ?? '');
      response.writeHead(200, { 'content-type': 'text/html' }).end(site);
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    outside = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}`;
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.drey(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await withImap(daemon.ports.imap, ann, async (client) => {
      for (const message of makeLetters(outside, daemon.url)) await client.append('INBOX', message);
    });
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
    page.on('dialog', (dialog) => {
      alarms.push(dialog.message());
      void dialog.dismiss();
    });
    page.on('pageerror', (error) => alarms.push(error.message));
    await messages().getByText('Plain words').waitFor();
  });
  after(async () => {
    await browser?.close();
    elsewhere?.closeAllConnections();
    elsewhere?.close();
    await daemon?.stop();
  });

  /** Another site that draws our pages into frames and asks for changes; told its addresses before it is shown. */
  let site = '';

  it('HTML of every bad kind neither runs nor loads, and its pictures come through us', async () => {
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await open('<script>');
    await frame().getByText('Dear reader').waitFor();
    const element = page.locator('iframe[title=Message]');
    const sandbox = (await element.getAttribute('sandbox')) ?? '';
    assert.doesNotMatch(sandbox, /allow-scripts|allow-same-origin/);
    assert.equal(
      await frame().locator('script, svg, form, iframe, link, img[src^=http]').count(),
      0,
    );
    assert.equal(await frame().getByText('bad link').getAttribute('href'), null);
    assert.equal(await frame().getByText('good link').getAttribute('rel'), 'noopener noreferrer');
    await page.getByText('2 remote images not loaded').waitFor();
    assert.deepEqual(
      requests.filter((url) => url.startsWith(tracker)),
      [],
    );
    await page.getByRole('button', { name: 'Load images' }).click();
    const proxied = encodeURIComponent(`${tracker}/a.png`);
    await waitFor(
      () => requests.some((url) => url.includes('/api/mail/image?') && url.includes(proxied)),
      'the image to be asked for by way of the server',
    );
    assert.deepEqual(
      requests.filter((url) => url.startsWith(tracker)),
      [],
    );
    assert.doesNotMatch(await page.title(), /owned/);
    const links = reader().getByRole('list', { name: 'Attachments' }).getByRole('link');
    await links.first().waitFor();
    for (const link of await links.all()) {
      const answer = await page.request.get(daemon.url + (await link.getAttribute('href')));
      const headers = answer.headers();
      assert.equal(headers['content-type'], 'application/octet-stream');
      assert.match(headers['content-disposition'] ?? '', /^attachment;/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    const url = (await element.getAttribute('src')) ?? '';
    const answer = await page.request.get(daemon.url + url);
    assert.match(answer.headers()['content-security-policy'] ?? '', /default-src 'none'.*sandbox/);
  });

  it('34 receipts are not sent without a word', async () => {
    await open('A receipt is wanted');
    await reader().getByText('The receipt would go to eve@far.test.').waitFor();
    const queue = await daemon.dreyJson(['queue', 'list']);
    assert.deepEqual([queue, await countIn('Sent')], [[], 0]);
  });

  it('42 plain text: brackets, mailto with a query, quotes behind an address', async () => {
    await open('Plain words');
    await reader().getByText('The end of the text.').waitFor();
    const links = await reader()
      .getByRole('link')
      .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
    for (const href of links) assert.match(href, /^(https?:\/\/[^"<>]+|mailto:[^"<>]+)$/);
    assert.ok(links.length >= 3, links.join(' '));
    await assertTame();
  });

  it('43 subject, sender, list, file name, type and charset are text', async () => {
    await open('Half');
    await reader().getByText('Words of 43.').waitFor();
    await reader().getByText('Eve <svg onload=alert(1)>').first().waitFor();
    await reader()
      .getByRole('list', { name: 'Attachments' })
      .getByText('two.txt')
      .first()
      .waitFor();
    await assertTame();
    const uid = await uidOfOpen();
    for (const part of [2, 3]) {
      const answer = await get(`part?folder=INBOX&uid=${uid}&part=${part}&view=1`);
      const { 'content-type': type = '', 'content-disposition': disposition = '' } =
        answer.headers();
      assert.match(
        type,
        /^(text\/plain; charset=utf-8|application\/octet-stream)$/,
        `part ${part}`,
      );
      assert.match(disposition, /^(attachment|inline); filename="[^"<>]+"/);
      assert.equal(answer.headers()['x-content-type-options'], 'nosniff');
    }
  });

  it('44 an invitation with markup, drawings, sounds and private fields is text', async () => {
    await open('Invited to tea');
    const card = reader().getByRole('region', { name: 'Invitation' });
    await card.getByText(`Tea ${cry}`).waitFor();
    await card.getByText('"><script>').waitFor();
    assert.equal(await card.locator('img, svg[onload], script, audio, a[href^=java]').count(), 0);
    await assertTame();
  });

  it('45 a card with markup, a picture elsewhere and a script for an address is text', async () => {
    await open('A card');
    const card = reader().getByRole('region', { name: 'Contact' });
    await card.getByText(`Carla ${cry}`).waitFor();
    assert.equal(await card.locator('img, script, a[href^=java]').count(), 0);
    await assertTame();
  });

  it('46 files that could run are only given away', async () => {
    await open('Files of all kinds');
    await reader()
      .getByRole('list', { name: 'Attachments' })
      .getByText('noextension')
      .first()
      .waitFor();
    const uid = await uidOfOpen();
    for (const part of [2, 3, 4, 5, 6, 7, 8]) {
      const { headers } = await page.evaluate(async (path) => {
        const answer = await fetch(path);
        return { headers: Object.fromEntries(answer.headers) };
      }, `/api/mail/part?folder=INBOX&uid=${uid}&part=${part}&view=1`);
      assert.equal(headers['content-type'], 'application/octet-stream', `part ${part}`);
      assert.match(headers['content-disposition'] ?? '', /^attachment/);
      assert.match(headers['content-security-policy'] ?? '', /sandbox; default-src 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    await assertTame();
  });

  it('47 ids of parts name pictures of this message alone', async () => {
    const types: string[] = [];
    page.on('response', (answer) => {
      if (answer.request().resourceType() === 'image') {
        types.push(answer.headers()['content-type'] ?? '');
      }
    });
    await open('Pictures by their ids');
    await frame().getByText('Words of 47.').waitFor();
    assert.equal(await frame().locator('iframe, script').count(), 0);
    assert.deepEqual(
      types.filter((type) => /html|svg/.test(type)),
      [],
    );
    await assertTame();
  });

  it('48 messages ten deep open, and a bomb in all files is neither packed nor unpacked', async () => {
    await open('Ten deep');
    await reader().getByText('See what is attached.').waitFor();
    await open('A bomb among files');
    await reader()
      .getByRole('list', { name: 'Attachments' })
      .getByText('zeros.zip')
      .first()
      .waitFor();
    const saving = page.waitForEvent('download');
    await reader()
      .getByRole('link', { name: /^Download all/ })
      .click();
    const stream = await (await saving).createReadStream();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const zip = Buffer.concat(chunks);
    const entries = listEntries(zip);
    assert.equal(entries.length, names.length + 1);
    assert.equal(new Set(entries.map((name) => name.toLowerCase())).size, entries.length);
    for (const name of entries) {
      assert.doesNotMatch(name, /[/\\:\u0000-\u001f\u202e]|^\./u, name);
      assert.ok(name.length > 0 && name.length <= 160, name);
    }
    // As large as what it holds.
    assert.ok(zip.length > 6 * 1024 * 1024 && zip.length < 7 * 1024 * 1024, String(zip.length));
    await open('Too many files');
    const refused = await get(`attachments?folder=INBOX&uid=${await uidOfOpen()}`);
    assert.ok(refused.status() >= 400 && refused.status() < 500, String(refused.status()));
    await assertTame();
  });

  it('52 nothing changes because a picture or another site asks for it', async () => {
    const before = await countIn('INBOX');
    await open('Pictures that would act');
    await frame().getByText('Words of 52.').waitFor();
    await page.getByRole('button', { name: 'Load images' }).click();
    await page.getByText('not loaded').waitFor({ state: 'detached' });
    const changes = ['actions?kind=empty&folder=INBOX', 'send', 'filters', 'draft', 'bulk'];
    site = [
      '<!doctype html><title>site</title>',
      ...['logout', 'api/auth/signout', ...changes.map((each) => `api/mail/${each}`)].map(
        (path) => `<img src="${daemon.url}/${path}">`,
      ),
      `<iframe name=sink></iframe><form target=sink method=post enctype="text/plain" action="${daemon.url}/api/mail/actions"><input name='{"kind":"empty","folder":"INBOX","x":"' value='"}'></form>`,
      '<script>document.forms[0].submit()</script>',
    ].join('');
    const other = await page.context().newPage();
    const answers: number[] = [];
    other.on('response', (answer) => {
      if (answer.request().method() === 'POST') answers.push(answer.status());
    });
    await other.goto(`${outside.replace('127.0.0.1', 'localhost')}/site`);
    await waitFor(() => answers.length > 0, 'the answer to the form');
    assert.ok(
      answers.every((status) => status === 401 || status === 403),
      answers.join(),
    );
    await other.close();
    assert.equal((await get('folders')).status(), 200, 'still signed in');
    assert.equal(await countIn('INBOX'), before);
  });

  it('53 no page of ours is drawn in a frame of another site', async () => {
    const paths = ['mail', 'login', 'options', 'admin', 'compose', 'logout'];
    paths.push(`api/mail/frame?folder=INBOX&uid=${await uidOfOpen()}&part=1`);
    site = `<!doctype html><title>site</title>${paths.map((path) => `<iframe src="${daemon.url}/${path}"></iframe>`).join('')}`;
    const other = await page.context().newPage();
    // An address of its own, which the cookie of ours still goes to: the same name with another port.
    await other.goto(`${outside}/site`, { waitUntil: 'load' });
    const shown = other.frames().filter((each) => each !== other.mainFrame());
    assert.equal(shown.length, paths.length);
    for (const [i, each] of shown.entries()) {
      await waitFor(() => /^chrome-error:/.test(each.url()), `an error instead of ${paths[i]}`);
    }
    await other.close();
  });

  it('54 the name of a rule is a name, whatever stands in it', async () => {
    const name = `a\r\n*/ discard; /* # ${cry}\nstop`;
    const rule = {
      name,
      match: 'all',
      conditions: [{ field: 'subject', test: 'contains', value: `x"\r\n*/ discard;` }],
      actions: [{ do: 'flag' }],
    };
    const answer = await page.request.post(`${daemon.url}/api/mail/filters`, {
      headers: own,
      data: { rule },
    });
    assert.ok([200, 400].includes(answer.status()), await answer.text());
    const kept = await page.request.post(`${daemon.url}/api/mail/filters`, {
      headers: own,
      data: { rule: { name: `*/ stop; # ${cry}`, conditions: [], actions: [{ do: 'flag' }] } },
    });
    assert.equal(kept.status(), 200, await kept.text());
    const before = await countIn('INBOX');
    await page.goto(`${daemon.url}/options/filters`);
    await page.getByText(`*/ stop; # ${cry}`).waitFor();
    await assertTame();
    const { createTransport } = await import('nodemailer');
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.smtp,
      ignoreTLS: true,
    });
    await transport.sendMail({ from: 'zoe@far.test', to: ann.address, subject: 'x', text: 'x' });
    transport.close();
    await waitFor(async () => (await countIn('INBOX')) === before + 1, 'the mail');
    const flags = await withFolder(daemon.ports.imap, ann, 'INBOX', (client) =>
      client.fetchOne('*', { flags: true }),
    );
    assert.ok(flags ? flags.flags?.has('\\Flagged') : false);
  });
});

/** Names in the directory of a zip file. */
function listEntries(zip: Buffer): string[] {
  const found: string[] = [];
  for (
    let at = zip.indexOf('PK\u0001\u0002');
    at >= 0;
    at = zip.indexOf('PK\u0001\u0002', at + 4)
  ) {
    const length = zip.readUInt16LE(at + 28);
    found.push(zip.toString('utf8', at + 46, at + 46 + length));
  }
  return found;
}
