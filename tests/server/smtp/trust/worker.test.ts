// The thread that judges messages: what becomes of them when it hangs, dies or cannot start.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { findTrust, lookApart, trustLimits } from '#server/smtp/trust/trust-worker.ts';
import { type StagedBody, stageBytes } from '#server/store/bodies/stage.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';

const usual = { ...trustLimits };
const claim = {
  remote: '192.0.2.7',
  helo: 'mx.far.test',
  sender: 'eve@far.test',
  hostname: 'mail.example.org',
};
let database: Awaited<ReturnType<typeof openTestDatabase>>;
let dns: FakeDns;
let folder: string;
let body: StagedBody;

before(async () => {
  database = await openTestDatabase();
  dns = await startDns({ 'far.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] } });
  await dns.use();
  folder = mkdtempSync(join(tmpdir(), 'drey-trust-'));
  body = await stageBytes(Buffer.from('From: eve@far.test\r\nSubject: x\r\n\r\nHi.\r\n'));
});
after(async () => {
  Object.assign(trustLimits, usual);
  await dns.close();
  await database.close();
  rmSync(folder, { recursive: true });
});

function useThread(source: string): void {
  trustLimits.thread = join(folder, `${Math.random()}.mjs`);
  writeFileSync(trustLimits.thread, source);
}

test('a thread that cannot start costs speed only', async () => {
  useThread('throw new Error("no")');
  const [found, looked] = await Promise.all([
    findTrust(body, claim),
    lookApart(body, { lines: ['hi'], names: [] }),
  ]);
  assert.equal(found?.spf.result, 'pass');
  assert.deepEqual(looked?.lines, [0]);
});

test('a thread that hangs is ended, with all it holds', async () => {
  useThread(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => { for (;;); });
    parentPort.postMessage({ kind: 'ready' });`);
  trustLimits.deadlineMs = 300;
  const found = await Promise.all([findTrust(body, claim), findTrust(body, claim)]);
  assert.deepEqual(found, [null, null]);
});

test('a thread that dies in the middle takes its messages along, and the next one is fine', async () => {
  useThread(`
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', () => process.exit(1));
    parentPort.postMessage({ kind: 'ready' });`);
  trustLimits.deadlineMs = usual.deadlineMs;
  assert.equal(await findTrust(body, claim), null);
  trustLimits.thread = usual.thread;
  assert.equal((await findTrust(body, claim))?.spf.result, 'pass');
});
