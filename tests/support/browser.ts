// A real Chromium for the browser tests.
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright';

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
