// From facts to colours: pure, so that each limit stands in a table of the tests.
import type { DnsSummary } from '../../accounts/domain-dns/kept.ts';
import type { BackupAge } from '../../backup/age.ts';
import type { CertificateHealth } from '../../certificates/health.ts';
import type { DoctorReport, DoctorVerdict } from '../../doctor/report.ts';
import type { JobRun } from '../job-run.ts';
import type { NodeReport } from '../node-report.ts';
import type { Part } from './part.ts';

export type Facts = {
  now: Date;
  /** Milliseconds that a read of the database took; null where it failed */
  databaseMs: number | null;
  nodes: NodeReport[];
  /** Names of those whose daemon has said nothing for minutes */
  silentNodes: string[];
  /** Listeners of this machine that are to be open, and whether they answer; empty where nobody looked */
  ports: { name: string; port: number; isOpen: boolean }[];
  /** Why listeners of this machine do not have all they should, and what to do */
  failures: { name: string; text: string }[];
  queue: { queued: number; sending: number; held: number; oldestSeconds: number };
  jobs: JobRun[];
  /** Bytes that the free space shrank by in a day; null where that is not known yet */
  diskShrinkPerDay: number | null;
  /** Answers of name servers in the last hour */
  dns: { ok: number; none: number; failed: number };
  backup: BackupAge;
  /** What the doctor found last; null where nobody has asked it */
  doctor: DoctorReport | null;
  /** What the DNS says of the domains here */
  domains: DnsSummary;
  blockLists: { isGood: boolean; text: string } | null;
  certificates: CertificateHealth;
};

const minute = 60;
const hour = 60 * minute;
const dayMs = 24 * hour * 1000;
const mostNamed = 5;

/** Every part, in the order of the page. */
export function judgeHealth(facts: Facts): Part[] {
  const watched = [
    judgeDaemon(facts),
    ...protocols.map((protocol) => judgeProtocol(facts, protocol)),
    judgeQueue(facts),
    judgeDatabase(facts),
    judgeDisk(facts),
    judgeCertificate(facts),
    judgeDns(facts),
    judgeDomains(facts),
    judgeBlockLists(facts),
    judgeJobs(facts),
    judgeBackup(facts),
  ];
  return [...watched, judgeDoctor(facts, watched)];
}

function part(name: string, title: string, href: string) {
  const say = (colour: Part['colour']) => (text: string, todo: string) => {
    return { name, title, href, colour, text, todo };
  };
  return {
    green: (text: string) => say('green')(text, ''),
    yellow: say('yellow'),
    red: say('red'),
  };
}

function judgeDaemon({ nodes, silentNodes }: Facts): Part {
  const { green, yellow, red } = part('daemon', 'Mail daemon', '/admin/health');
  if (nodes.length === 0 || silentNodes.length === nodes.length) {
    return red(
      'No mail daemon has reported for three minutes.',
      'Start Drey (npm start) and read what it prints.',
    );
  }
  if (silentNodes.length > 0) {
    return yellow(
      `${silentNodes.join(', ')} has not reported for three minutes.`,
      'Start Drey there, or ignore this where the machine is gone: it is forgotten after a week.',
    );
  }
  const late = nodes.find(({ facts }) => facts.loopDelayMs > 500);
  if (late) {
    return yellow(
      `${late.node} answers late: up to ${late.facts.loopDelayMs} ms in the last minute.`,
      'Look which other programs use its processors, or give it more of them.',
    );
  }
  const full = nodes.find(
    ({ facts }) => (facts.openFiles ?? 0) > 0.8 * (facts.openFileLimit ?? Number.POSITIVE_INFINITY),
  );
  if (full) {
    return yellow(
      `${full.node} has ${full.facts.openFiles} files and connections open, of ${full.facts.openFileLimit} it may.`,
      'Raise the limit: LimitNOFILE= of its systemd unit, or ulimit -n before it starts.',
    );
  }
  return green(nodes.length === 1 ? 'It runs.' : `All ${nodes.length} run.`);
}

const protocols = [
  { name: 'smtp', title: 'SMTP', listeners: ['smtp', 'submission', 'submissions'] },
  { name: 'imap', title: 'IMAP', listeners: ['imap', 'imaps'] },
  { name: 'pop3', title: 'POP3', listeners: ['pop3', 'pop3s'] },
  { name: 'web', title: 'Web', listeners: ['web'] },
];

