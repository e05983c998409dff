// The web app's own process: Next behind a plain HTTP server. It is forked by supervise.ts, tells its port
// over IPC, and ends with its parent. The server writes the peer's address into a header of our own, so
// that the sign-in throttle cannot be talked out of it by a header the client sends.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import next from 'next';

const [host = '127.0.0.1', port = '3000'] = process.argv.slice(2);
/** Header with the peer's address; what a client sends under this name is overwritten. */
const remoteHeader = 'x-drey-remote';

const server = createServer();
const app = next({
  dev: false,
  dir: join(import.meta.dirname, '..', '..'),
  httpServer: server,
  hostname: host,
  port: Number(port),
});
const handle = app.getRequestHandler();
server.on('request', (request, response) => {
  request.headers[remoteHeader] = request.socket.remoteAddress ?? '';
  void handle(request, response);
});
server.on('error', (error: NodeJS.ErrnoException) => {
  process.send?.({ kind: 'failed', code: error.code ?? '', text: error.message }, () =>
    process.exit(1),
  );
});
await app.prepare();
server.listen(Number(port), host, () => {
  process.send?.({ kind: 'ready', port: (server.address() as AddressInfo).port });
});

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
