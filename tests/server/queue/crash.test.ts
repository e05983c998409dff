// The process dies in the middle of a transaction with another server: kill -9, as power would do.
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { shiftClock } from '#lib/clock.ts';
import { addRelayRule } from '#lib/queue/relay-rule.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { inboxOf, queueMail, rowsOf, until, untilGone } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let sink: Sink;
let queue: Running | null = null;

before(async () => {
  database = await openTestDatabase();
  sink = await startSink();
  await addDomain({ name: 'own.test' }, 'test');
  const rule = { match: 'default', host: '127.0.0.1', port: sink.port, tlsMode: 'none' } as const;
  await addRelayRule(rule, 'test');
});
after(async () => {
  await queue?.stop();
  await sink.close();
  await database.close();
});

it('after kill -9 every recipient is delivered or bounced once', async () => {
  const ada = await addAccount({ address: 'ada@own.test', password: 'correct horse' }, 'test');
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  sink.script = {
    rcpt: (to) => (to.startsWith('no') ? '550 5.1.1 no' : null),
    data: () => {
      reach();
      return 'hang';
    },
  };
  const { messageId } = await queueMail({ to: ['bob@far.test', 'no@far.test'] });
  const child = fork(join(import.meta.dirname, 'child.ts'), {
    env: { ...process.env, DREY_LOG_LEVEL: 'silent' },
  });
  await reached;
  child.kill('SIGKILL');
  await once(child, 'exit');
  const left = await rowsOf(messageId);
  assert.deepEqual(
    left.map((row) => [row.state, row.attempts]),
    [
      ['sending', 0],
      ['sending', 0],
    ],
  );
  sink.script = { rcpt: sink.script.rcpt };
  // Within the lease of the dead one nobody touches them.
  queue = await startQueue();
  shiftClock(61_000);
  const { messageId: other } = await queueMail({ to: ['eve@far.test'] });
  await untilGone(other);
  await untilGone(messageId);
  assert.deepEqual(sink.messages.flatMap((message) => message.recipients).toSorted(), [
    'bob@far.test',
    'eve@far.test',
  ]);
  const bounces = await until('the bounce', async () => {
    const inbox = await inboxOf(ada.id);
    return inbox.length > 0 ? inbox : null;
  });
  assert.equal(bounces.length, 1);
});
