// The REST API of the running system: every endpoint with a super admin's token, a domain admin's with own and with another
// domain's things, an expired one, one from a wrong network and none; the examples of docs/api.md; webhooks over a crash.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import nodemailer from 'nodemailer';
import { mayRole } from '#lib/accounts/permission.ts';
import { type Endpoint, isChange } from '#lib/api/endpoint.ts';
import { endpoints } from '#lib/api/endpoints.ts';
import {
  type Daemon,
  runProgram,
  startDaemon,
  waitFor,
  waitHealthy,
} from '#tests/support/daemon.ts';
import { findFaults, type Schema } from '#tests/support/json-schema.ts';
import { visit } from '#tests/support/web-client.ts';

const password = 'a nest of seven nuts';
const own = 'own.test';
const other = 'other.test';
const root = `root@${own}`;

/** What there is in one domain. */
type Things = { domain: string; user: string; shared: string; alias: string; entry: string };
/** The last of each kind that the super admin's token has made, by the first word of the path */
const made: Record<string, string> = {};

type Planned = {
  /** With what stands in braces filled in */
  path: (of: Things) => string;
  body?: (of: Things) => object;
  status?: number;
};
const at = (path: string, body?: Planned['body'] | object, status?: number): Planned => ({
  path: (of) => fill(path, of),
  body: typeof body === 'function' ? (body as Planned['body']) : body && (() => body),
  status,
});

function fill(path: string, of: Things): string {
  const [, first = ''] = path.split('/');
  const addressOf: Record<string, string> = { aliases: of.alias, shared: of.shared };
  return path
    .replace('{domain}', of.domain)
    .replace('{address}', encodeURIComponent(addressOf[first] ?? of.user))
    .replace('{member}', encodeURIComponent(of.user))
    .replace('{key}', 'server.hostname')
    .replace('{selector}', made.selector ?? 'none')
    .replace('{id}', first === 'queue' ? of.entry : (made[first] ?? 'none'));
}

