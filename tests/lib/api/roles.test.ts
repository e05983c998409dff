// Every endpoint of the REST API with a token of every role: who may gets an answer, everybody else 403, a token that only
// reads changes nothing, and what is another domain's does not exist. Who may stands in tests/app/doors.ts.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addApiToken } from '#lib/accounts/api-token.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { mayRole, type Permission } from '#lib/accounts/permission.ts';
import { addSharedMailbox } from '#lib/accounts/shared.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import { answerApi } from '#lib/api/answer.ts';
import { type Endpoint, isChange } from '#lib/api/endpoint.ts';
import { endpoints } from '#lib/api/endpoints.ts';
import { db } from '#lib/db.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { apiDoors } from '#tests/app/doors.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';
const roles = ['admin', 'domain-admin', 'help-desk'] as const;
const [own, other] = ['own.test', 'other.test'];
const nameOf = ({ method, path }: Endpoint) => `${method} ${path}`;

/** What is sent where an empty body does not do. */
const bodies: Record<string, object> = {
  'PUT /domains/{domain}/footer': { text: 'A footer', html: '', for: 'outside' },
  'POST /users/{address}/rename': { address: 'another@own.test' },
  'POST /shared/{address}/rename': { address: 'another@own.test' },
  'POST /users/{address}/sending': { action: 'hold' },
  'PUT /users/{address}/password': { password: 'eleven brown leaves' },
  'POST /users/{address}/app-passwords': { name: 'A program', protocols: ['imap'] },
  'POST /users/{address}/rules': { name: 'A rule', conditions: [], actions: [{ do: 'flag' }] },
  'POST /users/{address}/rules/{id}/move': { position: 1 },
  'PUT /shared/{address}/members/{member}': { mayWrite: true, maySend: false },
};

describe('the roles of the REST API', () => {
  let close: () => Promise<void>;
  const tokens: Record<string, string> = {};

  before(async () => {
    ({ close } = await openTestDatabase());
    for (const domain of [own, other]) {
      await addDomain({ name: domain }, 'test');
      await addAccount({ address: `person@${domain}`, password }, 'test');
      await addAlias({ address: `info@${domain}`, targets: [`person@${domain}`] }, 'test');
      await addSharedMailbox({ address: `team@${domain}` }, 'test');
    }
    const admin = await addAccount({ address: `root@${own}`, password, role: 'admin' }, 'test');
    const maker = await readStaff(admin);
    for (const role of roles) {
      const domains = role === 'admin' ? [] : [own];
      tokens[role] = (await addApiToken({ name: role, role, domains }, maker)).token;
    }
    const reader = { name: 'reader', role: 'admin', isReadOnly: true } as const;
    tokens.reader = (await addApiToken(reader, maker)).token;
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  /** Of the things of a domain; a trial unless `isReal`. */
  async function call(endpoint: Endpoint, who: string | null, domain: string, isReal = false) {
    const kind = endpoint.path.split('/')[1] ?? '';
    const names: Record<string, string> = { aliases: 'info', shared: 'team' };
    const things: Record<string, string> = {
      domain,
      address: `${names[kind] ?? 'person'}@${domain}`,
      member: `person@${domain}`,
    };
    const path = endpoint.path.replace(/\{(\w+)\}/g, (_, name) => things[name] ?? 'none');
    const trial = isChange(endpoint) && !isReal ? '?dryRun=1' : '';
    const hasBody = endpoint.body !== null;
    const request = new Request(`http://drey.test/api/v1${path}${trial}`, {
      method: endpoint.method,
      headers: {
        ...(who ? { authorization: `Bearer ${tokens[who]}` } : {}),
        ...(hasBody ? { 'content-type': 'application/json' } : {}),
      },
      ...(hasBody ? { body: JSON.stringify(bodies[nameOf(endpoint)] ?? {}) } : {}),
    });
    const answer = await answerApi(request, { remote: '127.0.0.1', isSafe: true });
    return { status: answer.status, text: await answer.text() };
  }

  it('stand in the table of doors, once each', () => {
    assert.ok(endpoints.length > 100, `only ${endpoints.length} endpoints`);
    assert.deepEqual(Object.values(apiDoors).flat().sort(), endpoints.map(nameOf).sort());
  });

  for (const endpoint of endpoints) {
    const name = nameOf(endpoint);
    const [who] = Object.entries(apiDoors).find(([, list]) => list.includes(name)) ?? ['nobody'];
    it(`${name} is for ${who}`, async () => {
      assert.equal(endpoint.permission ?? 'admin', who);
      for (const role of roles) {
        const { status, text } = await call(endpoint, role, own);
        const may = mayRole(role, who === 'admin' ? null : (who as Permission));
        if (may) assert.ok(![401, 403, 405, 500].includes(status), `${role} ${status} ${text}`);
        else assert.equal(status, 403, `${role} ${text}`);
        if (role !== 'admin') assert.doesNotMatch(text, /other\.test/, role);
      }
      assert.equal((await call(endpoint, null, own)).status, 401);
      const reading = await call(endpoint, 'reader', own);
      const mayRead = !isChange(endpoint) && !endpoint.isOutward;
      assert.equal(reading.status === 403, !mayRead, reading.text);
    });
  }

  it('reach no thing of another domain', async () => {
    const changes = () => db.trailEvent.count({ where: { kind: 'changed' } });
    await flushTrail();
    const before = await changes();
    const asked = endpoints.filter(({ path }) => /\{(domain|address)\}/.test(path));
    let calls = 0;
    for (const endpoint of asked) {
      for (const role of ['domain-admin', 'help-desk'] as const) {
        if (!mayRole(role, endpoint.permission)) continue;
        const { status, text } = await call(endpoint, role, other, true);
        assert.equal(status, 404, `${role} ${nameOf(endpoint)}: ${text}`);
        calls++;
      }
    }
    assert.ok(calls > 30, `only ${calls} calls`);
    await flushTrail();
    assert.equal(await changes(), before, 'nothing has changed');
  });
});
