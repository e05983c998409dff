// `npm run screenshots`: pictures of the main pages for the README, from the real system with the demo in it. They are kept
// small with the sharp that comes with Next.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sharp from 'sharp';
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
  await page.getByRole('button', { name: 'Forward', exact: true }).first().waitFor();
  await page.getByText('Here is the best one').last().waitFor();
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
    name: 'webmail-composer',
    path: '/mail?compose=new',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByLabel('Subject').first().waitFor(),
  },
  {
    name: 'contacts',
    path: '/contacts',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByText('Mira Lindqvist').first().click(),
  },
  {
    name: 'calendar',
    path: '/calendar',
    scheme: 'dark',
    size: viewport,
    wait: (page) => page.getByRole('button', { name: 'Today' }).first().waitFor(),
  },
  {
    name: 'options',
    path: '/options/display',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByRole('heading', { name: 'Display' }).waitFor(),
  },
  {
    name: 'options-phone',
    path: '/options/notices',
    scheme: 'dark',
    size: phone,
    wait: (page) => page.getByRole('heading', { name: 'New mail' }).waitFor(),
  },
  {
    name: 'admin',
    path: '/admin',
    scheme: 'light',
    size: viewport,
    wait: (page) => page.getByRole('heading', { name: 'Health', exact: true }).waitFor(),
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
  const picture = await page.screenshot();
  await sharp(picture)
    .png({ palette: true, colours: 128, compressionLevel: 9 })
    .toFile(join(folder, `${name}.png`));
  await context.close();
}
await browser.close();
await daemon.stop();
process.exit(0);
