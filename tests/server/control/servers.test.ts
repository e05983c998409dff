// The control port: nobody without the secret, and nothing but its operations, whatever is sent.
import assert from 'node:assert/strict';
import { existsSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { askDaemon, doorFile, readDoorFile } from '#lib/control.ts';
import { isRefusal } from '#lib/errors.ts';
import { startControl } from '#server/control/servers.ts';
import type { Running } from '#server/net/running.ts';
import { openWorld, type World } from '#tests/server/smtp/world.ts';

let world: World;
let control: Running;
before(async () => {
  world = await openWorld();
  control = await startControl();
});
after(async () => {
  await control.stop();
  await world.close();
});

const base = () => `http://${process.env.DREY_INTERNAL_CONTROL}`;
const secret = () => `Bearer ${process.env.DREY_CONTROL_SECRET}`;

async function ask(path: string, init: RequestInit = {}): Promise<number> {
  const response = await fetch(`${base()}${path}`, { method: 'POST', body: 'null', ...init });
  await response.text();
  return response.status;
}

test('it listens on loopback and wants the secret', async () => {
  assert.match(base(), /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.ok(Buffer.from(process.env.DREY_CONTROL_SECRET ?? '', 'base64url').length >= 32);
  const wrong: Record<string, string>[] = [
    {},
    { authorization: '' },
    { authorization: 'Bearer ' },
    { authorization: `Bearer ${'x'.repeat(43)}` },
    { authorization: secret().slice(0, -1) },
    { authorization: `${secret()}x` },
    { authorization: secret().toLowerCase() },
    { authorization: secret().slice('Bearer '.length) },
  ];
  for (const headers of wrong) assert.equal(await ask('/checks', { headers }), 401);
  assert.equal(await ask('/checks', { headers: { authorization: secret() } }), 200);
});

test('a command line finds it by a file for its own user, as long as it runs', async () => {
  const { DREY_INTERNAL_CONTROL: address, DREY_CONTROL_SECRET: known } = process.env;
  assert.deepEqual(readDoorFile(), { address, secret: known });
  assert.equal(statSync(doorFile()).mode & 0o777, 0o600);
  const later = await startControl();
  try {
    delete process.env.DREY_INTERNAL_CONTROL;
    assert.ok(Array.isArray(await askDaemon('checks')), 'by the file alone');
    await later.stop();
    assert.ok(!existsSync(doorFile()));
    await assert.rejects(askDaemon('checks'), { reason: 'unavailable' });
  } finally {
    Object.assign(process.env, { DREY_INTERNAL_CONTROL: address, DREY_CONTROL_SECRET: known });
  }
});

test('nothing but its operations', async () => {
  const headers = { authorization: secret() };
  const paths = ['/', '/constructor', '/__proto__', '/toString', '/explain/', '/..%2fchecks', '/x'];
  for (const path of paths) assert.equal(await ask(path, { headers }), 404, path);
  const get = await fetch(`${base()}/checks`, { headers });
  assert.equal(get.status, 404);
});

test('what is no JSON, or too much, is refused, and the port lives on', async () => {
  const headers = { authorization: secret() };
  for (const body of ['', '{', 'undefined', '[1', '\0']) {
    assert.equal(await ask('/explain', { headers, body }), 400, JSON.stringify(body));
  }
  const large = await ask('/explain', { headers, body: `"${'x'.repeat(9 * 1024 * 1024)}"` }).catch(
    () => 413,
  );
  assert.equal(large, 413);
  assert.equal(await ask('/checks', { headers }), 200);
});

test('what is no question is refused with the field', async () => {
  const nonsense = [
    null,
    1,
    'x',
    [],
    {},
    { client: '192.0.2.1' },
    { client: 'x', to: ['ada@example.org'] },
    { client: '192.0.2.1', to: [] },
    { client: '192.0.2.1', to: Array(21).fill('ada@example.org') },
    { client: '192.0.2.1', to: ['ada@example.org'], message: '%%%' },
    { client: '192.0.2.1', to: ['ada@example.org'], helo: 'x'.repeat(300) },
    { client: '192.0.2.1', to: [{}] },
    { client: '192.0.2.1', to: ['ada@example.org'], __proto__: null, user: 7 },
  ];
  for (const input of nonsense) {
    await assert.rejects(
      askDaemon('explain', input),
      (error) => isRefusal(error, 'invalid'),
      JSON.stringify(input),
    );
  }
});

test('a question with poison in every word gets an answer without it', async () => {
  const poison = 'a\r\nX-Evil: 1\0\x1b[31m<script>';
  const explained = await askDaemon<{ refusal: { text: string } | null; fields: string[] }>(
    'explain',
    {
      client: '192.0.2.7',
      helo: poison,
      from: `${poison}@far.test`,
      to: [`${poison}@example.org`],
    },
  );
  assert.doesNotMatch(explained.refusal?.text ?? '', /[\r\n\0\x1b]/);
  assert.deepEqual(explained.fields, []);
});

test('bytes that are no HTTP end that connection only', async () => {
  const port = Number(process.env.DREY_INTERNAL_CONTROL?.split(':')[1]);
  for (const bytes of ['\0\0\0', 'EHLO x\r\n\r\n', `POST /${'x'.repeat(100_000)} HTTP/1.1\r\n`]) {
    const socket = connect({ port, host: '127.0.0.1' });
    socket.on('error', () => {}).resume();
    socket.write(bytes);
    await new Promise((resolve) => socket.once('close', resolve));
  }
  assert.equal(await ask('/checks', { headers: { authorization: secret() } }), 200);
});
