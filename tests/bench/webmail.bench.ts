// The webmail in a real Chromium on a folder of 100,000 messages (DREY_BENCH_MESSAGES), beside Debian's Roundcube on the same
// mailbox where that is installed; and what 200 people at once cost the server. It serves what was built: `next build` first.
// DREY_BENCH_FOLDER keeps the mailbox for the next run; DREY_BENCH_PARTS (drey,roundcube,people) leaves some out.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright';
import { startChromium } from '#tests/support/browser.ts';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { needles } from './imap-mail.ts';
import { median } from './median.ts';
import { startRoundcube } from './roundcube.ts';
import type { Bench, Figure } from './run.ts';
import { type Face, makeDreyFace, makeRoundcubeFace } from './webmail-faces.ts';
import { makeBenchPlace, otherFolder, password } from './webmail-mailbox.ts';
import {
  readHeapMb,
  readPrivateMb,
  timeKey,
  timeLoad,
  timeScroll,
  timeUntil,
  watchWeight,
} from './webmail-page.ts';

const messages = Number(process.env.DREY_BENCH_MESSAGES ?? 100_000);
const people = Number(process.env.DREY_BENCH_PEOPLE ?? 200);
const parts = (process.env.DREY_BENCH_PARTS ?? 'drey,roundcube,people').split(',');
const runs = Number(process.env.DREY_BENCH_RUNS ?? 5);
const settleMs = 400;
/** What is asked of a page is text, which its own policy would not run. */
const view = { viewport: { width: 1400, height: 900 }, bypassCSP: true };

type Measured = Map<string, { values: number[]; unit: string; goal: string }>;

class Notes {
  readonly all: Measured = new Map();

  add(name: string, value: number, unit = 'ms', goal = ''): void {
    const known = this.all.get(name) ?? { values: [], unit, goal };
    known.values.push(value);
    this.all.set(name, known);
  }

  /** A measure that fails is told and left out: the others still say something. */
  async attempt(name: string, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      console.error(`${name}: ${String(error).split('\n')[0]}`);
    }
  }
}

async function measureFace(browser: Browser, face: Face): Promise<Measured> {
  const notes = new Notes();
  let kept: { context: BrowserContext; page: Page } | null = null;
  for (let run = 0; run < runs; run++) {
    await kept?.context.close();
    const context = await browser.newContext(view);
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    kept = { context, page };
    await face.openSignIn(page);
    const cold = await timeLoad(page, () => face.submit(page), face.hasRows);
    notes.add('first list from sign-in, cold', cold, 'ms', '1000');
    await sleep(settleMs);
  }
  const { context, page } = kept as NonNullable<typeof kept>;
  for (let run = 0; run < runs; run++) {
    const load = () => page.goto(face.listUrl, { waitUntil: 'commit' });
    notes.add('first list, warm', await timeLoad(page, load, face.hasRows), 'ms', '300');
    await page.waitForFunction(face.isReady);
    await sleep(settleMs);
  }
  await notes.attempt('folders', () => measureFolders(page, face, notes));
  await notes.attempt('messages', () => measureMessages(page, face, notes));
  await notes.attempt('keys', () => measureKeys(page, face, notes));
  await notes.attempt('search', () => measureSearch(page, face, notes));
  await notes.attempt('the end', () => measureEnd(page, face, notes));
  await notes.attempt('weight', () => measureWeight(browser, face, notes));
  await notes.attempt('memory', () => measureMemory(browser, page, notes));
  await context.close();
  return notes.all;
}

/** The start of the list, which answers. */
async function goHome(page: Page, face: Face): Promise<void> {
  await face.goHome(page);
  await page.waitForFunction(face.isReady);
  await sleep(settleMs);
}

async function measureFolders(page: Page, face: Face, notes: Notes): Promise<void> {
  for (let run = 0; run < runs; run++) {
    const away = await timeUntil(page, face.goTo(otherFolder), face.isAt(otherFolder));
    await sleep(settleMs);
    const back = await timeUntil(page, face.goTo('INBOX'), face.isAt('INBOX'));
    await sleep(settleMs);
    // The first time neither is known.
    if (run === 0) notes.add('folder switch, the first', away, 'ms');
    else notes.add('folder switch', (away + back) / 2, 'ms', '200');
  }
}

