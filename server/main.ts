// The daemon: opens data and database, starts the list of services in order, stops them in reverse.
// `npm start` runs it; tests fork it and get its ports over IPC.
import { setTimeout as sleep } from 'node:timers/promises';
import { closeDatabase } from '#lib/db.ts';
import { portFromEnvironment } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { watchOtherProcesses } from '#lib/poke.ts';
import { setEnding, storageLostCode } from '#lib/storage-failure.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { announce } from './announce.ts';
import { startCollecting } from './collect/runner.ts';
import { startConfiguration } from './configuration/watch.ts';
import { startControl } from './control/servers.ts';
import { openData, StartError } from './data-folder.ts';
import { startImapServers } from './imap/servers.ts';
import { startJobs } from './jobs/index.ts';
import { startNumbers } from './jobs/minute.ts';
import { startMaillog } from './maillog/writer.ts';
import { startMetrics } from './metrics/servers.ts';
import { startListenerReports } from './net/report.ts';
import type { Running } from './net/running.ts';
import { startPop3Servers } from './pop3/servers.ts';
import { startQueue } from './queue/runner.ts';
import { beginAgain, isBeginningAgain, pauseAfterFailure } from './restart.ts';
import { startRelayTests } from './smtp/relay-test/relay-watch.ts';
import { startSmtpServers } from './smtp/servers.ts';
import { startLmtp } from './smtp/wire/lmtp-listener.ts';
import { startCheckpoints } from './store/checkpoints.ts';
import { startSearch } from './store/search/text-hits.ts';
import { startOrders } from './tls/acme/runner.ts';
import { startCertificates } from './tls/certificate.ts';
import { startWeb } from './web/supervise.ts';
import { startWebhooks } from './webhooks/runner.ts';

type Service = { name: string; start(): Promise<Running> };

/** In the order they start. Certificates before whoever needs TLS, the web app after the ports it calls. */
const services: Service[] = [
  { name: 'maillog', start: startMaillog },
  { name: 'checkpoints', start: () => startCheckpoints() },
  // Before all that reads it: what was not confirmed goes back first.
  { name: 'configuration', start: startConfiguration },
  { name: 'certificates', start: startCertificates },
  { name: 'smtp', start: startSmtpServers },
  { name: 'lmtp', start: startLmtp },
  { name: 'relay-test', start: startRelayTests },
  { name: 'imap', start: startImapServers },
  { name: 'pop3', start: startPop3Servers },
  { name: 'queue', start: startQueue },
  { name: 'collecting', start: startCollecting },
  { name: 'webhooks', start: startWebhooks },
  { name: 'search', start: startSearch },
  { name: 'jobs', start: () => startJobs() },
  { name: 'certificate-orders', start: startOrders },
  { name: 'metrics', start: startMetrics },
  { name: 'numbers', start: startNumbers },
  { name: 'control', start: startControl },
  { name: 'web', start: () => startWeb() },
  { name: 'listener-reports', start: startListenerReports },
];

/** A service that does not end in this time is left behind; the process ends anyway. */
const stopWithinMs = 4000;

const running: { name: string; service: Running }[] = [];
let isStopping = false;

async function startAll(): Promise<void> {
  for (const { name, start } of services) {
    const service = await start();
    running.push({ name, service });
    keepPorts();
    for (const [protocol, port] of Object.entries(service.internal ?? {})) {
      process.env[`DREY_INTERNAL_${protocol.toUpperCase()}`] = `127.0.0.1:${port}`;
    }
  }
}

/** Ends the services in reverse order. */
async function stopAll(): Promise<void> {
  for (const { name, service } of running.splice(0).reverse()) {
    const isLate = await Promise.race([
      service.stop().then(() => false),
      sleep(stopWithinMs, true, { ref: false }),
    ]).catch((error) => log.error({ err: error, service: name }, 'a service did not stop cleanly'));
    if (isLate) log.warn({ service: name }, 'a service is left behind');
  }
}

async function shutDown(code: number): Promise<void> {
  isStopping = true;
  process.exitCode = code;
  // Whatever hangs, the process is gone within five seconds; not by exit(), which waits for threads.
  setTimeout(() => process.kill(process.pid, 'SIGKILL'), 4500).unref();
  await stopAll();
  await flushTrail();
  await closeDatabase();
  // Nothing is open any more, so the process ends by itself; the channel to whoever forked it goes last.
  if (process.connected) process.disconnect();
}

/** The first port of each listener now. */
function listOpenPorts(): Record<string, number> {
  const all = running.flatMap(({ service }) => Object.entries(service.ports ?? {}));
  return Object.fromEntries(all.flatMap(([name, port]) => (port ? [[name, port]] : [])));
}

/** A port that the system chose (0) is known to whatever this process starts, and stays when it begins again. */
function keepPorts(): void {
  for (const [name, port] of Object.entries(listOpenPorts())) {
    const variable = `DREY_${name.toUpperCase()}_PORT`;
    if (process.env[variable] === '0') process.env[variable] = String(port);
  }
}

setEnding(beginAgain);
await pauseAfterFailure();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!isStopping) void shutDown(0);
  });
}
// A forked daemon ends with whoever forked it.
process.on('disconnect', () => {
  if (!isStopping) void shutDown(0);
});
process.on('unhandledRejection', (error) => log.error({ err: error }, 'unhandled rejection'));
process.on('uncaughtException', (error) => {
  log.fatal({ err: error }, 'uncaught exception');
  void shutDown(1);
});

try {
  for (const name of ['web', 'smtp', 'imap'] as const) portFromEnvironment(name);
  await openData();
  watchOtherProcesses();
  await startAll();
  await announce();
  process.send?.({ kind: 'ready', ports: listOpenPorts() });
} catch (error) {
  const isOurs = error instanceof StartError;
  if (!isOurs) log.debug({ err: error }, 'start failed');
  process.stderr.write(`Drey could not start. ${(error as Error).message}\n`);
  // What made it begin again may last.
  if (isBeginningAgain()) beginAgain(storageLostCode);
  await shutDown(1);
}
