// The web app's own process: Next behind a plain HTTP server. It is forked by supervise.ts, tells its port
// over IPC, and ends with its parent. The X-Forwarded headers are believed only from a proxy on this
// machine; from anybody else they are replaced by what the socket says, so that the sign-in throttle
// cannot be talked out of the peer's address.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import next from 'next';
import { isLoopback, plainAddress } from '#lib/accounts/network.ts';
import { logOf } from '#lib/log.ts';
import { startMaillog } from '../maillog/writer.ts';
import { serveStatic } from './static-files.ts';

const log = logOf('web');

const [host = '127.0.0.1', port = '3000'] = process.argv.slice(2);
/** From supervise.ts: listen on another address, with what lib/env.ts reads. */
type Move = { kind: 'move'; host: string; env: Record<string, string> };
const root = join(import.meta.dirname, '..', '..');
// Code in the bundle cannot tell where the sources are (lib/webmail/html/clean-apart.ts).
process.env.DREY_ROOT = root;
const server = createServer();
const app = next({
  dev: false,
  dir: root,
  httpServer: server,
  hostname: host,
  port: Number(port),
});
const handle = app.getRequestHandler();
const serve = serveStatic(join(root, process.env.DREY_DIST || '.next', 'static'));
let lastRequestAt = 0;
server.on('request', (request, response) => {
  lastRequestAt = performance.now();
  if (serve(request, response)) return;
  const remote = plainAddress(request.socket.remoteAddress ?? '');
  if (!isLoopback(remote) || !request.headers['x-forwarded-for']) {
    request.headers['x-forwarded-for'] = remote;
  }
  if (!isLoopback(remote)) {
    delete request.headers['x-forwarded-proto'];
    delete request.headers['x-forwarded-host'];
  }
  void handle(request, response);
});
server.on('error', (error: NodeJS.ErrnoException) => {
  process.send?.({ kind: 'failed', code: error.code ?? '', text: error.message }, () =>
    process.exit(1),
  );
});
await app.prepare();
// Sign-ins to the web belong into the mail log too.
await startMaillog();
listen(host, Number(port));

/** Tells the parent when it listens. */
function listen(on: string, at: number): void {
  server.listen(at, on, () => {
    const address = server.address() as AddressInfo;
    // After a server action that redirects, Next fetches the next page from itself: the true port, no TLS.
    const isAny = address.address === '0.0.0.0' || address.address === '::';
    const name = isAny ? '127.0.0.1' : on;
    process.env.__NEXT_PRIVATE_ORIGIN = `http://${name.includes(':') ? `[${name}]` : name}:${address.port}`;
    process.send?.({ kind: 'ready', port: address.port });
  });
}

/** Between two addresses nobody listens for some milliseconds, so the move waits until nobody asks. */
const quietMs = 1500;
const maxWaitMs = 20_000;

process.on('message', (message) => {
  const move = message as Move;
  if (move.kind !== 'move') return;
  Object.assign(process.env, move.env);
  void moveWhenQuiet(move.host);
});

/** Connections that are open, event streams among them, live on; only new ones go to the new address. */
async function moveWhenQuiet(to: string): Promise<void> {
  const { port: current } = server.address() as AddressInfo;
  const deadline = performance.now() + maxWaitMs;
  while (performance.now() - lastRequestAt < quietMs && performance.now() < deadline) {
    await sleep(100);
  }
  server.close();
  listen(to, current);
}

// As `next start` does: one request that fails in an unforeseen place must not end everybody's session.
for (const event of ['unhandledRejection', 'uncaughtException'] as const) {
  process.on(event, (error) => log.error({ err: error }, event));
}

/** Open event streams never end by themselves, so the sockets are closed under them. */
function stop(): void {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), 300).unref();
  setTimeout(() => process.exit(0), 1500).unref();
}
process.on('SIGTERM', stop);
process.on('disconnect', stop);
// Ctrl+C reaches the whole process group; the parent decides when this process ends.
process.on('SIGINT', () => {});
