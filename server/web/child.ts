// The web app's own process: Next behind a plain HTTP server. It is forked by supervise.ts, which tells it over IPC
// which sockets to open, and ends with its parent. The X-Forwarded headers are believed only from a proxy on this
// machine; from anybody else they are replaced by what the socket says, so that the sign-in throttle
// cannot be talked out of the peer's address (peer.ts).
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import type { TLSSocket } from 'node:tls';
import next from 'next';
import { isLoopback, plainAddress } from '#lib/accounts/network.ts';
import { logOf } from '#lib/log.ts';
import { startMaillog } from '../maillog/writer.ts';
import { noteHidingProxy } from './hiding-proxy.ts';
import { findHsts } from './hsts.ts';
import { findPeer } from './peer.ts';
import { findSecureUrl } from './secure-url.ts';
import { followQuestions } from './sockets.ts';
import { serveStatic } from './static-files.ts';
import { refuseUnreadable } from './unreadable.ts';

const log = logOf('web');
const root = join(import.meta.dirname, '..', '..');
// Code in the bundle cannot tell where the sources are (lib/webmail/html/clean-apart.ts).
process.env.DREY_ROOT = root;

const server = createServer();
// A door of its own: after a server action that redirects, Next fetches the next page from itself.
await new Promise<void>((resolve) => server.listen({ host: '127.0.0.1', port: 0 }, resolve));
const { port } = server.address() as AddressInfo;
process.env.__NEXT_PRIVATE_ORIGIN = `http://127.0.0.1:${port}`;
const app = next({ dev: false, dir: root, httpServer: server, hostname: '127.0.0.1', port });
const handle = app.getRequestHandler();
const serve = serveStatic(join(root, process.env.DREY_DIST || '.next', 'static'));
server.on('request', (request, response) => {
  if (refuseUnreadable(request, response)) return;
  const remote = plainAddress(request.socket.remoteAddress ?? '');
  const isSecure = (request.socket as TLSSocket).encrypted === true;
  const isFromProxy = isLoopback(remote) && Boolean(request.headers['x-forwarded-for']);
  const { forwardedFor, hiddenBehind } = findPeer(remote, request.headers);
  request.headers['x-forwarded-for'] = forwardedFor;
  if (hiddenBehind !== null) noteHidingProxy(hiddenBehind);
  if (!isLoopback(remote)) {
    delete request.headers['x-forwarded-proto'];
    delete request.headers['x-forwarded-host'];
  }
  if (isSecure && !isFromProxy) request.headers['x-forwarded-proto'] = 'https';
  // A proxy on this machine has the TLS; Next's own door needs none.
  const isPrivate = isFromProxy || request.socket.localPort === port;
  findSecureUrl(request, isSecure || isPrivate)
    .then(async (url) => {
      const hsts = isSecure ? await findHsts(request) : null;
      if (hsts) response.setHeader('strict-transport-security', hsts);
      if (url) return void response.writeHead(308, { location: url }).end();
      if (!serve(request, response)) void handle(request, response);
    })
    .catch((error) => {
      log.error({ err: error }, 'a request could not be served');
      response.writeHead(500).end();
    });
});
await app.prepare();
// Sign-ins to the web belong into the mail log too.
await startMaillog();
followQuestions((socket: Socket) => server.emit('connection', socket));

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
