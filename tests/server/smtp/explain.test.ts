// "What would happen to this mail?": the same checks as in a session, and nothing left behind.
import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { updateAccount } from '#lib/accounts/account.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import type { Question } from '#lib/explanation.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { forgetRates } from '#server/smtp/checks/client/rates.ts';
import { explainMail } from '#server/smtp/explain.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  Object.assign(world.dns.zone, {
    'far.test': { MX: ['10 mx.far.test'], TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
    'mx.far.test': { A: ['192.0.2.25'] },
    'mx.elsewhere.test': { A: ['192.0.2.26'] },
    'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
  });
});
after(() => world.close());
beforeEach(() => {
  forgetRates();
  forgetAnswers();
});

const usual: Question = {
  client: '192.0.2.7',
  helo: 'relay.far.test',
  from: 'eve@far.test',
  to: ['ada@example.org'],
};
const explain = (question: Partial<Question> = {}) => explainMail({ ...usual, ...question });

async function countRows(): Promise<number[]> {
  await flushTrail();
  return Promise.all([
    db.trailEvent.count(),
    db.message.count(),
    db.queueMessage.count(),
    db.greylist.count(),
    db.blob.count(),
  ]);
}

test('a good mail ends in the mailbox, with every check told', async () => {
  const before = await countRows();
  const { refusal, ends, steps, fields } = await explain();
  assert.equal(refusal, null);
  assert.deepEqual(ends, [
    { recipient: 'ada@example.org', kind: 'mailbox', text: 'into the mailbox of ada@example.org' },
  ]);
  const stages = [...new Set(steps.map(({ stage }) => stage))];
  assert.deepEqual(stages, ['connect', 'helo', 'mail', 'rcpt', 'data']);
  assert.match(fields.join(''), /spf=pass/);
  assert.deepEqual(await countRows(), before);
});

test('refusals come with the reply of the session', async () => {
  const before = await countRows();
  const cases: [Partial<Question>, string, string][] = [
    [{ to: ['x@elsewhere.test'] }, 'rcpt', '554 5.7.1 Relaying denied'],
    [{ to: ['nobody@example.org'] }, 'rcpt', '550 5.1.1 There is no such mailbox here'],
    [{ from: 'no address' }, 'mail', '501 5.1.7 Bad sender address syntax'],
    [
      { user: 'bob@example.org', from: 'ada@example.org' },
      'mail',
      '553 5.7.1 This sender address is not yours',
    ],
    [
      { message: Buffer.from(`${'Received: x\n'.repeat(60)}\nHi\n`).toString('base64') },
      'data',
      '554 5.4.6 Too many hops: the message is going in circles',
    ],
  ];
  for (const [question, stage, line] of cases) {
    const { refusal } = await explain(question);
    assert.equal(refusal?.stage, stage, JSON.stringify(question));
    assert.equal(`${refusal?.code} ${refusal?.enhanced} ${refusal?.text}`, line);
  }
  assert.deepEqual(await countRows(), before);
});

test('greylisting and rates decide as ever and keep nothing', async () => {
  await writeSetting('checks.greylisting', true, 'test');
  const before = await countRows();
  for (let index = 0; index < 3; index += 1) {
    assert.equal((await explain()).refusal?.enhanced, '4.7.1');
  }
  assert.deepEqual(await countRows(), before);
  await writeSetting('checks.greylisting', false, 'test');
});

test('where mail of a user leaves', async () => {
  const direct = await explain({
    user: 'ada@example.org',
    from: 'ada@example.org',
    to: ['x@elsewhere.test', 'team@example.org'],
  });
  assert.equal(direct.refusal, null);
  const texts = direct.ends.map(({ recipient, kind, text }) => `${recipient} ${kind} ${text}`);
  assert.deepEqual(texts.sort(), [
    'team@example.org mailbox into the mailbox of ada@example.org',
    'team@example.org mailbox into the mailbox of bob@example.org',
    'x@elsewhere.test mx to the mail servers of elsewhere.test (mx.elsewhere.test 192.0.2.26)',
  ]);
  await addRelayRule({ recipient: 'elsewhere.test', hosts: '192.0.2.99:2525' }, 'test');
  const relayed = await explain({
    user: 'ada@example.org',
    from: 'ada@example.org',
    to: ['x@elsewhere.test'],
  });
  assert.match(
    relayed.ends[0]?.text ?? '',
    /^by relay rule 1 to 192\.0\.2\.99:2525 \(192\.0\.2\.99\)/,
  );
});

test('some recipients refused, the others told', async () => {
  await updateAccount(world.bob.id, { isDisabled: true }, 'test');
  const { refusal, ends } = await explain({ to: ['ada@example.org', 'bob@example.org'] });
  assert.equal(refusal, null);
  assert.deepEqual(ends.map(({ recipient, kind }) => [recipient, kind]).sort(), [
    ['ada@example.org', 'mailbox'],
    ['bob@example.org', 'refused'],
  ]);
});

test('questions that are none', async () => {
  for (const question of [
    { client: 'nowhere' },
    { to: [] },
    { user: 'nobody@example.org' },
    { message: '%%%' },
    { to: Array<string>(21).fill('ada@example.org') },
  ]) {
    await assert.rejects(explain(question), (error) => isRefusal(error), JSON.stringify(question));
  }
  await assert.rejects(explainMail(null), (error) => isRefusal(error, 'invalid'));
});
