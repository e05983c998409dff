// Mail programs that people really use, against the real listeners; skipped with a word where not installed.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { dataFolder } from '#lib/env.ts';
import { openWorld, password, type World } from './world.ts';

const run = promisify(execFile);

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

const message =
  'From: Ada <ada@example.org>\r\nTo: bob@example.org\r\nSubject: by hand\r\n\r\n.\r\ntext\r\n';

function isMissing(context: TestContext, program: string): boolean {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isHere = folders.some((folder) => existsSync(join(folder, program)));
  if (!isHere) context.skip(`${program} is not installed`);
  return !isHere;
}

async function lastOfBob(): Promise<string> {
  return (await world.readInbox(world.bob)).at(-1) ?? '';
}

test('swaks: port 25, with and without STARTTLS', async (context) => {
  if (isMissing(context, 'swaks')) return;
  // swaks has TLS only where Perl's Net::SSLeay is installed too.
  for (const tls of [[], ['--tls-optional']]) {
    const { stdout } = await run('swaks', [
      ...['--server', `127.0.0.1:${world.ports.smtp}`, '--from', 'eve@far.test'],
      ...['--to', 'bob@example.org,ada@example.org', '--helo', 'far.test', ...tls],
    ]);
    assert.match(stdout, /250 2\.0\.0 Ok: queued as /);
  }
  assert.match(await lastOfBob(), /with ESMTPS? id /);
});

test('swaks: submission by PLAIN and LOGIN', async (context) => {
  if (isMissing(context, 'swaks')) return;
  for (const mechanism of ['PLAIN', 'LOGIN']) {
    const { stdout } = await run('swaks', [
      ...['--server', `127.0.0.1:${world.ports.submission}`, '--tls-optional'],
      ...['--auth', mechanism, '--auth-user', 'ada@example.org', '--auth-password', password],
      ...['--from', 'ada@example.org', '--to', 'bob@example.org'],
    ]);
    assert.match(stdout, /235 2\.7\.0 /);
    assert.match(stdout, /250 2\.0\.0 Ok: queued as /);
  }
});

test('curl: submission over TLS from the first byte', async (context) => {
  if (isMissing(context, 'curl')) return;
  const file = join(dataFolder(), 'message.eml');
  writeFileSync(file, message);
  await run('curl', [
    ...['-sS', '--insecure', '--url', `smtps://127.0.0.1:${world.ports.submissions}/client.test`],
    ...['--user', `ada@example.org:${password}`, '--mail-from', 'ada@example.org'],
    ...['--mail-rcpt', 'bob@example.org', '--upload-file', file],
  ]);
  assert.match(await lastOfBob(), /Subject: by hand\r\n\r\n\.\r\ntext\r\n$/);
});

test('msmtp: submission with STARTTLS', async (context) => {
  if (isMissing(context, 'msmtp')) return;
  const sending = run('msmtp', [
    ...['--file=/dev/null', '--host=127.0.0.1', `--port=${world.ports.submission}`],
    ...['--tls=on', '--tls-starttls=on', '--tls-certcheck=off', '--auth=plain'],
    ...['--user=ada@example.org', `--passwordeval=echo '${password}'`],
    ...['--from=ada@example.org', 'bob@example.org'],
  ]);
  sending.child.stdin?.end(message.replaceAll('\r\n', '\n').replace('by hand', 'by msmtp'));
  await sending;
  assert.match(await lastOfBob(), /Subject: by msmtp\r\n/);
});
