// Where the server listens, changed by the panel's own action and seen by clients of each protocol: the new place answers,
// the old one closes, and who is connected goes on. The environment says nothing here; each machine has 127.0.0.0/8.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { closeDatabase } from '#lib/db.ts';
import { type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { type Daemon, startDaemon, waitFor, waitHealthy } from '#tests/support/daemon.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import { type Visitor, visit } from '#tests/support/web-client.ts';
import { saveSetting } from './world.ts';

const password = 'a nest of seven nuts';
const admin = 'root@own.test';
/** Addresses that no other process of these tests has. */
const net = `127.${64 + (process.pid % 128)}.${(process.pid >> 7) % 250}`;
const [here, there] = [`${net}.1`, `${net}.2`];
/** And ports of addresses that everybody has. */
const [ofAll, ofIpv6] = [20_000 + 2 * (process.pid % 6000), 20_001 + 2 * (process.pid % 6000)];
const first = {
  web: 13_000,
  smtp: 12_025,
  submission: 12_587,
  submissions: 12_465,
  imap: 12_143,
  imaps: 12_993,
  pop3: 12_110,
  pop3s: 12_995,
  metrics: 19_464,
};
type Protocol = keyof typeof first;

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let daemon: Daemon;
let panel: Visitor;
const clients: LineClient[] = [];

before(async () => {
  database = await openTestDatabase();
  for (const [name, port] of Object.entries(first)) {
    await writeSetting(`listeners.${name}`, [`${here}:${port}`], 'test');
  }
  await closeDatabase();
  const silent = Object.keys(first).map((name) => [`DREY_${name.toUpperCase()}_PORT`, '']);
  const env = { ...Object.fromEntries(silent), DREY_BIND: '', DREY_DATA: database.folder };
  daemon = await startDaemon(env);
  await daemon.dreyJson(['setup', '--admin', admin, '--password-stdin'], `${password}\n`);
  await waitHealthy(`http://${here}:${first.web}`);
  panel = await visit(`http://${here}:${first.web}`, { address: admin, password });
});
after(async () => {
  await daemon?.stop();
  await database?.close();
});

const save = (key: SettingKey, typed: string) => saveSetting(panel, key, typed);

async function set(key: SettingKey, ...typed: string[]): Promise<void> {
  const state = await save(key, typed.join('\n'));
  assert.equal(state.status, 'ok', `${key}: ${JSON.stringify(state)}`);
  // Else it goes back by itself after a minute, which a slow machine may need.
  await daemon.drey(['config', 'keep']);
}

/** Runs a proof, named after the settings it proves (coverage.test.ts reads the names). */
function prove(key: SettingKey | SettingKey[], proof: () => Promise<void>): void {
  it([key].flat().join(', '), async () => {
    try {
      await proof();
    } finally {
      for (const client of clients.splice(0)) client.close();
    }
  });
}

const reach = (host: string, port: number) =>
  connectLines(port, host.includes(':') ? '::1' : '127.0.0.1', host);

/** As soon as it is greeted: a change is in force within moments. */
function greet(host: string, port: number, greeting: RegExp): Promise<LineClient> {
  return waitFor(async () => {
    const client = reach(host, port);
    clients.push(client);
    const text = await client.expect(greeting).catch(() => null);
    return text !== null && client;
  }, `${greeting} at ${host}:${port}`);
}

const isShut = (host: string, port: number) =>
  waitFor(async () => {
    const client = reach(host, port);
    const text = await client.expect(/[\s\S]/).catch((error: Error) => error.message);
    client.close();
    return /and the end/.test(text);
  }, `${host}:${port} to close`);

/** A page by https, whatever the certificate; what came, or null. */
function getSecure(url: string): Promise<{ status: number; cookie: string; hsts?: string } | null> {
  return new Promise((resolve) => {
    const asked = request(url, { rejectUnauthorized: false }, (response) => {
      response.resume();
      const cookie = String(response.headers['set-cookie'] ?? '');
      const hsts = response.headers['strict-transport-security'];
      response.on('end', () => resolve({ status: response.statusCode ?? 0, cookie, hsts }));
    });
    asked.on('error', () => resolve(null));
    asked.end();
  });
}

/** What a socket file says first; empty where nobody listens. */
function hear(path: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('error', () => resolve(''));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}

/** Whether TLS begins there at once. */
function isTls(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTls({ host, port, rejectUnauthorized: false }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** On a connection of its own. */
const get = (url: string, headers: Record<string, string> = {}) =>
  fetch(url, { redirect: 'manual', headers: { ...headers, connection: 'close' } }).catch(
    () => null,
  );

prove('listeners.smtp', async () => {
  const client = await greet(here, first.smtp, /^220 /);
  await client.ask('EHLO far.test', /^250 /m);
  await client.ask('MAIL FROM:<olive@far.test>', /^250 /);
  await set('listeners.smtp', `${there}:12026`);
  await greet(there, 12_026, /^220 /);
  await isShut(here, first.smtp);
  // The transaction that was begun at the old port ends well.
  await client.ask(`RCPT TO:<${admin}>`, /^250 /);
  await client.ask('DATA', /^354 /);
  await client.ask('Subject: Moved\r\n\r\nAll the same.\r\n.', /^250 /);
  await set('listeners.smtp', `${here}:${first.smtp}`, `${there}:12026`);
  await greet(here, first.smtp, /^220 /);
  await greet(there, 12_026, /^220 /);
});

prove('listeners.imap', async () => {
  const client = await greet(here, first.imap, /^\* OK /);
  await client.ask(`a LOGIN ${admin} "${password}"`, /^a OK /m);
  await client.ask('b SELECT INBOX', /^b OK /m);
  await client.ask('c IDLE', /^\+ /m);
  await set('listeners.imap', `${there}:12143`);
  await greet(there, 12_143, /^\* OK /);
  await isShut(here, first.imap);
  const mail = await greet(there, 12_026, /^220 /);
  await mail.ask('EHLO far.test', /^250 /m);
  await mail.ask('MAIL FROM:<olive@far.test>', /^250 /);
  await mail.ask(`RCPT TO:<${admin}>`, /^250 /);
  await mail.ask('DATA', /^354 /);
  await mail.ask('Subject: News\r\n\r\nFor who waits.\r\n.', /^250 /);
  await client.expect(/^\* \d+ EXISTS/m);
  // Off: the webmail has a door of its own.
  await set('listeners.imap', '');
  await isShut(there, 12_143);
  assert.equal((await panel.get('/mail')).status, 200);
  assert.equal((await get(`http://${here}:${first.web}/api/health`))?.status, 200);
});

const plain: [Protocol, RegExp][] = [
  ['submission', /^220 /],
  ['pop3', /^\+OK /],
];
prove(['listeners.submission', 'listeners.pop3'], async () => {
  for (const [name, greeting] of plain) {
    const client = await greet(here, first[name], greeting);
    await set(`listeners.${name}`, `${there}:${first[name]}`);
    await greet(there, first[name], greeting);
    await isShut(here, first[name]);
    client.say('NOOP');
    await client.expect(/\r\n/);
  }
});

prove(['listeners.submissions', 'listeners.imaps', 'listeners.pop3s'], async () => {
  for (const name of ['submissions', 'imaps', 'pop3s'] as const) {
    await set(`listeners.${name}`, `${there}:${first[name]}`);
    await waitFor(() => isTls(there, first[name]), `${name} at its new place`);
    await waitFor(async () => !(await isTls(here, first[name])), `the end of the old one`);
  }
});

prove('listeners.metrics', async () => {
  assert.equal((await get(`http://${here}:${first.metrics}/metrics`))?.status, 200);
  await set('listeners.metrics', `${there}:19465`);
  await waitFor(async () => (await get(`http://${there}:19465/metrics`))?.ok, 'the metrics');
  await waitFor(async () => !(await get(`http://${here}:${first.metrics}/metrics`)), 'the end');
});

prove(['listeners.lmtp', 'smtp.hasLmtp', 'smtp.lmtpSocket'], async () => {
  await set('listeners.lmtp', `${here}:12024`);
  await isShut(here, 12_024);
  await set('smtp.hasLmtp', 'on');
  await greet(here, 12_024, /^220 .*LMTP/);
  await set('listeners.lmtp', `${there}:12024`);
  await greet(there, 12_024, /^220 .*LMTP/);
  await isShut(here, 12_024);
  assert.match(JSON.stringify(await save('listeners.lmtp', 'all:24')), /this machine alone/);
  const path = join(database.folder, 'lmtp');
  await set('smtp.lmtpSocket', path);
  await waitFor(async () => (await hear(path)).includes(' LMTP '), 'the socket file');
  await isShut(there, 12_024);
  await set('smtp.hasLmtp', 'off');
  await waitFor(async () => (await hear(path)) === '', 'the end of the socket file');
});

prove('listeners.web', async () => {
  await set('listeners.web', `${here}:${first.web}`, `${there}:13001`);
  await waitFor(async () => (await get(`http://${there}:13001/login`))?.ok, 'the pages there');
  await set('listeners.web', `${there}:13001`);
  await waitFor(async () => !(await get(`http://${here}:${first.web}/login`)), 'the old place');
  // Who has signed in goes on, also at the connection that is open still.
  panel = await visit(`http://${there}:13001`, { address: admin, password });
  await set('listeners.web', `${here}:${first.web}`);
  await waitFor(async () => (await get(`http://${here}:${first.web}/login`))?.ok, 'the pages here');
  panel = await visit(`http://${here}:${first.web}`, { address: admin, password });
});

prove(['listeners.https', 'listeners.redirectsToHttps', 'web.hstsDays'], async () => {
  const pages = `http://${here}:${first.web}`;
  assert.equal(await getSecure(`https://${here}:13443/login`), null);
  await set('listeners.https', `${here}:13443`);
  await waitFor(
    async () => (await getSecure(`https://${here}:13443/login`))?.status === 200,
    'https',
  );
  // https is known as such: its cookies are for it alone.
  const csrf = await getSecure(`https://${here}:13443/api/auth/csrf`);
  assert.match(csrf?.cookie ?? '', /__Host-|Secure/);
  // Pages by http are at a loopback address alone here.
  assert.equal(csrf?.hsts, `max-age=${180 * 86_400}`);
  await daemon.drey(['settings', 'set', 'web.hstsDays', '0']);
  await waitFor(
    async () => (await getSecure(`https://${here}:13443/login`))?.hsts === undefined,
    'no word of https alone',
  );
  assert.equal((await get(`${pages}/login`))?.status, 200);
  await set('listeners.redirectsToHttps', 'on');
  const sent = await waitFor(async () => {
    const answer = await get(`${pages}/login?a=b`);
    return answer?.status === 308 && answer;
  }, 'the way to https');
  assert.equal(sent.headers.get('location'), `https://${here}:13443/login?a=b`);
  assert.equal((await get(`${pages}/api/health`))?.status, 200);
  const byProxy = await get(`${pages}/login`, { 'x-forwarded-for': '192.0.2.1' });
  assert.equal(byProxy?.status, 200);
  const state = await daemon.drey(['settings', 'reset', 'listeners.redirectsToHttps']);
  assert.equal(state.code, 0);
  await waitFor(async () => (await get(`${pages}/login`))?.status === 200, 'no way to https');
});

prove('server.bind', async () => {
  await set('listeners.pop3', String(ofAll));
  await greet('127.0.0.1', ofAll, /^\+OK /);
  await set('server.bind', here);
  await greet(here, ofAll, /^\+OK /);
  await isShut('127.0.0.1', ofAll);
});

prove('listeners.family', async () => {
  const hasIpv6 = Object.values(networkInterfaces())
    .flat()
    .some((one) => one?.address === '::1');
  await set('listeners.pop3', `${there}:${ofIpv6}`, ...(hasIpv6 ? [`[::1]:${ofIpv6}`] : []));
  await greet(there, ofIpv6, /^\+OK /);
  if (hasIpv6) await greet('::1', ofIpv6, /^\+OK /);
  await set('listeners.family', 'ipv4');
  if (hasIpv6) await isShut('::1', ofIpv6);
  await greet(there, ofIpv6, /^\+OK /);
  if (!hasIpv6) return;
  await set('listeners.family', 'ipv6');
  await isShut(there, ofIpv6);
  await greet('::1', ofIpv6, /^\+OK /);
  // Not by the panel, which has an address of IPv4 alone.
  await daemon.drey(['settings', 'set', 'listeners.family', 'all']);
  await greet(there, ofIpv6, /^\+OK /);
});

it('refuses beside the field what cannot be had, and changes nothing', async () => {
  const cases: [string, RegExp][] = [
    [`${there}:12026`, /where smtp listens already/],
    ['203.0.113.77:12113', /does not have that address/],
    ['pop3', /Give ports such as 25/],
  ];
  for (const [typed, text] of cases) {
    const { status, fields } = await save('listeners.pop3', typed);
    assert.equal(status, 'error');
    const said = fields?.value ?? '';
    assert.match(said, text);
    // In the same words on the command line and of a file.
    const typing = await daemon.drey(['settings', 'set', 'listeners.pop3', typed]);
    assert.deepEqual([typing.code, typing.stderr.trim()], [1, said]);
    const path = join(database.folder, 'file.yaml');
    writeFileSync(path, `settings:\n  listeners.pop3: ['${typed}']\n`);
    for (const command of ['plan', 'apply']) {
      const { code, stderr } = await daemon.drey([command, path]);
      assert.equal(code, 1, command);
      assert.ok(stderr.includes(said) && stderr.startsWith('line 2'), stderr);
    }
  }
  const rows = (await daemon.dreyJson(['listeners'])) as { listener: string; state: string }[];
  assert.ok(rows.some(({ listener, state }) => listener === 'smtp' && state === 'open'));
  assert.ok(rows.every(({ state }) => state === 'open' || state === 'off'));
});
