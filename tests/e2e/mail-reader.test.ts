// Reading a message in the browser: who sent it, what is kept out, files, invitations, receipts, lists, paper.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import nodemailer, { type SendMailOptions } from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
const invitation = [
  'BEGIN:VCALENDAR',
  'VERSION:2.0',
  'PRODID:-//far//x//EN',
  'METHOD:REQUEST',
  'BEGIN:VEVENT',
  'UID:lunch-1@far.test',
  'DTSTAMP:20261101T100000Z',
  'DTSTART:20261201T110000Z',
  'DTEND:20261201T120000Z',
  'SUMMARY:Lunch <img src=x onerror=alert(1)>',
  'DESCRIPTION:<svg onload=alert(1)>',
  'LOCATION:"><script>alert(1)</script>',
  `ORGANIZER;CN=Ann:mailto:${ann.address}`,
  `ATTENDEE;RSVP=TRUE:mailto:${ben.address}`,
  'END:VEVENT',
  'END:VCALENDAR',
  '',
].join('\r\n');
const card = [
  'BEGIN:VCARD',
  'VERSION:3.0',
  'FN:Carla <img src=x onerror=alert(1)>',
  'EMAIL:carla@far.test',
  'NOTE:<script>alert(1)</script>',
  'PHOTO;VALUE=uri:http://127.0.0.1:9/photo',
  'END:VCARD',
  '',
].join('\r\n');

