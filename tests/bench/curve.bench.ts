// How the cost of the store grows with one mailbox, from 1,000 messages to DREY_BENCH_MESSAGES (a million where
// nothing is said): each row of the table is one size.
import { closeDatabase, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { copyMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags, FLAG } from '#server/store/flags.ts';
import { readView } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { readMessages } from '#server/store/read.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import type { Bench, Figure } from './run.ts';

const largest = Number(process.env.DREY_BENCH_MESSAGES ?? 1_000_000);
const sizes = [1000, 10_000, 100_000, 1_000_000].filter((size) => size <= largest);
const many = 1000;
const runs = 5;

type Place = { accountId: string; inbox: string; archive: string };

async function makePlace(): Promise<Place> {
  const accountId = newId();
  const address = `${accountId.toLowerCase()}@example.test`;
  const row = { id: accountId, address, domainId: 'bench', createdAt: new Date() };
  await write((tx) => tx.account.create({ data: row }));
  await ensureMailboxes(accountId);
  const idOf = async (name: string) => (await findMailbox(accountId, name))?.id ?? '';
  return { accountId, inbox: await idOf('INBOX'), archive: await idOf('Archive') };
}

/** Bodies differ, so that every message costs what it costs. */
async function makeMessage(): Promise<NewMessage> {
  const name = newId();
  const text = `From: bench@far.test\r\nSubject: bench ${name}\r\nMessage-ID: <${name}@far.test>\r\n\r\n${'x'.repeat(200)}\r\n`;
  const body = await stageBytes(Buffer.from(text));
  return { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: new Date() };
}

async function makeMessages(): Promise<NewMessage[]> {
  return Promise.all(Array.from({ length: many }, makeMessage));
}

async function time(step: (run: number) => Promise<unknown>, count = runs): Promise<number[]> {
  const values: number[] = [];
  for (let run = 0; run < count; run += 1) {
    const started = performance.now();
    await step(run);
    values.push(performance.now() - started);
  }
  return values;
}

/** Every second message of a stretch in the middle, another one each time. */
function stretch(size: number, run: number): number[] {
  const first = Math.max(1, Math.floor(size / 2) - many) + run * 2;
  return Array.from({ length: Math.min(many, Math.floor(size / 4)) }, (_, at) => first + at * 2);
}

async function measure({ accountId, inbox, archive }: Place, size: number): Promise<Figure[]> {
  const seen = { flags: FLAG.flagged, keywords: [] as string[] };
  const batch = await makeMessages();
  const rows: [string, number[]][] = [
    ['append of 1,000', await time(() => appendMessages(accountId, inbox, batch), 1)],
    [
      'open, cold',
      await time(async () => {
        await closeDatabase();
        await readView(accountId, inbox);
      }, 3),
    ],
    ['open, warm', await time(() => readView(accountId, inbox))],
    [
      '50 newest read',
      await time(() => readMessages(accountId, inbox, stretch(size, 0).slice(-50))),
    ],
    [
      'flags of some 1,000',
      await time((run) =>
        changeFlags(accountId, inbox, stretch(size, run), {
          mode: run % 2 === 0 ? 'add' : 'remove',
          ...seen,
        }),
      ),
    ],
    [
      'copy of some 1,000',
      await time((run) => copyMessages(accountId, inbox, stretch(size, run), archive)),
    ],
    [
      'expunge of some 1,000',
      await time((run) => removeMessages(accountId, inbox, stretch(size, run)), 1),
    ],
  ];
  return rows.map(([name, values]) => ({
    name: `${String(size).padStart(9)}: ${name}`,
    unit: 'ms',
    values,
  }));
}

export const bench: Bench = {
  help: 'the cost of each operation from 1,000 to 1,000,000 messages in one mailbox',
  run: async () => {
    const database = await openTestDatabase();
    const place = await makePlace();
    const figures: Figure[] = [];
    let held = 0;
    for (const size of sizes) {
      for (; held < size; held += many) {
        await appendMessages(place.accountId, place.inbox, await makeMessages());
      }
      figures.push(...(await measure(place, size)));
    }
    figures.push({
      name: 'memory of the process at its highest',
      unit: 'MB',
      values: [process.resourceUsage().maxRSS / 1024],
    });
    await database.close();
    return figures;
  },
};
