// `npm start`: prepares the checkout, then becomes the daemon (server/main.ts) on the pinned Node 24.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { PrepareError, pinnedNode, prepare, prepareWeb, root } from './prepare.mjs';
import { daemonFlags, processEnv } from './small-process.mjs';

const say = (line) => process.stdout.write(`${line}\n`);
try {
  await prepare(say);
  await prepareWeb(say);
} catch (error) {
  if (!(error instanceof PrepareError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
}

const main = join(root, 'server', 'main.ts');
// DREY_RESTARTS: after a failure of its storage the daemon begins again by itself (server/restart.ts).
const env = { ...processEnv, DREY_RESTARTS: '0', ...process.env };
// On the second start npm runs this on Node 24 already: become the daemon instead of keeping a parent around.
if (process.execve && process.platform !== 'win32') {
  process.execve(pinnedNode, [pinnedNode, ...daemonFlags, main], env);
}
const child = spawn(pinnedNode, [...daemonFlags, main], { stdio: 'inherit', env });
// Ctrl+C reaches the child by itself as a member of the terminal's group; the others are passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
