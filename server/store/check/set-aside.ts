// <data>/damaged: what cannot be served any more and is not thrown away. Damaged bodies go there as they
// are, messages that lost their body as a JSON file with all that is still known of them.
import { copyFile, mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { dataFolder } from '#lib/env.ts';
import { syncFolder } from '../bodies/blob-files.ts';
import { toBuffer } from '../bodies/blobs.ts';
import { removeRows, selectLeaving, sumSizes } from '../expunge.ts';
import { isRecoverable } from '../mailbox-name.ts';
import { returnQuota } from '../quota/quota.ts';

async function makeFolder(): Promise<string> {
  const folder = join(dataFolder(), 'damaged');
  if (await mkdir(folder, { recursive: true, mode: 0o700 })) await syncFolder(dataFolder());
  return folder;
}

/** Writes bytes under a name there, durably. Returns the path. */
export async function saveAside(name: string, bytes: Buffer): Promise<string> {
  const folder = await makeFolder();
  const path = join(folder, name);
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
  await syncFolder(folder);
  return path;
}

/** Moves a file there. Returns its new path. */
export async function moveAside(path: string, name: string): Promise<string> {
  const folder = await makeFolder();
  const target = join(folder, name);
  try {
    await rename(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    // Another file system: the copy stays, the original too.
    await copyFile(path, target);
  }
  await syncFolder(folder);
  return target;
}

type AsideRow = {
  emailId: string;
  threadId: string;
  prefix: Uint8Array;
  flags: bigint | number;
  keywords: string;
  internalDate: Date;
  mailbox: string;
  uidValidity: bigint | number;
  address: string | null;
  hash: string | null;
  header: Uint8Array | null;
  text: string | null;
};

/**
 * Takes a message without its body out of the mailbox (sessions see it expunged, the counters follow) and
 * keeps what is known of it in a file. Null where the message is not there any more.
 */
export async function setMessageAside(
  accountId: string,
  mailboxId: string,
  uid: number,
): Promise<string | null> {
  const [row] = await db.$queryRaw<AsideRow[]>`
    SELECT m."emailId", m."threadId", m."prefix", m."flags", m."keywords", m."internalDate",
      b."name" AS "mailbox", b."uidValidity", a."address", l."hash", r."header", x."body" AS "text"
    FROM "Message" m
    JOIN "Mailbox" b ON b."accountId" = m."accountId" AND b."id" = m."mailboxId"
    LEFT JOIN "Account" a ON a."id" = m."accountId"
    LEFT JOIN "Blob" l ON l."id" = m."blobId"
    LEFT JOIN "Rendering" r ON r."blobId" = m."blobId"
    LEFT JOIN "RenderingText" x ON x."blobId" = m."blobId"
    WHERE m."accountId" = ${accountId} AND m."mailboxId" = ${mailboxId} AND m."uid" = ${uid}`;
  if (!row) return null;
  const known = {
    setAsideAt: now(),
    account: row.address ?? accountId,
    mailbox: row.mailbox,
    uidValidity: Number(row.uidValidity),
    uid,
    emailId: row.emailId,
    threadId: row.threadId,
    internalDate: row.internalDate,
    flags: Number(row.flags),
    keywords: row.keywords,
    bodySha256: row.hash,
    traceHeader: toBuffer(row.prefix).toString('latin1'),
    header: toBuffer(row.header).toString('latin1'),
    /** Decoded and without case, as SEARCH kept it. */
    searchText: row.text ?? '',
  };
  const name = `message-${row.emailId || 'unnamed'}-${mailboxId}-${uid}.json`;
  await saveAside(name, Buffer.from(`${JSON.stringify(known, null, 2)}\n`));
  await write(async (tx) => {
    const rows = await selectLeaving(tx, accountId, mailboxId, [uid], false);
    if (rows.length === 0) return;
    await removeRows(tx, accountId, mailboxId, rows);
    if (!isRecoverable(row.mailbox)) await returnQuota(tx, accountId, sumSizes(rows), rows.length);
  });
  return `Message ${uid} of "${row.mailbox}" was taken out; what is known of it is in damaged/${name}.`;
}
