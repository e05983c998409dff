// `npm run screenshots`: pictures of the main pages for the README, from the real system with the demo in it.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { launchBrowser } from '#tests/support/browser.ts';
import { runProgram, startDaemon } from '#tests/support/daemon.ts';

const folder = join(import.meta.dirname, 'images');
const viewport = { width: 1280, height: 800 };
const phone = { width: 390, height: 844 };

type Picture = {
  name: string;
  path: string;
  scheme: 'light' | 'dark';
  size: { width: number; height: number };
  /** What must be seen before the picture is taken. */
  wait(page: Page): Promise<unknown>;
};

const openMessage = async (page: Page) => {
  await page.getByText('Photos from the lake').last().click();
  await page.getByText('the evening light was worth').last().waitFor();
};

const pictures: Picture[] = [
  { name: 'webmail', path: '/mail', scheme: 'light', size: viewport, wait: openMessage },
  { name: 'webmail-dark', path: '/mail', scheme: 'dark', size: viewport, wait: openMessage },
  {
    name: 'webmail-phone',
    path: '/mail',
    scheme: 'light',
    size: phone,
    wait: (page) => page.getByText('Photos from the lake').last().waitFor(),
  },
  {
    name: 'admin',
    path: '/admin',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByText('Everything runs').waitFor(),
  },
  {
    name: 'settings',
    path: '/admin/settings/smtp',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByText('smtpd_banner').waitFor(),
  },
];

mkdirSync(folder, { recursive: true });
const daemon = await startDaemon();
const demo = join(import.meta.dirname, '..', 'server', 'demo', 'main.ts');
await runProgram(process.execPath, [demo], '', { ...process.env, DREY_DATA: daemon.folder });
const browser = await launchBrowser();
for (const { name, path, scheme, size, wait } of pictures) {
  const context = await browser.newContext({
    colorScheme: scheme,
    viewport: size,
    locale: 'en-GB',
  });
  const page = await context.newPage();
  await page.goto(`${daemon.url}/login`);
  await page.getByLabel('Mail address').fill('ada@demo.test');
  await page.getByLabel('Password').fill('acorns under deep snow');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/mail**');
  await page.goto(daemon.url + path);
  await wait(page);
  await page.mouse.move(0, 0);
  // Pictures and fonts inside the message's frame.
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await context.close();
}
await browser.close();
await daemon.stop();
process.exit(0);
