// The folder pane in a real browser: tree, counts, made, moved by dragging, shared, subscribed, filled from files, emptied;
// what folders are for; labels and snoozed mail.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { ImapFlow } from 'imapflow';
import type { Browser, Page } from 'playwright';
import { chooseOptions, openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { withImap } from '#tests/support/imap-client.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@folders.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@folders.test', password: 'three quiet squirrels' };

const mailOf = (subject: string, text = 'Some words.') =>
  `From: Zoe <zoe@outside.example>\r\nTo: ${ann.address}\r\nSubject: ${subject}\r\nMessage-ID: <${subject.replaceAll(' ', '.')}@outside.example>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\n${text}\r\n`;

describe('folders', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;

  const pane = () => page.getByRole('navigation', { name: 'Folders' });
  const folder = (name: string | RegExp) => pane().getByRole('link', { name });
  const row = (text: string) =>
    page.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });
  const seeToast = (text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();
  const dialog = () => page.getByRole('dialog');
  const act = async (name: string, item: string) => {
    await folder(name).hover();
    await pane()
      .getByRole('button', { name: `More about ${name}` })
      .click();
    await page.getByRole('menuitem', { name: item }).click();
  };
  /** Until the server has an option as the test wants it: one change after the other, and none is lost by leaving. */
  const seeKept = (name: string, isKept: (value: never) => boolean) =>
    waitFor(async () => {
      const answer = await page.request.get(`${daemon.url}/api/mail/preferences`);
      const { preferences } = (await answer.json()) as { preferences: Record<string, never> };
      return isKept(preferences[name] as never);
    }, `the kept state of ${name}`);
  const seeCollapsed = (count: number) =>
    seeKept('folders.collapsed', (all: string[]) => all.length === count);

  const readImap = <T>(work: (client: ImapFlow) => Promise<T>) =>
    withImap(daemon.ports.imap, ann, work);

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    await readImap(async (client) => {
      await client.mailboxCreate('Work/2026/May');
      await client.mailboxCreate('Zoo');
      await client.mailboxCreate('Attic');
      for (const name of ['Work', 'Work/2026', 'Work/2026/May', 'Zoo', 'Attic']) {
        await client.mailboxSubscribe(name);
      }
      for (const subject of ['One of May', 'Two of May']) {
        await client.append('Work/2026/May', mailOf(subject));
      }
      for (const subject of ['The lease', 'A joke', 'The minutes']) {
        await client.append('INBOX', mailOf(subject));
      }
      await client.append('Junk', mailOf('Buy now'));
    });
    page = await openSignedIn(browser, daemon.url, ann, '/mail');
  });

  after(async () => {
    await browser?.close();
  });

  it('stand as a tree; a closed one counts what is inside and stays closed', async () => {
    await folder('May 2 unread').waitFor();
    await pane().getByRole('button', { name: 'Hide what is in 2026' }).click();
    await folder('May').waitFor({ state: 'detached' });
    await folder('2026 2 unread').waitFor();
    await seeCollapsed(1);
    await folder('Work').focus();
    await page.keyboard.press('ArrowLeft');
    await folder('2026').waitFor({ state: 'detached' });
    await seeCollapsed(2);
    await page.reload();
    await folder('Work 2 unread').waitFor();
    assert.equal(await folder('2026').count(), 0);
    await folder('Work').focus();
    await page.keyboard.press('ArrowRight');
    await folder('2026').waitFor();
    await seeCollapsed(1);
    await pane().getByRole('button', { name: 'Show what is in 2026' }).click();
    await folder('May').waitFor();
    await seeCollapsed(0);
  });

  it('are made inside of others, and moved by dragging', async () => {
    await act('Zoo', 'New folder inside…');
    await dialog().getByLabel('Name').fill('Büro & mehr');
    await page.keyboard.press('Enter');
    await folder('Büro & mehr').waitFor();
    await dialog().waitFor({ state: 'detached' });
    await folder('Büro & mehr').dragTo(folder('Work'));
    await seeToast('Folder “Büro & mehr” moved.');
    const paths = await readImap(async (client) => (await client.list()).map(({ path }) => path));
    assert.ok(paths.includes('Work/Büro & mehr'));
    await page.keyboard.press('z');
    await waitFor(
      () =>
        readImap(async (client) =>
          (await client.list()).some(({ path }) => path === 'Zoo/Büro & mehr'),
        ),
      'the folder to be back',
    );
  });

  it('take messages that are dropped, and messages from files', async () => {
    // What was undone is drawn: before that the folders below move up under the mouse.
    const topOf = async (name: string) => (await folder(name).boundingBox())?.y ?? 0;
    await waitFor(
      async () => (await topOf('Büro & mehr')) > (await topOf('Zoo')),
      'the folder to stand in Zoo',
    );
    const joke = row('A joke').first();
    await waitFor(
      async () => {
        if ((await joke.count()) === 0) return true;
        // A drop that is slow to be drawn may take the row away meanwhile.
        await joke.dragTo(folder('Zoo'), { timeout: 10_000 }).catch(() => page.mouse.up());
        await joke.waitFor({ state: 'detached', timeout: 5000 }).catch(() => {});
        return false;
      },
      'the message to go',
      120_000,
    );
    const files = await page.evaluateHandle(
      ([message, text]) => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([message!], 'saved.eml', { type: 'message/rfc822' }));
        transfer.items.add(new File([text!], 'notes.txt', { type: 'text/plain' }));
        return transfer;
      },
      [mailOf('From a file'), 'notes'],
    );
    await folder('Zoo').dispatchEvent('dragover', { dataTransfer: files });
    await folder('Zoo').dispatchEvent('drop', { dataTransfer: files });
    await seeToast('1 message put into Zoo.');
    await folder('Zoo').click();
    await row('From a file').waitFor();
    await row('A joke').waitFor();
  });

  it('are shared with users of the domain', async () => {
    await act('Zoo', 'Share…');
    await dialog().getByText('Shared with nobody.').waitFor();
    await dialog().getByLabel('Address').fill('be');
    await page.locator(`datalist option[value="${ben.address}"]`).waitFor({ state: 'attached' });
    await dialog().getByLabel('Address').fill(ben.address);
    await dialog().getByRole('button', { name: 'Share', exact: true }).click();
    await dialog().getByRole('list', { name: 'Shared with' }).getByText(ben.address).waitFor();
    const may = dialog().getByLabel(`What ${ben.address} may do`);
    await may.selectOption('write');
    await waitFor(async () => (await may.inputValue()) === 'write', 'the right to write');
    const other = await openSignedIn(browser, daemon.url, ben, '/mail');
    await other
      .getByRole('list', { name: 'Shared with me' })
      .getByRole('link', { name: 'Zoo' })
      .click();
    await other.getByText('From a file').first().waitFor();
    await other.context().close();
    await dialog()
      .getByRole('button', { name: `Share no longer with ${ben.address}` })
      .click();
    await dialog().getByText('Shared with nobody.').waitFor();
    await dialog().getByRole('button', { name: 'Done' }).click();
    await dialog().waitFor({ state: 'detached' });
  });

  it('are emptied by the link beside them, after a question', async () => {
    await folder('Junk').hover();
    await pane().getByRole('button', { name: 'Empty Junk…' }).click();
    await dialog().getByText('1 message will be deleted.').waitFor();
    await dialog().getByRole('button', { name: 'Delete all' }).click();
    await folder('Junk').click();
    await page.getByText('No junk').waitFor();
  });

  it('are subscribed or hidden, counted and placed as one likes', async () => {
    await act('Attic', 'Unsubscribe');
    await seeToast('Unsubscribed.');
    await chooseOptions(page, daemon.url, {
      'folders.subscribed': true,
      'folders.counts': 'both',
      'folders.side': 'end',
      'folders.clock': 'refreshed',
    });
    await page.goto(`${daemon.url}/mail`);
    await folder('May 2 unread of 2').waitFor();
    assert.equal(await folder('Attic').count(), 0);
    await page.getByText(/^Refreshed \d/).waitFor();
    const [nav, list] = await Promise.all([
      pane().boundingBox(),
      page.getByRole('region', { name: 'Messages' }).boundingBox(),
    ]);
    assert.ok(nav && list && nav.x > list.x);
    const edge = page.getByRole('separator', { name: 'Width of the folders' });
    await edge.focus();
    for (let step = 0; step < 3; step++) await page.keyboard.press('ArrowLeft');
    const seeWidth = () =>
      waitFor(async () => (await edge.getAttribute('aria-valuenow')) === '272', 'the width');
    await seeWidth();
    await page.reload();
    await seeWidth();
    await chooseOptions(page, daemon.url, { 'folders.side': 'start', 'folders.subscribed': false });
  });

  it('get their uses in the options', async () => {
    await page.goto(`${daemon.url}/options/folders`);
    await page.getByLabel('Archived messages').selectOption('Zoo');
    await seeToast('Saved.');
    const uses = await readImap(async (client) =>
      (await client.list()).filter(({ specialUse }) => specialUse === '\\Archive'),
    );
    assert.deepEqual(
      uses.map(({ path }) => path),
      ['Zoo'],
    );
    await page.getByLabel('Subscribe to Attic', { exact: true }).check();
    await waitFor(
      () =>
        readImap(async (client) =>
          (await client.list()).some((each) => each.path === 'Attic' && each.subscribed),
        ),
      'the subscription',
    );
  });

  it('show labels, which are made, set, seen by other programs, and lead to their messages', async () => {
    await page.goto(`${daemon.url}/options/labels`);
    await page.getByLabel('New label').fill('Lake house');
    await page.getByRole('button', { name: 'Add label' }).click();
    await page.getByRole('textbox', { name: 'Name: Lake house' }).waitFor();
    const seeLabel = (part: object) =>
      seeKept('folders.labels', (all: object[]) =>
        all.some((each) => isDeepStrictEqual(each, { ...each, name: 'Lake house', ...part })),
      );
    await seeLabel({});
    await page.getByLabel('Colour: Lake house').selectOption('violet');
    await seeLabel({ colour: 'violet' });
    await page.goto(`${daemon.url}/mail`);
    await row('The lease').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('l');
    await dialog().getByLabel('Label', { exact: true }).fill('lake');
    await page.keyboard.press('Enter');
    await dialog().getByRole('option', { name: 'Lake house', selected: true }).waitFor();
    await dialog().getByRole('button', { name: 'Apply' }).click();
    await seeToast('Labels of 1 message changed.');
    await row('Lake house').first().waitFor();
    const keywords = await readImap(async (client) => {
      await client.mailboxOpen('INBOX');
      return (await client.fetchAll('1:*', { flags: true })).flatMap(({ flags }) => [
        ...(flags ?? []),
      ]);
    });
    assert.ok(keywords.includes('Lake_house'));
    await pane().getByRole('link', { name: 'Lake house' }).click();
    await page.getByText('1 match').first().waitFor();
    await folder('Inbox').click();
    for (const subject of ['The lease', 'The minutes']) await row(subject).waitFor();
  });

  it('let messages wait, and bring them back', async () => {
    await row('The lease').getByRole('checkbox').check({ force: true });
    await page.keyboard.press('b');
    await dialog().getByRole('button', { name: 'Tomorrow' }).click();
    await seeToast('1 message snoozed until');
    await row('The lease').waitFor({ state: 'detached' });
    await folder('Snoozed').click();
    await row('The lease').waitFor();
    await row('The lease').getByRole('checkbox').check({ force: true });
    await page.keyboard.press('b');
    await dialog().getByRole('button', { name: 'Back now' }).click();
    await seeToast('1 message is back.');
    await folder('Inbox').click();
    await row('The lease').waitFor();
  });
});
