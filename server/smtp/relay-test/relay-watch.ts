// Runs the relay self-test at the start and after every change that may open the server: networks, domains,
// settings, the listeners themselves.
import { readDomains } from '#lib/accounts/domain-list.ts';
import { listNetworks } from '#lib/accounts/network.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { readSettings } from '#lib/settings/index.ts';
import type { Finding } from '#lib/trail/finding.ts';
import { findOwnEndpoint, onListenersChange } from '#server/net/listeners.ts';
import type { Running } from '#server/net/running.ts';
import { testRelay } from './relay-test.ts';

const log = logOf('smtp');
/** Changes come in groups. */
const settleMs = 2000;

let isWatching = false;
let running: Promise<Finding> | null = null;
/** What decided about relaying during the last test, whoever asked for it; empty where that changed meanwhile. */
let tested = '';

/** Runs the test now; two who ask at once get the same. Refusal 'unavailable'. */
export async function runRelayTest(): Promise<Finding> {
  running ??= runNow().finally(() => {
    running = null;
  });
  return running;
}

async function runNow(): Promise<Finding> {
  const endpoint = isWatching ? findOwnEndpoint('smtp') : null;
  if (!endpoint) throw new Refusal('unavailable', 'The SMTP port is not open.');
  const state = await describeState();
  const finding = await testRelay(endpoint);
  // What changed on the way may have been seen, or not.
  tested = (await describeState()) === state ? state : '';
  return finding;
}

/** Begins to watch; the SMTP listener is open already. */
export async function startRelayTests(): Promise<Running> {
  isWatching = true;
  tested = '';
  let timer: NodeJS.Timeout | null = null;
  const look = async () => {
    // One that was under way may have begun before the change.
    while (findOwnEndpoint('smtp') && (await describeState()) !== tested) {
      const { isGood, text } = await runRelayTest();
      if (!isGood) log.error(text);
    }
  };
  const lookSoon = () => {
    timer ??= setTimeout(() => {
      timer = null;
      look().catch((error) => log.warn({ err: error }, 'the relay test could not run'));
    }, settleMs).unref();
  };
  const ends = [
    onPoke('settings', lookSoon),
    onPoke('elsewhere', lookSoon),
    onListenersChange(lookSoon),
  ];
  lookSoon();
  return {
    stop: async () => {
      for (const end of ends) end();
      if (timer) clearTimeout(timer);
      await running?.catch(() => {});
      isWatching = false;
    },
  };
}

/** What decides about relaying, in one text. */
async function describeState(): Promise<string> {
  const networks = (await listNetworks()).map(({ cidr, expiresAt }) => [cidr, expiresAt]);
  const domains = (await readDomains()).map(({ name, isDisabled }) => [name, isDisabled]);
  const settings = Object.entries(await readSettings()).filter(([key]) =>
    /^(smtp|checks|server|listeners)\./.test(key),
  );
  return JSON.stringify([networks, domains, settings, findOwnEndpoint('smtp')]);
}
