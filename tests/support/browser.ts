// A real Chromium for the browser tests.
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright';

const places = [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/google-chrome'];

/** Starts the Chromium of the machine (CHROMIUM_PATH first), else Playwright's own. */
export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: places.find((path) => path && existsSync(path)),
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

/** A page in a browser session of its own, signed in and on its way to `path`. */
export async function openSignedIn(
  browser: Browser,
  url: string,
  who: { address: string; password: string },
  path: string,
): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(30_000);
  await signIn(page, url, who, path);
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

/** Until the page answers to clicks: what the server drew is there before its script. */
export async function waitAlive(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const button = document.querySelector('main button, nav button');
    return button !== null && Object.keys(button).some((key) => key.startsWith('__react'));
  });
}