const empty = {};
/** How each endpoint that changes something is called; what is made goes before what is done with it, and what is taken away last. */
const changes: Record<string, Planned> = {
  'POST /domains': at('/domains', { name: 'third.test' }, 201),
  'PATCH /domains/{domain}': at('/domains/{domain}', { comment: 'ours' }),
  'POST /domains/{domain}/dkim': at('/domains/{domain}/dkim', empty, 201),
  // No record of it is in the DNS.
  'POST /domains/{domain}/dkim/activate': at('/domains/{domain}/dkim/activate', empty, 422),
  'POST /domains/{domain}/dkim/{selector}/retire': at(
    '/domains/{domain}/dkim/{selector}/retire',
    empty,
    404,
  ),
  'DELETE /domains/{domain}/dkim/{selector}': at('/domains/{domain}/dkim/{selector}'),
  'PUT /domains/{domain}/footer': at('/domains/{domain}/footer', {
    text: 'A footer',
    html: '',
    for: 'outside',
  }),
  'POST /users': at('/users', ({ domain }) => ({ address: `new@${domain}`, password }), 201),
  'PATCH /users/{address}': at('/users/{address}', { displayName: 'P' }),
  'PUT /users/{address}/password': at('/users/{address}/password', { password }),
  'POST /users/{address}/password-link': at('/users/{address}/password-link', empty, 200),
  'POST /users/{address}/app-passwords': at(
    '/users/{address}/app-passwords',
    { name: 'Phone', protocols: ['imap'] },
    201,
  ),
  'DELETE /users/{address}/app-passwords/{id}': at(
    '/users/{address}/app-passwords/none',
    undefined,
    404,
  ),
  'DELETE /users/{address}/sessions/{id}': at('/users/{address}/sessions/none', undefined, 404),
  'DELETE /users/{address}/sessions': at('/users/{address}/sessions'),
  'DELETE /users/{address}/second-factor': at('/users/{address}/second-factor'),
  'PUT /users/{address}/role': at('/users/{address}/role', { role: 'user' }),
  'POST /users/{address}/sending': at('/users/{address}/sending', { action: 'release' }),
  // The address of a shared mailbox.
  'POST /users/{address}/rename': at(
    '/users/{address}/rename',
    ({ shared }) => ({ address: shared }),
    409,
  ),
  'PATCH /user-defaults/{domain}': at('/user-defaults/{domain}', { language: 'de' }),
  'POST /aliases': at(
    '/aliases',
    ({ domain, user }) => ({ address: `second@${domain}`, targets: [user] }),
    201,
  ),
  'PATCH /aliases/{address}': at('/aliases/{address}', { comment: 'ours' }),
  'POST /shared': at('/shared', ({ domain }) => ({ address: `group@${domain}` }), 201),
  'PATCH /shared/{address}': at('/shared/{address}', { displayName: 'Ours' }),
  'PUT /shared/{address}/members/{member}': at('/shared/{address}/members/{member}', {
    mayWrite: true,
  }),
  'DELETE /shared/{address}/members/{member}': at('/shared/{address}/members/{member}'),
  'POST /rewrites': at(
    '/rewrites',
    { scope: 'sender', pattern: 'a@old.test', replacement: 'a@own.test' },
    201,
  ),
  'PATCH /rewrites/{id}': at('/rewrites/{id}', { comment: 'ours' }),
  'POST /networks': at('/networks', { cidr: '10.9.0.0/16' }, 201),
  'PATCH /networks/{id}': at('/networks/{id}', { comment: 'ours' }),
  'POST /access-rules': at(
    '/access-rules',
    { scope: 'sender', pattern: '@bad.test', action: 'reject' },
    201,
  ),
  'PATCH /access-rules/{id}': at('/access-rules/{id}', { comment: 'ours' }),
  'POST /access-rules/{id}/move': at('/access-rules/{id}/move', { position: 1 }),
  'POST /relay-rules': at('/relay-rules', { target: 'hosts', hosts: 'relay.test' }, 201),
  'PATCH /relay-rules/{id}': at('/relay-rules/{id}', { comment: 'ours' }),
  'POST /relay-rules/{id}/move': at('/relay-rules/{id}/move', { position: 1 }),
  'DELETE /blocked/{id}': at('/blocked/YWRkcmVzczoxOTIuMC4yLjE', undefined, 404),
  'PUT /settings/{key}': at('/settings/{key}', { value: 'mail.own.test' }),
  'DELETE /settings/{key}': at('/settings/{key}'),
  'POST /users/batch': at('/users/batch', ({ domain }) => ({ text: 'many:', domain })),
  'POST /import': at('/import', { kind: 'mynetworks', text: '10.8.0.0/16' }),
  'POST /directory': at(
    '/directory',
    ({ domain }) => ({ domain, name: 'Pia', address: 'pia@outside.test' }),
    201,
  ),
  'PATCH /directory/{id}': at('/directory/{id}', { phone: '123' }),
  'DELETE /directory/{id}': at('/directory/{id}'),
  'PUT /queue/pauses/{destination}': at('/queue/pauses/slow.test', { reason: 'They rest' }),
  'DELETE /queue/pauses/{destination}': at('/queue/pauses/*'),
  'DELETE /queue/suppressed/{address}': at('/queue/suppressed/x@none.test', undefined, 404),
  'POST /queue/bulk': at('/queue/bulk', { action: 'drop', filter: { domain: 'none.test' } }),
  'POST /announcements': at(
    '/announcements',
    { text: 'Hello', until: '2099-01-01T00:00:00Z' },
    201,
  ),
  'POST /announcements/{id}/end': at('/announcements/{id}/end', empty),
  'DELETE /announcements/{id}': at('/announcements/{id}'),
  // There is no folder for them.
  'POST /backups/runs': at('/backups/runs', empty, 404),
  'POST /backups/restores': at(
    '/backups/restores',
    { user: `person@${own}`, snapshot: '2026-11-21T10:00:00Z' },
    404,
  ),
  'POST /certificates': at('/certificates', { kind: 'self-signed', names: ['imap.own.test'] }, 201),
  'PUT /certificates/{id}/chain': at('/certificates/{id}/chain', { chain: 'x', key: 'y' }, 422),
  'POST /certificates/{id}/order': at('/certificates/{id}/order', empty),
  'DELETE /certificates/{id}': at('/certificates/{id}'),
  // It waits for nobody.
  'POST /revisions/{id}/keep': at('/revisions/{id}/keep', empty, 404),
  'POST /revisions/{id}/undo': at('/revisions/{id}/undo', { reason: 'Not ours' }),
  'POST /revisions/{id}/undo-group': at('/revisions/{id}/undo-group', { reason: 'Nor this' }, 409),
  'POST /configuration/apply': at('/configuration/apply', {
    configuration: { settings: { 'web.title': 'Theirs' } },
  }),
  'POST /queue/{id}/hold': at('/queue/{id}/hold', empty),
  'POST /queue/{id}/release': at('/queue/{id}/release', empty),
  'POST /queue/{id}/retry': at('/queue/{id}/retry', empty),
  'POST /webhooks': at(
    '/webhooks',
    { name: 'Far', url: 'https://hooks.example.org/', events: ['bounced'] },
    201,
  ),
  'PATCH /webhooks/{id}': at('/webhooks/{id}', { isDisabled: true }),
  'POST /webhooks/{id}/secret': at('/webhooks/{id}/secret', empty),
  'DELETE /webhooks/{id}': at('/webhooks/{id}'),
  'POST /queue/{id}/bounce': at('/queue/{id}/bounce', empty),
  'DELETE /queue/{id}': at('/queue/none', undefined, 404),
  'DELETE /relay-rules/{id}': at('/relay-rules/{id}'),
  'DELETE /access-rules/{id}': at('/access-rules/{id}'),
  'DELETE /networks/{id}': at('/networks/{id}'),
  'DELETE /rewrites/{id}': at('/rewrites/{id}'),
  'DELETE /shared/{address}': at('/shared/{address}'),
  'DELETE /aliases/{address}': at('/aliases/{address}'),
  'DELETE /users/{address}': at('/users/{address}'),
  'POST /shared/{address}/restore': at('/shared/{address}/restore', empty),
  'POST /users/{address}/restore': at('/users/{address}/restore', empty),
  'DELETE /tokens/{id}': at('/tokens/none', undefined, 404),
  'POST /queue/reroutes': at('/queue/reroutes', { domain: 'none.test' }),
  'POST /jobs/{name}/run': at('/jobs/expired-tokens/run', empty),
  'POST /doctor/run': at('/doctor/run', { ids: ['disk'] }),
  'DELETE /domains/{domain}': at('/domains/third.test'),
};
/** What is asked with a body, or of a thing that is not there. */
const questions: Record<string, Planned> = {
  'POST /explain': at('/explain', ({ user }) => ({ client: '192.0.2.1', to: [user] })),
  'POST /configuration/plan': at('/configuration/plan', {
    configuration: 'settings:\n  web.title: Theirs\n',
  }),
  'POST /relay-rules/test': at('/relay-rules/test', { recipient: 'x@outside.test' }),
  'POST /webhooks/{id}/test': at('/webhooks/none/test', empty, 404),
  'GET /directory/{id}': at('/directory/none', undefined, 404),
  'POST /backups/search': at(
    '/backups/search',
    { user: `person@${own}`, snapshot: '2026-11-21T10:00:00Z' },
    404,
  ),
  'GET /queue/suppressed/{address}': at('/queue/suppressed/x@none.test', undefined, 404),
  'GET /queue/pauses/{destination}': at('/queue/pauses/*'),
  'GET /announcements/{id}': at('/announcements/none', undefined, 404),
  'GET /backups/runs/{id}': at('/backups/runs/none', undefined, 404),
  'GET /certificates/{id}': at('/certificates/none', undefined, 404),
  'GET /tokens/{id}': at('/tokens/none', undefined, 404),
  'GET /rewrites/{id}': at('/rewrites/none', undefined, 404),
  'GET /networks/{id}': at('/networks/none', undefined, 404),
  'GET /access-rules/{id}': at('/access-rules/none', undefined, 404),
  'GET /relay-rules/{id}': at('/relay-rules/none', undefined, 404),
  'GET /webhooks/{id}': at('/webhooks/none', undefined, 404),
  'GET /webhooks/{id}/answers': at('/webhooks/none/answers', undefined, 404),
};

