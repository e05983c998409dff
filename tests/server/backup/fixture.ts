// Stores with a bit of everything for the tests of backups, and what is in them as plain data.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { now } from '#lib/clock.ts';
import { closeDatabase, db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { appendMessages } from '#server/store/append.ts';
import { readBlobFile } from '#server/store/bodies/blob-files.ts';
import { insertBlob, stageBytes } from '#server/store/bodies/blobs.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import { removeMessages } from '#server/store/expunge.ts';
import { changeFlags } from '#server/store/flags.ts';
import {
  createMailbox,
  deleteMailbox,
  listMailboxes,
  renameMailbox,
} from '#server/store/mailboxes.ts';
import { makeAccount, makeMessage } from '#tests/server/store/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';

/** A small generator of numbers (mulberry32), so that a failure can be repeated. */
export function makeRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { below, pick: <T>(list: T[]): T => list[below(list.length)]! };
}

export type Random = ReturnType<typeof makeRandom>;

/** A folder for a backup that is not there yet. */
export function makePlace(): { folder: string; remove(): void } {
  const parent = mkdtempSync(join(tmpdir(), 'drey-backup-'));
  return {
    folder: join(parent, 'backup'),
    remove: () => rmSync(parent, { recursive: true, force: true }),
  };
}

/** Runs `step` on an empty database and data folder of its own, then goes back to the one in use. */
export async function onEmptyStore<T>(step: (folder: string) => Promise<T>): Promise<T> {
  const { DREY_DATA, DATABASE_URL } = process.env;
  await closeDatabase();
  const other = await openTestDatabase();
  try {
    return await step(other.folder);
  } finally {
    await other.close();
    process.env.DREY_DATA = DREY_DATA;
    if (DATABASE_URL === undefined) delete process.env.DATABASE_URL;
    else process.env.DATABASE_URL = DATABASE_URL;
  }
}

/** Bytes that zstd cannot make smaller, or text, by chance small, a file or large. */
function makeBody(random: Random, name: string): Buffer {
  const head = Buffer.from(`From: <${name}@far.test>\r\nSubject: ${name}\r\n\r\n`);
  const sizeBytes = random.pick([
    0,
    10,
    300,
    3000,
    3000,
    70_000,
    random.below(12) === 0 ? 1_500_000 : 5,
  ]);
  const rest = Buffer.alloc(sizeBytes);
  const isNoise = random.below(2) === 0;
  for (let at = 0; at < sizeBytes; at += 4) {
    rest.writeUInt32LE(
      isNoise ? random.below(0xffff_ffff) : 0x61626320,
      Math.min(at, sizeBytes - 4),
    );
  }
  return sizeBytes < 4 ? head : Buffer.concat([head, rest]);
}

/** Some accounts with mail, a domain, aliases, settings, waiting mail. Returns the accounts' ids. */
export async function fillStore(random: Random, accounts = 3): Promise<string[]> {
  const createdAt = new Date('2026-03-04T05:06:07.089Z');
  const ids: string[] = [];
  for (let count = 0; count < accounts; count++)
    ids.push(await makeAccount(count === 1 ? 10 ** 12 : null));
  await write(async (tx) => {
    await tx.domain.create({ data: { id: 'd', name: 'example.test', createdAt } });
    await tx.setting.create({
      data: { id: 'x.y', value: '{"ä":[1,"\\u0000"]}', updatedAt: createdAt },
    });
    for (let count = 0; count < 700; count++) {
      await tx.alias.create({
        data: { id: newId(), address: `a${count}@example.test`, domainId: 'd', createdAt },
      });
    }
    for (const accountId of ids) {
      await tx.account.update({
        where: { id: accountId },
        data: { passwordHash: `$argon2id$${accountId}`, epoch: 4, lastLoginAt: createdAt },
      });
      await tx.preference.create({ data: { accountId, name: 'signature', value: '"Grüße 🐿"' } });
      await tx.member.create({ data: { sharedId: ids[0]!, memberId: accountId } });
      await tx.mailboxRight.create({
        data: { accountId, mailboxId: 'm', identifier: 'anyone', rights: 'lr' },
      });
      await tx.annotation.create({
        data: {
          accountId,
          mailboxId: '',
          ownerId: '',
          entry: '/shared/x',
          value: Buffer.from([0, 255]),
        },
      });
      await tx.imported.create({ data: { accountId, source: 'f'.repeat(32) } });
    }
    await tx.annotation.create({
      data: {
        accountId: '',
        mailboxId: '',
        ownerId: '',
        entry: '/shared/comment',
        value: Buffer.from('of the whole server'),
      },
    });
  });
  for (let step = 0; step < 3; step++) await addToQueue(`waiting ${step}`);
  for (let step = 0; step < 40; step++) await changeStore(random, ids);
  return ids;
}

