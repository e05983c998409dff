// Search in a folder of bodies of 10 KB, each other than the rest: substrings of every frequency, by the index
// and by a scan, and whether both say the same. DREY_BENCH_MESSAGES sets how many (100,000; a gigabyte of text).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { closeDatabase, db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';
import { type Criterion, searchMessages } from '#server/store/search/search.ts';
import { completeTextIndex, startTextIndex } from '#server/store/search/text-index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import type { Bench, Figure } from './run.ts';

const messages = Number(process.env.DREY_BENCH_MESSAGES ?? 100_000);
const bodyBytes = 10_000;
const vocabularySize = 60_000;
const batch = 200;
const runs = 5;

/** Always the same numbers from 0 to 1. */
function makeRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const random = makeRandom(1);
const pick = <T>(list: T[]): T => list[Math.floor(random() * list.length)]!;
const onsets = 'b c d f g h j k l m n p r s t v w z st tr pl sh ch th br gr'.split(' ');
const vowels = 'a e i o u ea ou ai'.split(' ');
const ends = ['', '', 'n', 'r', 's', 't', 'l', 'm', 'nd', 'st'];

/** Words, the short ones first: rank is frequency (Zipf). */
function makeVocabulary(): string[] {
  const words = new Set<string>();
  while (words.size < vocabularySize) {
    const syllables = 1 + Math.floor(random() * random() * 5);
    let word = '';
    for (let count = 0; count < syllables; count++)
      word += pick(onsets) + pick(vowels) + pick(ends);
    words.add(word);
  }
  return [...words].sort((one, other) => one.length - other.length + (random() - 0.5) * 6);
}

function makeText(vocabulary: string[]): string {
  const lines: string[] = [];
  let line = '';
  for (let length = 0; length < bodyBytes; ) {
    const rank = Math.floor(Math.exp(random() * Math.log(vocabulary.length + 1)) - 1);
    let word = vocabulary[Math.min(rank, vocabulary.length - 1)]!;
    if (random() < 0.01) word = `${Math.floor(random() * 1e6)}`;
    line += `${word}${random() < 0.1 ? ', ' : random() < 0.08 ? '. ' : ' '}`;
    if (line.length < 70) continue;
    lines.push(line);
    length += line.length + 2;
    line = '';
  }
  return lines.join('\r\n');
}

async function makeMessage(vocabulary: string[], number: number): Promise<NewMessage> {
  const name = `${pick(vocabulary)} ${pick(vocabulary)}`;
  const key = Array.from({ length: 8 }, () => random().toString(36).slice(2)).join('/');
  const header = [
    `From: ${name} <${name.replace(' ', '.')}@far.test>`,
    `Subject: ${pick(vocabulary)} ${pick(vocabulary)} ${pick(vocabulary)}`,
    `Message-ID: <${newId()}@far.test>`,
    `DKIM-Signature: v=1; a=rsa-sha256; d=far.test; s=one; b=${key}`,
  ];
  const text = `${header.join('\r\n')}\r\n\r\n${makeText(vocabulary)}`;
  const id = newId();
  const prefix = Buffer.from(
    `Return-Path: <${name.replace(' ', '.')}@far.test>\r\nDelivered-To: me@here.test\r\nReceived: from mx.far.test (mx.far.test [192.0.2.${number % 256}]) by here.test with ESMTPS id ${id}; Mon, 5 Jan 2026 23:30:00 +0000\r\n`,
  );
  const body = await stageBytes(Buffer.from(text));
  return { body, prefix, flags: 0, keywords: [], internalDate: new Date() };
}

async function fill(vocabulary: string[]): Promise<{ accountId: string; inbox: string }> {
  const accountId = newId();
  const row = { id: accountId, address: 'search@example.test', domainId: 'bench', quotaBytes: 0 };
  await write((tx) => tx.account.create({ data: { ...row, createdAt: new Date() } }));
  await ensureMailboxes(accountId);
  const inbox = (await findMailbox(accountId, 'INBOX'))?.id ?? '';
  for (let count = 0; count < messages; ) {
    const made: NewMessage[] = [];
    while (made.length < batch && count < messages)
      made.push(await makeMessage(vocabulary, count++));
    await appendMessages(accountId, inbox, made);
  }
  return { accountId, inbox };
}

/** RSS in megabytes. */
function readRss(): number {
  const line = /^VmRSS:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? 0) / 1024;
}

/** UIDs whose text has the needle, by looking at each; and how long that took. */
async function scan(needle: string): Promise<{ uids: number[]; ms: number }> {
  const started = performance.now();
  const uids: number[] = [];
  for (let first = 1; first <= messages; first += 2000) {
    const rows = await db.$queryRaw<{ uid: number }[]>`SELECT "uid" FROM "Message"
      JOIN "RenderingText" ON "RenderingText"."blobId" = "Message"."blobId"
      WHERE "uid" BETWEEN ${first} AND ${first + 1999} AND instr("body", ${needle}) > 0 ORDER BY "uid"`;
    for (const { uid } of rows) uids.push(Number(uid));
  }
  return { uids, ms: performance.now() - started };
}

