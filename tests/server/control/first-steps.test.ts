// What the first steps ask of the daemon: trying a smart host, a test mail; and what they remember.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import {
  findOpenStep,
  firstRunSteps,
  listFirstDomains,
  passFirstRunStep,
  readFirstRun,
} from '#lib/accounts/first-run.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { trySmartHost } from '#server/control/smart-host.ts';
import { sendTestMail } from '#server/control/test-mail.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';

const login = { user: 'own', password: 'the right one' };
const admin = 'root@own.test';

describe('the first steps', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let host: Sink;

  before(async () => {
    database = await openTestDatabase();
    host = await startSink({ login });
    await addDomain({ name: 'own.test' }, 'test');
    await addAccount({ address: admin, password: 'a long password', role: 'admin' }, 'test');
  });
  after(async () => {
    await host?.close();
    await database?.close();
  });

  const tryHost = (change: object) =>
    trySmartHost({
      host: '127.0.0.1',
      port: host.port,
      tlsMode: 'opportunistic',
      username: login.user,
      password: login.password,
      ...change,
    });
  const about = (field: string, words: RegExp) => (error: unknown) =>
    isRefusal(error) && error.field === field && words.test(error.message);

  it('try the login of a smart host, and send nothing', async () => {
    assert.match((await tryHost({})).text, /has taken the login/);
    assert.match((await tryHost({ username: '', password: '' })).text, /answers/);
    await assert.rejects(tryHost({ password: 'wrong' }), about('host', /login|535|credentials/i));
    await assert.rejects(tryHost({ tlsMode: 'verified' }), about('tlsMode', /TLS/));
    await assert.rejects(tryHost({ host: 'gone.invalid' }), about('host', /not in the DNS/));
    await assert.rejects(tryHost({ port: 0 }), (error) => isRefusal(error, 'invalid'));
    assert.deepEqual(host.messages, []);
  });

  it('send a test mail into a mailbox here, or through the queue', async () => {
    assert.deepEqual(await sendTestMail({ from: admin, to: admin }), { traceId: '' });
    assert.equal(await db.message.count(), 1);
    const { traceId } = await sendTestMail({ from: admin, to: 'You@far.test' });
    const { rows } = await listQueue({});
    assert.deepEqual(
      rows.map(({ recipient, sender }) => [recipient, sender]),
      [['you@far.test', admin]],
    );
    assert.notEqual(traceId, '');
    await assert.rejects(sendTestMail({ from: admin, to: 'nobody' }), about('to', /address/));
    await assert.rejects(sendTestMail({ from: 'x@own.test', to: admin }), (error) =>
      isRefusal(error, 'not-found'),
    );
  });

  it('remember which of them are done', async () => {
    assert.equal(await findOpenStep(), 'host');
    await passFirstRunStep('host');
    await passFirstRunStep('leaving');
    assert.deepEqual([...(await readFirstRun())], ['host', 'leaving']);
    assert.equal(await findOpenStep(), 'domain');
    for (const step of firstRunSteps) await passFirstRunStep(step);
    assert.equal(await findOpenStep(), null);
    assert.deepEqual(await listFirstDomains(), ['own.test']);
  });
});
