// Sign-ins to the web and calls of the API are told to whoever counts them, each once, by how they end.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addApiToken } from '#lib/accounts/api-token.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import { countSignIn, onSignIn } from '#lib/accounts/sign-in-count.ts';
import { readStaff } from '#lib/accounts/staff.ts';
import { answerApi } from '#lib/api/answer.ts';
import { Refusal } from '#lib/errors.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const password = 'a nest of seven nuts';
const address = 'root@own.test';
const told: string[] = [];
let close: () => Promise<void>;
let token: string;

before(async () => {
  ({ close } = await openTestDatabase());
  await writeSetting('security.failureDelayMs', 0, 'test');
  await writeSetting('security.maxLoginFailures', 3, 'test');
  await addDomain({ name: 'own.test' }, 'test');
  const maker = await readStaff(await addAccount({ address, password, role: 'admin' }, 'test'));
  ({ token } = await addApiToken({ name: 'root', role: 'admin' }, maker));
});
after(async () => {
  await flushTrail();
  await close();
});
beforeEach(() => {
  told.length = 0;
});

const end = onSignIn((protocol, result) => told.push(`${protocol} ${result}`));

async function tryWeb(shown: string, remote: string, protocol: 'web' | 'imap' = 'web') {
  await signIn({ address, password: shown, remote, protocol }).catch(() => {});
}

function call(shown: string, remote: string): Promise<Response> {
  const headers = { authorization: `Bearer ${shown}` };
  const request = new Request('http://drey.test/api/v1/domains', { headers });
  return answerApi(request, { remote, isSafe: true });
}

test('good, wrong and throttled ones of the web', async () => {
  await tryWeb(password, '192.0.2.1');
  for (let tries = 0; tries < 4; tries++) await tryWeb('wrong', '192.0.2.2');
  const failed = Array(3).fill('web failed');
  assert.deepEqual(told, ['web ok', ...failed, 'web throttled']);
});

test('those of mail programs are not its own', async () => {
  await tryWeb(password, '192.0.2.1', 'imap');
  assert.deepEqual(told, []);
});

test('good and wrong tokens of the API', async () => {
  assert.equal((await call(token, '192.0.2.3')).status, 200);
  assert.equal((await call('wrong', '192.0.2.3')).status, 401);
  assert.deepEqual(told, ['api ok', 'api failed']);
});

test('half a sign-in is none, and a bug is an error', async () => {
  const half = new Refusal('auth-failed', 'Show the second factor.', 'factor');
  for (const error of [half, new Error('a bug')]) {
    await assert.rejects(
      countSignIn('web', () => Promise.reject(error)),
      error,
    );
  }
  assert.deepEqual(told, ['web error']);
});

test('nobody is told any more once it has ended', async () => {
  end();
  await tryWeb(password, '192.0.2.1');
  assert.deepEqual(told, []);
});
