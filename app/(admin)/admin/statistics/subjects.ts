// What is plotted, in the order of the page: which numbers make which line.
import type { Format, Values } from '#components/admin/plot/geometry.ts';
import type { Line, PlotProps } from '#components/admin/plot/plot.tsx';
import { formatShort, formatValue } from '#components/admin/plot/words.ts';
import type { Timeline } from '#lib/numbers/timeline.ts';

export type Subject = {
  name: string;
  title: string;
  /** One sentence for the large plot */
  text: string;
  format: Format;
  lines(timeline: Timeline): Line[];
};

const maxLines = 5;

export const subjects: Subject[] = [
  {
    name: 'mail',
    title: 'Mail',
    text: 'Messages that came in and were taken; copies handed on to other servers; refusals of connections, recipients and messages; reports of mail that could not be delivered.',
    format: 'count',
    lines: (timeline) => [
      counted(timeline, 'in', ['received.accepted', 'received.junk']),
      counted(timeline, 'out', ['sent.delivered']),
      summed('refused', timeline.countsOfAll('rejected.')),
      counted(timeline, 'bounced', ['bounced']),
    ],
  },
  {
    name: 'queue',
    title: 'Queue',
    text: 'Recipients that wait for another server, on average in each piece of time.',
    format: 'count',
    lines: (timeline) => [
      stood(timeline, 'waiting', 'queue.queued', 'count'),
      stood(timeline, 'on the way', 'queue.sending', 'count'),
      stood(timeline, 'held', 'queue.held', 'count'),
    ],
  },
  {
    name: 'age',
    title: 'Oldest in the queue',
    text: 'How long the oldest recipient has waited that should have left; held and scheduled mail does not count.',
    format: 'seconds',
    lines: (timeline) => [stood(timeline, 'oldest', 'queue.oldest', 'seconds')],
  },
  {
    name: 'logins',
    title: 'Sign-ins',
    text: 'Over IMAP, POP3, submission and the web; each call of a script or of the API shows a secret and counts. Put off are those from addresses with too many failures.',
    format: 'count',
    lines: (timeline) => [
      counted(timeline, 'good', ['auth.ok']),
      counted(timeline, 'failed', ['auth.failed', 'auth.error']),
      counted(timeline, 'put off', ['auth.throttled']),
    ],
  },
  {
    name: 'failures',
    title: 'Failed sign-ins',
    text: 'Those that were put off too, by protocol. Which networks they come from stands under Blocked.',
    format: 'count',
    lines: (timeline) =>
      (['submission', 'imap', 'pop3', 'web', 'api'] as const).map((protocol) =>
        counted(
          timeline,
          protocolTitles[protocol],
          ['failed', 'error', 'throttled'].map((result) => `auth.${result}.${protocol}`),
        ),
      ),
  },
  {
    name: 'connections',
    title: 'Connections',
    text: 'Open connections of all nodes, on average; the webmail has some of those of IMAP.',
    format: 'count',
    lines: (timeline) =>
      (['smtp', 'submission', 'imap', 'pop3'] as const).map((protocol) =>
        stood(timeline, protocolTitles[protocol], `sessions.${protocol}`, 'count'),
      ),
  },
  {
    name: 'disk',
    title: 'Disk',
    text: 'What the data take. Bodies are those of large messages, which are files; small ones lie in the database.',
    format: 'bytes',
    lines: (timeline) => [
      stood(timeline, 'database', 'disk.database', 'bytes'),
      stood(timeline, 'bodies', 'disk.bodies', 'bytes'),
      stood(timeline, 'index', 'disk.index', 'bytes'),
    ],
  },
  {
    name: 'free',
    title: 'Free disk',
    text: 'What is free where the data are, of all nodes.',
    format: 'bytes',
    lines: (timeline) => [stood(timeline, 'free', 'disk.free', 'bytes')],
  },
  {
    name: 'deliveries',
    title: 'Deliveries',
    text: 'Attempts to hand a recipient on to another server, by how they ended.',
    format: 'count',
    lines: (timeline) => [
      counted(timeline, 'delivered', ['sent.delivered']),
      counted(timeline, 'put off', ['sent.deferred']),
      counted(timeline, 'failed', ['sent.failed']),
    ],
  },
  {
    name: 'sources',
    title: 'Where mail comes from',
    text: 'Messages that were taken: from other servers, from users, from this machine (LMTP), or fetched from accounts elsewhere.',
    format: 'count',
    lines: (timeline) => [
      counted(timeline, 'other servers', ['class.inbound']),
      counted(timeline, 'users', ['class.submission']),
      counted(timeline, 'this machine', ['class.local']),
      counted(timeline, 'fetched', ['class.collected']),
    ],
  },
  {
    name: 'reasons',
    title: 'Refused, by reason',
    text: 'The reasons that were given most in this time.',
    format: 'count',
    lines: (timeline) => {
      const most = [...timeline.totals('rejected.')].sort((a, b) => b[1] - a[1]).slice(0, maxLines);
      return most.map(([reason]) => counted(timeline, reason, [`rejected.${reason}`]));
    },
  },
  {
    name: 'spam',
    title: 'Share of spam',
    text: 'Of the messages that were taken, those that went into Junk.',
    format: 'percent',
    lines: (timeline) => {
      const junk = timeline.counts('received.junk');
      const good = timeline.counts('received.accepted');
      const share = junk.map((count, index) => {
        const all = count + (good[index] ?? 0);
        return all === 0 ? null : (count / all) * 100;
      });
      const [spam, rest] = [timeline.total('received.junk'), timeline.total('received.accepted')];
      const mean = spam + rest === 0 ? undefined : (spam / (spam + rest)) * 100;
      return [
        {
          title: 'spam',
          values: share,
          note: mean === undefined ? '' : formatValue(mean, 'percent'),
        },
      ];
    },
  },
  {
    name: 'time',
    title: 'Time of messages',
    text: 'On average: read over the wire, judged by the checks, stored; and one attempt at another server.',
    format: 'seconds',
    lines: (timeline) =>
      (['receive', 'checks', 'store', 'attempt'] as const).map((stage) => meanOf(timeline, stage)),
  },
  {
    name: 'waiting',
    title: 'Time in the queue',
    text: 'Of recipients that were delivered to other servers, on average.',
    format: 'seconds',
    lines: (timeline) => [meanOf(timeline, 'queue')],
  },
  {
    name: 'dns',
    title: 'DNS',
    text: 'Answers of the name servers; those kept in memory do not count.',
    format: 'count',
    lines: (timeline) => [
      counted(timeline, 'found', ['dns.ok']),
      counted(timeline, 'not there', ['dns.none']),
      counted(timeline, 'failed', ['dns.failed']),
    ],
  },
];

