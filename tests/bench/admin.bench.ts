// The panel on a large server: 100,000 users (DREY_BENCH_USERS), 1,000 domains (…_DOMAINS), 1,000,000 events (…_EVENTS). Server time of each
// page of the menu and below, as super admin and as domain admin, with the heavy ways to look at lists; the script of each page as it
// travels; and how long a change takes until a reader elsewhere sees it. It serves what was built: `next build` first (DREY_DIST).
import { readdirSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { type Daemon, startDaemon, waitHealthy } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { startPostgresql } from '#tests/support/postgresql.ts';
import { addressOf, readActions, type Visitor, visit } from '#tests/support/web-client.ts';
import { doors } from '../app/doors.ts';
import { seedPanel } from './admin-seed.ts';
import { median } from './median.ts';
import type { Bench, Figure } from './run.ts';

const numberOf = (name: string, other: number) =>
  Number(process.env[`DREY_BENCH_${name}`] ?? other);
const size = {
  users: numberOf('USERS', 100_000),
  domains: numberOf('DOMAINS', 1000),
  events: numberOf('EVENTS', 1_000_000),
};
const runs = numberOf('RUNS', 20);
const goals = { pageMs: 300, scriptKb: 250, changeMs: 1000 };
const password = 'eleven brown leaves';
const root = 'root@bench.example';

/** What stands for the variable parts of addresses. */
const examples: [pattern: RegExp, example: string][] = [
  [/^\/admin\/users\/x/, '/admin/users/u1000'],
  [/^\/admin\/domains\/x/, '/admin/domains/d0.bench.test'],
  [/^\/admin\/settings\/x/, '/admin/settings/smtp'],
];

/** Ways to look at lists that cost more than the first page. */
const heavy = [
  '/admin/users?sort=-storage',
  '/admin/users?sort=-seen',
  '/admin/users?sort=name&before=end&n=99951',
  '/admin/users?before=end&n=99951',
  '/admin/users?q=person+12345',
  '/admin/users?q=no+such+user',
  '/admin/users?domain=d7.bench.test&sort=-seen',
  '/admin/users?state=disabled',
  '/admin/domains?before=end',
  '/admin/aliases?q=u777%40',
  '/admin/events?q=u777%40d777.bench.test',
  '/admin/events?q=nowhere%40nobody.test',
  '/admin/events?kind=refused',
];

function listPages(): string[] {
  const pages = Object.values(doors)
    .flat()
    .filter((door) => door.startsWith('(admin)/admin/') && door.endsWith('/page.tsx'))
    .map(addressOf)
    .map((path) => {
      const [pattern, example] = examples.find(([one]) => one.test(path)) ?? [];
      return pattern && example ? path.replace(pattern, example) : path;
    })
    // What needs a thing that this server has none of.
    .filter((path) => !/\/x(\/|$)/.test(path));
  return [...new Set([...pages, ...heavy])].sort();
}

type Timed = { path: string; values: number[] };

async function timePages(visitor: Visitor, paths: string[]): Promise<Timed[]> {
  const timed: Timed[] = [];
  for (const path of paths) {
    const values: number[] = [];
    // The first one loads the page's own code.
    const { status } = await visitor.get(path);
    if (status !== 200) {
      if (status !== 403 && status !== 307) console.error(`${path}: ${status}`);
      continue;
    }
    for (let run = 0; run < runs; run++) {
      const started = performance.now();
      await visitor.get(path);
      values.push(performance.now() - started);
    }
    timed.push({ path, values });
  }
  return timed;
}

const percentile95 = (values: number[]) =>
  [...values].sort((one, other) => one - other)[Math.ceil(values.length * 0.95) - 1] ?? Number.NaN;

/** Bytes of a file as it travels to a browser. */
function readWeight(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': 'br, gzip' } }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.on('end', () => resolve(bytes));
    }).on('error', reject);
  });
}

const weights = new Map<string, number>();

