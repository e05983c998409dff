// Fetching the picture that a message shows from elsewhere: raster pictures alone, told by their bytes, kept for all in a
// bounded cache, and not more than a person's mail can need.
import { createHash } from 'node:crypto';
import { now } from '../../clock.ts';
import { Refusal } from '../../errors.ts';
import { isRasterImage } from '../reader/part-headers.ts';
import { type RecentMap, recentMap } from '../recent-map.ts';
import { type VisitRules, visit } from './visit.ts';

export type RemoteImage = { type: string; bytes: Buffer };

const types = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'];
const rules: VisitRules = {
  method: 'GET',
  maxBytes: 5 * 1024 * 1024,
  timeoutMs: 10_000,
  maxRedirects: 3,
  accept: 'image/avif,image/webp,image/png,image/jpeg,image/gif',
};
const mostAMinute = 300;
const mostAtOnce = 6;
const mostAtOnceInAll = 40;
const keptMs = 60 * 60_000;

type Meter = { minute: number; count: number; running: number };
type Kept = { image: RemoteImage | null; untilMs: number };
type State = {
  kept: RecentMap<Kept>;
  coming: Map<string, Promise<RemoteImage>>;
  meters: Map<string, Meter>;
  running: number;
  waiting: (() => void)[];
};
const shared = globalThis as { dreyRemoteImages?: State };

function state(): State {
  shared.dreyRemoteImages ??= {
    kept: recentMap<Kept>(2000, 64 * 1024 * 1024),
    coming: new Map(),
    meters: new Map(),
    running: 0,
    waiting: [],
  };
  return shared.dreyRemoteImages;
}

/** A picture. Refusal 'forbidden', 'unavailable', 'too-big', 'throttled', 'invalid' for what is no raster picture. */
export async function fetchRemoteImage(
  accountId: string,
  url: string,
  change: Partial<VisitRules> = {},
): Promise<RemoteImage> {
  const all = state();
  const key = createHash('sha256').update(url).digest('base64url');
  const kept = all.kept.get(key);
  if (kept && kept.untilMs > now().getTime()) {
    if (kept.image) return kept.image;
    throw new Refusal('unavailable', 'This picture could not be loaded.');
  }
  const coming = all.coming.get(key);
  if (coming) return coming;
  const meter = countRequest(all, accountId);
  const answer = inTurn(all, meter, () => fetchEither(url, { ...rules, ...change })).then(
    (image) => {
      all.kept.set(key, { image, untilMs: now().getTime() + keptMs }, image.bytes.length + 500);
      return image;
    },
    (error: unknown) => {
      all.kept.set(key, { image: null, untilMs: now().getTime() + 60_000 }, 500);
      throw error;
    },
  );
  all.coming.set(key, answer);
  return answer.finally(() => all.coming.delete(key));
}

function countRequest(all: State, accountId: string): Meter {
  const minute = Math.floor(now().getTime() / 60_000);
  let meter = all.meters.get(accountId);
  if (!meter) {
    if (all.meters.size > 5000) all.meters.clear();
    meter = { minute, count: 0, running: 0 };
    all.meters.set(accountId, meter);
  }
  if (meter.minute !== minute) Object.assign(meter, { minute, count: 0 });
  if (++meter.count > mostAMinute) throw new Refusal('throttled', 'Too many pictures at once.');
  return meter;
}

/** A few of each person and of all together; the others wait. */
async function inTurn<T>(all: State, meter: Meter, work: () => Promise<T>): Promise<T> {
  while (meter.running >= mostAtOnce || all.running >= mostAtOnceInAll) {
    await new Promise<void>((resolve) => all.waiting.push(resolve));
  }
  meter.running++;
  all.running++;
  try {
    return await work();
  } finally {
    meter.running--;
    all.running--;
    for (const wake of all.waiting.splice(0)) wake();
  }
}

/** https first, whatever the message says: most servers have it. */
async function fetchEither(address: string, wanted: VisitRules): Promise<RemoteImage> {
  if (!/^http:/i.test(address)) return fetchImage(address, wanted);
  const isPlainPort = URL.parse(address)?.port === '';
  if (isPlainPort) {
    const secure = address.replace(/^http:/i, 'https:');
    const image = await fetchImage(secure, { ...wanted, timeoutMs: 4000 }).catch(() => null);
    if (image) return image;
  }
  return fetchImage(address, wanted);
}

async function fetchImage(address: string, wanted: VisitRules): Promise<RemoteImage> {
  const { status, bytes } = await visit(address, wanted);
  if (status !== 200) throw new Refusal('unavailable', 'This picture could not be loaded.');
  const type = types.find((each) => isRasterImage(each, bytes));
  if (!type) throw new Refusal('invalid', 'This is no picture.');
  return { type, bytes };
}