function judgeProtocol(
  { ports, failures }: Facts,
  { name, title, listeners }: (typeof protocols)[number],
): Part {
  const { green, yellow, red } = part(name, title, '/admin/listeners');
  const own = ports.filter((one) => listeners.includes(one.name));
  const failed = failures.find((one) => listeners.includes(one.name));
  if (failed) {
    return (own.length === 0 ? red : yellow)(failed.text, 'The page of listeners has more.');
  }
  if (own.length === 0) return green('Not open here.');
  const closed = own.filter(({ isOpen }) => !isOpen);
  if (closed.length === 0) {
    return green(
      `Answers on ${own.length === 1 ? 'port' : 'ports'} ${own.map(({ port }) => port).join(', ')}.`,
    );
  }
  const text = `No answer on ${closed.map((one) => `${one.name} (port ${one.port})`).join(', ')}.`;
  const todo = 'Restart Drey; if that does not help, look in its log for the reason.';
  return closed.length === own.length ? red(text, todo) : yellow(text, todo);
}

function judgeQueue({ queue, nodes, silentNodes }: Facts): Part {
  const { green, yellow, red } = part('queue', 'Queue', '/admin/queue');
  const { queued, sending, held, oldestSeconds } = queue;
  const waiting = queued + sending;
  const todo = 'Look in the queue what the other servers say; the page offers to try again.';
  const age = describeSeconds(oldestSeconds);
  if (waiting > 0 && nodes.length === silentNodes.length) {
    return red(`${waiting} wait and nobody sends them.`, 'Start Drey.');
  }
  if (waiting >= 10_000 || (oldestSeconds > 24 * hour && waiting >= 100)) {
    return red(`${waiting} wait, the oldest for ${age}.`, todo);
  }
  if (waiting >= 500 || oldestSeconds > 4 * hour) {
    return yellow(`${waiting} wait, the oldest for ${age}.`, todo);
  }
  if (held > 0) {
    return yellow(
      `${held} held until somebody decides.`,
      'Release or drop them on the page of the queue.',
    );
  }
  return green(waiting === 0 ? 'It is empty.' : `${waiting} wait, the oldest for ${age}.`);
}

function judgeDatabase({ databaseMs, nodes }: Facts): Part {
  const { green, yellow, red } = part('database', 'Database', '/admin/health');
  if (databaseMs === null) {
    return red(
      'It cannot be read.',
      'Look in the log of Drey for the reason: a full disk, or a server that is away.',
    );
  }
  if (databaseMs > 1000) {
    return yellow(
      `A read took ${Math.round(databaseMs)} ms.`,
      'Look what else uses the disk or the database server.',
    );
  }
  const old = nodes.find(({ facts }) => !facts.schema.isWhole);
  if (old) {
    return red(
      `It lacks ${old.facts.schema.newest} of the version on ${old.node}.`,
      'Restart Drey there: it brings the database up to date when it starts.',
    );
  }
  return green('It answers.');
}

function judgeDisk({ nodes, silentNodes, diskShrinkPerDay }: Facts): Part {
  const { green, yellow, red } = part('disk', 'Disk', '/admin/statistics?subject=disk');
  const todo =
    'Make room: remove what else lies there, enlarge the disk, or keep deleted mail and events for less time.';
  const known = nodes
    .filter(({ node }) => !silentNodes.includes(node))
    .flatMap(({ node, facts: { diskFreeBytes: free, diskBytes: all } }) =>
      free === null || all === null || all === 0 ? [] : [{ node, free, share: free / all }],
    )
    .toSorted((a, b) => a.free - b.free);
  const [worst] = known;
  if (!worst)
    return yellow('It is not known how much is free.', 'Wait a minute for the daemon to report.');
  const where = known.length > 1 ? ` on ${worst.node}` : '';
  const percent = Math.floor(worst.share * 100);
  const days = daysLeft(worst.free, diskShrinkPerDay);
  const free = `${percent} % free${where}`;
  if (worst.free < 200 * 2 ** 20 || percent < 2) return red(`Almost full: ${free}.`, todo);
  if (days !== null && days < 3) return red(`${free}, enough for ${days} days as it goes.`, todo);
  if (percent < 10) return yellow(`${free}.`, todo);
  if (days !== null && days < 30)
    return yellow(`${free}, enough for ${days} days as it goes.`, todo);
  return green(
    days !== null && days < 365 ? `${free}, enough for ${days} days as it goes.` : `${free}.`,
  );
}

/** Whole days until the disk is full at this pace; null where it does not fill, or nobody knows. */
export function daysLeft(freeBytes: number, shrinkPerDay: number | null): number | null {
  if (shrinkPerDay === null || shrinkPerDay <= 0) return null;
  return Math.floor(freeBytes / shrinkPerDay);
}

function judgeCertificate({ certificates }: Facts): Part {
  const { green, yellow, red } = part('certificate', 'Certificate', '/admin/certificates');
  const { state, daysLeft: days, text } = certificates;
  const todo = {
    good: '',
    none: 'Get one from an authority, by ACME or as files.',
    soon: 'Get another one: programs of users and other servers refuse an expired certificate.',
    failing: 'Correct what it says, or choose another certificate.',
  }[state];
  if (state !== 'none' && days !== null && days < 3) return red(text, todo);
  return state === 'good' ? green(text) : yellow(text, todo);
}

