// A real Chromium for the browser tests. Pages answer to clicks and keys when `goto`, `reload` and the way back end: what
// the server drew is there before the script that listens, and on a loaded machine long before.
import { existsSync } from 'node:fs';
import { afterEach } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type APIRequestContext,
  type Browser,
  type BrowserContext,
  chromium,
  type Page,
} from 'playwright';
import { takeEarlyWaits, watchWaits } from './early-waits.ts';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'];
/** Chromium without windows and menus, as Playwright has it: a quarter less processor time. Not beside a browser of one's choice. */
const shell =
  process.env.CHROMIUM_SHELL_PATH ||
  (process.env.CHROMIUM_PATH ? '' : '/usr/bin/chromium-headless-shell');
/** How long a state is waited for: on a machine that is ten times as slow too. */
const patienceMs = 60_000;
/** DREY_SLOW_BROWSER=4: the pages' scripts take four times as long; it brings out what a test takes for granted. */
const slowness = Number(process.env.DREY_SLOW_BROWSER ?? '1');
/** DREY_SLOW_NETWORK=1500: what pages ask for, but scripts and pictures, leaves that many ms late, and waits that ended before are told (early-waits.ts). */
const delayMs = Number(process.env.DREY_SLOW_NETWORK ?? '0');

const pages = new Set<Page>();

// What a failed test saw at its end: a machine elsewhere shows it to nobody again.
afterEach(async (test) => {
  if (!('passed' in test)) return;
  for (const line of takeEarlyWaits()) test.diagnostic(line);
  if (test.passed) return;
  for (const page of pages) {
    if (page.isClosed()) continue;
    const text = await page
      .locator('body')
      .innerText({ timeout: 5000 })
      .catch(() => '(no answer)');
    test.diagnostic(`seen at ${page.url()}: ${text.replace(/\s+/g, ' ').slice(0, 1500)}`);
  }
});

/**
 * Starts the Chromium of the machine (CHROMIUM_PATH first), else Playwright's own, as it is. What shows something outside
 * of pages (notifications) needs the whole browser, not its shell.
 */
export async function startChromium(isWhole = true): Promise<Browser> {
  const own = isWhole ? places : [shell, ...places];
  return chromium.launch({
    executablePath: own.find((path) => path && existsSync(path)),
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
      '--disable-quic',
    ],
  });
}

/** A Chromium whose pages are patient, and alive where they are reached. */
export async function launchBrowser(isWhole = false): Promise<Browser> {
  const browser = await startChromium(isWhole);
  const newContext = browser.newContext.bind(browser);
  browser.newContext = async (options) => {
    // Not the language of whoever's machine this is; the shell asks for none.
    const context = await newContext({ locale: 'en-US', ...options });
    context.setDefaultTimeout(patienceMs);
    askAgainWhereClosed(context.request);
    if (delayMs > 0) await delayRequests(context);
    context.on('page', (page) => {
      waitAfterLoading(page);
      if (delayMs > 0) watchWaits(page);
      pages.add(page);
      page.on('close', () => pages.delete(page));
      if (slowness > 1) void slowDown(context, page);
    });
    return context;
  };
  return browser;
}

function waitAfterLoading(page: Page): void {
  const { goto, reload, goBack, goForward } = page;
  const then = async <T>(loading: Promise<T>): Promise<T> => {
    const answer = await loading;
    await waitAlive(page);
    return answer;
  };
  page.goto = (url, options) => then(goto.call(page, url, options));
  page.reload = (options) => then(reload.call(page, options));
  page.goBack = (options) => then(goBack.call(page, options));
  page.goForward = (options) => then(goForward.call(page, options));
}

/** The server closes a connection that rests for seconds; a request may be on its way in just that moment. */
function askAgainWhereClosed(request: APIRequestContext): void {
  const { fetch } = request;
  request.fetch = ((url, options) =>
    fetch.call(request, url, { maxRetries: 3, ...options })) as typeof fetch;
}

async function delayRequests(context: BrowserContext): Promise<void> {
  await context.route('**/*', async (route) => {
    if (!route.request().url().includes('/_next/static/')) await sleep(delayMs);
    // The page may have gone meanwhile.
    await route.continue().catch(() => {});
  });
}

async function slowDown(context: BrowserContext, page: Page): Promise<void> {
  try {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowness });
  } catch (error) {
    if (!page.isClosed()) throw error;
  }
}

/** Fills the sign-in page that leads to `path`, and sends it. */
export async function signIn(
  page: Page,
  url: string,
  who: { address: string; password: string },
  path = '/',
): Promise<void> {
  await page.goto(`${url}/login?next=${encodeURIComponent(path)}`);
  await page.getByLabel('Mail address').fill(who.address);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in and waits for the page behind the sign-in. */
export async function enter(
  page: Page,
  url: string,
  who: { address: string; password: string },
  path = '/',
): Promise<void> {
  await signIn(page, url, who, path);
  await page.waitForURL((at) => at.pathname !== '/login');
  await waitAlive(page);
}

/**
 * Signs out as a person does, which ends the session. A cookie that is only taken away comes back with a renewal of it that
 * is on its way (components/ui/session-keeper.tsx).
 */
export async function signOut(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/logout`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.waitForURL('**/login');
}

/** Does what runs an action of the server, and waits until that has answered: for whoever then leaves the page, or asks elsewhere. */
export async function waitAnswered(page: Page, act: () => Promise<void>): Promise<void> {
  const answered = page.waitForResponse((answer) => 'next-action' in answer.request().headers());
  await act();
  // Its head comes when the action is done. Not finished(): Next leaves some answers open.
  await answered;
}

/** A page in a browser session of its own, signed in at `path`. */
export async function openSignedIn(
  browser: Browser,
  url: string,
  who: { address: string; password: string },
  path: string,
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await enter(page, url, who, path);
  return page;
}

/** Chooses options of the webmail for whoever is signed in on the page (lib/preferences). */
export async function chooseOptions(page: Page, url: string, options: object): Promise<void> {
  const answer = await page.request.patch(`${url}/api/mail/preferences`, {
    headers: { 'sec-fetch-site': 'same-origin' },
    data: options,
  });
  if (!answer.ok()) throw new Error(`Options refused: ${answer.status()} ${await answer.text()}`);
}

/**
 * Until the page's script has taken over all of it and listens. For windows a page opened itself and pages that a form
 * leads to; pages without script of ours are alive at once.
 */
export async function waitAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    if (!document.querySelector('script[src*="/_next/"]')) return true;
    // The last thing Next does when it has begun; before that a new address of the page goes unnoticed.
    if (!Object.hasOwn(history, 'pushState')) return false;
    const isTaken = (element: Element) =>
      Object.keys(element).some((key) => key.startsWith('__react'));
    // The hidden fields of a form belong to nobody.
    const controls = document.querySelectorAll(
      'button, input:not([type=hidden]), select, textarea',
    );
    if (![document.documentElement, ...controls].every(isTaken)) return false;
    // The mail page says itself that it hears keys.
    const isMail = document.querySelector('a[href="#messages"]') !== null;
    return !isMail || document.querySelector('[data-ready]') !== null;
  });
  // What begins to listen does so after the first frame.
  await page.evaluate(
    () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))),
  );
}
