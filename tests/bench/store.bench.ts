// The store alone, in this process, on SQLite with synchronous=FULL (or PostgreSQL with fsync, run.ts). Goals stand
// in the names of the rows.
import { closeDatabase, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { deliver } from '#server/delivery/local.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { copyMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { openTestDatabase, testServerUrl } from '#tests/support/database.ts';
import type { Bench, Figure } from './run.ts';

const runs = 3;
const appends = 2000;
const large = 100_000;
const many = 1000;

function makeBytes(): Buffer {
  const name = newId();
  const header = `From: bench@far.test\r\nSubject: bench ${name}\r\nMessage-ID: <${name}@far.test>\r\n`;
  return Buffer.from(`${header}\r\n${`${'x'.repeat(76)}\r\n`.repeat(52)}`);
}

async function makeMessage(): Promise<NewMessage> {
  const prefix = Buffer.from(`Return-Path: <bench@far.test>\r\nReceived: ${'y'.repeat(250)}\r\n`);
  const body = await stageBytes(makeBytes());
  return { body, prefix, flags: 0, keywords: [], internalDate: new Date() };
}

async function makeAccount(): Promise<{ accountId: string; address: string; inbox: string }> {
  const accountId = newId();
  const address = `${accountId.toLowerCase()}@example.test`;
  const row = { id: accountId, address, domainId: 'bench', createdAt: new Date() };
  await write((tx) => tx.account.create({ data: row }));
  await ensureMailboxes(accountId);
  return { accountId, address, inbox: (await findMailbox(accountId, 'INBOX'))?.id ?? '' };
}

/** Runs `step` some times, each after `prepare`; milliseconds of each. */
async function time(
  step: () => Promise<unknown>,
  prepare?: () => Promise<unknown>,
): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await prepare?.();
    const started = performance.now();
    await step();
    values.push(performance.now() - started);
  }
  return values;
}

/** Parsing and hashing of the message included. */
async function measureAppend(atOnce: number, goal: number): Promise<Figure> {
  const { accountId, inbox } = await makeAccount();
  const work = async (count: number) => {
    for (let index = 0; index < count; index += 1) {
      await appendMessages(accountId, inbox, [await makeMessage()]);
    }
  };
  const values = await time(() =>
    Promise.all(Array.from({ length: atOnce }, () => work(appends / atOnce))),
  );
  return {
    name: `append of 4 KB, ${atOnce} at a time (goal ${goal})`,
    unit: 'messages/s',
    values: values.map((ms) => appends / (ms / 1000)),
  };
}

async function measureLarge(): Promise<Figure[]> {
  const { accountId, inbox } = await makeAccount();
  const message = await makeMessage();
  for (let count = 0; count < large; count += many) {
    await appendMessages(accountId, inbox, Array<NewMessage>(many).fill(message));
  }
  // PostgreSQL does so by itself within a minute of such a change.
  if (testServerUrl) await write((tx) => tx.$executeRaw`ANALYZE`);
  const archive = (await findMailbox(accountId, 'Archive'))?.id ?? '';
  const view = () => readView(accountId, inbox);
  const seen = { mode: 'add', flags: FLAG.seen, keywords: [] as string[] } as const;
  let start = 1;
  /** Every second message of the next stretch: lists of UIDs have gaps. */
  const next = () => {
    const first = start;
    start += 2 * many;
    return Array.from({ length: many }, (_, index) => first + 2 * index);
  };
  const cold = await time(async () => {
    await closeDatabase();
    await view();
  });
  return [
    { name: 'open of 100,000 messages, cold (goal 150)', unit: 'ms', values: cold },
    { name: 'the same, warm (goal 5)', unit: 'ms', values: await time(view) },
    {
      name: 'the same, after 1,000 flag changes (goal 5)',
      unit: 'ms',
      values: await time(view, () => changeFlags(accountId, inbox, next(), seen)),
    },
    {
      name: 'flags of 100,000 messages listed (goal 60)',
      unit: 'ms',
      values: await time(async () => {
        let bits = 0;
        for (const { flags } of (await view()).roll.entries()) bits |= flags;
        return bits;
      }),
    },
    {
      name: '1,000 flag changes (goal 60)',
      unit: 'ms',
      values: await time(() => changeFlags(accountId, inbox, next(), seen)),
    },
    {
      name: 'copy of 1,000 (goal 80)',
      unit: 'ms',
      values: await time(() => copyMessages(accountId, inbox, next(), archive)),
    },
    {
      name: 'expunge of 1,000 (goal 80)',
      unit: 'ms',
      values: await time(() => removeMessages(accountId, inbox, next())),
    },
  ];
}

async function measureMany(): Promise<Figure> {
  const accounts = [];
  for (let count = 0; count < many; count += 1) accounts.push(await makeAccount());
  const mailboxes = accounts.map(({ accountId, address }) => ({ accountId, address }));
  const trace = { hostname: 'bench.test', protocol: 'ESMTP', receivedAt: new Date() };
  const values = await time(async () => {
    const body = await stageBytes(makeBytes());
    const sender = 'bench@far.test';
    await deliver({
      body,
      sender,
      accountId: null,
      mailboxes,
      remote: [],
      trace,
      traceId: newId(),
    });
  });
  return { name: 'one message to 1,000 mailboxes (goal 150)', unit: 'ms', values };
}

export const bench: Bench = {
  help: 'append, open, flags, copy, expunge of the store, without a protocol',
  run: async () => {
    const database = await openTestDatabase();
    const figures = [await measureAppend(50, 3000), await measureAppend(1, 600)];
    figures.push(...(await measureLarge()), await measureMany());
    await database.close();
    return figures;
  },
};