function judgeDns({ dns: { ok, none, failed } }: Facts): Part {
  const { green, yellow, red } = part('dns', 'DNS resolver', '/admin/settings/delivery');
  const asked = ok + none + failed;
  const todo =
    'Check the name servers of the setting delivery.dnsServers, or of the operating system.';
  if (asked === 0) return green('Not asked in the last hour.');
  const percent = Math.round((failed / asked) * 100);
  if (failed >= 5 && failed > asked / 2)
    return red(`${percent} % of questions failed in the last hour.`, todo);
  if (failed >= 5 && failed > asked / 10)
    return yellow(`${percent} % of questions failed in the last hour.`, todo);
  return green(
    failed === 0
      ? 'It answers.'
      : `It answers; ${failed} of ${asked} questions failed in the last hour.`,
  );
}

function judgeDomains({ domains: { checked, wrong, examples } }: Facts): Part {
  const { green, yellow } = part('domains', 'DNS of domains', '/admin/domains?dns=wrong');
  if (checked === 0) return green('Not looked at yet.');
  if (wrong === 0) return green(`All records are right, of ${checked} looked at.`);
  const more = wrong > examples.length ? ` and ${wrong - examples.length} more` : '';
  return yellow(
    `Records are not right: ${examples.join(', ')}${more}.`,
    'The page DNS records of the domain says what its provider should write.',
  );
}

function judgeBlockLists({ blockLists }: Facts): Part {
  const { green, red } = part(
    'block-lists',
    'Block lists',
    '/admin/statistics?subject=block-lists',
  );
  if (!blockLists) return green('Not asked yet.');
  if (blockLists.isGood) return green(blockLists.text);
  return red(
    `${blockLists.text}.`,
    'Find out what was sent (Queue, Events), stop it, and ask the list to be removed: its site says how.',
  );
}

function judgeJobs({ jobs }: Facts): Part {
  const { green, yellow } = part('jobs', 'Timed jobs', '/admin/jobs');
  const failing = jobs.filter(({ isGood }) => !isGood);
  if (failing.length === 0)
    return green(jobs.length === 0 ? 'None has run yet.' : 'All of them work.');
  const names = new Map(failing.map(({ name, error }) => [name, `${name} (${error})`]));
  return yellow(
    `Failed: ${[...names.values()].slice(0, mostNamed).join(', ')}.`,
    'The page of jobs says more; the next run tries again. If it stays, look in the log (“job failed”).',
  );
}

function judgeBackup({ backup: { folder, ageMs, expectedMs, failure } }: Facts): Part {
  const { green, yellow, red } = part('backup', 'Backup', '/admin/backup');
  const todo = 'The page of backups shows what happened; “Back up now” tries again.';
  if (failure) return red(`The last one failed: ${failure}`, todo);
  if (ageMs === null) {
    return folder === ''
      ? yellow(
          'The server takes none.',
          'Name a folder on another disk on the page of backups. (Nothing to do where “npx drey backup” runs by cron.)',
        )
      : yellow('There is none yet.', 'The page of backups takes one.');
  }
  const text = `The last one is ${describeSeconds(ageMs / 1000)} old.`;
  const lateMs = expectedMs === null ? 2 * dayMs : 2 * expectedMs + hour * 1000;
  if (ageMs > 7 * dayMs) return red(text, todo);
  return ageMs > lateMs ? yellow(text, todo) : green(text);
}

/** What a part watched all the time says already is not said again. */
function judgeDoctor({ doctor, now }: Facts, watched: Part[]): Part {
  const { green, yellow, red } = part('doctor', 'Doctor', '/admin/doctor');
  if (!doctor) return green('Nobody has asked it yet.');
  const told = watched.filter(({ colour }) => colour !== 'green').map(({ name }) => name);
  const list = (wanted: DoctorVerdict) =>
    doctor.outcomes
      .filter(({ id, verdict }) => verdict === wanted && !told.includes(id))
      .map(({ title }) => title);
  const [problems, warnings] = [list('problem'), list('warning')];
  const ago = describeSeconds((now.getTime() - doctor.at.getTime()) / 1000);
  if (problems.length + warnings.length === 0) return green(`Found nothing more, ${ago} ago.`);
  const text = `Found ${ago} ago: ${[...problems, ...warnings].join(', ')}.`;
  return (problems.length > 0 ? red : yellow)(text, 'Its page says of each what to do.');
}

/** 90 → "1 minute", 7300 → "2 hours" */
export function describeSeconds(seconds: number): string {
  const units = [
    ['day', 24 * hour],
    ['hour', hour],
    ['minute', minute],
  ] as const;
  for (const [unit, length] of units) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return 'less than a minute';
}
