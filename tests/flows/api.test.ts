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
import { onItsOwn, visit } from '#tests/support/web-client.ts';
import {
  changes,
  made,
  nameOf,
  own,
  password,
  planCall,
  questions,
  type Things,
} from './api/planned.ts';

const other = 'other.test';
const root = `root@${own}`;

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
        ...onItsOwn,
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
    const { path, body } = planCall(endpoint, of);
    return call(endpoint.method, path + query, token, { body });
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
          status < 400 && !/\{id\}|third|restore/.test(`${name} ${planCall(endpoint, mine).path}`);
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