const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;
const byName = new Map(endpoints.map((each) => [nameOf(each), each]));

describe('the REST API of the running system', () => {
  let daemon: Daemon;
  let database: DatabaseSync;
  let receiver: Server;
  let mine: Things;
  let theirs: Things;
  const tokens: Record<string, string> = {};
  const heard: { type: string; recipient: string; id: string }[] = [];
  let hookStatus = 200;
  let openapi: { paths: Record<string, Record<string, object>> };

  before(async () => {
    receiver = createServer(async (request, response) => {
      let body = '';
      for await (const chunk of request) body += chunk;
      if (hookStatus === 200) {
        const { type, data } = JSON.parse(body);
        heard.push({ type, recipient: data.recipient, id: data.id });
      }
      response.writeHead(hookStatus).end();
    });
    receiver.listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    daemon = await startDaemon();
    await waitHealthy(daemon.url);
    const drey = (...words: string[]) => daemon.dreyJson(words, password);
    await drey('setup', '--admin', root, '--password-stdin');
    await drey('settings', 'set', 'security.failureDelayMs', '0');
    await drey('settings', 'set', 'security.maxLoginFailures', '1000');
    await drey('settings', 'set', 'security.webhooksInside', 'on');
    for (const name of [other, 'example.org']) await drey('domain', 'add', name);
    for (const domain of [own, other]) {
      await drey('user', 'add', `person@${domain}`, '--password-stdin');
      await drey('alias', 'add', `info@${domain}`, `person@${domain}`);
      await drey('shared', 'add', `team@${domain}`);
      await drey('shared', 'member', `team@${domain}`, `person@${domain}`);
    }
    await drey('queue', 'pause', '*');
    await drey('settings', 'set', 'web.title', 'Ours');
    const file = readdirSync(daemon.folder).find((name) => name.endsWith('.db')) ?? '';
    database = new DatabaseSync(join(daemon.folder, file), { readOnly: true });
    const [titled] = select(`SELECT id FROM Revision WHERE key = 'web.title'`);
    made.revisions = String(titled?.id);
    [mine, theirs] = [await fillDomain(own), await fillDomain(other)];
    const add = async (name: string, ...words: string[]) => {
      const { token } = (await drey('--as', root, 'tokens', 'add', name, ...words)) as {
        token: string;
      };
      tokens[name] = token;
    };
    await add('root');
    await add('dora', '--role', 'domain-admin', '--domain', own);
    await add('reader', '--read-only');
    await add('far', '--from', '192.0.2.0/24');
    await add('old', '--until', '2099-01-01');
    endToken('old', file);
    openapi = (await call('GET', '/openapi.json')).json as typeof openapi;
  });
  after(async () => {
    database?.close();
    receiver?.closeAllConnections();
    receiver?.close();
    await daemon?.stop();
  });

  /** Its end has come. */
  function endToken(name: string, file: string): void {
    const writer = new DatabaseSync(join(daemon.folder, file), { timeout: 60_000 });
    writer.prepare('UPDATE "ApiToken" SET "expiresAt" = "createdAt" WHERE "name" = ?').run(name);
    writer.close();
  }

  /** A mail of the person of a domain in the queue. */
  async function fillDomain(domain: string): Promise<Things> {
    const user = `person@${domain}`;
    await send(user, `x@outside.${domain}`);
    const entry = await waitFor(
      () => select(`SELECT id FROM QueueRecipient WHERE domain = 'outside.${domain}'`)[0],
      'a queued recipient',
    );
    return {
      ...{ domain, user, alias: `info@${domain}`, shared: `team@${domain}` },
      entry: String(entry.id),
    };
  }

  async function send(from: string, to: string): Promise<void> {
    const transport = nodemailer.createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: from, pass: password },
      tls: { rejectUnauthorized: false },
    });
    await transport.sendMail({ from, to, subject: 'Out', text: 'Out' });
    transport.close();
  }

  const select = (query: string) => database.prepare(query).all() as Record<string, unknown>[];

  /** Everything that administrators change, as it is stored. */
  function look(): string {
    const own =
      /^(LoginThrottle|ApiToken|Node|NodeReport|RollUp|DomainDay|DomainHour|DomainDns|JobRun|Lease|Finding)$/;
    const tables = select(`SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name`)
      .map(({ name }) => String(name))
      .filter((name) => /^[A-Z]/.test(name) && !own.test(name) && name !== 'TrailEvent');
    const rows = tables.map((name) => [name, select(`SELECT * FROM "${name}"`)]);
    const changed = select(`SELECT count(*) AS count FROM TrailEvent WHERE kind = 'changed'`);
    return JSON.stringify([rows, changed], (_key, value) =>
      typeof value === 'bigint' ? String(value) : value,
    );
  }

  type Answer = { status: number; headers: Headers; json: unknown; text: string };

  async function call(
    method: string,
    path: string,
    token?: string,
    { body, headers = {} }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const answer = await fetch(`${daemon.url}/api/v1${path}`, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    const json = text === '' ? undefined : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, json, text };
  }

  /** The call of an endpoint, with whose things. */
  function run(endpoint: Endpoint, token: string | undefined, of: Things, query = '') {
    const planned = changes[nameOf(endpoint)] ?? questions[nameOf(endpoint)] ?? at(endpoint.path);
    return call(endpoint.method, planned.path(of) + query, token, { body: planned.body?.(of) });
  }

  /** What is wrong with an answer, by the OpenAPI document. */
  function check(endpoint: Endpoint, { status, headers, json }: Answer): void {
    const operation = openapi.paths[endpoint.path]?.[endpoint.method.toLowerCase()] as {
      responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
    };
    const isGood = status < 400;
    const type = headers.get('content-type') ?? '';
    const problem = { $ref: '#/components/schemas/Problem' };
    const schema = isGood ? operation.responses[status]?.content?.[type]?.schema : problem;
    if (isGood)
      assert.ok(operation.responses[status], `${nameOf(endpoint)}: ${status} is not told`);
    else assert.equal(type, 'application/problem+json', nameOf(endpoint));
    if (json === undefined) assert.equal(status, 204, nameOf(endpoint));
    else assert.deepEqual(findFaults(schema ?? { enum: [] }, json, openapi), [], nameOf(endpoint));
  }

  it('has a call for every endpoint that changes something', () => {
    const wanted = endpoints.filter(isChange).map(nameOf);
    assert.deepEqual(Object.keys(changes).sort(), wanted.sort());
  });

  it('opens for no token, a wrong one, an expired one, or one from elsewhere', async () => {
    const wrong = `drey_${'a'.repeat(24)}_${'b'.repeat(32)}`;
    const seen = look();
    for (const endpoint of endpoints) {
      for (const token of [undefined, wrong, tokens.old, tokens.far]) {
        const answer = await run(endpoint, token, mine);
        assert.equal(answer.status, 401, nameOf(endpoint));
        check(endpoint, answer);
      }
    }
    assert.equal(look(), seen, 'nothing has changed');
    const visitor = await visit(daemon.url, { address: root, password });
    assert.equal((await visitor.get('/api/v1/domains')).status, 401, 'a cookie counts for nothing');
  });

  it('lets a reading token read alone', async () => {
    for (const endpoint of endpoints) {
      const { status } = await run(endpoint, tokens.reader, mine);
      const isClosed = isChange(endpoint) || endpoint.isOutward;
      if (isClosed) assert.equal(status, 403, nameOf(endpoint));
      else assert.ok(status < 500 && status !== 403, `${nameOf(endpoint)} ${status}`);
    }
  });

  it('has nothing of another domain for a domain admin', async () => {
    const seen = look();
    for (const endpoint of endpoints) {
      const isMay = mayRole('domain-admin', endpoint.permission);
      const answer = await run(endpoint, tokens.dora, theirs);
      check(endpoint, answer);
      const takesThings = /\{/.test(endpoint.path) || endpoint.method === 'POST';
      if (!isMay) assert.equal(answer.status, 403, nameOf(endpoint));
      else if (takesThings) assert.equal(answer.status, 404, nameOf(endpoint));
      else {
        assert.equal(answer.status, 200, nameOf(endpoint));
        assert.doesNotMatch(answer.text, /other\.test/, nameOf(endpoint));
      }
    }
    const asked = await call('GET', `/users?domain=${other}`, tokens.dora);
    assert.deepEqual((asked.json as { items: unknown[] }).items, []);
    assert.equal(look(), seen, 'nothing has changed');
  });

  it('tries every change out and changes nothing', async () => {
    const seen = look();
    for (const [name, { status = 204 }] of Object.entries(changes)) {
      const endpoint = byName.get(name) as Endpoint;
      for (const token of [tokens.root, tokens.dora]) {
        if (token === tokens.dora && !mayRole('domain-admin', endpoint.permission)) continue;
        const answer = await run(endpoint, token, mine, '?dryRun=1');
        const isThere =
          status < 400 && !/\{id\}|third|restore/.test(`${name} ${changes[name]?.path(mine)}`);
        if (isThere && !name.includes('{selector}')) {
          assert.equal(answer.status, 200, `${name}: ${answer.text}`);
        }
        check(endpoint, answer);
      }
    }
    assert.equal(look(), seen, 'nothing has changed');
  });

  it('answers as its document says', async () => {
    for (const endpoint of endpoints.filter((each) => !isChange(each))) {
      const answer = await run(endpoint, tokens.root, mine);
      const wanted = questions[nameOf(endpoint)]?.status ?? 200;
      assert.equal(answer.status, wanted, `${nameOf(endpoint)}: ${answer.text}`);
      check(endpoint, answer);
    }
    for (const [name, { status = 0 }] of Object.entries(changes)) {
      const endpoint = byName.get(name) as Endpoint;
      const answer = await run(endpoint, tokens.root, mine);
      const usual = endpoint.answer === null ? 204 : 200;
      assert.equal(answer.status, status || usual, `${name}: ${answer.text}`);
      check(endpoint, answer);
      const { id, items } = (answer.json ?? {}) as { id?: string; items?: { selector: string }[] };
      const [, word = ''] = endpoint.path.split('/');
      if (answer.status === 201 && id && !endpoint.path.includes('{')) made[word] = id;
      if (items?.[0]?.selector) made.selector = items[0].selector;
      if (answer.headers.get('location')) {
        const path = answer.headers.get('location')?.slice('/api/v1'.length) ?? '';
        assert.equal((await call('GET', path, tokens.root)).status, 200, path);
      }
    }
  });

  it('gives HEAD without a body and no leave to other origins', async () => {
    // Of another origin it does not count as this machine, which alone calls without https.
    const headers = { origin: 'https://evil.test', 'x-forwarded-proto': 'https' };
    const head = await call('HEAD', '/domains', tokens.root, { headers });
    assert.equal(head.status, 200);
    assert.equal(head.text, '');
    assert.equal(head.headers.get('access-control-allow-origin'), null);
    assert.equal(head.headers.get('cache-control'), 'no-store');
    assert.equal((await call('OPTIONS', '/domains')).headers.get('allow')?.includes('POST'), true);
  });

  it('runs the examples of the page', async () => {
    const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'api.md'), 'utf8');
    const blocks = [...page.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text = '']) => text);
    assert.ok(blocks.length >= 3);
    for (const block of blocks) {
      const env = { ...process.env, DREY: daemon.url, TOKEN: tokens.root };
      const { code, stderr } = await runProgram('bash', ['-e', '-c', block], '', env);
      assert.equal(code, 0, `${block}\n${stderr}`);
    }
  });

  it('tells a webhook what happened, also over a crash', async () => {
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const body = { name: 'Near', url, events: ['delivered', 'login', 'change'], domains: [other] };
    const hook = await call('POST', '/webhooks', tokens.root, { body });
    const { id } = hook.json as { id: string };
    assert.equal(
      (await call('POST', `/webhooks/${id}/test`, tokens.root, { body: {} })).status,
      200,
    );
    assert.equal(heard.shift()?.type, 'test');
    await send(theirs.user, theirs.user);
    const first = () => heard.find(({ type }) => type === 'delivered');
    await waitFor(first, 'a delivery that is told');
    assert.equal(first()?.recipient, theirs.user);
    hookStatus = 503;
    await send(theirs.user, theirs.alias);
    const failing = async () => {
      const { json } = await call('GET', `/webhooks/${id}`, tokens.root);
      return (json as { failures: number }).failures > 0;
    };
    await waitFor(failing, 'a webhook that fails');
    daemon.process.kill('SIGKILL');
    await once(daemon.process, 'exit');
    hookStatus = 200;
    heard.length = 0;
    const next = await startDaemon({ DREY_DATA: daemon.folder });
    try {
      await waitFor(() => heard.find(({ type }) => type === 'delivered'), 'what waited');
      const ids = heard.map((each) => each.id);
      assert.equal(new Set(ids).size, ids.length, 'nothing twice that was taken');
    } finally {
      await next.stop();
    }
  });
});
