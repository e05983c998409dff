// Measuring in a page: from an act until something is seen, by the page's own clock.
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { CDPSession, Page } from 'playwright';

/** Milliseconds from `act` until the frame after `isSeen` is true; both are JavaScript. Throws after 20 s. */
export function timeUntil(page: Page, act: string, isSeen: string): Promise<number> {
  // As text: the page's own policy forbids it to make functions of texts.
  return page.evaluate(`new Promise((resolve, reject) => {
    const startedAt = performance.now();
    const look = () => {
      let isSeen = false;
      try { isSeen = Boolean(${isSeen}); } catch {}
      if (isSeen) requestAnimationFrame(() => resolve(performance.now() - startedAt));
      else if (performance.now() - startedAt > 20000) reject(new Error(${JSON.stringify(isSeen)}));
      else requestAnimationFrame(look);
    };
    ${act};
    look();
  })`) as Promise<number>;
}

/** Milliseconds until `isSeen`, from now, across page loads. */
export async function timeLoad(
  page: Page,
  act: () => Promise<unknown>,
  isSeen: string,
): Promise<number> {
  const startedAt = performance.now();
  await act();
  await page.waitForFunction(isSeen, undefined, { polling: 'raf', timeout: 30_000 });
  return performance.now() - startedAt;
}

/** Milliseconds from a real key until something is painted that `isSeen` sees. */
export async function timeKey(page: Page, key: string, isSeen: string): Promise<number> {
  await page.evaluate(`window.benchKey = new Promise((resolve) => {
    addEventListener('keydown', (event) => {
      const startedAt = event.timeStamp;
      const look = () => {
        let isSeen = false;
        try { isSeen = Boolean(${isSeen}); } catch {}
        if (isSeen) requestAnimationFrame(() => resolve(performance.now() - startedAt));
        else if (performance.now() - startedAt > 5000) resolve(5000);
        else requestAnimationFrame(look);
      };
      look();
    }, { capture: true, once: true });
  }); 0`);
  await page.keyboard.press(key);
  return page.evaluate('window.benchKey') as Promise<number>;
}

/** The longest frame while `scroller` (JavaScript) scrolls a screen a step, 60 steps. */
export function timeScroll(page: Page, scroller: string): Promise<number> {
  return page.evaluate(`new Promise((resolve) => {
    const scroller = ${scroller};
    let longest = 0, last = 0, left = 60;
    const step = (at) => {
      if (last) longest = Math.max(longest, at - last);
      last = at;
      if (left-- === 0) return resolve(longest);
      scroller.scrollTop += 300;
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  })`) as Promise<number>;
}

export type Weight = { kilobytes: number; files: string[] };

/**
 * Counts scripts and styles that a page loads, in kilobytes, compressed as browsers get them over TLS: they ask for Brotli
 * there only, so each is asked for once more by name. What a server does not compress is compressed here.
 */
export async function watchWeight(
  page: Page,
): Promise<{ take(): Promise<Weight>; cdp: CDPSession }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable');
  const seen = new Map<string, string>();
  let loaded = new Set<string>();
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type !== 'Script' && type !== 'Stylesheet') return;
    if (!response.fromDiskCache) seen.set(requestId, response.url);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const url = seen.get(requestId);
    if (url && encodedDataLength > 0) loaded.add(url);
  });
  return {
    cdp,
    take: async () => {
      const urls = [...loaded];
      loaded = new Set();
      const files = await Promise.all(
        urls.map(async (url) => ({ url, bytes: await weighFile(url) })),
      );
      files.sort((one, other) => other.bytes - one.bytes);
      return {
        kilobytes: files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024,
        files: files.map(({ url, bytes }) => `${(bytes / 1024).toFixed(1)} ${url}`),
      };
    },
  };
}

function weighFile(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': 'br, gzip' };
    get(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const isCompressed = response.headers['content-encoding'] !== undefined;
        resolve((isCompressed ? bytes : gzipSync(bytes)).length);
      });
    }).on('error', reject);
  });
}

/** Heap of the page's scripts after a collection, in MB. */
export async function readHeapMb(cdp: CDPSession): Promise<number> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = (await cdp.send('Runtime.getHeapUsage')) as { usedSize: number };
  return usedSize / 1e6;
}

/** Memory of a process that is its own, in MB (Linux). */
export function readPrivateMb(pid: number): number {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const sum = [...text.matchAll(/^Private_(?:Clean|Dirty):\s+(\d+) kB/gm)].reduce(
    (total, [, kb]) => total + Number(kb),
    0,
  );
  return sum / 1000;
}
