// Mail in over port 25: durable local deliveries a second, by plain sockets that keep their connection. The
// client shares the machine, so the daemon's own processor time a message says more than the rate.
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import type { Bench, Figure } from './run.ts';
import { startWatchedDaemon, type Watched } from './watched-daemon.ts';

const runs = 3;
const messages = 2000;
const body = 'x'.repeat(76);

async function send(client: LineClient, count: number): Promise<void> {
  await client.expect(/^220 /m);
  await client.ask('EHLO bench.test', /^250 .*\r\n/m);
  for (let index = 0; index < count; index += 1) {
    client.say('MAIL FROM:<bench@far.test>\r\nRCPT TO:<ada@example.test>\r\nDATA');
    await client.expect(/^354 /m);
    const lines = [
      `Subject: bench ${index} ${Math.random()}`,
      'From: bench@far.test',
      `Message-ID: <${Math.random()}@far.test>`,
      '',
      ...Array<string>(52).fill(body),
    ];
    await client.ask(`${lines.join('\r\n')}\r\n.`, /^250 .*queued.*\r\n/m);
  }
  client.close();
}

/** Messages a second. */
async function measure(port: number, connections: number): Promise<number> {
  const started = performance.now();
  const clients = Array.from({ length: connections }, () => connectLines(port));
  await Promise.all(clients.map((client) => send(client, messages / connections)));
  return messages / ((performance.now() - started) / 1000);
}

async function measureRuns(daemon: Watched, connections: number): Promise<Figure[]> {
  const figures: Figure[] = [
    { name: `accepted, ${connections} connections`, unit: 'messages/s', values: [] },
    { name: '  processor time of the daemon', unit: 'ms/message', values: [] },
    { name: '  event loop late, p99 (goal 20)', unit: 'ms', values: [] },
    { name: '  event loop late, longest', unit: 'ms', values: [] },
  ];
  for (let run = 0; run < runs; run += 1) {
    await daemon.takeLoopDelay();
    const cpuMs = daemon.readCpuMs();
    const rate = await measure(daemon.ports.smtp, connections);
    const used = (daemon.readCpuMs() - cpuMs) / messages;
    const { p99, max } = await daemon.takeLoopDelay();
    for (const [index, value] of [rate, used, p99, max].entries()) {
      figures[index]?.values.push(value);
    }
  }
  return figures;
}

export const bench: Bench = {
  help: 'messages a second accepted and stored (4 KB, one recipient), 1, 10 and 50 connections',
  run: async () => {
    const daemon = await startWatchedDaemon();
    await daemon.dreyJson(
      ['setup', '--admin', 'ada@example.test', '--password-stdin'],
      'a long password',
    );
    await daemon.dreyJson(['settings', 'set', 'smtp.maxConnectionsPerAddress', '100']);
    const figures: Figure[] = [];
    for (const connections of [1, 10, 50])
      figures.push(...(await measureRuns(daemon, connections)));
    await daemon.stop();
    return figures;
  },
};
