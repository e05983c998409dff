// Another process on the test's database: forked, it does what it is told.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { closeDatabase, db, write } from '#lib/db.ts';
import { onPoke, poke, type Topic, watchOtherProcesses } from '#lib/poke.ts';

/** What it can be told; it answers each with a message, at the end "done". */
type Order =
  /** Commits a setting; says "held" in between, and may wait there for `go`. */
  | { kind: 'write'; id: string; isHeld?: boolean; topics?: Topic[] }
  /** Without a commit. */
  | { kind: 'poke'; topic: Topic }
  | { kind: 'delete'; id: string }
  /** Locks two settings one after the other; says "first" in between and waits for `go`. */
  | { kind: 'lock two'; ids: [string, string] }
  | { kind: 'go' }
  /** Says "heard" with the time of each poke. */
  | { kind: 'listen'; topics: Topic[] }
  | { kind: 'end' };

export type OtherProcess = {
  tell(order: Order): void;
  /** The next message of that kind. */
  hear(kind: string): Promise<{ kind: string; topic?: string; at: number }>;
  /** Tells it and waits until it is done. */
  ask(order: Order): Promise<void>;
  kill(): Promise<void>;
};

export async function startOtherProcess(): Promise<OtherProcess> {
  const env: NodeJS.ProcessEnv = { ...process.env };
  delete env.NODE_TEST_CONTEXT;
  const flags = ['--disable-warning=ExperimentalWarning'];
  const child = fork(import.meta.filename, [], { env, execArgv: flags });
  const heard: { kind: string; topic?: string; at: number }[] = [];
  child.on('message', (message: { kind: string; at: number }) => heard.push(message));
  const other: OtherProcess = {
    tell: (order) => void child.send(order),
    hear: async (kind) => {
      for (;;) {
        const index = heard.findIndex((message) => message.kind === kind);
        const [message] = index < 0 ? [] : heard.splice(index, 1);
        if (message) return message;
        await once(child, 'message');
      }
    },
    ask: async (order) => {
      other.tell(order);
      await other.hear('done');
    },
    kill: () => endChild(child),
  };
  await other.hear('ready');
  return other;
}

async function endChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const now = () => performance.timeOrigin + performance.now();
const say = (kind: string, topic?: string) => {
  if (process.connected) process.send?.({ kind, topic, at: now() });
};

async function obey(order: Order): Promise<void> {
  if (order.kind === 'write') {
    const row = { value: '1', updatedAt: new Date() };
    await write(async (tx) => {
      await tx.setting.upsert({
        where: { id: order.id },
        create: { id: order.id, ...row },
        update: row,
      });
      say('held');
      if (order.isHeld) await goes.promise;
    });
    for (const topic of order.topics ?? []) poke(topic);
  } else if (order.kind === 'poke') {
    poke(order.topic);
  } else if (order.kind === 'delete') {
    await write((tx) => tx.setting.deleteMany({ where: { id: order.id } }));
  } else if (order.kind === 'lock two') {
    const [first, second] = order.ids;
    let hasGone = false;
    await write(async (tx) => {
      await tx.setting.updateMany({ where: { id: first }, data: { value: 'other' } });
      // Where PostgreSQL lets this one give way, it begins anew, and nobody says "go" again.
      if (!hasGone) {
        say('first');
        await goes.promise;
      }
      hasGone = true;
      await tx.setting.updateMany({ where: { id: second }, data: { value: 'other' } });
    });
  } else if (order.kind === 'listen') {
    await db.setting.count();
    watchOtherProcesses();
    for (const topic of order.topics) onPoke(topic, () => say('heard', topic));
  } else if (order.kind === 'end') {
    await closeDatabase();
    process.disconnect();
  }
}

/** Ends the wait of whoever waits now. */
let goes = Promise.withResolvers<void>();
function go(): void {
  goes.resolve();
  goes = Promise.withResolvers();
}

if (process.send && import.meta.main) {
  process.on('message', (order: Order) => {
    if (order.kind === 'go') go();
    else
      obey(order).then(
        () => say('done'),
        (error) => {
          process.stderr.write(`${String(error)}\n`);
          say('failed');
        },
      );
  });
  say('ready');
}