const protocolTitles = {
  smtp: 'SMTP',
  submission: 'submission',
  imap: 'IMAP',
  pop3: 'POP3',
  web: 'web',
  api: 'API',
};

const stageTitles = {
  receive: 'read',
  checks: 'judged',
  store: 'stored',
  attempt: 'attempt',
  queue: 'in the queue',
};

/** What a plot of the subject needs. */
export function plotOf(subject: Subject, timeline: Timeline): PlotProps {
  const { title, format } = subject;
  const { at, stepSeconds } = timeline;
  return {
    title,
    format,
    stepSeconds,
    at: at.map((date) => date.getTime()),
    lines: subject.lines(timeline).map((line) => ({ ...line, values: line.values.map(round) })),
  };
}

const round = (value: number | null) => (value === null ? null : Math.round(value * 1000) / 1000);

function counted(timeline: Timeline, title: string, names: string[]): Line {
  const all = names.map((name) => timeline.counts(name));
  return summed(
    title,
    timeline.at.map((_, index) => all.reduce((sum, counts) => sum + (counts[index] ?? 0), 0)),
  );
}

function summed(title: string, values: number[]): Line {
  const total = values.reduce((sum, count) => sum + count, 0);
  return { title, values, note: formatShort(total, 'count') };
}

function stood(timeline: Timeline, title: string, name: string, format: Format): Line {
  const values: Values = timeline.states(name);
  const now = values.findLast((value) => value !== null) ?? null;
  return { title, values, note: now === null ? '' : formatValue(now, format) };
}

function meanOf(timeline: Timeline, stage: keyof typeof stageTitles): Line {
  const seconds = timeline.counts(`took.${stage}.seconds`);
  const times = timeline.counts(`took.${stage}.times`);
  const values = seconds.map((sum, index) => (times[index] ? sum / times[index] : null));
  const [sum, count] = [
    timeline.total(`took.${stage}.seconds`),
    timeline.total(`took.${stage}.times`),
  ];
  return {
    title: stageTitles[stage],
    values,
    note: count === 0 ? '' : formatValue(sum / count, 'seconds'),
  };
}
