// Mail stores of other servers, made by hand in a temporary folder, and what an account holds.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { allFlags } from '#server/store/flag-bits.ts';
import { readView } from '#server/store/journal.ts';
import { listMailboxes, listSubscriptions } from '#server/store/mailboxes.ts';
import { readBytes, readMessages } from '#server/store/read.ts';
import { exportMail } from '#server/transfer/export.ts';
import { type ImportResult, importMail } from '#server/transfer/import.ts';
import type { ImportOptions } from '#server/transfer/import-context.ts';
import { openSource } from '#server/transfer/open-source.ts';

export type Folder = { path: string; remove(): void };

export function makeFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'drey-transfer-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Writes a file with the folders above it; `at` becomes its time. */
export function writeFile(path: string, content: string | Buffer, at?: Date): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  if (at) utimesSync(path, at, at);
}

/** An empty Maildir. */
export function makeMaildir(path: string): void {
  for (const part of ['cur', 'new', 'tmp']) mkdirSync(join(path, part), { recursive: true });
}

export function text(subject: string, body = 'Hello\n'): string {
  return `From: a@example.org\nTo: b@example.org\nSubject: ${subject}\n\n${body}`;
}

export function toCrlf(content: string): string {
  return content.replace(/\r?\n/g, '\r\n');
}

const noOptions: ImportOptions = {
  into: null,
  keepNames: false,
  isDryRun: false,
  isAgain: false,
  isAnySize: false,
};

export async function importFrom(
  accountId: string,
  path: string,
  more: Partial<ImportOptions> & { format?: string } = {},
): Promise<ImportResult> {
  const { format = null, ...options } = more;
  const source = await openSource(path, format);
  const account = { id: accountId, address: `${accountId}@example.test` };
  return importMail(account, source, { ...noOptions, ...options }, 'test');
}

export function exportTo(accountId: string, path: string, format: 'maildir' | 'mbox' | 'eml') {
  const account = { id: accountId, address: `${accountId}@example.test` };
  return exportMail(account, path, { format, folder: null });
}

export type HeldMessage = {
  uid: number;
  flags: number;
  keywords: string;
  date: string;
  subject: string;
  hash: string;
  sizeBytes: number;
};
export type HeldFolder = {
  uidValidity: number;
  uidNext: number;
  isSubscribed: boolean;
  messages: HeldMessage[];
};

/** Everything of an account that a transfer has to keep, by name of the mailbox. */
export async function holdings(accountId: string): Promise<Record<string, HeldFolder>> {
  const subscribed = new Set(await listSubscriptions(accountId));
  const held: Record<string, HeldFolder> = {};
  for (const { id, name } of await listMailboxes(accountId)) {
    const { mailbox, roll } = await readView(accountId, id);
    const messages: HeldMessage[] = [];
    for (const message of await readMessages(accountId, id, [...roll.uids])) {
      const bytes = await readBytes(message);
      messages.push({
        uid: message.uid,
        flags: message.flags & allFlags,
        keywords: message.keywords,
        date: message.internalDate.toISOString(),
        subject: /^Subject: (.*?)\r?$/m.exec(bytes.toString('latin1'))?.[1] ?? '',
        hash: createHash('sha256').update(bytes).digest('hex'),
        sizeBytes: bytes.length,
      });
    }
    const { uidValidity, uidNext } = mailbox;
    held[name] = { uidValidity, uidNext, isSubscribed: subscribed.has(name), messages };
  }
  return held;
}

export function hashOf(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Subjects of a mailbox, in order. */
export async function subjectsOf(accountId: string, name: string): Promise<string[]> {
  return (await holdings(accountId))[name]?.messages.map(({ subject }) => subject) ?? [];
}
