// What the REST API does with the server as a whole: history, configuration, queue in the large, many users, directory,
// numbers, announcements, backups, certificates.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addApiToken } from '#lib/accounts/api-token.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import { answerApi } from '#lib/api/answer.ts';
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { runFrom } from '#lib/history/origin.ts';
import { recordDomainMailIn } from '#lib/numbers/domain-mail.ts';
import { formatNumbers } from '#lib/numbers/roll-up.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { suppressIn } from '#lib/queue/suppression.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';

describe('the REST API over the server as a whole', () => {
  let close: () => Promise<void>;
  let root: string;
  let dora: string;

  before(async () => {
    ({ close } = await openTestDatabase());
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

  // biome-ignore lint/suspicious/noExplicitAny: what JSON holds
  type Answer = { status: number; json: any };

  async function call(
    method: string,
    path: string,
    body?: object,
    token = root,
    more: Record<string, string> = {},
  ): Promise<Answer> {
    const request = new Request(`http://drey.test/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...more },
      body: body && JSON.stringify(body),
    });
    const answer = await answerApi(request, { remote: '127.0.0.1', isSafe: true });
    const text = await answer.text();
    return { status: answer.status, json: text === '' ? undefined : JSON.parse(text) };
  }

  /** The same, that must go well. */
  async function get(method: string, path: string, body?: object) {
    const { status, json } = await call(method, path, body);
    assert.ok(status < 300, `${method} ${path}: ${status} ${JSON.stringify(json)}`);
    return json;
  }

  const readTitle = async () => (await get('GET', '/settings/web.title')).value;

  it('takes a change back', async () => {
    const usual = await readTitle();
    await get('PUT', '/settings/web.title', { value: 'Post' });
    const { items } = await get('GET', '/revisions?search=web.title');
    const { id, after, place } = items[0];
    assert.deepEqual([after.value, place], ['Post', 'API token root']);
    const trial = await get('POST', `/revisions/${id}/undo?dryRun=1`, {});
    assert.deepEqual(
      trial.changes.map(({ pointer }: { pointer: string }) => pointer),
      ['/undoneBy'],
    );
    assert.equal(await readTitle(), 'Post');
    const { revision } = await get('POST', `/revisions/${id}/undo`, { reason: 'No' });
    assert.equal(await readTitle(), usual);
    assert.equal((await get('GET', `/revisions/${id}`)).undoneBy, revision);
    const { undoes, reason } = await get('GET', `/revisions/${revision}`);
    assert.deepEqual([undoes, reason], [id, 'No']);
    assert.equal((await call('POST', `/revisions/${id}/undo`, {})).status, 409);
    assert.equal((await call('GET', '/revisions/999999')).status, 404);
  });

  it('takes back what was changed together, or says why not', async () => {
    const networks = [{ cidr: '10.17.0.0/16' }, { cidr: '10.18.0.0/16' }];
    await get('POST', '/configuration/apply', { configuration: { networks } });
    const { items } = await get('GET', '/revisions?limit=1');
    const [{ id, groupSize }] = items;
    assert.equal(groupSize, 2);
    const { changes } = await get('GET', `/revisions/${id}/group`);
    const refusals = changes.map(({ refusal }: { refusal: unknown }) => refusal);
    assert.deepEqual(refusals, [null, null]);
    const networkList = (await get('GET', '/networks')).items as { id: string; cidr: string }[];
    const gone = networkList.find(({ cidr }) => cidr === '10.17.0.0/16');
    await get('DELETE', `/networks/${gone?.id}`);
    const { status, json } = await call('POST', `/revisions/${id}/undo-group`, {});
    assert.equal(status, 409);
    assert.match(json.detail, /1 of 2 .*\n.*10\.17\.0\.0\/16.*not here any more/);
    const done = await get('POST', `/revisions/${id}/undo-group`, { ids: [id], reason: 'No' });
    assert.equal(done.changes[0].refusal, null);
    assert.equal((await get('GET', '/revisions?limit=1')).items[0].reason, 'No');
  });

  it('keeps a risky change that waits, and tells which do', async () => {
    await runFrom({ isWatched: true }, () =>
      writeSetting('web.adminNetworks', ['127.0.0.0/8'], 'cli:root'),
    );
    const { items } = await get('GET', '/revisions/pending');
    const [{ id, subject, pendingUntil }] = items;
    assert.deepEqual([items.length, subject], [1, 'setting web.adminNetworks']);
    assert.ok(pendingUntil);
    assert.equal((await call('POST', `/revisions/${id - 1}/keep`, {})).status, 404);
    assert.equal((await get('POST', `/revisions/${id}/keep`, {})).pendingUntil, null);
    assert.deepEqual((await get('GET', '/revisions/pending')).items, []);
    await resetSetting('web.adminNetworks', 'cli:root');
  });

  it('sends a domain another way, and lets mail go to an address again', async () => {
    const body = { domain: 'far.test', host: 'smart.test:587' };
    assert.equal((await get('POST', '/queue/reroutes?dryRun=1', body)).after.retried, 0);
    assert.deepEqual((await get('GET', '/relay-rules')).items, []);
    await get('POST', '/queue/reroutes', body);
    const [rule] = (await get('GET', '/relay-rules')).items;
    assert.deepEqual([rule.recipient, rule.hosts], ['far.test', 'smart.test:587']);
    const failures = ['a', 'b', 'c'].map((name) => ({
      ...{ address: `${name}@gone.test`, code: 550, status: '5.1.1', text: 'No such user' },
    }));
    await write((tx) => suppressIn(tx, failures, 30));
    const first = await get('GET', '/queue/suppressed?limit=2');
    const second = await get('GET', `/queue/suppressed?limit=2&cursor=${first.next}`);
    const listed = [...first.items, ...second.items].map(
      ({ address }: { address: string }) => address,
    );
    assert.deepEqual([listed, second.next], [failures.map(({ address }) => address), null]);
    const path = '/queue/suppressed/b%40gone.test';
    assert.equal((await get('GET', path)).lastText, 'No such user');
    await get('DELETE', path);
    assert.equal((await call('GET', path)).status, 404);
  });

  it('pages through the history', async () => {
    const whole = await get('GET', '/revisions?limit=200');
    const seen: number[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const { items, next }: Answer['json'] = await get(
        'GET',
        `/revisions?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...items.map(({ id }: { id: number }) => id));
      cursor = next;
    }
    assert.deepEqual(
      seen,
      whole.items.map(({ id }: { id: number }) => id),
    );
  });

  it('exports, plans and applies the whole', async () => {
    for (const format of ['json', 'yaml']) {
      const { configuration } = await get('GET', `/configuration?format=${format}`);
      const { changes, problems } = await get('POST', '/configuration/plan', { configuration });
      assert.deepEqual([changes, problems], [[], []], format);
    }
    const text = JSON.stringify((await get('GET', '/configuration')).configuration);
    assert.doesNotMatch(text, /argon2|\$scrypt|secret [0-9a-f]{8}/);
    const wrong = { settings: { 'web.title': 'Never', 'imap.nothing': 1 } };
    const refused = await call('POST', '/configuration/apply', { configuration: wrong });
    assert.equal(refused.status, 422);
    assert.equal(refused.json.errors[0].pointer, '#/configuration/settings');
    assert.notEqual(await readTitle(), 'Never');
    const right = { settings: { 'web.title': 'Applied' }, networks: [{ cidr: '10.7.0.0/16' }] };
    const trial = await get('POST', '/configuration/apply?dryRun=1', { configuration: right });
    assert.equal(trial.after.configuration.settings['web.title'], 'Applied');
    assert.notEqual(await readTitle(), 'Applied');
    const { changes } = await get('POST', '/configuration/apply', { configuration: right });
    assert.equal(changes.length, 2);
    assert.equal(await readTitle(), 'Applied');
    const secret = { settings: { 'directory.ldapPassword': { file: '/etc/passwd' } } };
    const file = await call('POST', '/configuration/plan', { configuration: secret });
    assert.doesNotMatch(JSON.stringify(file.json), /root:/);
  });

  it('keeps the directory', async () => {
    for (const name of ['Ada', 'Bob', 'Cleo']) {
      const address = `${name}@outside.test`;
      await get('POST', '/directory', { domain: 'own.test', name, address });
    }
    const first = await get('GET', '/directory?limit=2&domain=own.test');
    const second = await get('GET', `/directory?limit=2&domain=own.test&cursor=${first.next}`);
    const names = [...first.items, ...second.items].map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['Ada', 'Bob', 'Cleo']);
    const { id } = first.items[0];
    const changed = await get('PATCH', `/directory/${id}`, { phone: '123' });
    assert.deepEqual([changed.name, changed.phone], ['Ada', '123']);
    await get('DELETE', `/directory/${id}`);
    assert.equal((await call('GET', `/directory/${id}`)).status, 404);
  });

  it('changes many users by lines, within its domains', async () => {
    const text = 'eve:a nest of nine nuts\nx@other.test:a nest of nine nuts\nroot:';
    const body = { text, domain: 'own.test' };
    const trial = await call('POST', '/users/batch?dryRun=1', body, dora);
    const outcomes = (lines: { outcome: string }[]) => lines.map(({ outcome }) => outcome);
    assert.deepEqual(outcomes(trial.json.after.lines), ['add', 'refused', 'refused']);
    assert.equal((await call('GET', '/users/eve%40own.test')).status, 404);
    // A precondition would make one transaction of it.
    const condition = { 'if-none-match': '*' };
    assert.equal((await call('POST', '/users/batch', body, dora, condition)).status, 400);
    const done = await call('POST', '/users/batch', body, dora);
    assert.equal(done.status, 200);
    assert.deepEqual(outcomes(done.json.lines), ['add', 'refused', 'refused']);
    assert.equal((await call('GET', '/users/eve%40own.test')).status, 200);
    assert.equal((await call('GET', '/users/x%40other.test')).status, 404);
  });

  it('takes tables over', async () => {
    const body = { kind: 'virtual', text: 'sales@own.test eve@own.test' };
    const trial = await get('POST', '/import?dryRun=1', body);
    assert.equal(trial.after.lines[0].what, 'add');
    assert.equal((await call('GET', '/aliases/sales%40own.test')).status, 404);
    await get('POST', '/import', body);
    assert.deepEqual((await get('GET', '/aliases/sales%40own.test')).targets, ['eve@own.test']);
  });

  it('does one thing to all of the queue that a filter finds', async () => {
    const recipients = ['a@far.test', 'b@far.test', 'c@near.test'];
    await write((tx) =>
      enqueue(tx, {
        ...{ blobId: 1, prefix: Buffer.alloc(0), sizeBytes: 7, traceId: 'trace', accountId: null },
        sender: 'root@own.test',
        recipients: recipients.map((recipient) => ({ recipient })),
      }),
    );
    const body = { action: 'hold', filter: { domain: 'far.test' } };
    const trial = await get('POST', '/queue/bulk?dryRun=1', body);
    assert.deepEqual(trial.after, { matching: 2, done: 0 });
    assert.equal((await get('GET', '/queue/counts')).held, 0);
    assert.deepEqual(await get('POST', '/queue/bulk', body), { matching: 2, done: 2 });
    assert.equal((await get('GET', '/queue/counts')).held, 2);
    const all = { action: 'drop', filter: {} };
    assert.equal((await get('POST', '/queue/bulk', all)).done, 3);
    const wrong = { action: 'drop', filter: { domains: 'far.test' } };
    assert.equal((await call('POST', '/queue/bulk', wrong)).status, 422);
  });

  it('pauses the queue', async () => {
    const pause = await get('PUT', '/queue/pauses/Slow.test', { reason: 'They rest' });
    assert.equal(pause.destination, 'slow.test');
    await get('PUT', '/queue/pauses/*', {});
    const { items } = await get('GET', '/queue/pauses');
    assert.deepEqual(
      items.map(({ destination }: { destination: string }) => destination),
      ['*', 'slow.test'],
    );
    await get('DELETE', '/queue/pauses/slow.test');
    assert.equal((await call('GET', '/queue/pauses/slow.test')).status, 404);
  });

  it('reads numbers, each caller of its domains', async () => {
    const hour = Math.floor(now().getTime() / 3_600_000);
    const mail = { hour, externalIn: 3, externalOut: 2, internal: 1 };
    const rows = ['other.test', 'own.test'].map((domain) => ({ ...mail, domain }));
    await write((tx) => recordDomainMailIn(tx, rows));
    const own = await call('GET', '/statistics/domains', undefined, dora);
    const { hour: _hour, ...sums } = mail;
    assert.deepEqual(own.json.items, [{ domain: 'own.test', ...sums }]);
    const days = await get('GET', '/statistics/domains/own.test?days=2');
    assert.deepEqual(
      days.items.map(({ externalIn }: { externalIn: number }) => externalIn),
      [0, 3],
    );
    const hours = await get('GET', '/statistics/domains/own.test?days=1&by=hour');
    assert.equal(hours.items.length, 24);
    assert.equal(hours.items.at(-1).externalIn, 3);
    const other = await call('GET', '/statistics/domains/other.test', undefined, dora);
    assert.equal(other.status, 404);
    const at = Math.floor(now().getTime() / 60_000);
    const numbers = formatNumbers({
      counts: { 'sent.delivered': 5 },
      states: { 'queue.held': [4, 2, 3] },
    });
    const data = { seconds: 60, at, node: 'one', numbers };
    await write((tx) => tx.rollUp.create({ data }));
    const { counts, states } = await get('GET', '/statistics?range=1h');
    assert.equal(counts['sent.delivered'].at(-1), 5);
    assert.equal(states['queue.held'].at(-1), 2);
    assert.deepEqual((await get('GET', '/statistics?range=1h&name=queue.')).counts, {});
  });

  it('tells users something', async () => {
    const until = '2099-01-01T00:00:00Z';
    const { id } = await get('POST', '/announcements', { text: 'Hello', until });
    await get('POST', `/announcements/${id}/end`, {});
    assert.ok(new Date((await get('GET', `/announcements/${id}`)).until) <= now());
    await get('DELETE', `/announcements/${id}`);
    assert.deepEqual((await get('GET', '/announcements')).items, []);
    assert.equal((await call('POST', '/announcements', { text: 'Hello' })).status, 422);
  });

  it('orders certificates, and shows no key', async () => {
    const names = ['mail.own.test'];
    const { id } = await get('POST', '/certificates', { kind: 'self-signed', names });
    const { items } = await get('GET', '/certificates');
    assert.deepEqual(items[0].names, names);
    assert.equal('secret' in items[0], false);
    const pems = { chain: 'x', key: 'y' };
    assert.equal((await call('PUT', `/certificates/${id}/chain`, pems)).status, 422);
    const wrong = await call('POST', '/certificates', { kind: 'uploaded', ...pems });
    assert.equal(wrong.status, 422);
    await get('POST', `/certificates/${id}/order`, {});
    await get('DELETE', `/certificates/${id}`);
  });

  it('asks the daemon, and lets it write meanwhile', async () => {
    const asked: string[] = [];
    const row = { id: 'run', kind: 'backup', by: 'root', state: 'running', startedAt: now() };
    const texts = { subject: '', progress: '', text: '' };
    const control = createServer(async (request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/backup-work') {
        await write((tx) => tx.backupRun.create({ data: { ...row, ...texts } }));
        return response.end(JSON.stringify({ result: { id: 'run' } }));
      }
      const results: Record<string, unknown> = {
        '/backup-search': { messages: [], total: 0, mailboxes: [{ name: 'INBOX', messages: 2 }] },
        '/run-job': { isGood: true, result: 'rows 2' },
        '/doctor': {},
      };
      const result = results[request.url ?? ''];
      if (result) return response.end(JSON.stringify({ result }));
      const refusal = { error: 'Taken.', reason: 'invalid', field: 'listeners.imap' };
      return response.end(JSON.stringify(refusal));
    });
    control.listen(0, '127.0.0.1');
    await once(control, 'listening');
    process.env.DREY_INTERNAL_CONTROL = `127.0.0.1:${(control.address() as AddressInfo).port}`;
    try {
      const value = ['127.0.0.1:143'];
      const settings = { 'listeners.imap': value, 'web.title': 'Never' };
      for (const { status, json } of [
        await call('PUT', '/settings/listeners.imap', { value }),
        await call('PUT', '/settings/listeners.imap?dryRun=1', { value }),
        await call('POST', '/configuration/apply', { configuration: { settings } }),
        await call('POST', '/configuration/apply?dryRun=1', { configuration: { settings } }),
      ]) {
        assert.equal(status, 422);
        assert.match(`${json.errors[0].field} ${json.errors[0].detail}`, /Taken/);
      }
      const { problems } = await get('POST', '/configuration/plan', {
        configuration: { settings },
      });
      assert.match(problems[0].text, /listeners\.imap: Taken/);
      assert.equal((await get('GET', '/settings/listeners.imap')).isDefault, true);
      await get('PUT', '/settings/web.title', { value: 'Asks nobody' });
      assert.deepEqual([...new Set(asked)], ['/try-listeners']);
      const key = { 'idempotency-key': 'backup' };
      for (let times = 0; times < 2; times++) {
        const { status, json } = await call('POST', '/backups/runs', {}, root, key);
        assert.deepEqual([status, json.id], [201, 'run']);
      }
      assert.equal(asked.filter((path) => path === '/backup-work').length, 1);
      assert.equal((await get('GET', '/backups/runs/run')).state, 'running');
      const lost = { user: 'ada@own.test', snapshot: '2026-11-21T10-00-00Z', emailId: 'M1' };
      await write((tx) => tx.backupRun.deleteMany());
      assert.equal((await get('POST', '/backups/restores', lost)).id, 'run');
      const trial = await get('POST', '/backups/restores?dryRun=1', lost);
      assert.deepEqual([trial.after.kind, trial.after.subject], ['restore', lost.user]);
      const found = await get('POST', '/backups/search', { ...lost, emailId: undefined });
      assert.deepEqual(found.mailboxes, [{ name: 'INBOX', messages: 2 }]);
      assert.equal((await get('POST', '/jobs/tidy/run', {})).result, 'rows 2');
      await get('POST', '/doctor/run', { ids: ['disk'] });
      const words = ['/backup-search', '/run-job', '/doctor'];
      assert.ok(words.every((word) => asked.includes(word)));
    } finally {
      delete process.env.DREY_INTERNAL_CONTROL;
      control.closeAllConnections();
      control.close();
    }
  });

  it('says that no daemon takes a backup', async () => {
    assert.equal((await call('POST', '/backups/runs', {})).status, 503);
    assert.equal((await call('POST', '/backups/runs?dryRun=1', {})).status, 404);
    assert.equal((await get('GET', '/backups/age')).folder, '');
  });
});