/** Kilobytes of the script files that a page names. */
async function weighScripts(daemon: Daemon, visitor: Visitor, path: string): Promise<number> {
  const { text } = await visitor.get(path);
  const files = new Set(text.match(/\/_next\/static\/[^"'\\ ]+?\.js/g));
  let bytes = 0;
  for (const file of files) {
    if (!weights.has(file)) weights.set(file, await readWeight(daemon.url + file));
    bytes += weights.get(file) ?? 0;
  }
  return bytes / 1000;
}

/** Milliseconds from the click in the panel until a new connection to `daemon` hears the new greeting. */
async function timeChange(visitor: Visitor, daemon: Daemon, banner: string): Promise<number> {
  const action = readActions().get('app/(admin)/admin/settings/actions.ts#saveSettingAction');
  if (!action) throw new Error('the action of the settings is not in the build');
  const started = performance.now();
  const saved = visitor.act(action, { key: 'smtp.banner', value: banner });
  for (;;) {
    const client = connectLines(daemon.ports.smtp);
    const greeting = await client.expect(/^220.*\r\n/);
    client.close();
    if (greeting.includes(banner)) break;
    if (performance.now() - started > 20_000) throw new Error(`never heard: ${greeting}`);
  }
  const took = performance.now() - started;
  await saved;
  return took;
}

async function measure(): Promise<Figure[]> {
  const isPostgresql = process.env.DREY_TEST_POSTGRESQL !== undefined;
  const server = isPostgresql ? await startPostgresql(true) : null;
  const env: Record<string, string> = server ? { DATABASE_URL: server.urlOf() } : {};
  const daemon = await startDaemon({ DREY_LOG_LEVEL: 'warn', ...env });
  const figures: Figure[] = [];
  const add = (name: string, unit: string, values: number[]) =>
    figures.push({ name, unit, values });
  try {
    await waitHealthy(daemon.url);
    await daemon.dreyJson(['setup', '--admin', root, '--password-stdin'], password);
    const file = readdirSync(daemon.folder).find((name) => name.endsWith('.db')) ?? '';
    const seeding = performance.now();
    const database = server ? { url: server.urlOf() } : { file: join(daemon.folder, file) };
    await seedPanel(database, size, root);
    add('filling the tables', 's', [(performance.now() - seeding) / 1000]);
    const admin = await visit(daemon.url, { address: root, password });
    const paths = listPages();
    const people = [
      ['super admin', admin],
      ['domain admin', await visit(daemon.url, { address: 'u0@d0.bench.test', password })],
    ] as const;
    for (const [who, visitor] of people) {
      const timed = await timePages(visitor, paths);
      for (const { path, values } of timed) {
        const p95 = percentile95(values);
        const late = p95 > goals.pageMs ? ' !' : '';
        add(`${who} ${path}`, `ms, p95 ${p95.toFixed(0)}${late}`, values);
      }
      const medians = timed.map(({ values }) => median(values));
      add(`${who}: every page, goal ${goals.pageMs}`, 'ms', medians);
    }
    const scripts: number[] = [];
    for (const path of paths) {
      const kilobytes = await weighScripts(daemon, admin, path);
      scripts.push(kilobytes);
      if (kilobytes > goals.scriptKb) add(`script of ${path}`, 'KB !', [kilobytes]);
    }
    add(`script of a page, goal ${goals.scriptKb}`, 'KB', scripts);
    const changes: number[] = [];
    for (let run = 0; run < 5; run++)
      changes.push(await timeChange(admin, daemon, `mail.example.test run ${run}`));
    add(`a change until the daemon shows it, goal ${goals.changeMs}`, 'ms', changes);
    if (server) await timeSecondNode(admin, env, add);
  } finally {
    await daemon.stop();
    await server?.stop();
  }
  return figures;
}

async function timeSecondNode(
  admin: Visitor,
  env: Record<string, string>,
  add: (name: string, unit: string, values: number[]) => void,
): Promise<void> {
  const node = await startDaemon({ DREY_LOG_LEVEL: 'warn', ...env });
  try {
    const changes: number[] = [];
    for (let run = 0; run < 5; run++)
      changes.push(await timeChange(admin, node, `mail.example.test node ${run}`));
    add(`a change until a second node shows it, goal ${goals.changeMs}`, 'ms', changes);
  } finally {
    await node.stop();
  }
}

export const bench: Bench = { help: 'the admin panel on a large server', run: measure };
