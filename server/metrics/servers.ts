// The scrape endpoint (Prometheus text format): GET /metrics, on loopback only, whatever the other
// listeners are bound to. Counters are in index.ts; gauges of state are read at each scrape (gauges.ts).
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics } from 'prom-client';
import { portOf } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { explain } from '#server/net/listener.ts';
import type { Running } from '#server/net/running.ts';
import { readGauges } from './gauges.ts';
import { registry } from './index.ts';
import { timeWrites } from './timing.ts';

const host = '127.0.0.1';
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
  server.maxConnections = 20;
  const port = portOf('metrics');
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(explain(error, { name: 'metrics', host, port })));
    server.listen({ host, port }, resolve);
  });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { stop, ports: { metrics: (server.address() as AddressInfo).port } };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?')[0];
  if (path !== '/metrics') return void response.writeHead(404).end('Not found\n');
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return void response.writeHead(405, { allow: 'GET, HEAD' }).end('GET only\n');
  }
  await readGauges();
  const text = await registry.metrics();
  response.writeHead(200, { 'content-type': registry.contentType });
  response.end(request.method === 'HEAD' ? '' : text);
}
