// The same numbers for the panel: what the counters have grown by since the last look, and how the gauges stand. The
// counters of this process are the only truth, so that a plot and a scraper never disagree.
import type { Numbers } from '#lib/numbers/roll-up.ts';
import {
  authentications,
  bounces,
  checkHits,
  deliverySeconds,
  diskBytes,
  dnsAnswers,
  messagesReceived,
  messagesSent,
  queueMessages,
  queueOldest,
  rejects,
  sessions,
  smtpConnections,
} from './index.ts';

type Labels = Record<string, string | number | undefined>;
type Value = { labels: Labels; value: number; metricName?: string };
type Metric = { get(): Promise<{ values: Value[] }> };
type Series = [metric: Metric, names: (labels: Labels, metricName: string) => string[]];

/** Names of what is counted, by the metric it is read from. */
const counted: Series[] = [
  [
    messagesReceived,
    ({ result, class: from }) =>
      result === 'accepted' || result === 'junk'
        ? [`received.${result}`, `class.${from}`]
        : [`received.${result}`],
  ],
  [messagesSent, ({ result }) => [`sent.${result}`]],
  [rejects, ({ reason }) => [`rejected.${reason}`]],
  [checkHits, ({ check, outcome }) => [`check.${check}.${outcome}`]],
  [authentications, ({ protocol, result }) => [`auth.${result}`, `auth.${result}.${protocol}`]],
  [bounces, () => ['bounced']],
  [dnsAnswers, ({ result }) => [`dns.${result}`]],
  [smtpConnections, () => ['connections']],
  [
    deliverySeconds as Metric,
    ({ stage }, metricName) => {
      if (metricName.endsWith('_sum')) return [`took.${stage}.seconds`];
      return metricName.endsWith('_count') ? [`took.${stage}.times`] : [];
    },
  ],
];

/** Listeners that are one line in a plot. */
const protocols: Record<string, string> = {
  imaps: 'imap',
  pop3s: 'pop3',
  submissions: 'submission',
};

const stood: Series[] = [
  [queueMessages, ({ state }) => [`queue.${state}`]],
  [queueOldest, () => ['queue.oldest']],
  [diskBytes, ({ kind }) => [`disk.${kind}`]],
  [sessions, ({ protocol }) => [`sessions.${protocols[String(protocol)] ?? protocol}`]],
];

/** A look of its own remembers what the former one saw. */
export function createSampler(): () => Promise<Numbers> {
  let seen = new Map<string, number>();
  return async () => {
    const sums = await addUp(counted);
    const grown = [...sums].map(
      ([name, sum]) => [name, round(sum - (seen.get(name) ?? 0))] as const,
    );
    seen = sums;
    const states = [...(await addUp(stood))].map(
      ([name, value]) => [name, [value, 1, value]] as const,
    );
    return {
      counts: Object.fromEntries(grown.filter(([, count]) => count > 0)),
      states: Object.fromEntries(states) as unknown as Numbers['states'],
    };
  };
}

const round = (value: number) => Math.round(value * 1000) / 1000;

async function addUp(series: Series[]): Promise<Map<string, number>> {
  const sums = new Map<string, number>();
  for (const [metric, namesOf] of series) {
    for (const { labels, value, metricName = '' } of (await metric.get()).values) {
      for (const name of namesOf(labels, metricName)) {
        sums.set(name, (sums.get(name) ?? 0) + value);
      }
    }
  }
  return sums;
}
