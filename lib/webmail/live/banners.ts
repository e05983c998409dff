// What administrators tell all users, for open pages: it is read again after a change, when one ends and when the user
// closes one on another page, once for all pages of this process, and each page hears what changed for its user. What other
// processes do (the command line, another node) no poke tells the web's process; it is seen by the next look.
import {
  type Announcement,
  type Banner,
  chooseBanners,
  listShown,
} from '../../accounts/announcement.ts';
import { now } from '../../clock.ts';
import { logOf } from '../../log.ts';
import { onPoke } from '../../poke.ts';
import { readPreferences } from '../../preferences/index.ts';

type Reader = { id: string; address: string };
type Page = {
  reader: Reader;
  tell(banners: Banner[]): void;
  /** What was told last, as JSON */
  told: string;
  look: number;
};
type Watch = {
  pages: Set<Page>;
  /** null before the first look */
  shown: Announcement[] | null;
  /** Number of the last look: of two that overlap the later one counts, as with a page's */
  look: number;
  /** The next look, and when one of those shown ends */
  timer: NodeJS.Timeout | null;
  ending: NodeJS.Timeout | null;
  leave(): void;
};

const soonMs = 20;
const pollMs = 2000;
const longestTimerMs = 24 * 3_600_000;
const log = logOf('webmail');

// One a process, also where a bundler loads this module twice (as in lib/db.ts).
const shared = globalThis as { dreyBannerWatch?: Watch };

/** Tells what the account's user reads now, and again whenever that changes. The answer ends it. */
export function watchBanners(reader: Reader, tell: (banners: Banner[]) => void): () => void {
  shared.dreyBannerWatch ??= startWatch();
  const watch = shared.dreyBannerWatch;
  const page: Page = { reader, tell, told: '', look: 0 };
  watch.pages.add(page);
  if (watch.shown) void tellPage(watch, page);
  const leave = onPoke(`account:${reader.id}`, () => void tellPage(watch, page));
  return () => {
    leave();
    watch.pages.delete(page);
    if (watch.pages.size > 0 || shared.dreyBannerWatch !== watch) return;
    watch.leave();
    shared.dreyBannerWatch = undefined;
  };
}

function startWatch(): Watch {
  const watch: Watch = {
    pages: new Set(),
    ...{ shown: null, look: 0, timer: null, ending: null },
    leave() {},
  };
  const leavePoke = onPoke('announcements', () => lookIn(watch, soonMs));
  const poll = setInterval(() => lookIn(watch, 0), pollMs);
  poll.unref();
  watch.leave = () => {
    leavePoke();
    clearInterval(poll);
    for (const timer of [watch.timer, watch.ending]) if (timer) clearTimeout(timer);
  };
  lookIn(watch, 0);
  return watch;
}

function lookIn(watch: Watch, ms: number): void {
  if (watch.timer) return;
  watch.timer = setTimeout(() => void look(watch), ms);
  watch.timer.unref();
}

async function look(watch: Watch): Promise<void> {
  watch.timer = null;
  const own = ++watch.look;
  const before = JSON.stringify(watch.shown);
  try {
    const shown = await listShown();
    if (own !== watch.look) return;
    watch.shown = shown;
  } catch (error) {
    log.debug({ err: error }, 'announcements could not be read');
    return;
  }
  if (watch.pages.size === 0) return;
  planEnd(watch);
  if (JSON.stringify(watch.shown) === before) return;
  for (const page of watch.pages) void tellPage(watch, page);
}

function planEnd(watch: Watch): void {
  if (watch.ending) clearTimeout(watch.ending);
  watch.ending = null;
  const ends = (watch.shown ?? []).flatMap(({ until }) => until?.getTime() ?? []);
  if (ends.length === 0) return;
  const waitMs = Math.min(Math.max(Math.min(...ends) - now().getTime(), 0), longestTimerMs);
  watch.ending = setTimeout(() => lookIn(watch, soonMs), waitMs);
  watch.ending.unref();
}

async function tellPage(watch: Watch, page: Page): Promise<void> {
  const own = ++page.look;
  const { id, address } = page.reader;
  let banners = chooseBanners(watch.shown ?? [], address, []);
  if (banners.length > 0) {
    try {
      const closed = (await readPreferences(id))['notices.closedAnnouncements'];
      banners = chooseBanners(watch.shown ?? [], address, closed);
    } catch (error) {
      log.debug({ err: error }, 'what is closed could not be read');
    }
  }
  const text = JSON.stringify(banners);
  if (own !== page.look || text === page.told || !watch.pages.has(page)) return;
  page.told = text;
  page.tell(banners);
}