async function measureMessages(page: Page, face: Face, notes: Notes): Promise<void> {
  for (let number = 1; number <= 2 * runs; number += 2) {
    const fresh = await timeUntil(page, face.open(number), face.isOpen(number));
    notes.add('open a message', fresh, 'ms', '400');
    await sleep(settleMs);
    await timeUntil(page, face.open(number + 1), face.isOpen(number + 1));
    await sleep(settleMs);
    const again = await timeUntil(page, face.open(number), face.isOpen(number));
    notes.add('open a message again', again, 'ms', '150');
    await sleep(settleMs);
  }
}

async function measureKeys(page: Page, face: Face, notes: Notes): Promise<void> {
  const { name, remember, isSeen } = face.key;
  for (let run = 0; run < 3 * runs; run++) {
    await page.evaluate(remember);
    notes.add('key to visual answer', await timeKey(page, name, isSeen), 'ms', '50');
    await sleep(settleMs);
    // A key that does nothing, seen at once: what of it is waiting for the next frame.
    notes.add('key to visual answer, the floor', await timeKey(page, 'F9', 'true'));
  }
}

async function measureSearch(page: Page, face: Face, notes: Notes): Promise<void> {
  const asked = [
    ['subject', needles.subject, '500'],
    ['body', needles.rare, '700'],
  ] as const;
  for (const [where, text, goal] of asked) {
    for (let run = 0; run < runs; run++) {
      await goHome(page, face);
      const { act, isSeen } = await face.search(page, where, text);
      const ms = await timeUntil(page, act, isSeen);
      notes.add(`search ${where}, to the first rows`, ms, 'ms', goal);
    }
  }
  await goHome(page, face);
}

async function measureEnd(page: Page, face: Face, notes: Notes): Promise<void> {
  for (let run = 0; run < runs; run++) {
    await goHome(page, face);
    if (face.scroller) {
      notes.add('longest frame of scrolling', await timeScroll(page, face.scroller), 'ms', '50');
    }
    const ms = await timeUntil(page, face.jumpToEnd, face.isAtEnd);
    notes.add('jump to the end of the list', ms, 'ms', '300');
  }
  await goHome(page, face);
}

async function measureWeight(browser: Browser, face: Face, notes: Notes): Promise<void> {
  const context = await browser.newContext(view);
  const page = await context.newPage();
  await face.openSignIn(page);
  await timeLoad(page, () => face.submit(page), face.hasRows);
  const again = await context.newPage();
  const { take, cdp } = await watchWeight(again);
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: true });
  await timeLoad(again, () => again.goto(face.listUrl), face.hasRows);
  // What is loaded behind belongs to the page too; and the server packs a file at its first request.
  await sleep(4000);
  const list = await take();
  if (process.env.DREY_BENCH_FILES) console.error(list.files.join('\n'));
  notes.add('script and style of the list', list.kilobytes, 'KB', '180');
  await cdp.send('Network.setCacheDisabled', { cacheDisabled: false });
  await again.reload();
  await again.waitForFunction(face.hasRows);
  await sleep(1000);
  await take();
  await face.openCompose(again);
  await sleep(2000);
  const compose = await take();
  if (process.env.DREY_BENCH_FILES) console.error(compose.files.join('\n'));
  notes.add('what compose adds', compose.kilobytes, 'KB', '150');
  await context.close();
}

async function measureMemory(browser: Browser, page: Page, notes: Notes): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  notes.add('heap of the page', await readHeapMb(cdp), 'MB', '');
  const all = await browser.newBrowserCDPSession();
  const { processInfo } = await all.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  notes.add('own memory of the page', Math.max(...renderers.map(readPrivateMb)), 'MB', '150');
}

/** Memory that is their own, of the daemon and all its children, in MB. */
function readServerMb(pid: number): number {
  const children = readdirSync('/proc').filter((name) => {
    if (!/^\d+$/.test(name)) return false;
    try {
      return Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]) === pid;
    } catch {
      return false;
    }
  });
  return children.reduce((sum, child) => sum + readServerMb(Number(child)), readPrivateMb(pid));
}

