// The mail log of a process: into a file that may be rotated, and to a syslog server.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail, recordEvent } from '#lib/trail/record.ts';
import { startMaillog } from '#server/maillog/writer.ts';
import type { Running } from '#server/net/running.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-maillog-'));
const file = join(folder, 'mail.log');
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let maillog: Running;

before(async () => {
  database = await openTestDatabase();
  maillog = await startMaillog();
});
after(async () => {
  await maillog.stop();
  await flushTrail();
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

const tell = (recipient: string) => recordEvent({ traceId: 'A', kind: 'delivered', recipient });

async function readUntil(path: string, pattern: RegExp): Promise<string> {
  for (;;) {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    if (pattern.test(text)) return text;
    await sleep(10);
  }
}

test('writes to the file that is set, and to a new one after it was renamed', async () => {
  tell('nobody@example.org');
  await writeSetting('log.file', file, 'test');
  tell('ada@example.org');
  assert.match(
    await readUntil(file, /ada@/),
    /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ postfix\/lmtp\[\d+\]: A: to=<ada@example\.org>, .*\n/m,
  );
  renameSync(file, `${file}.1`);
  tell('bob@example.org');
  assert.doesNotMatch(await readUntil(file, /bob@/), /ada@/);
});

test('sends to a syslog server', async () => {
  const server = createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const received = once(server, 'message');
  await writeSetting('log.syslog', `127.0.0.1:${server.address().port}`, 'test');
  tell('carl@example.org');
  const [packet] = (await received) as [Buffer];
  assert.match(packet.toString(), /^<22>[A-Z][a-z]{2} .*to=<carl@example\.org>/);
  server.close();
});

test('goes on when the file cannot be written', async () => {
  await writeSetting('log.file', join(folder, 'no', 'such', 'folder'), 'test');
  tell('dora@example.org');
  await sleep(150);
  await writeSetting('log.file', file, 'test');
  tell('emil@example.org');
  await readUntil(file, /emil@/);
});
