// Mail in over port 25: durable local deliveries a second, by plain sockets that keep their connection.

import { startDaemon } from '#tests/support/daemon.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import type { Bench } from './run.ts';

const runs = 3;
const messages = 1000;
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
      '',
      ...Array<string>(52).fill(body),
    ];
    await client.ask(`${lines.join('\r\n')}\r\n.`, /^250 .*queued.*\r\n/m);
  }
  client.close();
}

async function measure(port: number, connections: number): Promise<number> {
  const started = performance.now();
  const clients = Array.from({ length: connections }, () => connectLines(port));
  await Promise.all(clients.map((client) => send(client, messages / connections)));
  return messages / ((performance.now() - started) / 1000);
}

export const bench: Bench = {
  help: 'messages a second accepted and stored (4 KB, one recipient), 1, 10 and 50 connections',
  run: async () => {
    const daemon = await startDaemon({ DREY_LOG_LEVEL: 'warn' });
    await daemon.dreyJson(
      ['setup', '--admin', 'ada@example.test', '--password-stdin'],
      'a long password',
    );
    await daemon.dreyJson(['settings', 'set', 'smtp.maxConnectionsPerAddress', '100']);
    const figures = [];
    for (const connections of [1, 10, 50]) {
      const values: number[] = [];
      for (let run = 0; run < runs; run += 1)
        values.push(await measure(daemon.ports.smtp, connections));
      figures.push({ name: `accepted, ${connections} connections`, unit: 'messages/s', values });
    }
    await daemon.stop();
    return figures;
  },
};
