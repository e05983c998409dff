// The REST API without a socket: tokens, preconditions, trials, calls that come twice, pages under inserts.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { addAccount, requireAccount, updateAccount } from '#lib/accounts/account.ts';
import { addApiToken, listApiTokens, removeApiToken } from '#lib/accounts/api-token.ts';
import { listBlocks } from '#lib/accounts/block-list.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { addNetwork } from '#lib/accounts/network.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import { answerApi } from '#lib/api/answer.ts';
import { endpoints } from '#lib/api/endpoints.ts';
import { freezeClock, fromNow, now, secondsUntil, shiftClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';

describe('the REST API', () => {
  let close: () => Promise<void>;
  let root: string;
  let dora: string;

  before(async () => {
    ({ close } = await openTestDatabase());
    await writeSetting('security.failureDelayMs', 0, 'test');
    await addDomain({ name: 'own.test' }, 'test');
    await addDomain({ name: 'other.test' }, 'test');
    const admin = await addAccount({ address: 'root@own.test', password, role: 'admin' }, 'test');
    const maker = await readStaff(admin);
    root = (await addApiToken({ name: 'root', role: 'admin' }, maker)).token;
    const domains = ['own.test'];
    dora = (await addApiToken({ name: 'dora', role: 'domain-admin', domains }, maker)).token;
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  type Sent = { body?: unknown; headers?: Record<string, string>; remote?: string };

  async function call(method: string, path: string, token = root, sent: Sent = {}) {
    const { body, headers = {}, remote = '127.0.0.1' } = sent;
    const request = new Request(`http://drey.test/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const answer = await answerApi(request, { remote, isSafe: true });
    const text = await answer.text();
    const json = text === '' ? undefined : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, json };
  }

  const countEvents = () => db.trailEvent.count();

  it('answers the root and what is wrong with a setting as problems that name the field', async () => {
    assert.equal((await call('GET', '')).status, 404);
    assert.equal((await call('GET', '', '')).status, 401);
    const { status, json } = await call('PUT', '/settings/smtp.maxRecipients', root, {
      body: { value: 0 },
    });
    const detail = 'Give a whole number from 1 to 10000.';
    assert.equal(status, 422);
    assert.deepEqual(json.errors, [{ field: 'value', pointer: '#/value', detail }]);
  });

  it('warns of settings that do not fit together, also in a trial and in plans', async () => {
    const path = '/settings/storage.defaultQuotaBytes';
    const quota = { body: { value: 10_000_000 } };
    const tried = await call('PUT', `${path}?dryRun=1`, root, quota);
    assert.match(tried.json.after.warnings.join(), /smaller than the largest message/);
    assert.deepEqual((await call('GET', path)).json.warnings, []);
    const configuration = { settings: { 'storage.defaultQuotaBytes': 10_000_000 } };
    const given = { body: { configuration } };
    const planned = await call('POST', '/configuration/plan', root, given);
    assert.deepEqual(planned.json.warnings, tried.json.after.warnings);
    const applied = await call('POST', '/configuration/apply', root, given);
    assert.deepEqual(applied.json.warnings, tried.json.after.warnings);
    const other = await call('GET', '/settings/smtp.messageSizeBytes');
    assert.deepEqual(other.json.warnings, tried.json.after.warnings, 'beside both');
    await call('DELETE', path);
    assert.deepEqual((await call('GET', '/settings/smtp.messageSizeBytes')).json.warnings, []);
  });

  it('creates, reads, changes and removes', async () => {
    const made = await call('POST', '/aliases', root, {
      body: { address: 'info@own.test', targets: ['root@own.test'] },
    });
    assert.equal(made.status, 201, JSON.stringify(made.json));
    assert.equal(made.headers.get('location'), '/api/v1/aliases/info%40own.test');
    const read = await call('GET', '/aliases/info%40own.test');
    assert.deepEqual(read.json, made.json);
    const changed = await call('PATCH', '/aliases/info%40own.test', root, {
      body: { comment: 'ours' },
    });
    assert.equal(changed.json.comment, 'ours');
    assert.notEqual(changed.headers.get('etag'), read.headers.get('etag'));
    const event = await db.trailEvent.findFirst({
      where: { recipient: 'alias info@own.test' },
      orderBy: { at: 'desc' },
    });
    assert.equal(event?.sender, 'token root for root@own.test');
    assert.equal((await call('DELETE', '/aliases/info%40own.test')).status, 204);
    assert.equal((await call('GET', '/aliases/info%40own.test')).status, 404);
  });

  it('names what does not fit', async () => {
    const { status, headers, json } = await call('POST', '/users', root, {
      body: { address: 'x@own.test', passwort: 'typo', quotaBytes: -1 },
    });
    assert.equal(status, 422);
    assert.equal(headers.get('content-type'), 'application/problem+json');
    assert.deepEqual(json.errors.map(({ field }: { field: string }) => field).sort(), [
      'password',
      'passwort',
      'quotaBytes',
    ]);
  });

  it('takes no NUL, which PostgreSQL keeps in no text', async () => {
    const send = (comment: string) =>
      call('POST', '/networks?dryRun=1', root, { body: { cidr: '10.7.0.0/16', comment } });
    for (const comment of ['\0', 'a\\\0b']) assert.equal((await send(comment)).status, 400);
    for (const comment of ['\\u0000', '\\\\u0000']) assert.equal((await send(comment)).status, 200);
  });

  it('gives a change to one of two who saw the same', async () => {
    const seen = await call('GET', '/settings/server.hostname');
    const headers = { 'if-match': seen.headers.get('etag') ?? '' };
    const write = (value: string) =>
      call('PUT', '/settings/server.hostname', root, { body: { value }, headers });
    const both = await Promise.all(['one.test', 'two.test'].map(write));
    assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
    assert.equal((await write('three.test')).status, 412);
    const again = await call('GET', '/settings/server.hostname', root, {
      headers: {
        'if-none-match': both.find(({ status }) => status === 200)?.headers.get('etag') ?? '',
      },
    });
    assert.equal(again.status, 304);
  });

  it('says what a change would be, and changes nothing', async () => {
    const events = await countEvents();
    const trials = [
      await call('PATCH', '/domains/own.test?dryRun=1', root, { body: { comment: 'ours' } }),
      await call('POST', '/users?dryRun=1', root, { body: { address: 'new@own.test', password } }),
      await call('DELETE', '/users/root%40own.test/sessions?dryRun=1'),
      await call('PUT', '/settings/server.hostname?dryRun=1', root, {
        body: { value: 'four.test' },
      }),
      await call('POST', '/domains/own.test/dkim?dryRun=1', root, { body: {} }),
    ];
    for (const { status, json } of trials) {
      assert.equal(status, 200, JSON.stringify(json));
      assert.equal(json.dryRun, true);
    }
    assert.deepEqual(trials[0]?.json.changes, [{ pointer: '/comment', before: '', after: 'ours' }]);
    assert.equal(trials[1]?.json.after.address, 'new@own.test');
    assert.equal(trials[4]?.json.after.items.length, 2);
    assert.equal((await call('GET', '/domains/own.test')).json.comment, '');
    assert.equal((await call('GET', '/users/new%40own.test')).status, 404);
    assert.notEqual((await call('GET', '/settings/server.hostname')).json.value, 'four.test');
    await flushTrail();
    assert.equal(await countEvents(), events);
  });

  it('holds the writer for no trial that needs none', async () => {
    for (const { method, path, run, triesItself } of endpoints) {
      assert.equal(triesItself, /\bisDryRun\b/.test(String(run)), `${method} ${path}`);
    }
    const users = await db.account.count();
    const body = { text: 'many[1-3]', domain: 'own.test' };
    const { json } = await call('POST', '/users/batch?dryRun=1', dora, { body });
    assert.deepEqual(
      json.after.lines.map(({ outcome }: { outcome: string }) => outcome),
      ['add', 'add', 'add'],
    );
    assert.equal(await db.account.count(), users);
  });

  it('carries a call out once', async () => {
    for (const [path, body] of [
      ['/networks', { cidr: '10.9.0.0/16' }],
      ['/users', { address: 'once@own.test', password }],
    ] as const) {
      const sent = { body, headers: { 'idempotency-key': `key of ${path}`.replaceAll(' ', '-') } };
      const [first, second] = await Promise.all([
        call('POST', path, root, sent),
        call('POST', path, root, sent),
      ]);
      const good = [first, second].find(({ status }) => status === 201);
      assert.ok(good, JSON.stringify([first.json, second.json]));
      const third = await call('POST', path, root, sent);
      assert.deepEqual(third.json, good.json);
      assert.equal(third.headers.get('idempotency-replayed'), 'true');
      const other = await call('POST', path, root, { ...sent, body: { ...body, comment: 'x' } });
      assert.equal(other.status, 422);
    }
    assert.equal(await db.network.count({ where: { cidr: '10.9.0.0/16' } }), 1);
  });

  it('holds nobody up while it asks the daemon, also under a key', async () => {
    const daemon = createServer((_request, response) => {
      // Another writes while the daemon looks.
      void addNetwork({ cidr: '10.8.0.0/16' }, 'test')
        .then(() => response.end(JSON.stringify({ result: {} })))
        .catch((error: Error) => response.end(JSON.stringify({ error: error.message })));
    });
    await new Promise<void>((resolve) => daemon.listen({ host: '127.0.0.1', port: 0 }, resolve));
    const { port } = daemon.address() as AddressInfo;
    process.env.DREY_INTERNAL_CONTROL = `127.0.0.1:${port}`;
    try {
      const sent = { body: {}, headers: { 'idempotency-key': 'activate' } };
      const { status } = await call('POST', '/domains/own.test/dkim/activate', root, sent);
      assert.equal(await db.network.count({ where: { cidr: '10.8.0.0/16' } }), 1);
      assert.notEqual(status, 503);
    } finally {
      delete process.env.DREY_INTERNAL_CONTROL;
      daemon.closeAllConnections();
      daemon.close();
    }
  });

  it('lets a refused call be tried again under its key', async () => {
    const headers = { 'idempotency-key': 'again' };
    const body = { address: 'late@late.test', targets: ['root@own.test'] };
    assert.equal((await call('POST', '/aliases', root, { body, headers })).status, 404);
    await addDomain({ name: 'late.test' }, 'test');
    assert.equal((await call('POST', '/aliases', root, { body, headers })).status, 201);
  });

  it('pages through what grows meanwhile', async () => {
    for (const name of ['b', 'd', 'f', 'h']) {
      await addAccount({ address: `${name}@own.test`, password: { stored: null } }, 'test');
    }
    const seen: string[] = [];
    let path: string | null = '/users?limit=2&domain=own.test';
    while (path) {
      const { json, headers }: Awaited<ReturnType<typeof call>> = await call('GET', path);
      seen.push(...json.items.map(({ address }: { address: string }) => address));
      // Before what was read, and behind it.
      const at = seen.length;
      await addAccount({ address: `a${at}@own.test`, password: { stored: null } }, 'test');
      path = /<\/api\/v1([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1] ?? null;
      assert.equal(json.next === null, path === null);
    }
    assert.equal(new Set(seen).size, seen.length, 'nothing twice');
    for (const name of ['b', 'd', 'f', 'h', 'root']) assert.ok(seen.includes(`${name}@own.test`));
    const bad = await call('GET', '/aliases?cursor=%20%20');
    assert.equal(bad.status, 422);
  });

  it('hides what is of other domains', async () => {
    await addAccount({ address: 'them@other.test', password: { stored: null } }, 'test');
    for (const path of ['/users/them%40other.test', '/domains/other.test']) {
      assert.equal((await call('GET', path, dora)).status, 404, path);
    }
    const { json } = await call('GET', '/users', dora);
    assert.ok(
      json.items.every(({ address }: { address: string }) => address.endsWith('@own.test')),
    );
    assert.equal((await call('GET', '/settings', dora)).status, 403);
    assert.equal((await call('GET', '/users/root%40own.test', dora)).status, 403);
  });

  it('opens nothing for a wrong token, network or time', async () => {
    const none = await call('GET', '/domains', '');
    assert.equal(none.status, 401);
    assert.match(none.headers.get('www-authenticate') ?? '', /^Bearer/);
    const admin = await db.account.findUniqueOrThrow({ where: { address: 'root@own.test' } });
    const maker = await readStaff({ ...admin, role: 'admin' });
    const near = await addApiToken(
      { name: 'near', role: 'admin', networks: ['192.0.2.0/24'] },
      maker,
    );
    assert.equal((await call('GET', '/domains', near.token, { remote: '192.0.2.7' })).status, 200);
    assert.equal(
      (await call('GET', '/domains', near.token, { remote: '198.51.100.7' })).status,
      401,
    );
    const short = await addApiToken(
      { name: 'short', role: 'admin', expiresAt: fromNow(60_000) },
      maker,
    );
    assert.equal((await call('GET', '/domains', short.token)).status, 200);
    shiftClock(61_000);
    assert.equal((await call('GET', '/domains', short.token)).status, 401);
    const reader = await addApiToken({ name: 'reader', role: 'admin', isReadOnly: true }, maker);
    assert.equal((await call('GET', '/domains', reader.token)).status, 200);
    const refused = await call('POST', '/networks', reader.token, {
      body: { cidr: '10.1.0.0/16' },
    });
    assert.equal(refused.status, 403);
  });

  it('ends with the rights of its maker', async () => {
    const two = await addAccount({ address: 'two@own.test', password, role: 'admin' }, 'test');
    const { token } = await addApiToken({ name: 'two', role: 'admin' }, await readStaff(two));
    assert.equal((await call('GET', '/settings', token)).status, 200);
    await giveRole(two.id, { role: 'domain-admin', domains: ['own.test'] }, 'test');
    assert.equal((await call('GET', '/settings', token)).status, 401);
    await giveRole(two.id, { role: 'admin', domains: [] }, 'test');
    assert.equal((await call('GET', '/settings', token)).status, 200);
    await updateAccount(two.id, { isDisabled: true }, 'test');
    assert.equal((await call('GET', '/settings', token)).status, 401);
    assert.equal((await listApiTokens()).find(({ name }) => name === 'two')?.isAlive, false);
    const dora = await readStaff({ ...two, role: 'domain-admin' });
    await assert.rejects(addApiToken({ name: 'more', role: 'admin' }, dora), /no more rights/);
  });

  it('closes to wrong tokens after too many, and to no good one', async () => {
    const remote = '203.0.113.9';
    const wrong = `drey_${'a'.repeat(24)}_${'b'.repeat(32)}`;
    const statuses: number[] = [];
    for (let tries = 0; tries < 12; tries++) {
      statuses.push((await call('GET', '/domains', wrong, { remote })).status);
    }
    assert.equal(statuses[0], 401);
    assert.equal(statuses.at(-1), 429);
    const askedAt = now();
    const closed = await call('GET', '/domains', wrong, { remote });
    assert.equal(closed.status, 429);
    const [block] = await listBlocks();
    const seconds = Number(closed.headers.get('retry-after'));
    const until = block?.until ?? now();
    assert.ok(seconds >= secondsUntil(until), `${seconds}`);
    assert.ok(seconds <= Math.ceil((until.getTime() - askedAt.getTime()) / 1000), `${seconds}`);
    assert.equal(
      (await call('GET', '/domains', root, { remote })).status,
      200,
      'a good one passes',
    );
    assert.equal((await call('GET', '/domains', wrong, { remote })).status, 429, 'opens no door');
    await flushTrail();
    const events = await db.trailEvent.findMany({ where: { kind: 'login-failed', remote } });
    const reasons = new Set(events.map(({ reason }) => reason));
    assert.deepEqual([...reasons].sort(), ['throttled', 'wrong-token']);
    assert.ok(events.every(({ sender }) => !sender.includes('b'.repeat(32))));
  });

  it('tells nobody what is wrong with a token, open or closed', async () => {
    const staff = await readStaff(await requireAccount('root@own.test'));
    const make = (more: object) => addApiToken({ name: 'old', role: 'admin', ...more }, staff);
    const expired = await make({ expiresAt: fromNow(60_000) });
    const revoked = await make({});
    const elsewhere = await make({ networks: ['192.0.2.0/24'] });
    await removeApiToken(revoked.id, 'test');
    shiftClock(120_000);
    // Retry-After counts the seconds.
    freezeClock(now());
    const tokens = {
      unknown: `drey_${'c'.repeat(24)}_${'d'.repeat(32)}`,
      malformed: 'nothing',
      expired: expired.token,
      revoked: revoked.token,
      elsewhere: elsewhere.token,
    };
    const answers = [];
    for (const [at, token] of Object.values(tokens).entries()) {
      const remote = `198.51.100.${at + 1}`;
      const told = [];
      for (let tries = 0; tries < 12; tries++) {
        const { status, headers, json } = await call('GET', '/domains', token, { remote });
        told.push([status, [...headers], json]);
      }
      answers.push(told);
    }
    freezeClock(null);
    const [first, ...others] = answers;
    assert.deepEqual([first?.[0]?.[0], first?.at(-1)?.[0]], [401, 429]);
    for (const [at, other] of others.entries()) {
      assert.deepEqual(other, first, Object.keys(tokens)[at + 1]);
    }
  });

  it('speaks HTTP', async () => {
    const options = await call('OPTIONS', '/users', '');
    assert.equal(options.status, 204);
    assert.equal(options.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    assert.equal(options.headers.get('access-control-allow-origin'), null);
    const wrong = await call('DELETE', '/users');
    assert.equal(wrong.status, 405);
    assert.equal(wrong.headers.get('allow'), 'GET, POST, HEAD, OPTIONS');
    assert.equal((await call('GET', '/nothing')).status, 404);
    const type = { 'content-type': 'text/plain' };
    assert.equal((await call('POST', '/networks', root, { body: {}, headers: type })).status, 415);
    const much = { comment: 'x'.repeat(300_000), cidr: '10.0.0.0/8' };
    assert.equal((await call('POST', '/networks', root, { body: much })).status, 413);
    assert.equal((await call('GET', '/users?unknown=1')).status, 422);
    assert.equal((await call('GET', '/users')).headers.get('cache-control'), 'no-store');
  });
});
