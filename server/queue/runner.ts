// The queue at work: looks for due recipients, takes them under a lease, and tries them, a bounded number
// at a time. Wakes by a poke, by other processes' commits and by the clock; the rows are the truth, so a
// missed wake costs a minute at most. Any number of processes may run one over the same database.
import { now } from '#lib/clock.ts';
import { newId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { listPauses } from '#lib/queue/pause.ts';
import { describeConditions } from '#lib/queue/relay-words.ts';
import { readSettings } from '#lib/settings/index.ts';
import { isNamed, type Route, readRouteChooser } from '#server/delivery/outbound/route.ts';
import { endIdleSessions } from '#server/delivery/outbound/session-pool.ts';
import type { Running } from '#server/net/running.ts';
import { type Job, runJob } from './attempt.ts';
import {
  claim,
  type DueRow,
  findNextDue,
  holdByRule,
  listDue,
  postpone,
  releaseLeases,
  renewLeases,
  renewMs,
} from './claim.ts';
import { Destinations, judge, type Limits, limitsOf, type Permission } from './concurrency.ts';
import { limitsUnder, RuleLimits } from './rule-limits.ts';

const log = logOf('queue');

/** Rows of one look. */
const batchSize = 200;
const looksPerScan = 20;
const newestSize = 50;
/** Bodies in memory at one time; a single larger one goes alone. */
const maxBytesInFlight = 256 * 1024 * 1024;
const maxSleepMs = 60_000;
const minSleepMs = 20;
/** What other processes committed is looked at so often. */
const elsewhereMs = 250;
/** With so many attempts under way a free place may wait so long for others to be filled with it. */
const busyJobs = 8;
const refillMs = 10;
const stopGraceMs = 2000;
/** Who has not answered by then gives its place to others and goes on waiting, so many at a time. */
const connectMs = 500;
const maxWaiting = 2000;

type Group = { route: Route; messageId: string; ids: string[]; sizeBytes: number };

/** Nobody is asked, so no destination counts it. */
const returnRoute: Route = {
  ...{ key: 'return', rule: null, domain: '' },
  ...{ isLocal: false, isElsewhere: false, isFallback: false },
};

type Choice = {
  groups: Group[];
  /** Domains that found no place. */
  saturated: string[];
  /** Rows of destinations that rest. */
  resting: Map<string, { ids: string[]; until: Date; why: string }>;
  /** Rows that a relay rule holds, by what the trail says of it. */
  held: Map<string, string[]>;
  /** When the next destination with a rate may be served. */
  askAgainAt: Date | null;
};

/** Starts the work on the queue; `stop` gives running attempts 2 seconds and releases the rest. */
export async function startQueue(): Promise<Running> {
  const runner = new Runner();
  runner.start();
  return { stop: () => runner.stop() };
}

class Runner {
  private readonly owner = newId();
  private readonly abort = new AbortController();
  /** Running attempts and the rows they hold. */
  private readonly jobs = new Map<Promise<void>, string[]>();
  /** Of these, those that take no place: no host has answered yet. */
  private readonly waiting = new Set<symbol>();
  private readonly destinations = new Destinations();
  private readonly rules = new RuleLimits();
  private limits: Limits = { initial: 1, max: 1, rateDelayMs: 0, firstRestMs: 1, longestRestMs: 1 };
  /** RFC 5321 §4.5.3.1.8: every server takes 100. */
  private recipientsPerMessage = 100;
  private bytesInFlight = 0;
  private timer: NodeJS.Timeout | null = null;
  private timerAt = Number.POSITIVE_INFINITY;
  private renewal: NodeJS.Timeout | null = null;
  private scanning: Promise<void> | null = null;
  private isAgain = false;
  private isStopping = false;
  private readonly unsubscribe: (() => void)[] = [];

  start(): void {
    this.unsubscribe.push(onPoke('queue', () => this.wake()));
    this.unsubscribe.push(onPoke('elsewhere', () => this.sleep(elsewhereMs)));
    this.renewal = setInterval(() => {
      if (this.jobs.size === 0) return;
      renewLeases(this.owner, [...this.jobs.values()].flat()).catch((error) =>
        log.error({ err: error }, 'leases not renewed'),
      );
    }, renewMs);
    this.renewal.unref();
    this.wake();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    for (const end of this.unsubscribe) end();
    if (this.timer) clearTimeout(this.timer);
    await this.scanning;
    const grace = new Promise((resolve) => setTimeout(resolve, stopGraceMs).unref());
    await Promise.race([Promise.all(this.jobs.keys()), grace]);
    this.abort.abort();
    await Promise.all(this.jobs.keys());
    if (this.renewal) clearInterval(this.renewal);
    endIdleSessions();
    await releaseLeases(this.owner);
  }

  /** Looks now; during a look, once more after it. */
  private wake(): void {
    if (this.isStopping) return;
    if (this.scanning) {
      this.isAgain = true;
      return;
    }
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.timerAt = Number.POSITIVE_INFINITY;
    this.scanning = this.scan()
      .catch((error) => {
        log.error({ err: error }, 'the queue could not be read');
        this.sleep(maxSleepMs / 10);
      })
      .finally(() => {
        this.scanning = null;
        if (!this.isAgain) return;
        this.isAgain = false;
        this.wake();
      });
  }

  /** Looks after `ms` at the latest. */
  private sleep(ms: number): void {
    if (this.isStopping) return;
    const at = performance.now() + ms;
    if (at >= this.timerAt) return;
    if (this.timer) clearTimeout(this.timer);
    this.timerAt = at;
    this.timer = setTimeout(() => this.wake(), ms);
    this.timer.unref();
  }

  /** Attempts that count. */
  private get busy(): number {
    return this.jobs.size - this.waiting.size;
  }

  private async scan(): Promise<void> {
    const settings = await readSettings();
    const limit = settings['delivery.concurrency'];
    this.limits = limitsOf(settings);
    this.recipientsPerMessage = settings['delivery.recipientsPerMessage'];
    const pauses = await listPauses();
    const ends = pauses.flatMap(({ until }) => (until ? [until] : []));
    if (pauses.some(({ destination }) => destination === '*')) {
      const due = this.busy < limit ? await listDue(batchSize, 'all') : [];
      const { groups } = await this.choose(due, limit - this.busy);
      await this.launch(groups);
      this.sleepUntil(ends);
      return;
    }
    const paused = pauses.map(({ destination }) => destination);
    const busyDomains = new Set(paused);
    for (let look = 0; look < looksPerScan && !this.isStopping; look++) {
      if (this.busy >= limit) return;
      const due = await this.listMixed([...busyDomains]);
      const choice = await this.choose(due, limit - this.busy);
      const { groups, saturated, resting, held, askAgainAt } = choice;
      for (const [why, ids] of held) await holdByRule(ids, why);
      for (const { ids, until, why } of resting.values()) await postpone(ids, until, why);
      const isFull = groups.length + saturated.length + resting.size + held.size === 0;
      await this.launch(groups);
      if (askAgainAt) ends.push(askAgainAt);
      if (due.length < batchSize || isFull) break;
      for (const domain of saturated) busyDomains.add(domain);
    }
    const next = await findNextDue(this.owner, paused);
    // What is due but finds no free place is looked at when a job ends, or when its destination may be served.
    const isWaiting = next !== null && next <= now() && (this.jobs.size > 0 || ends.length > 0);
    this.sleepUntil(next && !isWaiting ? [...ends, next] : ends);
  }

  /** The oldest due; and while hosts that do not answer are waited for, every other one of the newest: they may be alive. */
  private async listMixed(busyDomains: string[]): Promise<DueRow[]> {
    const oldest = await listDue(batchSize, busyDomains);
    if (oldest.length < batchSize || this.waiting.size === 0) return oldest;
    const newest = await listDue(newestSize, busyDomains, 'newest');
    const mixed = oldest.flatMap((row, index) => [newest[index] ?? [], row].flat());
    return [...new Map(mixed.map((row) => [row.id, row])).values()];
  }

  private sleepUntil(times: Date[]): void {
    const at = now().getTime();
    const waitMs = Math.min(maxSleepMs, ...times.map((time) => time.getTime() - at));
    this.sleep(Math.max(waitMs, minSleepMs));
  }

  /** Groups due rows into jobs as far as the limits allow. */
  private async choose(due: DueRow[], places: number): Promise<Choice> {
    const open = new Map<string, Group>();
    const groups: Group[] = [];
    const chosenOf = new Map<string, number>();
    const held: Choice['held'] = new Map();
    const saturated = new Set<string>();
    const resting: Choice['resting'] = new Map();
    let askAgainAt: Date | null = null;
    let bytes = this.bytesInFlight;
    const at = now();
    const chooseRoute = await readRouteChooser();
    for (const row of due) {
      const route = row.isReturning ? returnRoute : chooseRoute(row);
      const { rule } = route;
      if (rule?.target === 'hold') {
        const why = `queue: held by relay rule ${rule.position} (${describeConditions(rule)})`;
        held.set(why, [...(held.get(why) ?? []), row.id]);
        continue;
      }
      const key = `${row.messageId} ${route.key}`;
      const known = open.get(key);
      if (known && known.ids.length < this.recipientsPerMessage) {
        known.ids.push(row.id);
        continue;
      }
      const ruleKey = `rule ${rule?.id}`;
      const chosen = chosenOf.get(route.key) ?? 0;
      const permission = this.ask(route, chosen, chosenOf.get(ruleKey) ?? 0, at, row.isUrgent);
      if (!permission.may) {
        if ('why' in permission) {
          const rest = resting.get(route.key) ?? { ids: [], ...permission };
          rest.ids.push(row.id);
          resting.set(route.key, rest);
          continue;
        }
        saturated.add(row.domain);
        if (permission.at && (!askAgainAt || permission.at < askAgainAt))
          askAgainAt = permission.at;
        continue;
      }
      const isTooMuch = bytes > 0 && bytes + row.sizeBytes > maxBytesInFlight;
      if (groups.length >= places || isTooMuch) continue;
      const { messageId, sizeBytes } = row;
      const group: Group = { route, messageId, ids: [row.id], sizeBytes };
      open.set(key, group);
      groups.push(group);
      chosenOf.set(route.key, chosen + 1);
      chosenOf.set(ruleKey, (chosenOf.get(ruleKey) ?? 0) + 1);
      bytes += sizeBytes;
    }
    return { groups, saturated: [...saturated], resting, held, askAgainAt };
  }

  /** Whether the destination of a route, and its rule, take one more attempt. */
  private ask(
    route: Route,
    chosen: number,
    chosenByRule: number,
    at: Date,
    isUrgent: boolean,
  ): Permission {
    const permission = this.destinations.ask(route.key, chosen, this.limitsOf(route), at, isUrgent);
    return permission.may ? this.rules.ask(route.rule, chosenByRule, at) : permission;
  }

  private limitsOf(route: Route): Limits {
    return limitsUnder(this.limits, route.rule, isNamed(route));
  }

  private async launch(groups: Group[]): Promise<void> {
    if (groups.length === 0) return;
    const wanted = groups.flatMap((group) => group.ids);
    const taken = new Set(await claim(wanted, this.owner));
    for (const group of groups) {
      const recipientIds = group.ids.filter((id) => taken.has(id));
      if (recipientIds.length > 0) this.run({ ...group, ids: recipientIds });
    }
  }

  private run({ route, messageId, ids, sizeBytes }: Group): void {
    const { owner } = this;
    const mark = Symbol(route.key);
    let patience: NodeJS.Timeout | undefined;
    const onOutside = () => {
      patience = setTimeout(() => this.letWait(mark), connectMs);
    };
    const onConnected = () => {
      clearTimeout(patience);
      this.waiting.delete(mark);
    };
    const { signal } = this.abort;
    const job: Job = {
      ...{ messageId, recipientIds: ids, route, owner, signal },
      ...{ onOutside, onConnected },
    };
    const ticket = this.destinations.begin(route.key, this.limitsOf(route), now());
    this.rules.begin(route.rule);
    let judgement = judge([]);
    this.bytesInFlight += sizeBytes;
    const running = runJob(job)
      .then((results) => {
        judgement = judge(results);
      })
      .catch((error) => {
        if (this.abort.signal.aborted) return;
        // Nothing was stored: the lease is not renewed, and after its end the rows are tried again.
        log.error({ err: error }, 'the outcome of an attempt could not be stored');
      })
      .finally(() => {
        onConnected();
        this.jobs.delete(running);
        this.destinations.end(ticket, judgement, this.limitsOf(route), now());
        this.rules.end(route.rule, now());
        this.bytesInFlight -= sizeBytes;
        // While many are under way, one look fills several places.
        this.sleep(this.busy >= busyJobs ? refillMs : 0);
      });
    this.jobs.set(running, ids);
  }

  private letWait(mark: symbol): void {
    if (this.waiting.size >= maxWaiting) return;
    this.waiting.add(mark);
    this.sleep(refillMs);
  }
}
