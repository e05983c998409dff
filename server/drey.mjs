#!/usr/bin/env node
// `npx drey …`: the command line (server/cli/main.ts) on the pinned Node 24.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PrepareError, pinnedNode, prepare, root } from './prepare.mjs';
import { daemonFlags, processEnv } from './small-process.mjs';

if (!existsSync(pinnedNode)) {
  process.stderr.write('Drey is not installed yet: run "npm start" (or "npm ci") once.\n');
  process.exit(1);
}
try {
  await prepare(() => {});
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}
const args = [...daemonFlags, join(root, 'server', 'cli', 'main.ts'), ...process.argv.slice(2)];
const child = spawn(pinnedNode, args, { stdio: 'inherit', env: { ...processEnv, ...process.env } });
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
