// Makes a checkout runnable: installs packages, generates the database clients, builds the web app, each
// only where something it depends on changed. Plain JavaScript without a dependency, for Node 20 and newer,
// because it runs before anything is installed.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** The pinned Node 24, from the npm package "node". */
export const pinnedNode = join(root, 'node_modules', 'node', 'bin', 'node');
const stepLimitMs = 20 * 60_000;

/** A failure that a person can mend; the message says how. */
export class PrepareError extends Error {}

/** Runs every missing step. `say` gets one line a step. */
export async function prepare(say) {
  checkNode();
  if (!isInstalled()) {
    say('Installing packages (once, a minute or two) …');
    await run(
      'npm',
      ['ci', '--include=dev', '--no-audit', '--no-fund'],
      'The packages could not be installed. Is the network up, and is npm on the PATH? Then run the command again.',
    );
  }
  const schemaHash = hashFiles([
    join(root, 'prisma', 'schema.prisma'),
    join(root, 'prisma', 'generate.mjs'),
  ]);
  if (readStamp(schemaStamp) !== schemaHash) {
    say('Generating the database clients …');
    await run(
      pinnedNode,
      [join('prisma', 'generate.mjs')],
      'The database clients could not be generated. Remove node_modules and run the command again.',
    );
    writeFileSync(schemaStamp, schemaHash);
  }
}

/** Builds the web app where its sources changed since the last build. */
export async function prepareWeb(say) {
  const sources = [
    'app',
    'components',
    'lib',
    'public',
    'prisma/schema.prisma',
    'package-lock.json',
    'next.config.ts',
    'postcss.config.mjs',
    'tsconfig.json',
  ];
  const hash = hashFiles(sources.flatMap((name) => listFiles(join(root, name))));
  const stamp = join(root, '.next', 'drey-build');
  if (readStamp(stamp) === hash) return;
  say('Building the web app (half a minute) …');
  const next = join('node_modules', 'next', 'dist', 'bin', 'next');
  const build = () =>
    run(pinnedNode, [next, 'build'], 'The web app could not be built; the lines above say where.', {
      NEXT_TELEMETRY_DISABLED: '1',
      NODE_ENV: 'production',
    });
  const folder = dirname(stamp);
  const hadCache = existsSync(folder);
  await build().catch((error) => {
    if (!hadCache) throw error;
    // A build that was interrupted can leave a cache behind that breaks every later one.
    say('Once more, from the beginning …');
    rmSync(folder, { recursive: true, force: true });
    return build();
  });
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

const schemaStamp = join(root, 'prisma', 'generated', 'hash');

function checkNode() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  if (major < 20) {
    throw new PrepareError(
      `Drey needs Node 20 or newer to start; this is ${process.version}. Install it from https://nodejs.org.`,
    );
  }
}

/** Whether node_modules holds what the lock file names; optional packages of other platforms do not count. */
function isInstalled() {
  if (!existsSync(pinnedNode)) return false;
  try {
    const wanted = readJson(join(root, 'package-lock.json')).packages;
    const installed = readJson(join(root, 'node_modules', '.package-lock.json')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) =>
        path === '' ||
        entry.optional ||
        entry.devOptional ||
        entry.peer ||
        installed[path]?.version === entry.version,
    );
  } catch {
    return false;
  }
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

function listFiles(path) {
  if (!existsSync(path)) return [];
  if (!/(^|\/)[^./]+$/.test(path)) return [path];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function hashFiles(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(`${file.slice(root.length)}\n`).update(readFileSync(file));
  return hash.digest('hex');
}

/** Runs a tool; its output is shown only where it fails. */
export function run(command, args, failure, env = {}) {
  return new Promise((resolve, reject) => {
    const output = [];
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...env },
      timeout: stepLimitMs,
    });
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) =>
      reject(
        new PrepareError(
          error.code === 'ENOENT'
            ? `The program "${command}" is missing. Install Node with npm (https://nodejs.org) and run the command again.`
            : `${failure} (${error.message})`,
        ),
      ),
    );
    child.on('close', (code) => {
      if (code === 0) return resolve();
      process.stderr.write(
        `${Buffer.concat(output).toString('utf8').split('\n').slice(-40).join('\n')}\n`,
      );
      reject(new PrepareError(failure));
    });
  });
}
