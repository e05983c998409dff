// `npm test`: prepares the checkout (packages, clients, Chromium, web build), then type check, lint and every
// test. The last line is "N passed, M failed"; the exit code says the same. Plain JavaScript for Node 20,
// because it runs before anything is installed.
//   npm test -- imap        only test files whose path holds "imap"
// All of that is on SQLite. What touches the database runs once more on PostgreSQL:
//   npm run test:postgresql [-- imap]
// Continuous integration (.ci/run) does both in one run. One file on PostgreSQL, by hand:
//   npx node --test --test-global-setup=tests/support/on-postgresql.ts tests/lib/db.test.ts
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PrepareError, pinnedNode, prepare, prepareWeb, root, run } from '../server/prepare.mjs';
import { runJob, runLanes } from './support/lanes.mjs';

// What one test file compiled serves the next.
process.env.NODE_COMPILE_CACHE ||= join(root, 'node_modules', '.cache', 'drey-code');

/** A disk in memory answers a sync at once: half of what the tests of the store wait for. Null where there is no room. */
function makeQuickFolder() {
  const memory = '/dev/shm';
  const neededBytes = 4 * 2 ** 30;
  if (process.env.TMPDIR || !existsSync(memory) || freemem() < neededBytes) return null;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < neededBytes) return null;
  const name = 'drey-tests-';
  for (const left of readdirSync(memory).filter((each) => each.startsWith(name))) {
    const path = join(memory, left);
    // Of a run that was killed, and could not: one that goes on makes folders in it all the time.
    const isOld = statSync(path).mtimeMs < Date.now() - 6 * 3_600_000;
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
  const folder = mkdtempSync(join(memory, name));
  // Servers that run as users of their own come in too.
  chmodSync(folder, 0o1777);
  // Who was killed may write for a moment still.
  const patience = { maxRetries: 10, retryDelay: 100 };
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, ...patience }));
  return folder;
}

// What runs ends with this process, and the folder goes.
for (const [number, signal] of [
  [1, 'SIGHUP'],
  [2, 'SIGINT'],
  [15, 'SIGTERM'],
]) {
  process.once(signal, () => process.exit(128 + number));
}

const print = (text) => process.stdout.write(text);
const say = (line) => print(`${line}\n`);
const onlyPostgresql = '--postgresql';
const isOnlyPostgresql = process.argv.includes(onlyPostgresql);
/** Everything, and nothing is skipped for want of a program (.ci/run). */
const isComplete = Boolean(process.env.DREY_TESTS_COMPLETE);
const filter = process.argv.slice(2).find((word) => word !== onlyPostgresql) ?? '';
// Tests never touch a database that somebody works with.
delete process.env.DATABASE_URL;
const started = performance.now();
let passed = 0;
let failed = 0;

const seconds = () => `${((performance.now() - started) / 1000).toFixed(0)} s`;

/** A check that is one pass or one failure. */
function check(name, args) {
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }
    child.on('close', (code) => {
      if (code === 0) passed += 1;
      else failed += 1;
      say(code === 0 ? `ok    ${name}` : `FAIL  ${name}\n${printed}`);
      resolve();
    });
  });
}

let web = null;
/** Once; only where something needs the pages. */
function buildWeb() {
  web ??= prepareWeb(say);
  return web;
}

