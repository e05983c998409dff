// The daemon: opens data and database, starts the list of services in order, stops them in reverse.
// `npm start` runs it; tests fork it and get its ports over IPC.
import { setTimeout as sleep } from 'node:timers/promises';
import { createSetupToken, isSetUp } from '#lib/accounts/setup.ts';
import { closeDatabase } from '#lib/db.ts';
import { type ListenerName, portOf } from '#lib/env.ts';
import { log } from '#lib/log.ts';
import { onPoke, watchOtherProcesses } from '#lib/poke.ts';
import { setEnding, storageLostCode } from '#lib/storage-failure.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startCollecting } from './collect/runner.ts';
import { startControl } from './control/servers.ts';
import { openData, StartError } from './data-folder.ts';
import { startImapServers } from './imap/servers.ts';
import { startJobs } from './jobs/index.ts';
import { startNumbers } from './jobs/minute.ts';
import { startMaillog } from './maillog/writer.ts';
import { startMetrics } from './metrics/servers.ts';
import { listenHost } from './net/bind.ts';
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

type Ports = Partial<Record<ListenerName, number>>;
type Service = { name: string; start(ports: Ports): Promise<Running> };

/** In the order they start. Certificates before whoever needs TLS, the web app after the ports it calls. */
const services: Service[] = [
  { name: 'maillog', start: startMaillog },
  { name: 'checkpoints', start: () => startCheckpoints() },
  { name: 'certificates', start: startCertificates },
  { name: 'smtp', start: startSmtpServers },
  { name: 'lmtp', start: startLmtp },
  { name: 'relay-test', start: startRelayTests },
  { name: 'imap', start: startImapServers },
  { name: 'pop3', start: startPop3Servers },
  { name: 'queue', start: startQueue },
  { name: 'collecting', start: startCollecting },
  { name: 'search', start: startSearch },
  { name: 'jobs', start: () => startJobs() },
  { name: 'certificate-orders', start: startOrders },
  { name: 'metrics', start: startMetrics },
  { name: 'numbers', start: startNumbers },
  { name: 'control', start: startControl },
  { name: 'web', start: (ports) => startWeb(portsForWeb(ports)) },
];

/** A service that does not end in this time is left behind; the process ends anyway. */
const stopWithinMs = 4000;

const running: { name: string; service: Running }[] = [];
const ports: Ports = {};
let isStopping = false;

function portsForWeb(bound: Ports): Record<string, string> {
  const env = Object.fromEntries(
    Object.entries(bound).map(([name, port]) => [`DREY_${name.toUpperCase()}_PORT`, String(port)]),
  );
  return {
    ...env,
    DREY_INTERNAL_IMAP: `${localHost}:${bound.imap}`,
    DREY_INTERNAL_SUBMISSION: `${localHost}:${bound.submission}`,
  };
}

/** Where this machine reaches its own listeners. */
let localHost = '127.0.0.1';

async function startAll(): Promise<void> {
  const host = await listenHost();
  localHost = host === '::' || host === '0.0.0.0' ? '127.0.0.1' : host;
  for (const { name, start } of services) {
    const kept = running.find((one) => one.name === name);
    if (kept) {
      await kept.service.move?.(host, portsForWeb(ports));
      continue;
    }
    const service = await start(ports);
    running.push({ name, service });
    Object.assign(ports, service.ports);
  }
}

/** Ends the services in reverse order; with `isMoving` those that can move stay. */
async function stopAll(isMoving = false): Promise<void> {
  for (const one of running.splice(0).reverse()) {
    const { name, service } = one;
    if (isMoving && service.move) {
      running.unshift(one);
      continue;
    }
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

async function announce(): Promise<void> {
  const host = await listenHost();
  const shown = host === '::' || host === '0.0.0.0' ? 'all addresses' : host;
  const web = `http://${localHost === '127.0.0.1' ? 'localhost' : localHost}:${ports.web}`;
  const lines = [
    '',
    `Drey is running (listening on ${shown}).`,
    `  Web         ${web}`,
    `  SMTP        ${ports.smtp}    submission ${ports.submission} (STARTTLS), ${ports.submissions} (TLS)`,
    `  IMAP        ${ports.imap} (STARTTLS), ${ports.imaps} (TLS)`,
    `  POP3        ${ports.pop3} (STARTTLS), ${ports.pop3s} (TLS)`,
  ];
  if (!(await isSetUp())) {
    lines.push('', 'Set it up in the browser; this link works once, for 24 hours:');
    lines.push(`  ${web}/setup?token=${await createSetupToken()}`);
  }
  process.stdout.write(`${lines.join('\n')}\n\n`);
  process.send?.({ kind: 'ready', ports });
}

/**
 * When the address to listen on changes (set-up, settings), everything listens again on the new one. The web
 * app moves last and ends no connection: the person who set the server up is just being signed in.
 */
async function followBind(): Promise<void> {
  let current = await listenHost();
  let isMoving = false;
  const look = async () => {
    if (isMoving || isStopping) return;
    isMoving = true;
    try {
      const wanted = await listenHost();
      if (wanted === current) return;
      log.info({ from: current, to: wanted }, 'the address to listen on changed');
      current = wanted;
      keepPorts();
      await stopAll(true);
      await startAll();
      log.info({ address: current }, 'listening again');
    } catch (error) {
      process.stderr.write(`${(error as Error).message}\n`);
      await shutDown(1);
    } finally {
      isMoving = false;
    }
  };
  for (const topic of ['settings', 'elsewhere'] as const) onPoke(topic, () => void look());
}

/** A port that the system chose (0) stays the same when the listeners start again. */
function keepPorts(): void {
  for (const [name, port] of Object.entries(ports)) {
    process.env[`DREY_${name.toUpperCase()}_PORT`] = String(port);
  }
}

// Who reached the ports that the system chose finds the daemon there again.
setEnding((code) => {
  keepPorts();
  beginAgain(code);
});
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
  for (const name of ['web', 'smtp', 'imap'] as const) portOf(name);
  await openData();
  watchOtherProcesses();
  await startAll();
  await announce();
  await followBind();
} catch (error) {
  const isOurs = error instanceof StartError;
  if (!isOurs) log.debug({ err: error }, 'start failed');
  process.stderr.write(`Drey could not start. ${(error as Error).message}\n`);
  // What made it begin again may last.
  if (isBeginningAgain()) beginAgain(storageLostCode);
  await shutDown(1);
}
