// The scrape endpoint (Prometheus text format): GET /metrics, on the loopback address unless the
// setting listeners.metrics says otherwise. Counters are in index.ts; gauges of state are read at each scrape
// (gauges.ts).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import { logOf } from '#lib/log.ts';
import { openListener } from '#server/net/listeners.ts';
import type { Running } from '#server/net/running.ts';
import { listenAt } from '#server/net/socket.ts';
import { readGauges, readHealthParts } from './gauges.ts';
import { registry } from './index.ts';
import { timeWrites } from './timing.ts';

const maxConnections = 20;
const log = logOf('metrics');

/** Starts the endpoint. Rejects with a sentence for a person when the port cannot be had. */
export async function startMetrics(): Promise<Running> {
  if (!registry.getSingleMetric('process_cpu_seconds_total')) {
    collectDefaultMetrics({ register: registry });
  }
  timeWrites();
  const server = createServer(
    { requestTimeout: 10_000, headersTimeout: 10_000, maxHeaderSize: 8192 },
    (request, response) => {
      answer(request, response).catch((error: unknown) => {
        log.error({ error }, 'the metrics could not be collected');
        response.writeHead(500).end();
      });
    },
  );
  // The sockets are opened elsewhere; without this it would not end requests that take too long.
  server.emit('listening');
  const sockets = new Set<Socket>();
  const accept = (socket: Socket) => {
    if (sockets.size >= maxConnections) return void socket.destroy();
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    server.emit('connection', socket);
  };
  const open = await openListener({
    name: 'metrics',
    open: (address, isBeside) => listenAt(address, { accept }, isBeside),
    countSessions: () => sockets.size,
  });
  return {
    get ports() {
      return { metrics: open.port };
    },
    stop: async () => {
      await open.close();
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/metrics') return void response.writeHead(404).end('Not found\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end('GET only\n');
  }
  await Promise.all([readGauges(), readHealthParts()]);
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType });
  response.end(request.method === 'HEAD' ? '' : text);
}
