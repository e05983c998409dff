// One daemon and one browser for all test files of a process: half of what a short browser test costs is their start.
// tests/run.mjs finds the files that import this and runs them in one process, one after the other.
// What such a file must keep to: people of a domain that no other file has, and settings of the server as they were.
import { after } from 'node:test';
import type { Browser, BrowserContext } from 'playwright';
import { launchBrowser } from './browser.ts';
import { type Daemon, startDaemon } from './daemon.ts';

export type Person = { address: string; password: string };

/** Nobody may stop it. */
export type SharedDaemon = Omit<Daemon, 'stop'>;

const admin = { address: 'root@drey.test', password: 'a nest of seven nuts' };
let daemon: Promise<Daemon> | null = null;
let browser: Promise<Browser> | null = null;

// Of the whole process.
after(async () => {
  try {
    await (await browser)?.close();
  } finally {
    await (await daemon)?.stop();
  }
});

async function startSetUp(): Promise<Daemon> {
  const started = await startDaemon();
  const setup = ['setup', '--admin', admin.address, '--password-stdin'];
  await started.dreyJson(setup, admin.password).catch(async (error) => {
    await started.stop();
    throw error;
  });
  return started;
}

/** The daemon of this process, set up, with these people and their domain added. It ends with the process. */
export async function shareDaemon(...people: Person[]): Promise<SharedDaemon> {
  daemon ??= startSetUp();
  const shared = await daemon;
  const domains = new Set(people.map(({ address }) => address.replace(/^.*@/, '')));
  for (const domain of domains) await shared.dreyJson(['domain', 'add', domain]);
  for (const { address, password } of people) {
    await shared.dreyJson(['user', 'add', address, '--password-stdin'], password);
  }
  return shared;
}

/** The browser of this process; `close` ends the windows that were opened with what this returns. */
export async function shareBrowser(): Promise<Browser> {
  browser ??= launchBrowser();
  const shared = await browser;
  const own: BrowserContext[] = [];
  return Object.assign(Object.create(shared) as Browser, {
    newContext: async (options: Parameters<Browser['newContext']>[0]) => {
      const context = await shared.newContext(options);
      own.push(context);
      return context;
    },
    close: async () => {
      for (const context of own.splice(0)) await context.close();
    },
  });
}
