// The address books in a browser: adding, editing, deleting and its undo, groups, writing to them, files in and out,
// duplicates, the directory with an administrator's entry, SquirrelMail's data, other people's contacts, the phone.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { launchBrowser, openSignedIn } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';

const ann = { address: 'ann@example.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@example.test', password: 'three quiet squirrels' };
const card =
  'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Grace Hopper\r\nEMAIL:grace@navy.example\r\nTEL;TYPE=cell:+1 202\r\nNOTE:<img src=x onerror=alert(1)>\r\nCATEGORIES:Sailors\r\nEND:VCARD\r\n';

describe('contacts', () => {
  let daemon: Daemon;
  let browser: Browser;
  let page: Page;
  const folder = mkdtempSync(join(tmpdir(), 'drey-contacts-'));
  const problems: string[] = [];

  const seeToast = (text: string | RegExp) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor();
  const row = (name: string) =>
    page
      .getByRole('list', { name: 'List of contacts' })
      .getByRole('listitem')
      .filter({ hasText: name });
  const open = (name: string) => row(name).getByRole('button').click();
  const focused = (name: string) => row(name).locator('button:focus');
  const books = () => page.getByRole('navigation', { name: 'Address books' });
  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  /** A request as the pages send them; its status and JSON. */
  const ask = (method: string, path: string, body?: object) =>
    page.evaluate(
      async ([how, where, what]) => {
        const answer = await fetch(where ?? '', {
          method: how,
          ...(what ? { headers: { 'content-type': 'application/json' }, body: what } : {}),
        });
        return { status: answer.status, body: await answer.json().catch(() => null) };
      },
      [method, path, body ? JSON.stringify(body) : undefined],
    );

  before(async () => {
    [daemon, browser] = await Promise.all([startDaemon(), launchBrowser()]);
    await daemon.dreyJson(['setup', '--admin', ann.address, '--password-stdin'], ann.password);
    await daemon.dreyJson(['user', 'add', ben.address, '--password-stdin'], ben.password);
    page = await openSignedIn(browser, daemon.url, ben, '/contacts');
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (dialog) => problems.push(`dialog: ${dialog.message()}`));
    await page.getByText('No contacts yet').waitFor();
  });
  after(async () => {
    await browser?.close();
    await daemon?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('are added and edited', async () => {
    const name = page.getByLabel('Name', { exact: true });
    await button('New contact').last().click();
    await name.fill('Ada Lovelace');
    await page.getByLabel('Mail address 1').fill('not an address@');
    await button('Save').click();
    await page.getByLabel('Mail address 1').fill('ada@engine.example');
    await button('Add number').click();
    await page.getByLabel('Telephone 1').fill('+44 20 1');
    await page.getByLabel('Birthday').fill('1815-12-10');
    await button('Save').click();
    await seeToast('Ada Lovelace added');
    await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
    await page.getByText('December 10, 1815').waitFor();
    await button('Edit').click();
    await page.getByLabel('Nickname').fill('Enchantress');
    await button('Save').click();
    await seeToast('Ada Lovelace saved');
    await page.getByText('“Enchantress”').waitFor();
    assert.equal(new URL(page.url()).searchParams.has('id'), true);
  });

  it('come from files, which are looked at first', async () => {
    await books().getByRole('button', { name: 'Import…' }).click();
    const dialog = page.getByRole('dialog');
    const rows = Array.from({ length: 1200 }, (_, i) => `Person ${i},p${i}@many.example`).join(
      '\n',
    );
    await dialog.getByLabel('File').setInputFiles([
      { name: 'card.vcf', mimeType: 'text/vcard', buffer: Buffer.from(card) },
      {
        name: 'many.csv',
        mimeType: 'text/csv',
        buffer: Buffer.from(`Name,E-mail\n${rows}\nAda L,ada@engine.example`),
      },
      {
        name: 'ben.pref',
        mimeType: 'text/plain',
        buffer: Buffer.from('full_name=Ben of old\nemail_address=ben@example.test\n'),
      },
      { name: 'ben.sig', mimeType: 'text/plain', buffer: Buffer.from('An old signature') },
    ]);
    await dialog.getByText('1,202 contacts found').waitFor();
    await dialog.getByText('1 of them is in your contacts already.').waitFor();
    await dialog.getByLabel('Complete with what the file adds').check();
    await dialog.getByRole('button', { name: 'Import 1,202 contacts' }).click();
    await seeToast(/1,201 contacts added, 1 completed, 1 identity added/);
    await page.getByText('1,202 contacts', { exact: true }).waitFor();
    await books()
      .getByRole('button', { name: /Sailors/ })
      .waitFor();
  });

  it('are found while one types, by key, and to the end of a long list', async () => {
    await page.getByLabel('Search contacts').fill('grace nav');
    await page.getByText('1 contact', { exact: true }).waitFor();
    await open('Grace Hopper');
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    await page.getByLabel('Search contacts').fill('');
    await page.getByText('1,202 contacts', { exact: true }).waitFor();
    await row('Ada Lovelace').getByRole('button').focus();
    await page.keyboard.press('ArrowDown');
    await focused('Grace Hopper').waitFor();
    await page.keyboard.press('End');
    await focused('Person 999').waitFor();
  });

  it('are put into groups, which are written to', async () => {
    await page.keyboard.press('Home');
    await page.getByLabel('Select Ada Lovelace').check();
    await page.getByLabel('Select Grace Hopper').check();
    await page.getByText('2 selected').waitFor();
    await button('Put into a group').click();
    await page.getByRole('menuitem', { name: 'New group…' }).click();
    await page.getByLabel('Name of the group').fill('Pioneers');
    await button('Create group').click();
    await books()
      .getByRole('button', { name: /Pioneers/ })
      .click();
    await page.getByRole('status').filter({ hasText: 'Pioneers · 2 contacts' }).waitFor();
    await button('More').click();
    await page.getByRole('menuitem', { name: 'Write to the group' }).click();
    const composer = page.locator('[data-composer]');
    await composer
      .getByText('ada@engine.example')
      .or(composer.getByText('Ada Lovelace'))
      .first()
      .waitFor();
    await page.goto(`${daemon.url}/contacts`);
    const { body } = await ask('GET', '/api/mail/suggest?q=pion');
    assert.deepEqual(
      body.suggestions[0].people.map(({ address }: { address: string }) => address).sort(),
      ['ada@engine.example', 'grace@navy.example'],
    );
  });

  it('are deleted, and come back', async () => {
    await open('Grace Hopper');
    await button('Delete').last().click();
    const toast = page.getByRole('status').filter({ hasText: '1 contact deleted' });
    // Under the mouse it stays.
    await toast.hover();
    await row('Grace Hopper').waitFor({ state: 'detached' });
    await toast.getByRole('button', { name: 'Undo' }).click();
    await row('Grace Hopper').waitFor();
    await books()
      .getByRole('button', { name: /Pioneers 2|Pioneers2/ })
      .waitFor();
  });

  it('that are one person become one', async () => {
    await ask('POST', '/api/mail/contacts', {
      contact: { name: 'A. Lovelace', addresses: ['ada@engine.example', 'ada@home.example'] },
    });
    await books().getByRole('button', { name: 'Find duplicates…' }).click();
    await page.getByRole('dialog').getByText('A. Lovelace').waitFor();
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Merge/ })
      .click();
    await page.getByText('No duplicates found.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  });

  it('leave as files', async () => {
    const cards = await page.evaluate(async () =>
      (await fetch('/api/mail/contacts/export?format=vcard3')).text(),
    );
    assert.match(cards, /FN:Grace Hopper\r\n/);
    assert.match(cards, /CATEGORIES:(Sailors,Pioneers|Pioneers,Sailors)\r\n/);
    const answer = await page.evaluate(async () => {
      const response = await fetch('/api/mail/contacts/export?format=csv');
      return [response.headers.get('content-disposition'), await response.text()];
    });
    assert.equal(answer[0], 'attachment; filename="contacts.csv"');
    assert.equal(answer[1]?.trim().split('\r\n').length, 1203);
  });

  it('stand beside the directory, where administrators add entries', async () => {
    const panel = await openSignedIn(browser, daemon.url, ann, '/admin/directory');
    await panel.getByRole('button', { name: 'Add entry' }).click();
    await panel.getByLabel('Name', { exact: true }).fill('Town hall');
    await panel.getByLabel('Mail address', { exact: true }).fill('office@town.example');
    await panel.getByRole('dialog').getByRole('button', { name: 'Add entry' }).click();
    await panel.getByRole('table').getByText('Town hall').waitFor();
    await panel.context().close();
    await daemon.drey([
      'directory',
      'add',
      'example.test',
      'fire@town.example',
      '--name',
      'Fire brigade',
    ]);
    assert.equal(((await daemon.dreyJson(['directory', 'list'])) as unknown[]).length, 2);
    await books().getByRole('button', { name: 'Directory' }).click();
    await page.getByLabel('Search the directory').fill('town');
    await page.getByText('Fire brigade').waitFor();
    await page.getByLabel('Search the directory').fill('ann');
    await page.getByRole('list', { name: 'Directory' }).getByText(ann.address).first().waitFor();
    await button(`Add to contacts: ${ann.address}`).click();
    await seeToast(`${ann.address} added`);
  });

  it('of SquirrelMail come for all users at once', async () => {
    const deep = join(folder, 'a', '7');
    mkdirSync(deep, { recursive: true });
    writeFileSync(join(deep, 'ann.abook'), 'bo|Bo|Derek|bo@x.example|ten\n');
    writeFileSync(
      join(deep, 'ann.pref'),
      'full_name=Ann of old\nemail_address=ann@example.test\nidentities=2\nfull_name1=Else\nemail_address1=else@other.example\n',
    );
    writeFileSync(join(deep, 'ann.sig'), 'Bye,\nAnn');
    writeFileSync(join(deep, 'nobody.abook'), 'x|X||x@x.example|\n');
    const rows = (await daemon.dreyJson([
      'squirrelmail',
      'import',
      folder,
      '--domain',
      'example.test',
    ])) as Record<string, unknown>[];
    assert.deepEqual(
      rows.map(({ owner, contacts, identities, problem }) => [
        owner,
        contacts,
        identities,
        problem,
      ]),
      [
        ['ann', 1, 1, '1 identities of other addresses left out'],
        ['nobody', 0, 0, 'no such user here'],
      ],
    );
  });

  it('are nobody else’s', async () => {
    const { body } = await ask('GET', '/api/mail/contacts?q=grace');
    const { id } = body.rows[0];
    const other = await openSignedIn(browser, daemon.url, ann, '/contacts');
    await other.getByText('Bo Derek').waitFor();
    const statuses = await other.evaluate(async (wanted) => {
      const json = { 'content-type': 'application/json' };
      const asked: [string, RequestInit][] = [
        [`/api/mail/contacts/one?id=${wanted}`, {}],
        [`/api/mail/contacts/photo?id=${wanted}`, {}],
        [
          '/api/mail/contacts',
          {
            method: 'PATCH',
            headers: json,
            body: JSON.stringify({ id: wanted, contact: { name: 'x' } }),
          },
        ],
        [
          '/api/mail/contacts',
          { method: 'POST', headers: json, body: JSON.stringify({ people: 'x' }) },
        ],
        [
          '/api/mail/contacts/groups',
          { method: 'PATCH', headers: json, body: JSON.stringify({ id: wanted, name: 'x' }) },
        ],
      ];
      return Promise.all(asked.map(async ([path, init]) => (await fetch(path, init)).status));
    }, id);
    assert.deepEqual(statuses, [404, 404, 404, 400, 404]);
    await other.context().close();
  });

  it('are taken out of a message together', async () => {
    const { smtp: port } = daemon.ports;
    const transport = nodemailer.createTransport({ host: '127.0.0.1', port, ignoreTLS: true });
    await transport.sendMail({
      from: 'Zoe Zebra <zoe@outside.example>',
      to: ['Yan <yan@outside.example>', ben.address],
      cc: 'Grace Hopper <grace@navy.example>',
      envelope: { from: 'zoe@outside.example', to: [ben.address] },
      subject: 'Everybody',
      text: 'Hello',
    });
    transport.close();
    await page.goto(`${daemon.url}/mail`);
    await page.getByText('Everybody').first().click();
    await page
      .getByRole('toolbar', { name: 'Message' })
      .getByRole('button', { name: 'More' })
      .click();
    await page.getByRole('menuitem', { name: 'Add addresses to contacts…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Yan').uncheck();
    await dialog.getByLabel('Put them into a group').selectOption({ label: 'Pioneers' });
    await dialog.getByRole('button', { name: 'Add', exact: true }).click();
    await seeToast('1 contact added');
    const { body } = await ask('GET', '/api/mail/contacts?q=zebra');
    assert.deepEqual(body.rows[0].addresses, ['zoe@outside.example']);
    assert.equal((await ask('GET', '/api/mail/contacts?q=yan')).body.total, 0);
  });

  it('can be used by everybody, and on a phone', async () => {
    await page.goto(`${daemon.url}/contacts`);
    await open('A. Lovelace');
    await page.getByRole('heading', { name: 'A. Lovelace' }).waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await findViolations(page), [], colorScheme);
    }
    await page.setViewportSize({ width: 390, height: 800 });
    await button('Back to the list').click();
    await row('A. Lovelace').waitFor();
    await waitFor(
      () => page.evaluate(() => document.documentElement.scrollWidth === 390),
      'the width of a phone',
    );
    assert.deepEqual(problems, []);
  });
});
