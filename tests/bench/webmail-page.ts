// Measuring in a page: from an act until something is seen, by the page's own clock.
import { readFileSync } from 'node:fs';
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
 * Counts scripts and styles that a page loads, in kilobytes, compressed as a real server would: what came without is
 * compressed here.
 */
export async function watchWeight(
  page: Page,
): Promise<{ take(): Promise<Weight>; cdp: CDPSession }> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Network.enable', { maxTotalBufferSize: 100e6, maxResourceBufferSize: 20e6 });
  const seen = new Map<string, { url: string; isCompressed: boolean }>();
  let loaded: Promise<{ url: string; bytes: number }>[] = [];
  cdp.on('Network.responseReceived', ({ requestId, type, response }) => {
    if (type !== 'Script' && type !== 'Stylesheet') return;
    const { url, headers, fromDiskCache } = response;
    const isCompressed = Object.keys(headers).some((name) => /^content-encoding$/i.test(name));
    if (!fromDiskCache) seen.set(requestId, { url, isCompressed });
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const file = seen.get(requestId);
    if (!file || encodedDataLength === 0) return;
    loaded.push(weigh(requestId, file, encodedDataLength));
  });
  const weigh = async (
    requestId: string,
    { url, isCompressed }: { url: string; isCompressed: boolean },
    bytes: number,
  ) => {
    if (isCompressed) return { url, bytes };
    const answer = await cdp.send('Network.getResponseBody', { requestId }).catch(() => null);
    return { url, bytes: answer ? gzipSync(answer.body).length : bytes };
  };
  return {
    cdp,
    take: async () => {
      const files = await Promise.all(loaded);
      loaded = [];
      files.sort((one, other) => other.bytes - one.bytes);
      return {
        kilobytes: files.reduce((sum, { bytes }) => sum + bytes, 0) / 1024,
        files: files.map(({ url, bytes }) => `${(bytes / 1024).toFixed(1)} ${url}`),
      };
    },
  };
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