/** The longest stop of the event loop during a search so far. */
let stoppedMs = 0;

async function timeSearch(
  accountId: string,
  mailboxId: string,
  criterion: Criterion,
): Promise<{ uids: number[]; ms: number }> {
  let last = performance.now();
  const timer = setInterval(() => {
    const at = performance.now();
    stoppedMs = Math.max(stoppedMs, at - last - 1);
    last = at;
  }, 1);
  const started = performance.now();
  const uids = await searchMessages(accountId, mailboxId, criterion);
  const ms = performance.now() - started;
  clearInterval(timer);
  return { uids, ms };
}

/** What is looked for: word of a rank, or a part of one. */
function chooseNeedles(vocabulary: string[]): [string, string][] {
  const long = (rank: number) => vocabulary.slice(rank).find((word) => word.length >= 5)!;
  return [
    ['a word in every message', vocabulary.slice(2).find((word) => word.length >= 3)!],
    ['a frequent word', long(100)],
    ['a middling word', long(2000)],
    ['a rare word', long(50_000)],
    ['part of frequent words', 'ain'],
    ['part of some words', long(3000).slice(1, 5)],
    ['start of rare words', long(40_000).slice(0, 6)],
    ['end of rare words', long(45_000).slice(2)],
    ['a word that is nowhere', 'qqxzqqx'],
    ['one letter', 'z'],
    ['two words', `${vocabulary[0]} ${vocabulary[1]}`],
    ['two rare words', `${long(9000)} ${long(3)}`],
  ];
}

async function measureNeedles(
  accountId: string,
  inbox: string,
  vocabulary: string[],
): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, value] of chooseNeedles(vocabulary)) {
    const criterion: Criterion = { kind: 'text', field: 'body', value };
    const values: number[] = [];
    const expected = await scan(value);
    for (let run = 0; run < runs; run++) {
      const { uids, ms } = await timeSearch(accountId, inbox, criterion);
      values.push(ms);
      assert.deepEqual(uids, expected.uids, `${name}: ${value}`);
    }
    const found = `${name} (${value}): ${expected.uids.length} messages`;
    figures.push({ name: found, unit: `ms; scan ${expected.ms.toFixed(0)}`, values });
  }
  const others: [string, Criterion][] = [
    ['TEXT, a rare word', { kind: 'text', field: 'text', value: vocabulary[50_000]! }],
    ['FROM, a name', { kind: 'text', field: 'from', value: vocabulary[5000]! }],
    [
      'unseen and BODY',
      {
        kind: 'and',
        items: [
          { kind: 'not', item: { kind: 'flag', flag: 1 } },
          { kind: 'text', field: 'body', value: vocabulary[5000]! },
        ],
      },
    ],
  ];
  for (const [name, criterion] of others) {
    const values: number[] = [];
    let count = 0;
    for (let run = 0; run < runs; run++) {
      const { uids, ms } = await timeSearch(accountId, inbox, criterion);
      count = uids.length;
      values.push(ms);
    }
    figures.push({ name: `${name}: ${count} messages`, unit: 'ms', values });
  }
  return figures;
}

export const bench: Bench = {
  help: 'substring search in a folder of 100,000 messages of 10 KB, beside a scan (goal 300 ms)',
  run: async () => {
    const database = await openTestDatabase();
    const vocabulary = makeVocabulary();
    const { accountId, inbox } = await fill(vocabulary);
    await closeDatabase();
    const before = readRss();
    const running = await startTextIndex();
    const started = performance.now();
    const progress = await completeTextIndex();
    const tookMs = performance.now() - started;
    const after = readRss();
    const text = await db.$queryRaw<{ bytes: number }[]>`
      SELECT SUM(LENGTH("header") + LENGTH("body")) AS "bytes" FROM "RenderingText"`;
    const textBytes = Number(text[0]?.bytes ?? 1);
    const sizeBytes = progress?.sizeBytes ?? Number.NaN;
    const figures = await measureNeedles(accountId, inbox, vocabulary);
    figures.push(
      { name: 'indexed', unit: 'messages/s', values: [messages / (tookMs / 1000)] },
      { name: 'text', unit: 'MB', values: [textBytes / 1e6] },
      { name: 'size of the index', unit: 'MB', values: [sizeBytes / 1e6] },
      { name: 'the same, of the text', unit: '%', values: [(100 * sizeBytes) / textBytes] },
      { name: 'memory of the process before indexing', unit: 'MB', values: [before] },
      { name: 'after indexing', unit: 'MB', values: [after] },
      { name: 'after the searches', unit: 'MB', values: [readRss()] },
      { name: 'longest stop of the event loop', unit: 'ms', values: [stoppedMs] },
    );
    await running.stop();
    await database.close();
    return figures;
  },
};