async function addToQueue(text: string): Promise<void> {
  const body = await stageBytes(Buffer.from(`Subject: ${text}\r\n\r\n`));
  const createdAt = now();
  await write(async (tx) => {
    const blobId = await insertBlob(tx, body);
    const id = newId();
    await tx.queueMessage.create({
      data: {
        id,
        blobId,
        prefix: Buffer.from('Received: x\r\n'),
        sizeBytes: body.sizeBytes,
        sender: '',
        traceId: newId(),
        createdAt,
      },
    });
    await tx.queueRecipient.create({
      data: {
        id: newId(),
        messageId: id,
        recipient: 'Someone@far.test',
        domain: 'far.test',
        state: 'sending',
        nextAttemptAt: createdAt,
        leaseUntil: createdAt,
        leaseOwner: 'runner',
        createdAt,
      },
    });
  });
}

/** One change by chance, such as users make them. */
export async function changeStore(random: Random, accounts: string[]): Promise<void> {
  const account = random.pick(accounts);
  const mailboxes = await listMailboxes(account);
  const [from, to] = [random.pick(mailboxes), random.pick(mailboxes)];
  const where = { accountId: account, mailboxId: from.id };
  const rows = await db.message.findMany({ where, select: { uid: true }, orderBy: { uid: 'asc' } });
  const uids = rows.filter(() => random.below(4) === 0).map(({ uid }) => Number(uid));
  const name = `box ${newId()}`;
  const changes: (() => Promise<unknown>)[] = [
    ...Array(4).fill(async () => {
      const messages = [];
      for (let count = 0; count <= random.below(8); count++) {
        const bytes = makeBody(random, newId());
        const prefix = Buffer.from(random.pick(['', 'Received: from a by b\r\n']));
        const keywords = random.pick([[], ['$work'], ['b', 'a']]);
        messages.push(await makeMessage(bytes, { prefix, keywords, flags: random.below(32) }));
      }
      await appendMessages(account, from.id, messages);
    }),
    () => copyMessages(account, from.id, uids, to.id),
    () => moveMessages(account, from.id, uids, to.id),
    () => removeMessages(account, from.id, uids),
    () => changeFlags(account, from.id, uids, { mode: 'add', flags: 1, keywords: ['new'] }),
    () => createMailbox(account, name),
    async () => from.name !== 'INBOX' && (await renameMailbox(account, from.name, name)),
    async () =>
      from.name.startsWith('box') &&
      random.below(3) === 0 &&
      (await deleteMailbox(account, from.name)),
  ];
  await random.pick(changes)();
}

type Row = Record<string, unknown>;

/** Every row of the database as data; a body is the sha-256 of its bytes as they are stored. */
export async function dumpStore(): Promise<Record<string, Row[]>> {
  const hashes = new Map<number, string>();
  for (const { id, hash, place } of await db.blob.findMany()) {
    const row =
      place === 'file' ? null : await db.blobBytes.findUniqueOrThrow({ where: { blobId: id } });
    const bytes = row ? row.bytes : await readBlobFile(hash);
    const found = createHash('sha256').update(bytes).digest('hex');
    assert.equal(found, hash);
    hashes.set(id, found);
  }
  const toPlain = (row: Row): Row =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => {
        if (name === 'blobId') return ['body', hashes.get(Number(value))];
        if (typeof value === 'bigint') return [name, Number(value)];
        if (value instanceof Uint8Array) return [name, Buffer.from(value).toString('latin1')];
        return [name, value instanceof Date ? value.toISOString() : value];
      }),
    );
  const dump: Record<string, Row[]> = {
    account: await db.account.findMany(),
    alias: await db.alias.findMany(),
    domain: await db.domain.findMany(),
    setting: await db.setting.findMany(),
    preference: await db.preference.findMany(),
    mailbox: await db.mailbox.findMany(),
    subscription: await db.subscription.findMany(),
    message: await db.message.findMany(),
    tombstone: await db.tombstone.findMany(),
    threadReference: await db.threadReference.findMany(),
    popUid: await db.popUid.findMany(),
    imported: await db.imported.findMany(),
    member: await db.member.findMany(),
    mailboxRight: await db.mailboxRight.findMany(),
    annotation: await db.annotation.findMany(),
    queueMessage: await db.queueMessage.findMany(),
    queueRecipient: await db.queueRecipient.findMany(),
    trailEvent: await db.trailEvent.findMany(),
  };
  for (const [name, rows] of Object.entries(dump)) {
    const texts = new Map(rows.map((row) => [JSON.stringify(toPlain(row)), toPlain(row)]));
    dump[name] = [...texts.keys()].sort().map((text) => texts.get(text) as Row);
  }
  return dump;
}