async function checkSources() {
  // Types of the pages come from their build.
  await buildWeb();
  await check('types', [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit']);
  const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  await check('format and lint', [biome, 'check', '--error-on-warnings', '.']);
}

/** Without windows and menus; the browser tests prefer it (browser.ts). */
const chromiumShell = '/usr/bin/chromium-headless-shell';
const chromiumPlaces = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const findChromium = () => chromiumPlaces.find((path) => path && existsSync(path));
const isDebianRoot =
  process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');

/** Packages of npm and of the system at the same time: each waits for its network most of the time. */
async function prepareAll() {
  const packages = prepare(say);
  // Settles below.
  packages.catch(() => {});
  await prepareChromium(packages);
  await prepareClients();
  await packages;
}

/** An existing browser, else Debian's as root, else Playwright's own (of `packages`). Tests find it by CHROMIUM_PATH. */
async function prepareChromium(packages) {
  if (!findChromium() && isDebianRoot) {
    say('Installing Chromium …');
    await installDebian(['chromium'], 'Chromium could not be installed with apt-get.');
  }
  if (!process.env.CHROMIUM_PATH) await prepareChromiumShell();
  const found = findChromium();
  if (found) {
    process.env.CHROMIUM_PATH = found;
    return;
  }
  await packages;
  say('Downloading Chromium …');
  await run(
    'npx',
    ['playwright', 'install', 'chromium'],
    'Chromium could not be downloaded; install it and set CHROMIUM_PATH.',
  );
}

async function prepareChromiumShell() {
  if (!existsSync(chromiumShell) && isDebianRoot) {
    // Without it the whole browser does.
    await installDebian(['chromium-headless-shell'], '').catch(() => {});
  }
  if (existsSync(chromiumShell)) process.env.CHROMIUM_SHELL_PATH = chromiumShell;
}

/** Real mail clients and servers, PostgreSQL and strace (faults of the disk) for the tests. Where they cannot be had, those tests say so. */
async function prepareClients() {
  const clients = {
    // swaks speaks TLS only with the Perl library beside it.
    swaks: ['swaks', 'libnet-ssleay-perl'],
    curl: ['curl'],
    neomutt: ['neomutt'],
    mbsync: ['isync'],
    msmtp: ['msmtp'],
    offlineimap: ['offlineimap3'],
    fetchmail: ['fetchmail'],
    getmail: ['getmail6'],
    mpop: ['mpop'],
    psql: ['postgresql'],
    strace: ['strace'],
    slapd: ['slapd'],
    // An authority that gives certificates by ACME.
    pebble: ['pebble'],
    // DNSSEC: a resolver that validates, and the tools that sign a zone.
    unbound: ['unbound'],
    'ldns-signzone': ['ldnsutils'],
  };
  const missing = Object.entries(clients)
    .filter(([program]) => spawnSync('which', [program]).status !== 0)
    .flatMap(([, names]) => names);
  if (missing.length === 0 || !isDebianRoot) return;
  say(`Installing mail clients for the flow tests (${missing.join(', ')}) …`);
  await installDebian(missing, '').catch(() =>
    say('They could not be installed; their tests are skipped.'),
  );
}

async function installDebian(names, failure) {
  const options = [
    '-o',
    'DPkg::Lock::Timeout=600',
    'install',
    '-y',
    '--no-install-recommends',
    ...names,
  ];
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  try {
    await run('apt-get', options, failure, env);
  } catch {
    await run('apt-get', ['-o', 'DPkg::Lock::Timeout=600', 'update'], failure, env);
    await run('apt-get', options, failure, env);
  }
}

function findTests() {
  return readdirSync(join(root, 'tests'), { recursive: true })
    .filter((path) => path.endsWith('.test.ts') && path.includes(filter))
    .map((path) => join('tests', path))
    .sort();
}

/**
 * What is told apart by the database: the rooms that read or write it, and the protocols that show it. Of those not
 * what is about bytes on the wire, limits and clocks.
 */
const onBothDatabases = [
  /^tests\/server\/(jobs|queue|store|transfer|backup|webhooks)\//,
  /^tests\/server\/auth\/login/,
  /^tests\/server\/tls\/shelf/,
  /^tests\/server\/delivery\/(local|sending|tls-report)/,
  /^tests\/server\/pop3\/(transaction|uidl)/,
  /^tests\/server\/imap\/(context|imapflow|notify|numbering|qresync|quota|selection|sharing|stress|transcripts)/,
  /^tests\/lib\/(accounts|api|numbers|queue|settings|trail)\/[^/]+$|^tests\/lib\/[^/]+$/,
  /^tests\/server\/smtp\/addresses/,
];

/**
 * Whether a file of tests leaves nothing behind in its process: no database, environment, socket, file, clock or hook of
 * its own. All of those run in one process; the others start one each, which is most of what a short one costs.
 */
function isPure(path) {
  const text = readFileSync(join(root, path), 'utf8');
  return !impure.test(text);
}
const impure =
  /lib\/(db|migrate)\.ts|#tests\/(support|server)|\.\/(fixture|world|client)\.ts|node:(net|tls|http|child_process|worker_threads|cluster)|process\.(env|exit|on)|mkdtemp|mock\.|^(before|after)(Each)?\(/m;

/** Files that have the daemon and the browser of their process in common (shared-daemon.ts) run in one, one after the other. */
const isShared = (path) =>
  readFileSync(join(root, path), 'utf8').includes('support/shared-daemon.ts');

/** A PostgreSQL server for the run: what tests need in their environment, or why there is none. */
async function startPostgresql() {
  const script = join('tests', 'support', 'serve-postgresql.ts');
  const child = spawn(pinnedNode, ['--disable-warning=ExperimentalWarning', script], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const told = new Promise((resolve) => {
    createInterface({ input: child.stdout }).once('line', (line) => resolve(JSON.parse(line)));
  });
  const broken = ended.then((code) => ({ missing: `its server ended with ${code}` }));
  const stop = () => {
    child.stdin.end();
    return ended;
  };
  return { ...(await Promise.race([told, broken])), stop };
}

/** Runs the queues, and at their end the same tests on PostgreSQL. Continuous integration must have those. */
async function runWithPostgresql(whole, parts, files) {
  const { env, missing, stop } = await startPostgresql();
  const bundles = files.map((file) => [file]);
  if (env) parts.push(...makeJobs('the same tests on PostgreSQL', bundles, env));
  else {
    if (isComplete) failed += 1;
    say(`${isComplete ? 'FAIL' : 'skip'}  tests on PostgreSQL: ${missing}`);
  }
  await runLanes(whole, parts);
  await stop();
}

/** Functions that run test files; each element of `bundles` is the files of one process. */
function makeJobs(name, bundles, env = {}) {
  const group = {
    ...{ name, passed: 0, failed: 0, open: bundles.length },
    end: () => {
      passed += group.passed;
      failed += group.failed;
      say(`      ${name}: ${group.passed} passed, ${group.failed} failed, done after ${seconds()}`);
    },
  };
  return bundles.map((files) => () => runJob({ group, files, env }, print));
}

/** Two lanes: what starts whole systems and browsers waits a good part of its time, what computes goes on beside it. */
function makeQueues(all) {
  const isWhole = (path) => /^tests\/(e2e|flows)\//.test(path);
  const whole = all.filter(isWhole);
  const parts = all.filter((path) => !isWhole(path));
  const pure = parts.filter(isPure);
  const shared = whole.filter(isShared);
  const bundle = (files) => (files.length > 0 ? [files] : []);
  const alone = (files) => files.map((file) => [file]);
  const wholes = [...bundle(shared), ...alone(whole.filter((path) => !shared.includes(path)))];
  const rest = alone(parts.filter((path) => !pure.includes(path)));
  return {
    whole: makeJobs('flow and browser tests', wholes).map((runNext) => async () => {
      await buildWeb();
      await runNext();
    }),
    parts: [
      ...makeJobs('pure tests', bundle(pure)),
      ...makeJobs('unit and protocol tests', rest),
      ...(filter ? [] : [checkSources]),
    ],
  };
}

try {
  const quickFolder = makeQuickFolder();
  if (quickFolder) process.env.TMPDIR = quickFolder;
  await prepareAll();
  say(`Prepared after ${seconds()}`);
  const all = findTests();
  const onPostgresql = all.filter(
    (path) => onBothDatabases.some((pattern) => pattern.test(path)) && !isPure(path),
  );
  const { whole, parts } = isOnlyPostgresql ? { whole: [], parts: [] } : makeQueues(all);
  const isTwice = (isOnlyPostgresql || isComplete) && onPostgresql.length > 0;
  await (isTwice ? runWithPostgresql(whole, parts, onPostgresql) : runLanes(whole, parts));
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  process.stderr.write(`${error.message}\n`);
  failed += 1;
}
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