describe('reading', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let dns: FakeDns;
  let page: Page;
  const asked: string[] = [];
  const alarms: string[] = [];

  const reader = () => page.getByRole('region', { name: 'Message', exact: true });
  const rowOf = (text: string) =>
    page.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });
  const openRow = async (text: string) => {
    await rowOf(text).locator('[data-open-row]').click();
    await reader().getByRole('heading', { name: text }).waitFor();
  };
  const choose = async (item: string) => {
    await reader().getByRole('toolbar').getByRole('button', { name: 'More', exact: true }).click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  const get = (path: string) => page.context().request.get(`${daemon.url}${path}`);

  /** From outside: SPF and DMARC are looked up. */
  function bring(message: SendMailOptions): Promise<unknown> {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: daemon.ports.smtp,
      secure: false,
      ignoreTLS: true,
      localAddress: '127.0.0.9',
    });
    return transport.sendMail({ to: ben.address, from: 'Eve <eve@far.test>', ...message });
  }

  before(async () => {
    dns = await startDns({});
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    dns.zone['far.test'] = { MX: ['10 mx.far.test'], TXT: ['v=spf1 ip4:127.0.0.9 -all'] };
    dns.zone['_dmarc.far.test'] = { TXT: ['v=DMARC1; p=none'] };
    await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
    const html = (text: string) => ({ html: text });
    await bring({
      subject: 'Proven and tracked',
      ...html(
        '<p>Hello</p><img src="http://127.0.0.1:9/a.png" width=100 height=20><img src="http://track.list-manage.com/track/open.php" width=1 height=1>' +
          '<a href="https://evil.example/">www.bank.example</a> <a href="https://far.test/x">fine</a>' +
          '<style>@media (prefers-color-scheme:dark){p{color:#0f0;display:none}}</style>',
      ),
    });
    await bring({
      from: '"security@bank.example" <eve@exarnple.test>',
      replyTo: 'else@where.test',
      subject: 'Odd sender',
      text: 'See https://раypal.example/ and http://user@evil.example/',
    });
    await bring({
      subject: 'Files',
      text: 'Here.',
      attachments: [
        { filename: 'dot.png', content: png },
        {
          filename: 'dot.png',
          content: Buffer.from('<script>alert(1)</script>'),
          contentType: 'image/png',
        },
        { filename: 'notes.txt', content: '<b>notes</b>' },
        { filename: 'page.html', content: '<script>alert(1)</script>', contentType: 'text/html' },
        { filename: 'doc.pdf', content: '%PDF-1.4', contentType: 'application/pdf' },
        {
          filename: 'inner.eml',
          contentType: 'message/rfc822',
          content:
            'From: Inner <inner@far.test>\r\nTo: x@far.test\r\nSubject: Inner message\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>Inside <b>it</b></p><script>alert(1)</script>',
        },
        { filename: 'carla.vcf', content: card, contentType: 'text/vcard' },
      ],
    });
    await bring({
      subject: 'Invited',
      text: 'Come.',
      icalEvent: { method: 'REQUEST', content: invitation },
    });
    await bring({
      subject: 'From a list',
      text: 'News',
      headers: {
        'Disposition-Notification-To': 'eve@far.test',
        'List-ID': 'The News <news.far.test>',
        'List-Unsubscribe': '<mailto:leave@far.test?subject=leave>, <https://far.test/leave>',
        'List-Post': '<mailto:news@far.test>',
        'List-Archive': '<https://far.test/archive>',
        'X-Priority': '1',
        'X-Mailer': '<b>Mailer</b> 1.0',
      },
    });
    page = await openSignedIn(browser, daemon.url, ben, '/mail');
    page.on('request', (request) => asked.push(request.url()));
    page.on('dialog', (dialog) => {
      alarms.push(dialog.message());
      void dialog.dismiss();
    });
    await rowOf('From a list').waitFor();
  });

  after(async () => {
    await browser?.close();
    await daemon?.drey(['settings', 'reset', 'delivery.dnsServers']);
    await dns?.close();
  });

  it('39 names who sent it, and trackers, and links that lie', async () => {
    await openRow('Proven and tracked');
    await reader().getByRole('button', { name: 'Show details' }).click();
    await reader().getByText('Proven: this message comes from far.test.').waitFor();
    await reader().getByText('1 remote image not loaded').waitFor();
    await reader().getByText('A tracker was kept out: Mailchimp.').waitFor();
    await reader().getByText('1 link leads elsewhere').waitFor();
    const frame = page.frameLocator('iframe[title=Message]');
    const odd = frame.getByRole('link', { name: /bank\.example/ });
    assert.equal(await odd.getAttribute('data-target'), 'evil.example');
    assert.equal(await odd.getAttribute('data-odd'), '1');
    assert.equal(await frame.getByRole('link', { name: 'fine' }).getAttribute('data-odd'), null);
    const mark = await odd.evaluate((link) => getComputedStyle(link, '::after').content);
    assert.match(mark, /evil\.example/);
  });

  it('51 loads pictures by way of the server alone, and by sender only where it is proven', async () => {
    await reader().getByRole('button', { name: 'More choices for images' }).click();
    await page.getByRole('menuitem', { name: 'Always load images of eve@far.test' }).click();
    await waitFor(() => asked.some((url) => url.includes('/api/mail/image?')), 'the picture');
    const proxied = asked.find((url) => url.includes('/api/mail/image?')) ?? '';
    assert.match(proxied, /u=http%3A%2F%2F127\.0\.0\.1%3A9%2Fa\.png/);
    // Our server visits no loopback, and an address that was changed is none of ours.
    assert.equal((await get(new URL(proxied).pathname + new URL(proxied).search)).status(), 404);
    const forged = proxied.replace('a.png', 'b.png');
    assert.equal((await get(new URL(forged).pathname + new URL(forged).search)).status(), 403);
    assert.ok(asked.every((url) => url.startsWith(daemon.url) || url.startsWith('data:')));
    await waitFor(async () => {
      const answer = await get('/api/mail/trust');
      return ((await answer.json()) as { senders: string[] }).senders.includes('eve@far.test');
    }, 'the trust');
  });

  it('shows dark bodies in their own dark colours, which hide no words', async () => {
    const colour = (element: Element) => getComputedStyle(element).color;
    await page.emulateMedia({ colorScheme: 'dark' });
    // A frame in other colours is another frame.
    const dark = page.frameLocator('iframe[title=Message][src*="theme=dark"]').getByText('Hello');
    await dark.waitFor();
    assert.equal(await dark.evaluate(colour), 'rgb(0, 255, 0)');
    await choose('Show in light colours');
    const light = page
      .frameLocator('iframe[title=Message]:not([src*="theme=dark"])')
      .getByText('Hello');
    await light.waitFor();
    assert.notEqual(await light.evaluate(colour), 'rgb(0, 255, 0)');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('39 warns of odd senders and odd addresses', async () => {
    await openRow('Odd sender');
    const warnings = reader().getByRole('region', { name: 'Be careful with this message' });
    await warnings.getByText('looks like example.test').waitFor();
    await warnings.getByText('shows the address security@bank.example').waitFor();
    await warnings.getByText('Answers go to else@where.test').waitFor();
    await warnings.getByText('You have not written to eve@exarnple.test before.').waitFor();
    await reader().getByText('⚠ → xn--').waitFor();
    await reader().getByText('⚠ → evil.example').waitFor();
  });

  it('shows files only where nothing can run', async () => {
    await openRow('Files');
    const files = reader().getByRole('list', { name: 'Attachments' });
    await files.getByRole('button', { name: 'View dot.png' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Larger' }).click();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('This file cannot be shown.').waitFor();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await dialog.getByText('<b>notes</b>').waitFor();
    await page.keyboard.press('Escape');
    await files.getByRole('button', { name: 'View inner.eml' }).click();
    await dialog.getByRole('heading', { name: 'Inner message' }).waitFor();
    await dialog.frameLocator('iframe').getByText('Inside it').waitFor();
    await page.keyboard.press('Escape');
    const place = new URL(page.url()).searchParams.get('message');
    const part = (n: number) => get(`/api/mail/part?folder=INBOX&uid=${place}&part=${n}&view=1`);
    assert.equal((await part(2)).headers()['content-type'], 'image/png');
    for (const n of [3, 5, 6]) {
      const headers = (await part(n)).headers();
      assert.equal(headers['content-type'], 'application/octet-stream', `part ${n}`);
      assert.match(headers['content-disposition'] ?? '', /^attachment/);
      assert.match(headers['content-security-policy'] ?? '', /sandbox; default-src 'none'/);
      assert.equal(headers['x-content-type-options'], 'nosniff');
    }
    const zip = await (await get(`/api/mail/attachments?folder=INBOX&uid=${place}`)).body();
    assert.equal(zip.subarray(0, 2).toString(), 'PK');
    assert.ok(zip.includes('dot (2).png') && zip.includes('page.html'));
    const contact = reader().getByRole('region', { name: 'Contact' });
    await contact.getByText('Carla <img').waitFor();
    await contact.getByRole('button', { name: 'Add to contacts' }).click();
    await page.getByRole('status').filter({ hasText: 'Added to your contacts.' }).waitFor();
  });

  it('answers an invitation and files it', async () => {
    await openRow('Invited');
    const card = reader().getByRole('region', { name: 'Invitation' });
    await card.getByText('Lunch <img').waitFor();
    await card.getByText('"><script>').waitFor();
    await card.getByRole('button', { name: 'Accept' }).click();
    await card.getByText('You accepted.').waitFor();
    const anns = await openSignedIn(browser, daemon.url, ann, '/mail');
    await anns.getByText('Accepted: Lunch').first().waitFor();
    await anns.context().close();
  });

  it('asks before it sends a receipt, and offers what the list offers', async () => {
    await openRow('From a list');
    await reader().getByText('Mailing list: The News').waitFor();
    await reader().getByText('High priority').waitFor();
    await reader().getByText('The receipt would go to eve@far.test.').waitFor();
    await reader().getByRole('button', { name: 'Send receipt' }).click();
    await page.getByRole('status').filter({ hasText: 'The receipt is sent.' }).waitFor();
    await reader().getByRole('button', { name: 'Reply to list' }).waitFor();
    // No valid signature covers the header: no click of ours, but a letter.
    const uid = Number(new URL(page.url()).searchParams.get('message'));
    const refused = await page.context().request.post(`${daemon.url}/api/mail/unsubscribe`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { folder: 'INBOX', uid },
    });
    assert.equal(refused.status(), 400);
    const again = await page.context().request.post(`${daemon.url}/api/mail/receipt`, {
      headers: { 'sec-fetch-site': 'same-origin' },
      data: { folder: 'INBOX', uid, isWanted: true },
    });
    assert.equal(again.status(), 409);
    await reader().getByRole('button', { name: 'Commands of the mailing list' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).waitFor();
    await page.keyboard.press('Escape');
  });

  it('says of own mail where it is', async () => {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      ignoreTLS: true,
      auth: { user: ben.address, pass: ben.password },
    });
    const to = [ben.address, ann.address, 'gone@nowhere.test'];
    const sent = await transport.sendMail({ from: ben.address, to, subject: 'My own', text: 'x' });
    transport.close();
    // The reader asks once, when the message is opened.
    const id = encodeURIComponent(sent.messageId);
    await waitFor(async () => {
      const answer = await (await get(`/api/mail/delivery?id=${id}`)).json();
      const { states } = answer as { states: { recipient: string; kind: string }[] };
      const kindOf = (address: string) =>
        states.find(({ recipient }) => recipient === address)?.kind;
      return kindOf(ann.address) === 'delivered' && kindOf('gone@nowhere.test');
    }, 'the delivery to ann');
    await openRow('My own');
    const delivery = reader().getByRole('region', { name: 'Delivery' });
    await delivery.getByText(`${ann.address}: in the mailbox.`).waitFor();
    await delivery.getByText(/^gone@nowhere\.test: (?:on its way|waiting|not delivered)/).waitFor();
    assert.equal(await reader().getByRole('region', { name: 'Be careful' }).count(), 0);
    await openRow('From a list');
  });

  it('shows header, structure and paper, and finds a message by its id', async () => {
    await choose('Header and structure');
    const dialog = page.getByRole('dialog', { name: 'Header and structure' });
    await dialog.getByText('<b>Mailer</b> 1.0').waitFor();
    await dialog.getByText('text/plain', { exact: true }).waitFor();
    await page.keyboard.press('Escape');
    const uid = new URL(page.url()).searchParams.get('message');
    const paper = await get(`/api/mail/print?folder=INBOX&uid=${uid}`);
    assert.match(await paper.text(), /<th scope="row">From<\/th>/);
    const from = await page
      .context()
      .request.get(`${daemon.url}/api/mail/print?folder=INBOX&uid=${uid}`, {
        headers: { 'sec-fetch-site': 'cross-site' },
      });
    assert.equal(from.status(), 403);
    const message = (await (await get(`/api/mail/message?folder=INBOX&uid=${uid}`)).json()) as {
      messageId: string;
    };
    await page.goto(`${daemon.url}/message?id=${encodeURIComponent(message.messageId)}`);
    await reader().getByRole('heading', { name: 'From a list' }).waitFor();
    assert.deepEqual(alarms, []);
  });

  it('lets no text become markup or code in a page of ours', async () => {
    const outcome = await page.evaluate(() => {
      const tried = [
        () => {
          document.body.innerHTML = '<img src=x onerror=alert(1)>';
        },
        () => {
          document.createElement('script').src = 'https://evil.example/x.js';
        },
        () => {
          document.createElement('script').src = '/api/mail/part?folder=INBOX&uid=1&part=2';
        },
      ];
      return tried.map((attempt) => {
        try {
          attempt();
          return 'done';
        } catch (error) {
          return (error as Error).name;
        }
      });
    });
    assert.deepEqual(outcome, ['TypeError', 'TypeError', 'TypeError']);
  });
});
