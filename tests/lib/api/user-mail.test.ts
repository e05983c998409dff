// What becomes of a user's mail by the REST API: rules, the answer while away, POP3.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Account, addAccount } from '#lib/accounts/account.ts';
import { addApiToken } from '#lib/accounts/api-token.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import { listTold } from '#lib/accounts/told-user.ts';
import { answerApi } from '#lib/api/answer.ts';
import { listRules } from '#lib/filters/rules.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';

describe("a user's mail by the REST API", () => {
  let close: () => Promise<void>;
  let token: string;
  let ada: Account;

  before(async () => {
    ({ close } = await openTestDatabase());
    await addDomain({ name: 'own.test' }, 'test');
    ada = await addAccount({ address: 'ada@own.test', password }, 'test');
    const admin = await addAccount({ address: 'root@own.test', password, role: 'admin' }, 'test');
    ({ token } = await addApiToken({ name: 'root', role: 'admin' }, await readStaff(admin)));
  });
  after(async () => {
    await flushTrail();
    await close();
  });

  // biome-ignore lint/suspicious/noExplicitAny: what JSON holds
  async function call(method: string, path: string, body?: object): Promise<any> {
    const url = `http://drey.test/api/v1/users/ada%40own.test${path}`;
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const request = new Request(url, { method, headers, body: body && JSON.stringify(body) });
    const answer = await answerApi(request, { remote: '127.0.0.1', isSafe: true });
    const text = await answer.text();
    return { status: answer.status, ...(text === '' ? {} : JSON.parse(text)) };
  }

  it('adds, changes, moves and removes rules, and tells nobody what they look for', async () => {
    const lists = await call('POST', '/rules', {
      name: 'Lists',
      conditions: [{ field: 'header', name: 'List-Id', test: 'contains', value: 'sensitive' }],
      actions: [{ do: 'move', folder: 'Lists' }],
    });
    assert.equal(lists.status, 201);
    const forward = await call('POST', '/rules', {
      name: 'Out',
      conditions: [{ field: 'size', test: 'under', kilobytes: 10 }],
      actions: [{ do: 'forward', address: 'Ada@Elsewhere.test' }],
    });
    assert.deepEqual(forward.actions, [
      { do: 'forward', address: 'ada@elsewhere.test', isKept: true },
    ]);
    const trial = await call('PATCH', `/rules/${lists.id}?dryRun=1`, { isDisabled: true });
    assert.deepEqual(trial.changes, [{ pointer: '/isDisabled', before: false, after: true }]);
    const off = await call('PATCH', `/rules/${lists.id}`, { isDisabled: true });
    assert.deepEqual([off.isDisabled, off.conditions], [true, 1]);
    assert.equal((await call('POST', `/rules/${forward.id}/move`, { position: 1 })).status, 204);
    const listed = await call('GET', '/rules');
    const names = listed.items.map(({ name }: { name: string }) => name);
    assert.deepEqual(names, ['Out', 'Lists']);
    assert.doesNotMatch(JSON.stringify(listed), /sensitive|kilobytes/);
    const [, kept] = await listRules(ada.id);
    assert.deepEqual(kept?.conditions, [
      { field: 'header', name: 'List-Id', test: 'contains', isNot: false, value: 'sensitive' },
    ]);
    assert.equal((await call('DELETE', `/rules/${lists.id}`)).status, 204);
    assert.equal((await call('GET', `/rules/${lists.id}`)).status, 404);
    const told = await listTold(ada.id);
    assert.deepEqual(
      told.map(({ reason }) => reason),
      ['admin-forwarding'],
    );
  });

  it('says which field of a rule is wrong', async () => {
    const rule = { name: 'A rule', conditions: [], actions: [{ do: 'flag' }] };
    for (const [change, field] of [
      [{ actions: [{ do: 'forward', address: 'nobody' }] }, 'actions.0.address'],
      [{ actions: [{ do: 'move' }] }, 'actions.0.folder'],
      [{ actions: [{ do: 'shout' }] }, 'actions.0.do'],
      [{ conditions: [{ field: 'subject', test: 'is', value: 'x', of: 'y' }] }, 'conditions.0.of'],
      [{ conditions: [{ field: 'subject', test: 'is' }] }, 'conditions.0.value'],
    ] as const) {
      const { status, errors } = await call('POST', '/rules', { ...rule, ...change });
      assert.deepEqual([status, errors?.[0].field], [422, field]);
    }
  });

  it('sets the answer while away, and tells the user', async () => {
    const away = { isOn: true, text: 'Back on Monday', endsAt: '2099-01-01T10:00:00+02:00' };
    const saved = await call('PATCH', '/vacation', away);
    assert.deepEqual([saved.isOn, saved.endsAt], [true, '2099-01-01T08:00:00.000Z']);
    await call('PATCH', '/vacation', { audience: 'contacts' });
    const { status: _status, ...read } = await call('GET', '/vacation');
    assert.deepEqual(read, {
      ...{ isOn: true, subject: '', text: 'Back on Monday', intervalDays: 7 },
      ...{ audience: 'contacts', startsAt: null, endsAt: '2099-01-01T08:00:00.000Z' },
    });
    const wrong = await call('PATCH', '/vacation', { startsAt: '2100-01-01T00:00:00Z' });
    assert.deepEqual([wrong.status, wrong.errors[0].field], [422, 'endsAt']);
    const told = await listTold(ada.id);
    assert.ok(told.some(({ reason }) => reason === 'admin-vacation'));
  });

  it('sets what POP3 does, and gives it back to the settings', async () => {
    const folders = ['INBOX', 'Lists'];
    const set = await call('PATCH', '/pop3', { folders, marksSeen: false });
    assert.deepEqual([set.folders, set.deletion, set.marksSeen], [folders, null, false]);
    await call('PATCH', '/pop3', { folders: null, deletion: 'trash' });
    assert.deepEqual(await readPop3Choice(ada.id), {
      'pop3.deletion': 'trash',
      'pop3.marksSeen': false,
    });
    const wrong = await call('PATCH', '/pop3', { folders: [] });
    assert.deepEqual([wrong.status, wrong.errors[0].field], [422, 'folders']);
  });
});
