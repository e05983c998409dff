// The whole system, end to end, as its people meet it: the set-up link, the first administrator, a domain
// and two users in the panel; mail from outside appears in the open inbox; the answer with an attachment
// reaches the other user over IMAP and POP3; alias and banner work at once; mail leaves through a relay
// rule and through MX.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import type { Browser, Page } from 'playwright';
import { chooseOptions, enter, launchBrowser } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { askRecipient, sayMail } from '#tests/support/smtp-dialogue.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';

const password = 'a nest of seven nuts';
const attached = 'Row 14: 688.00\nRow 15: 42.10\n';

describe('the whole system', () => {
  let daemon: Daemon;
  let browser: Browser;
  let relay: Sink;
  let exchanger: Sink;
  let dns: FakeDns;
  let admin: Page;
  let mail: Page;
  const problems: string[] = [];

  before(async () => {
    [daemon, browser, relay, exchanger, dns] = await Promise.all([
      startDaemon(),
      launchBrowser(),
      startSink(),
      startSink(),
      startDns({
        'by-mx.test': { MX: ['10 mail.by-mx.test'] },
        'mail.by-mx.test': { A: ['127.0.0.1'] },
      }),
    ]);
    admin = await openPage();
    mail = await openPage();
  });

  after(async () => {
    await browser?.close();
    await Promise.all([daemon?.stop(), relay?.close(), exchanger?.close(), dns?.close()]);
  });

  async function openPage(): Promise<Page> {
    const page = await (
      await browser.newContext({ viewport: { width: 1280, height: 800 } })
    ).newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (/Content.Security.Policy|Hydration/i.test(message.text())) problems.push(message.text());
    });
    return page;
  }

  /** Mail from outside, from an address that is not trusted. Returns the last reply. */
  const sendFromOutside = (recipients: string[], lines: string[]) =>
    sayMail(daemon.ports.smtp, recipients, lines);

  /** What a stranger hears who wants to send to the outside. */
  const tryOutside = () => askRecipient(daemon.ports.smtp, 'someone@outside.test');

  async function addUser(local: string, name: string): Promise<void> {
    await admin.goto(`${daemon.url}/admin/users/new`);
    await admin.getByLabel('Address').fill(local);
    await admin.getByLabel('Name').fill(name);
    await admin.getByLabel('Password', { exact: true }).fill(password);
    await admin.getByRole('button', { name: 'Add user' }).click();
    await admin.waitForURL('**/admin/users');
  }

  it('is set up by the link that the start printed', async () => {
    const link = await waitFor(
      () => /http:\/\/localhost:\d+(\/setup\?token=\S+)\s/.exec(daemon.output())?.[1],
      'the printed link',
    );
    await admin.goto(daemon.url + link);
    await admin.getByLabel('First mail domain', { exact: true }).fill('nest.test');
    await admin.getByLabel('Host name of this server').fill('mail.nest.test');
    await admin.getByRole('textbox', { name: 'Your address' }).fill('anna');
    await admin.getByLabel('Password', { exact: true }).fill(password);
    await admin.getByLabel('Password again', { exact: true }).fill(password);
    await admin.getByRole('button', { name: 'Create the server' }).click();
    await admin.waitForURL('**/admin/wizard');
    await admin.goto(`${daemon.url}/admin`);
    await admin.getByRole('heading', { name: 'Health', exact: true }).waitFor();
  });

  it('gets a domain and two users in the panel', async () => {
    await admin.goto(`${daemon.url}/admin/domains`);
    await admin.getByRole('button', { name: 'Add domain' }).first().click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Domain').fill('second.test');
    await dialog.getByRole('button', { name: 'Add domain' }).click();
    await admin.getByRole('row', { name: /second\.test/ }).waitFor();
    await addUser('bob', 'Bob Branch');
    await addUser('cleo', 'Cleo Cone');
  });

  it('shows mail from outside in the open inbox without a reload', async () => {
    await enter(mail, daemon.url, { address: 'bob@nest.test', password }, '/mail');
    await chooseOptions(mail, daemon.url, { 'compose.undoSeconds': '0' });
    await mail
      .getByRole('region', { name: 'Messages' })
      .or(mail.getByLabel('Messages'))
      .first()
      .waitFor();
    await mail.evaluate(() => {
      (window as unknown as { isSamePage: boolean }).isSamePage = true;
    });
    const reply = await sendFromOutside(
      ['bob@nest.test', 'cleo@nest.test'],
      [
        'From: Olive Outside <olive@far.test>',
        'To: Bob Branch <bob@nest.test>',
        'Cc: Cleo Cone <cleo@nest.test>',
        'Subject: =?utf-8?q?Figures_for_K=C3=B6ln?=',
        'Message-ID: <one@far.test>',
        '',
        'Could you send me row 14?',
      ],
    );
    assert.match(reply, /^250 /);
    await mail.getByText('Figures for Köln').first().waitFor();
    assert.ok(
      await mail.evaluate(() => (window as unknown as { isSamePage?: boolean }).isSamePage),
      'the page was not loaded again',
    );
  });

  it('answers everybody with an attachment from the browser', async () => {
    // The outside correspondent is reached through a relay rule that the panel makes.
    await admin.goto(`${daemon.url}/admin/relays`);
    await admin.getByRole('button', { name: 'Add rule' }).first().click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Host', { exact: true }).fill(`127.0.0.1:${relay.port}`);
    await dialog.getByLabel('TLS', { exact: true }).selectOption('none');
    await dialog.getByRole('button', { name: 'Add rule' }).click();
    await admin.getByRole('row', { name: /All other mail/ }).waitFor();

    await mail.getByText('Figures for Köln').first().click();
    await mail.getByText('Could you send me row 14?').last().waitFor();
    await mail.getByRole('button', { name: 'Reply all' }).first().click();
    const composer = mail.locator('[data-composer]');
    await composer.getByLabel('Text', { exact: true }).waitFor();
    await composer
      .getByLabel('Text', { exact: true })
      .fill('Here it is, with the next one.\n\nBob');
    const file = join(daemon.folder, 'Zeile 14.csv');
    writeFileSync(file, attached);
    await composer.locator('input[type=file]').setInputFiles(file);
    await composer.getByText('Zeile 14.csv').waitFor();
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    await composer.waitFor({ state: 'detached' });
  });

  it('delivers the answer to the other user, over IMAP and POP3', async () => {
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imaps,
      secure: true,
      tls: { rejectUnauthorized: false },
      auth: { user: 'cleo@nest.test', pass: password },
      logger: false,
    });
    await client.connect();
    const lock = await client.getMailboxLock('INBOX');
    const uid = await waitFor(async () => {
      await client.noop();
      const found = await client.search({ from: 'bob@nest.test' }, { uid: true });
      return found ? found[0] : null;
    }, "the answer in cleo's inbox");
    const message = await client.fetchOne(
      String(uid),
      { envelope: true, bodyStructure: true },
      { uid: true },
    );
    assert.ok(message);
    assert.equal(message.envelope?.subject, 'Re: Figures for Köln');
    assert.equal(message.envelope?.inReplyTo, '<one@far.test>');
    const part = message.bodyStructure?.childNodes?.find(
      (node) => node.disposition === 'attachment',
    );
    assert.ok(part?.part);
    const { content } = await client.download(String(uid), part.part, { uid: true });
    const chunks: Buffer[] = [];
    for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString('utf8'), attached);
    lock.release();
    await client.logout();

    const pop3 = connectLines(daemon.ports.pop3);
    await pop3.expect(/^\+OK.*\r\n/);
    await pop3.ask('USER cleo@nest.test', /^\+OK.*\r\n/);
    await pop3.ask(`PASS ${password}`, /^\+OK.*\r\n/);
    assert.match(await pop3.ask('STAT', /^\+OK.*\r\n/), /^\+OK 2 /);
    assert.match(await pop3.ask('RETR 2', /\r\n\.\r\n$/), /In-Reply-To: <one@far\.test>/i);
    await pop3.ask('QUIT', /^\+OK.*\r\n/);
  });

  it('sent the answer outside through the relay rule, without a trace of the other machinery', async () => {
    const [message] = await relay.waitFor(1);
    assert.ok(message);
    assert.equal(message.sender, 'bob@nest.test');
    assert.deepEqual(message.recipients, ['olive@far.test']);
    assert.equal(message.helo, 'mail.nest.test');
    assert.match(message.text, /^From: Bob Branch <bob@nest\.test>\r$/m);
    assert.doesNotMatch(message.text, /^Bcc:/im);
  });

  it('keeps a copy in Sent and marks the original as answered', async () => {
    await mail
      .getByRole('link', { name: /^Sent/ })
      .or(mail.getByRole('button', { name: /^Sent/ }))
      .first()
      .click();
    await mail.getByText('Re: Figures for Köln').first().waitFor();
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'bob@nest.test', pass: password },
      logger: false,
    });
    await client.connect();
    const lock = await client.getMailboxLock('INBOX');
    await waitFor(async () => {
      const message = await client.fetchOne('1', { flags: true });
      const flags = message ? message.flags : undefined;
      return flags?.has('\\Answered') && flags.has('\\Seen');
    }, 'both flags');
    lock.release();
    await client.logout();
  });

  it('forwards the message with its attachment', async () => {
    await mail.getByText('Re: Figures for Köln').first().click();
    await mail.getByText('Here it is, with the next one.').last().waitFor();
    await mail.getByRole('button', { name: 'Forward' }).last().click();
    const composer = mail.locator('[data-composer]');
    await composer.getByText('Zeile 14.csv').waitFor();
    await composer.getByLabel('To', { exact: true }).fill('anna@nest.test');
    await composer.getByRole('button', { name: 'Send', exact: true }).click();
    await composer.waitFor({ state: 'detached' });
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: daemon.ports.imap,
      secure: false,
      doSTARTTLS: false,
      auth: { user: 'anna@nest.test', pass: password },
      logger: false,
    });
    await client.connect();
    const lock = await client.getMailboxLock('INBOX');
    const source = await waitFor(async () => {
      await client.noop();
      const found = await client.search({ subject: 'Fwd', from: 'bob@nest.test' }, { uid: true });
      return found ? found[0] : null;
    }, "the forwarded message in anna's inbox");
    const { content } = await client.download(String(source), '2', { uid: true });
    const chunks: Buffer[] = [];
    for await (const chunk of content ?? []) chunks.push(chunk as Buffer);
    assert.equal(Buffer.concat(chunks).toString('utf8'), attached);
    lock.release();
    await client.logout();
  });

  it('takes a new alias and a changed banner at once', async () => {
    await admin.goto(`${daemon.url}/admin/aliases`);
    await admin.getByRole('button', { name: 'Add alias' }).first().click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Alias', { exact: true }).fill('figures');
    await dialog.getByLabel('Goes to').fill('bob@nest.test\ncleo@nest.test');
    await dialog.getByRole('button', { name: 'Add alias' }).click();
    await admin.getByRole('row', { name: /figures@nest\.test/ }).waitFor();
    assert.match(
      await sendFromOutside(['figures@nest.test'], ['Subject: to the alias', '', 'x']),
      /^250 /,
    );
    await mail
      .getByRole('link', { name: /^Inbox/ })
      .or(mail.getByRole('button', { name: /^Inbox/ }))
      .first()
      .click();
    await mail.getByText('to the alias').first().waitFor();

    await admin.goto(`${daemon.url}/admin/settings?q=smtpd_banner`);
    await admin.getByLabel('Greeting', { exact: true }).fill('mail.nest.test at your service');
    await admin.getByRole('button', { name: 'Save', exact: true }).click();
    await admin.getByRole('status').filter({ hasText: 'Greeting saved' }).waitFor();
    const smtp = connectLines(daemon.ports.smtp);
    assert.equal(await smtp.expect(/\r\n/), '220 mail.nest.test at your service\r\n');
    smtp.close();
  });

  it('relays for a network as soon as the panel trusts it, and no longer', async () => {
    assert.match(await tryOutside(), /^554 5\.7\.1 /);
    await admin.goto(`${daemon.url}/admin/networks`);
    await admin.getByRole('button', { name: 'Add network' }).first().click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Network').fill('127.0.0.8/30');
    await dialog.getByRole('button', { name: 'Add network' }).click();
    await admin.getByRole('row', { name: /127\.0\.0\.8/ }).waitFor();
    assert.match(await tryOutside(), /^250 /);
    await admin.getByRole('button', { name: 'Remove 127.0.0.8/30' }).click();
    await admin.getByRole('button', { name: 'Remove network', exact: true }).click();
    await admin.getByRole('row', { name: /127\.0\.0\.8/ }).waitFor({ state: 'detached' });
    assert.match(await tryOutside(), /^554 5\.7\.1 /);
  });

  it('sends through MX once the relay rule is gone', async () => {
    await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
    await daemon.dreyJson(['settings', 'set', 'delivery.mxPort', String(exchanger.port)]);
    await daemon.dreyJson(['settings', 'set', 'delivery.allowPrivateAddresses', 'yes']);
    await admin.goto(`${daemon.url}/admin/relays`);
    await admin.getByRole('button', { name: /^Actions for/ }).click();
    await admin.getByRole('menuitem', { name: 'Delete…' }).click();
    await admin
      .getByRole('dialog')
      .getByRole('button', { name: /^Delete/ })
      .click();
    await admin.getByRole('row', { name: /All other mail/ }).waitFor({ state: 'detached' });

    await mail.keyboard.press('c');
    const composer = mail.locator('[data-composer]');
    await composer.getByLabel('To', { exact: true }).fill('maria@by-mx.test');
    await composer.getByLabel('Subject').fill('Straight to you');
    await composer.getByLabel('Text', { exact: true }).fill('No relay in between.');
    await mail.keyboard.press('Control+Enter');
    await composer.waitFor({ state: 'detached' });
    const [message] = await exchanger.waitFor(1);
    assert.deepEqual(message?.recipients, ['maria@by-mx.test']);
    assert.ok(dns.questions.includes('MX by-mx.test'));
    assert.equal(relay.messages.length, 1, 'the removed rule is not used any more');
  });

  it('had no script error and broke no policy', () => assert.deepEqual(problems, []));
});