/** Signs in as a browser does, reads a list and a message and listens for news; the cookies stay. */
async function beSomebody(url: string, number: number): Promise<AbortController> {
  const jar = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}) => {
    const headers = { ...init.headers, cookie: [...jar].map((pair) => pair.join('=')).join('; ') };
    const answer = await fetch(url + path, { redirect: 'manual', ...init, headers });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      jar.set(name, value);
    }
    return answer;
  };
  const { csrfToken } = (await (await ask('/api/auth/csrf')).json()) as { csrfToken: string };
  const fields = { csrfToken, address: `p${number}@bench.test`, password, json: 'true' };
  const signedIn = await ask('/api/auth/callback/credentials', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(fields),
  });
  await signedIn.text();
  await (await ask('/mail')).text();
  const list = await ask('/api/mail/list?folder=INBOX');
  if (!list.ok) throw new Error(`no list for p${number}: ${list.status}`);
  await list.text();
  const ending = new AbortController();
  const events = await ask('/api/mail/events', { signal: ending.signal });
  void events.text().catch(() => '');
  return ending;
}

async function measurePeople(daemon: Daemon): Promise<Figure[]> {
  if (process.platform !== 'linux' || !parts.includes('people')) return [];
  const pid = daemon.process.pid as number;
  // What the first ones load is there for all.
  const open = [await beSomebody(daemon.url, 0), await beSomebody(daemon.url, 1)];
  await sleep(3000);
  const before = readServerMb(pid);
  for (let number = 2; number < people; number += 4) {
    const four = [0, 1, 2, 3].map((more) => number + more).filter((each) => each < people);
    open.push(...(await Promise.all(four.map((each) => beSomebody(daemon.url, each)))));
  }
  await sleep(5000);
  const after = readServerMb(pid);
  for (const ending of open) ending.abort();
  return [
    {
      name: `Drey: server, each of ${people} people at once (goal 3)`,
      unit: 'MB',
      values: [(after - before) / (people - 2)],
    },
    { name: `Drey: server with ${people} people`, unit: 'MB', values: [after] },
  ];
}

function toFigures(face: string, measured: Measured): Figure[] {
  return [...measured].map(([name, { values, unit, goal }]) => ({
    name: `${face}: ${name}${goal ? ` (goal ${goal})` : ''}`,
    unit,
    values,
  }));
}

/** Times that Drey is better. */
function toRatios(drey: Measured, peer: Measured): Figure[] {
  return [...drey].flatMap(([name, { values }]) => {
    const other = peer.get(name);
    if (!other) return [];
    const ratio = median(other.values) / median(values);
    return [{ name: `Roundcube by Drey: ${name} (goal 2)`, unit: 'x', values: [ratio] }];
  });
}

export const bench: Bench = {
  help: 'the webmail in a browser on 100,000 messages, beside Roundcube; memory of 200 people',
  run: async () => {
    const place = await makeBenchPlace(messages, people);
    const daemon = await startDaemon({ DREY_DATA: place.folder, DREY_LOG_LEVEL: 'warn' });
    const browser = await startChromium();
    const hasPeer = parts.includes('roundcube');
    const roundcube = hasPeer ? await startRoundcube(daemon.ports.imap) : null;
    try {
      await waitFor(async () => (await fetch(`${daemon.url}/login`)).ok, 'the web app');
      const face = makeDreyFace(daemon.url, messages);
      const drey: Measured = parts.includes('drey') ? await measureFace(browser, face) : new Map();
      const peer = roundcube
        ? await measureFace(browser, makeRoundcubeFace(roundcube.url))
        : new Map();
      await browser.close();
      const figures = [...toFigures('Drey', drey), ...toFigures('Roundcube', peer)];
      return [...figures, ...(await measurePeople(daemon)), ...toRatios(drey, peer)];
    } finally {
      await browser.close();
      await roundcube?.stop();
      await daemon.stop();
      place.remove();
    }
  },
};
