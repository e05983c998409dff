// `npm test`: prepares the checkout (packages, clients, Chromium, web build), then type check, lint and every
// test. The last line is "N passed, M failed"; the exit code says the same. Plain JavaScript for Node 20,
// because it runs before anything is installed.
// What touches the database runs twice: on SQLite and on PostgreSQL.
//   npm test -- imap        only test files whose path holds "imap"
// One file on one database, by hand (leave the option out for SQLite):
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
} from 'node:fs';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { PrepareError, pinnedNode, prepare, prepareWeb, root, run } from '../server/prepare.mjs';

// What one test file compiled serves the next.
process.env.NODE_COMPILE_CACHE ||= join(root, 'node_modules', '.cache', 'drey-code');

/** A disk in memory answers a sync at once: half of what the tests of the store wait for. Null where there is no room. */
function makeQuickFolder() {
  const memory = '/dev/shm';
  const neededBytes = 4 * 2 ** 30;
  if (process.env.TMPDIR || !existsSync(memory) || freemem() < neededBytes) return null;
  const { bavail, bsize } = statfsSync(memory);
  if (bavail * bsize < neededBytes) return null;
  const folder = mkdtempSync(join(memory, 'drey-tests-'));
  // Servers that run as users of their own come in too.
  chmodSync(folder, 0o1777);
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const [number, signal] of [
    [2, 'SIGINT'],
    [15, 'SIGTERM'],
  ]) {
    process.once(signal, () => process.exit(128 + number));
  }
  return folder;
}

const say = (line) => process.stdout.write(`${line}\n`);
const filter = process.argv[2] ?? '';
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

async function checkSources() {
  await check('types', [join('node_modules', 'typescript', 'bin', 'tsc'), '--noEmit']);
  const biome = join('node_modules', '@biomejs', 'biome', 'bin', 'biome');
  await check('format and lint', [biome, 'check', '--error-on-warnings', '.']);
}

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

/** An existing browser, else Debian's as root, else Playwright's own. Tests find it by CHROMIUM_PATH. */
async function prepareChromium() {
  if (!findChromium() && isDebianRoot) {
    say('Installing Chromium …');
    await installDebian(['chromium'], 'Chromium could not be installed with apt-get.');
  }
  const found = findChromium();
  if (found) {
    process.env.CHROMIUM_PATH = found;
    return;
  }
  say('Downloading Chromium …');
  await run(
    'npx',
    ['playwright', 'install', 'chromium'],
    'Chromium could not be downloaded; install it and set CHROMIUM_PATH.',
  );
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

/** Why nothing can run on PostgreSQL here; empty where it can. */
function findPostgresqlMissing() {
  const script =
    "import { postgresqlMissing } from './tests/support/postgresql.ts'; process.stdout.write(postgresqlMissing() || '')";
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  return spawnSync(pinnedNode, args, { cwd: root, encoding: 'utf8' }).stdout;
}

/** The same tests on PostgreSQL. Continuous integration (.ci/run) must have it. */
async function runOnPostgresql(files) {
  const missing = findPostgresqlMissing();
  if (!missing) {
    const options = ['--test-global-setup=tests/support/on-postgresql.ts'];
    return runTests('the same tests on PostgreSQL', files, 1, options);
  }
  if (process.env.DREY_TESTS_COMPLETE) failed += 1;
  say(`${process.env.DREY_TESTS_COMPLETE ? 'FAIL' : 'skip'}  tests on PostgreSQL: ${missing}`);
}

/** Runs test files with node's runner, `concurrency` at once, 0 = in one process; our reporter prints failures and counts. */
function runTests(name, files, concurrency, options = []) {
  if (files.length === 0) return Promise.resolve();
  const args = [
    '--disable-warning=ExperimentalWarning',
    '--test',
    ...(concurrency > 0 ? [`--test-concurrency=${concurrency}`] : ['--test-isolation=none']),
    '--test-timeout=180000',
    ...options,
    `--test-reporter=${join(root, 'tests', 'support', 'reporter.mjs')}`,
    ...files,
  ];
  return new Promise((resolve) => {
    const child = spawn(pinnedNode, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, DREY_LOG_LEVEL: process.env.DREY_LOG_LEVEL ?? 'silent' },
    });
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      process.stdout.write(chunk.toString('utf8').replace(/^counts .*\n/gm, ''));
    });
    child.on('close', (code) => {
      const counts = /^counts (\d+) (\d+)$/m.exec(text);
      passed += Number(counts?.[1] ?? 0);
      // A runner that broke before it could count is a failure too.
      failed += counts ? Number(counts[2]) : 1;
      if (code !== 0 && counts?.[2] === '0') failed += 1;
      const words = counts ? `${counts[1]} passed, ${counts[2]} failed` : 'broken off';
      say(`      ${name}: ${words}, done after ${seconds()}`);
      resolve();
    });
  });
}

try {
  const quickFolder = makeQuickFolder();
  if (quickFolder) process.env.TMPDIR = quickFolder;
  await prepare(say);
  await prepareChromium();
  await prepareClients();
  await prepareWeb(say);
  say(`Prepared after ${seconds()}`);
  const all = findTests();
  const isWhole = (path) => /^tests\/(e2e|flows)\//.test(path);
  const both = all.filter(
    (path) => onBothDatabases.some((pattern) => pattern.test(path)) && !isPure(path),
  );
  // Browsers and daemons wait a good part of their time: what computes goes on beside them.
  const parts = all.filter((path) => !isWhole(path));
  const computeRest = async () => {
    if (!filter) await checkSources();
    await runTests('pure tests', parts.filter(isPure), 0);
    await runTests(
      'unit and protocol tests',
      parts.filter((path) => !isPure(path)),
      1,
    );
    if (both.length > 0) await runOnPostgresql(both);
  };
  await Promise.all([runTests('flow and browser tests', all.filter(isWhole), 1), computeRest()]);
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  process.stderr.write(`${error.message}\n`);
  failed += 1;
}
say(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
