// The two webmails as the bench sees them: how to sign in, and by which JavaScript something is done and seen.
import type { Page } from 'playwright';
import { otherFolder, owner, password, subjectOf, textOf } from './webmail-mailbox.ts';

export type Face = {
  name: string;
  /** Up to the filled form of signing in. */
  openSignIn(page: Page): Promise<void>;
  submit(page: Page): Promise<unknown>;
  listUrl: string;
  /** JavaScript, true once rows of the inbox are there. */
  hasRows: string;
  /** The same once they answer to clicks. */
  isReady: string;
  goTo(folder: string): string;
  isAt(folder: string): string;
  /** Of the openable message by number, 1 the newest. */
  open(number: number): string;
  isOpen(number: number): string;
  search(
    page: Page,
    where: 'subject' | 'body',
    text: string,
  ): Promise<{ act: string; isSeen: string }>;
  /** Back to the start of the whole list. */
  goHome(page: Page): Promise<void>;
  jumpToEnd: string;
  isAtEnd: string;
  /** A key that moves the cursor of the list, and what is seen then. */
  key: { name: string; remember: string; isSeen: string };
  scroller: string | null;
  openCompose(page: Page): Promise<void>;
};

const rows = `document.querySelectorAll('section[aria-label="Messages"] li[aria-posinset]')`;
const first = `document.querySelector('section[aria-label="Messages"] li[aria-posinset="1"]')`;
const total = `Number(${first}.getAttribute('aria-setsize'))`;
const box = 'input[type="search"]';
const listBox = `[...document.querySelectorAll('section[aria-label="Messages"] div')].find(
  (box) => box.scrollHeight > box.clientHeight + 200 && /auto|scroll/.test(getComputedStyle(box).overflowY))`;

/** Drey at its URL; `messages` are in the inbox. */
export function makeDreyFace(url: string, messages: number): Face {
  return {
    name: 'Drey',
    openSignIn: async (page) => {
      await page.goto(`${url}/login?next=%2Fmail`);
      await page.getByLabel('Mail address').fill(owner);
      await page.getByLabel('Password').fill(password);
    },
    submit: (page) => page.getByRole('button', { name: 'Sign in', exact: true }).click(),
    listUrl: `${url}/mail`,
    hasRows: `${rows}.length > 5`,
    isReady: `${rows}.length > 5 && Object.keys(${rows}[0]).some((key) => key.startsWith('__reactProps'))`,
    goTo: (folder) =>
      `[...document.querySelectorAll('nav[aria-label="Folders"] a')].find((a) => new RegExp(${JSON.stringify(folder === 'INBOX' ? '^Inbox' : `^${otherFolder}`)}).test(a.textContent.trim())).click()`,
    isAt: (folder) => `${total} ${folder === 'INBOX' ? '>' : '<'} 5000`,
    open: (number) =>
      `[...${rows}].find((row) => row.textContent.includes(${JSON.stringify(subjectOf(number))})).querySelector('button:not([aria-label])').click()`,
    isOpen: (number) =>
      `document.querySelector('section[aria-label="Message"], article')?.closest('main, body').textContent.includes(${JSON.stringify(textOf(number))})`,
    search: async (page, where, text) => {
      const typed = `${where}:${text}`;
      // What is typed before the box answers is lost.
      for (let value = ''; value !== typed; value = await page.locator(box).first().inputValue()) {
        await page.locator(box).first().fill(typed);
        await page.waitForTimeout(300);
      }
      return {
        act: `document.querySelector(${JSON.stringify(box)}).form.requestSubmit()`,
        isSeen: `${total} < ${messages} && ${rows}.length > 0`,
      };
    },
    goHome: async (page) => {
      await page.goto(`${url}/mail`);
    },
    jumpToEnd: `${listBox}.scrollTop = ${listBox}.scrollHeight`,
    isAtEnd: `[...${rows}].some((row) => Number(row.getAttribute('aria-posinset')) >= ${messages} && row.textContent.length > 20)`,
    key: {
      name: 'j',
      remember: `window.benchRows = [...${rows}].map((row) => row.innerHTML).join()`,
      isSeen: `window.benchRows !== [...${rows}].map((row) => row.innerHTML).join()`,
    },
    scroller: listBox,
    openCompose: async (page) => {
      await page
        .getByRole('button', { name: /^Compose/ })
        .first()
        .click();
      await page.getByLabel('Subject').last().waitFor();
    },
  };
}

const rcRows = `document.querySelectorAll('#messagelist tbody tr.message')`;

/** Roundcube with its skin elastic. */
export function makeRoundcubeFace(url: string): Face {
  return {
    name: 'Roundcube',
    openSignIn: async (page) => {
      await page.goto(url);
      await page.locator('#rcmloginuser').fill(owner);
      await page.locator('#rcmloginpwd').fill(password);
    },
    submit: (page) => page.locator('#rcmloginsubmit').click(),
    listUrl: `${url}/?_task=mail`,
    hasRows: `${rcRows}.length > 5`,
    isReady: `${rcRows}.length > 5 && !rcmail.busy`,
    goTo: (folder) => `rcmail.command('list', ${JSON.stringify(folder)})`,
    isAt: (folder) =>
      `!rcmail.busy && rcmail.env.mailbox === ${JSON.stringify(folder)} && rcmail.env.messagecount ${folder === 'INBOX' ? '>' : '<'} 5000 && ${rcRows}.length > 5`,
    open: (number) =>
      `{ const row = [...${rcRows}].find((row) => row.textContent.includes(${JSON.stringify(subjectOf(number))})); const uid = rcmail.message_list.get_row_uid ? rcmail.message_list.get_row_uid(row) : row.uid; rcmail.message_list.select(uid); rcmail.show_message(uid, false, true); }`,
    isOpen: (number) =>
      `document.getElementById('messagecontframe').contentDocument.body.textContent.includes(${JSON.stringify(textOf(number))})`,
    search: async (_page, where, text) => ({
      act: `rcmail.env.search_mods = { '*': ${where === 'subject' ? '{ subject: 1 }' : '{ text: 1 }'} }; rcmail.env.search_request = null; rcmail.qsearch(${JSON.stringify(text)})`,
      isSeen: `!rcmail.busy && rcmail.env.search_request && ${rcRows}.length > 0`,
    }),
    goHome: async (page) => {
      await page.goto(`${url}/?_task=mail&_mbox=INBOX&_page=1`);
    },
    jumpToEnd: `rcmail.command('lastpage')`,
    isAtEnd: `!rcmail.busy && rcmail.env.current_page > 100 && ${rcRows}.length > 5`,
    key: {
      name: 'ArrowDown',
      remember: `rcmail.message_list.select_first(); rcmail.message_list.focus(); window.benchRow = rcmail.message_list.get_selection().join()`,
      isSeen: `rcmail.message_list.get_selection().join() !== window.benchRow`,
    },
    scroller: null,
    openCompose: async (page) => {
      await page.goto(`${url}/?_task=mail&_action=compose`);
      await page.locator('#compose-subject').waitFor();
    },
  };
}
