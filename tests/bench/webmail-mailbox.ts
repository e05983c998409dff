// The mailbox of the webmail bench, on disk before the daemon starts: a folder of many messages and one of some, and people
// with a little mail each. Made once where DREY_BENCH_FOLDER names a place to keep it.
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { closeDatabase, db, write } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { FLAG } from '#server/store/flag-bits.ts';
import { createMailbox, ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { completeTextIndex, startTextIndex } from '#server/store/search/text-index.ts';
import { makeMail } from './imap-mail.ts';

export const password = 'a bench in the park';
export const owner = 'ada@bench.test';
export const otherFolder = 'Work';
/** Plain messages on top, which are opened. */
export const openable = 200;
const batch = 200;
const otherMessages = 2000;

export type BenchPlace = { folder: string; remove(): void };

/** Subject and text of the openable message `number`, 1 the newest. */
export const subjectOf = (number: number) => `Note ${String(number).padStart(4, '0')} of the bench`;
export const textOf = (number: number) => `The text of note ${number} ends here.`;

/** `messages` in INBOX, `people` more accounts. */
export async function makeBenchPlace(messages: number, people: number): Promise<BenchPlace> {
  const kept = process.env.DREY_BENCH_FOLDER;
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'drey-bench-mail-'));
  mkdirSync(folder, { recursive: true });
  const remove = () => {
    if (!kept) rmSync(folder, { recursive: true, force: true });
  };
  const mark = join(folder, `made-${messages}-${people}`);
  if (existsSync(mark)) return { folder, remove };
  process.env.DREY_DATA = folder;
  await migrate();
  await addDomain({ name: 'bench.test' }, 'bench');
  const { id } = await addAccount({ address: owner, password, role: 'admin' }, 'bench');
  await ensureMailboxes(id);
  await createMailbox(id, otherFolder);
  const fill = async (name: string, total: number, hasNotes: boolean) => {
    const mailbox = (await findMailbox(id, name))?.id ?? '';
    for (let start = 0; start < total; start += batch) {
      const made: NewMessage[] = [];
      for (let index = start; index < Math.min(total, start + batch); index++) {
        const number = total - index;
        made.push(await makeMessage(index, total, hasNotes && number <= openable ? number : null));
      }
      await appendMessages(id, mailbox, made);
    }
  };
  await fill(otherFolder, otherMessages, false);
  await fill('INBOX', messages, true);
  await makePeople(id, people);
  const index = await startTextIndex();
  await completeTextIndex();
  await index.stop();
  await closeDatabase();
  writeFileSync(mark, '');
  return { folder, remove };
}

async function makeMessage(index: number, total: number, note: number | null): Promise<NewMessage> {
  const { bytes } = makeMail(index, total);
  const text = note === null ? bytes : makeNote(note);
  const body = await stageBytes(text);
  const internalDate = new Date(Date.UTC(2023, 0, 2) + Math.floor((index / total) * 1.2e11));
  const flags = index % 10 === 0 ? 0 : FLAG.seen;
  return { body, prefix: Buffer.alloc(0), flags, keywords: [], internalDate };
}

function makeNote(number: number): Buffer {
  const lines = [
    'From: Ben <ben@far.test>',
    'To: ada@bench.test',
    `Subject: ${subjectOf(number)}`,
    'Date: Mon, 2 Nov 2026 10:00:00 +0000',
    `Message-ID: <note${number}@far.test>`,
    '',
    'One line of some words.\r\n'.repeat(60),
    textOf(number),
    '',
  ];
  return Buffer.from(lines.join('\r\n'));
}

/** They share the password, whose hash is made once. */
async function makePeople(ownerId: string, people: number): Promise<void> {
  const row = await db.account.findUniqueOrThrow({ where: { id: ownerId } });
  for (let number = 0; number < people; number++) {
    const id = `person${number}`;
    const address = `p${number}@bench.test`;
    await write((tx) =>
      tx.account.create({
        data: { ...row, id, address, role: 'user', usedBytes: 0, usedMessages: 0 },
      }),
    );
    await ensureMailboxes(id);
    const mailbox = (await findMailbox(id, 'INBOX'))?.id ?? '';
    const made = Array.from({ length: 50 }, (_, index) => makeMessage(index, 50, null));
    await appendMessages(id, mailbox, await Promise.all(made));
  }
}
