// With DREY_SLOW_NETWORK: which waits and readings of a test ended while a change that its page had sent was still on the way. Such
// a wait is for what stood there anyway, and the next step comes too early once in twenty runs. Not all are faults: pages save by themselves.
import type { Locator, Page, Request } from 'playwright';

const readings = [
  'waitFor',
  'allInnerTexts',
  'allTextContents',
  'count',
  'evaluate',
  'getAttribute',
  'innerText',
  'inputValue',
  'isChecked',
  'isDisabled',
  'isEnabled',
  'isVisible',
  'textContent',
] as const;
const departures = ['goto', 'reload', 'goBack', 'close'] as const;

const underWay = new WeakMap<Page, Set<Request>>();
const found: string[] = [];
let areLocatorsWatched = false;

/** What was found since the last call, a line each. */
export function takeEarlyWaits(): string[] {
  return found.splice(0);
}

/** Begins to watch the page and all locators. */
export function watchWaits(page: Page): void {
  const requests = new Set<Request>();
  underWay.set(page, requests);
  page.on('request', (request) => {
    if (isChange(request)) requests.add(request);
  });
  page.on('requestfinished', (request) => requests.delete(request));
  page.on('requestfailed', (request) => requests.delete(request));
  for (const name of departures) {
    const depart = page[name] as (...given: unknown[]) => Promise<unknown>;
    Object.assign(page, {
      [name]: (...given: unknown[]) => {
        tell(page, name, new Error().stack);
        return depart.apply(page, given);
      },
    });
  }
  if (!areLocatorsWatched) watchLocators(Object.getPrototypeOf(page.locator('html')));
  areLocatorsWatched = true;
}

/** A new page of Next's router is one as well: until it is there the old one answers. */
function isChange(request: Request): boolean {
  const { rsc, 'next-router-prefetch': isPrefetch } = request.headers();
  return request.method() !== 'GET' || (rsc !== undefined && isPrefetch === undefined);
}

function watchLocators(locators: Record<string, (...given: unknown[]) => Promise<unknown>>): void {
  for (const name of readings) {
    const read = locators[name];
    if (!read) continue;
    locators[name] = async function (this: Locator, ...given) {
      const { stack } = new Error();
      const value = await read.apply(this, given);
      tell(this.page(), name, stack);
      return value;
    };
  }
}

function tell(page: Page, name: string, stack = ''): void {
  const requests = [...(underWay.get(page) ?? [])];
  const at = /tests\/e2e\/([^)\n]+)/.exec(stack)?.[1];
  if (requests.length === 0 || !at) return;
  const sent = requests.map((each) => `${each.method()} ${new URL(each.url()).pathname}`);
  found.push(`early ${at} ${name}, under way: ${sent.join(', ')}`);
}
