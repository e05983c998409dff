// The socket file of LMTP: what a crash left is taken away, what was somebody's file stays.
import assert from 'node:assert/strict';
import {
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { startLmtp } from '#server/smtp/wire/lmtp-listener.ts';
import { openWorld, type World } from './world.ts';

let world: World;
const folder = mkdtempSync(join(tmpdir(), 'drey-lmtp-'));
before(async () => {
  world = await openWorld();
  await writeSetting('smtp.hasLmtp', true, 'test');
});
after(async () => {
  await resetSetting('smtp.hasLmtp', 'test');
  await resetSetting('smtp.lmtpSocket', 'test');
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What a client hears first, or the code of the failure. */
const greet = (path: string) =>
  new Promise<string>((resolve) => {
    const socket = connect(path);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
  });

test('a file that is no socket is not removed', async () => {
  const path = join(folder, 'precious');
  writeFileSync(path, 'mail of years');
  await writeSetting('smtp.lmtpSocket', path, 'test');
  const lmtp = await startLmtp();
  assert.equal(readFileSync(path, 'utf8'), 'mail of years');
  await lmtp.stop();
  assert.equal(readFileSync(path, 'utf8'), 'mail of years');
});

test('a socket that a crash left is, and only owner and group may write', async () => {
  const path = join(folder, 'left');
  const former = createServer();
  await new Promise<void>((resolve) => former.listen(path, resolve));
  // Closed without unlinking: as after a crash.
  const kept = `${path}.kept`;
  linkSync(path, kept);
  await new Promise((resolve) => former.close(resolve));
  linkSync(kept, path);
  assert.equal(await greet(path), 'ECONNREFUSED');
  await writeSetting('smtp.lmtpSocket', path, 'test');
  const lmtp = await startLmtp();
  assert.match(await greet(path), /^220 .* LMTP /);
  assert.equal(statSync(path).mode & 0o777, 0o660);
  await lmtp.stop();
  assert.equal(existsSync(path), false);
});
