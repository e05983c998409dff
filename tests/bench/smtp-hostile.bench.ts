// How long one message keeps the others waiting: MIME and header bombs and large honest mail come in over port 25,
// one after the other, while the daemon's own event loop is watched. What counts is the longest stand of each.
import { connect } from 'node:net';
import { connectLines } from '#tests/support/line-client.ts';
import { mimeBombs } from '#tests/support/mime-bombs.ts';
import { median } from './median.ts';
import type { Bench, Figure } from './run.ts';
import { startWatchedDaemon } from './watched-daemon.ts';

const user = 'ada@example.test';
/** Not trusted, so every check of strangers is asked. */
const stranger = '127.0.0.7';
const goalMs = 50;

const head = 'From: eve@far.test\r\nTo: ada@example.test\r\nSubject: large\r\n';
const line = `${'QUJD'.repeat(19)}\r\n`;
const letters: [name: string, make: () => string][] = [
  ['4 KB of text', () => `${head}\r\n${'x'.repeat(70)}\r\n`.repeat(1)],
  [
    'an attachment of 20 MB',
    () =>
      `${head}Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${line.repeat(260_000)}--b--\r\n`,
  ],
  ['20 MB of text', () => `${head}\r\n${`${'word '.repeat(15)}\r\n`.repeat(260_000)}`],
  ['20 MB in one line', () => `${head}\r\n${'x'.repeat(20_000_000)}\r\n`],
];

/** One message in a session of its own. Nothing is built before its turn. */
async function bring(port: number, text: string): Promise<void> {
  const client = connectLines(port, stranger);
  await client.expect(/^220 /m);
  await client.ask('EHLO relay.far.test', /^250 .*\r\n/m);
  await client.ask('MAIL FROM:<eve@far.test>', /^250 /m);
  await client.ask(`RCPT TO:<${user}>`, /^250 /m);
  await client.ask('DATA', /^354 /m);
  await client.ask(`${text.replace(/^\./gm, '..')}\r\n.`, /^[245]\d\d .*\r\n/m);
  client.close();
}

/** 50,000 commands in one burst, of which few are answered before the session ends. */
async function flood(port: number): Promise<void> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: stranger });
  socket.on('error', () => {}).resume();
  await new Promise((resolve) => socket.once('connect', resolve));
  const ended = new Promise((resolve) => socket.once('close', resolve));
  socket.write('EHLO relay.far.test\r\nMAIL FROM:<eve@far.test>\r\n');
  socket.write(`RCPT TO:<${user}>\r\n`.repeat(50_000));
  socket.end('QUIT\r\n');
  await ended;
}

export const bench: Bench = {
  help: 'mail in that is made to be slow: how long the event loop stands still for one message',
  run: async () => {
    const daemon = await startWatchedDaemon();
    await daemon.dreyJson(['setup', '--admin', user, '--password-stdin'], 'a long password');
    await daemon.dreyJson(['settings', 'set', 'checks.recipientsPerMinute', '0']);
    const { smtp } = daemon.ports;
    for (let round = 0; round < 20; round++) await bring(smtp, `${head}\r\nwarm\r\n`);
    await bring(smtp, letters[1]?.[1]() ?? '');
    const figures: Figure[] = [];
    const measure = async (name: string, work: () => Promise<void>) => {
      const values: number[] = [];
      for (let run = 0; run < 3; run++) {
        await daemon.takeLoopDelay();
        await work();
        values.push((await daemon.takeLoopDelay()).max);
      }
      figures.push({ name, unit: 'ms', values });
    };
    for (const [name, make] of [...letters, ...mimeBombs]) {
      const text = make();
      await measure(name, () => bring(smtp, text));
    }
    await measure('50,000 recipients in one burst', () => flood(smtp));
    await measure('nothing', async () => {});
    const longest = Math.max(...figures.map(({ values }) => median(values)));
    figures.push({
      name: `longest median (goal ${goalMs} or less)`,
      unit: 'ms',
      values: [longest],
    });
    await daemon.stop();
    return figures;
  },
};
