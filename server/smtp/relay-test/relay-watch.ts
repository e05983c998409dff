// Runs the relay self-test at the start and after every change that may open the server: networks, domains,
// settings, the listeners themselves.
import { listDomains } from '#lib/accounts/domain.ts';
import { listNetworks } from '#lib/accounts/network.ts';
import type { ListenerName } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { readSettings } from '#lib/settings/index.ts';
import type { Finding } from '#lib/trail/finding.ts';
import { listenHost } from '#server/net/bind.ts';
import type { Running } from '#server/net/running.ts';
import { type Endpoint, testRelay } from './relay-test.ts';

const log = logOf('smtp');
/** Changes come in groups. */
const settleMs = 2000;

let endpoint: Endpoint | null = null;
let running: Promise<Finding> | null = null;
/** What decided about relaying during the last test, whoever asked for it; empty where that changed meanwhile. */
let tested = '';

/** Runs the test now; two who ask at once get the same. Refusal 'unavailable'. */
export async function runRelayTest(): Promise<Finding> {
  if (!endpoint) throw new Refusal('unavailable', 'The SMTP port is not open.');
  running ??= runNow(endpoint).finally(() => {
    running = null;
  });
  return running;
}

async function runNow(at: Endpoint): Promise<Finding> {
  const state = await describeState();
  const finding = await testRelay(at);
  // What changed on the way may have been seen, or not.
  tested = (await describeState()) === state ? state : '';
  return finding;
}

/** `ports`: those that are open already. */
export async function startRelayTests(
  ports: Partial<Record<ListenerName, number>>,
): Promise<Running> {
  const host = await listenHost();
  const isAnywhere = host === '::' || host === '0.0.0.0';
  endpoint = { host: isAnywhere ? '127.0.0.1' : host, port: ports.smtp ?? 0 };
  tested = '';
  let timer: NodeJS.Timeout | null = null;
  const look = async () => {
    // One that was under way may have begun before the change.
    while ((await describeState()) !== tested) {
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
  const ends = (['settings', 'elsewhere'] as const).map((topic) => onPoke(topic, lookSoon));
  lookSoon();
  return {
    stop: async () => {
      for (const end of ends) end();
      if (timer) clearTimeout(timer);
      await running?.catch(() => {});
      endpoint = null;
    },
  };
}

/** What decides about relaying, in one text. */
async function describeState(): Promise<string> {
  const networks = (await listNetworks()).map(({ cidr, expiresAt }) => [cidr, expiresAt]);
  const domains = (await listDomains()).map(({ name, isDisabled }) => [name, isDisabled]);
  const settings = Object.entries(await readSettings()).filter(([key]) =>
    /^(smtp|checks|server)\./.test(key),
  );
  return JSON.stringify([networks, domains, settings]);
}
