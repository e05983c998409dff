// Export of an account, or of a part of it, into a folder of its own: new, or one that an earlier export of the
// same account made. What changes meanwhile comes or does not come; each message that is there is whole.
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { allFlags } from '#server/store/flag-bits.ts';
import { type Roll, readView } from '#server/store/journal.ts';
import { splitKeywords } from '#server/store/keywords.ts';
import { canonicalName, isBelow } from '#server/store/mailbox-name.ts';
import {
  ensureMailboxes,
  listMailboxes,
  listSubscriptions,
  type Mailbox,
} from '#server/store/mailboxes.ts';
import { readPopUids } from '#server/store/pop-uid.ts';
import { readBytes, readMessages, type StoredMessage } from '#server/store/read.ts';
import { openEmlTarget } from './eml-target.ts';
import { hashName } from './file-name.ts';
import { openMaildirTarget } from './maildir-target.ts';
import { formatMarker, type Marker, markerName, parseMarker } from './marker.ts';
import { openMboxTarget } from './mbox-target.ts';
import type { Format } from './source.ts';
import { makeFolder, replaceFile, type Target, type TargetFolder } from './target.ts';

const rowsAtOnce = 500;
/** Below the root; systems take 4096 bytes for the whole. */
const maxPathBytes = 1500;
/** Read and written side by side. */
const messagesAtOnce = 16;
const bytesAtOnce = 8 * 1024 * 1024;

export type ExportOptions = {
  format: Format;
  /** Only this mailbox and those below it; null = all. */
  folder: string | null;
};

export type ExportProgress = {
  messages: number;
  sizeBytes: number;
  totalMessages: number;
  totalBytes: number;
  folder: string;
};

export type ExportedFolder = {
  mailbox: string;
  path: string;
  messages: number;
  sizeBytes: number;
  /** Were there from an earlier export. */
  known: number;
};

export type ExportResult = {
  format: Format;
  messages: number;
  sizeBytes: number;
  known: number;
  folders: ExportedFolder[];
};

const targets: Record<Format, (root: string) => Target> = {
  maildir: openMaildirTarget,
  mbox: openMboxTarget,
  eml: openEmlTarget,
};

/**
 * Exports mailboxes into the folder at `path`. Refusal 'not-found' for the folder option, 'exists' where
 * something else is there, 'conflict' where it is an export of another account or format.
 */
export async function exportMail(
  account: { id: string; address: string },
  path: string,
  options: ExportOptions,
  onProgress: (progress: ExportProgress) => void = () => undefined,
): Promise<ExportResult> {
  await ensureMailboxes(account.id);
  const mailboxes = await findMailboxes(account.id, options.folder);
  const root = resolve(path);
  const target = targets[options.format](root);
  const before = await openRoot(root, path, account.address, options.format);
  const paths = findPaths(target, mailboxes, before);
  const subscriptions = await listSubscriptions(account.id);
  await writeMarker(root, before, { account, options, mailboxes, paths, subscriptions });
  const total = {
    totalMessages: mailboxes.reduce((sum, { messages }) => sum + messages, 0),
    totalBytes: mailboxes.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
  };
  const done = { messages: 0, sizeBytes: 0 };
  const folders: ExportedFolder[] = [];
  for (const mailbox of mailboxes) {
    const exported = { mailbox: mailbox.name, path: paths.get(mailbox.name) ?? '' };
    const result = { ...exported, messages: 0, sizeBytes: 0, known: 0 };
    folders.push(result);
    await exportFolder(account.id, mailbox, target, result, (sizeBytes) => {
      done.messages++;
      done.sizeBytes += sizeBytes;
      onProgress({ ...done, ...total, folder: mailbox.name });
    });
  }
  const subscribed = subscriptions.flatMap((name) => paths.get(name) ?? []);
  if (options.folder === null) await target.writeSubscriptions(subscribed);
  const sum = (key: 'messages' | 'sizeBytes' | 'known') =>
    folders.reduce((all, folder) => all + folder[key], 0);
  const { format } = options;
  return {
    ...{ format, messages: sum('messages'), sizeBytes: sum('sizeBytes'), known: sum('known') },
    folders,
  };
}

async function findMailboxes(accountId: string, folder: string | null): Promise<Mailbox[]> {
  const all = await listMailboxes(accountId);
  if (folder === null) return all;
  const name = canonicalName(folder);
  const found = all.filter((mailbox) => mailbox.name === name || isBelow(mailbox.name, name));
  if (found.length === 0) throw new Refusal('not-found', `There is no mailbox ${name}.`);
  return found;
}

/** The marker of an earlier export; null for a new or empty folder. Refusal 'exists', 'conflict', 'invalid'. */
async function openRoot(
  root: string,
  path: string,
  address: string,
  format: Format,
): Promise<Marker | null> {
  try {
    await makeFolder(root);
    const names = await readdir(root);
    if (names.every((name) => /^\.drey-.*\.tmp$/.test(name))) return null;
  } catch (error) {
    throw new Refusal('invalid', `${path} cannot be written (${(error as Error).message}).`);
  }
  const text = await readFile(join(root, markerName), 'utf8').catch(() => '');
  const marker = parseMarker(text);
  if (!marker) {
    throw new Refusal(
      'exists',
      `${path} holds something else. An export wants a folder of its own.`,
    );
  }
  if (marker.address !== address || marker.format !== format) {
    throw new Refusal(
      'conflict',
      `${path} holds an export of ${marker.address} as ${marker.format}. Take another folder.`,
    );
  }
  return marker;
}

/** Where each mailbox goes: where it went before, else where the format wants it; never two at one place. */
function findPaths(
  target: Target,
  mailboxes: Mailbox[],
  before: Marker | null,
): Map<string, string> {
  const known = Object.entries(before?.folders ?? {});
  const taken = new Map(known.map(([path, { name }]) => [path, name]));
  const paths = new Map<string, string>();
  for (const { name } of mailboxes) {
    const earlier = known.find(([, folder]) => folder.name === name)?.[0];
    let path = earlier ?? target.pathOf(name.split('/'));
    const isWrong = (path === '' && name !== 'INBOX') || Buffer.byteLength(path) > maxPathBytes;
    for (let turn = 0; isWrong || (taken.get(path) ?? name) !== name; turn++) {
      path = target.pathOf([hashName(`${name}\u0000${turn}`)]);
      if (path !== '' && !taken.has(path)) break;
    }
    taken.set(path, name);
    paths.set(name, path);
  }
  return paths;
}

async function writeMarker(
  root: string,
  before: Marker | null,
  now: {
    account: { address: string };
    options: ExportOptions;
    mailboxes: Mailbox[];
    paths: Map<string, string>;
    subscriptions: string[];
  },
): Promise<void> {
  const folders: Marker['folders'] = { ...before?.folders };
  for (const { name, uidValidity, uidNext } of now.mailboxes) {
    const path = now.paths.get(name) ?? '';
    const earlier = folders[path];
    const isOther = earlier && earlier.uidValidity !== uidValidity;
    if (isOther && now.options.format === 'eml') {
      throw new Refusal(
        'conflict',
        `${name} was made anew since the last export. Take another folder.`,
      );
    }
    folders[path] = { name, uidValidity, uidNext };
  }
  const marker: Marker = {
    version: 1,
    format: now.options.format,
    address: now.account.address,
    subscriptions: now.subscriptions,
    folders,
  };
  await replaceFile(join(root, markerName), formatMarker(marker));
}

async function exportFolder(
  accountId: string,
  mailbox: Mailbox,
  target: Target,
  result: ExportedFolder,
  onMessage: (sizeBytes: number) => void,
): Promise<void> {
  const { mailbox: current, roll } = await readView(accountId, mailbox.id);
  const folder = await target.openFolder({
    path: result.path,
    name: mailbox.name,
    guid: createHash('sha256').update(`${accountId}\u0000${mailbox.id}`).digest('hex').slice(0, 32),
    uidValidity: current.uidValidity,
    uidNext: current.uidNext,
    words: listWords(roll),
    popUids: await readPopUids(accountId, mailbox.id),
  });
  try {
    for (let start = 0; start < roll.size; start += rowsAtOnce) {
      const uids = [...roll.uids.slice(start, start + rowsAtOnce)];
      const messages = await readMessages(accountId, mailbox.id, uids);
      await exportMessages(folder, target.isParallel, messages, result, onMessage);
    }
    await folder.finish();
  } catch (error) {
    await folder.abort().catch(() => undefined);
    throw error;
  }
}

function listWords(roll: Roll): string[] {
  return [...new Set(roll.listKeywords().flatMap(splitKeywords))].sort();
}

async function exportMessages(
  folder: TargetFolder,
  isParallel: boolean,
  messages: StoredMessage[],
  result: ExportedFolder,
  onMessage: (sizeBytes: number) => void,
): Promise<void> {
  const exportOne = async (message: StoredMessage) => {
    const { uid, flags, internalDate, sizeBytes } = message;
    const keywords = splitKeywords(message.keywords);
    const wanted = { uid, flags: flags & allFlags, internalDate, keywords };
    onMessage(sizeBytes);
    if (folder.isKnown(wanted)) {
      result.known++;
      return;
    }
    const bytes = await readBytes(message).catch((error) => {
      // Expunged meanwhile, and its body with it.
      if (isRefusal(error, 'not-found')) return null;
      throw error;
    });
    if (!bytes) return;
    await folder.add(wanted, bytes);
    result.messages++;
    result.sizeBytes += bytes.length;
  };
  let group: StoredMessage[] = [];
  let groupBytes = 0;
  const flush = async () => {
    await Promise.all(group.map(exportOne));
    group = [];
    groupBytes = 0;
  };
  for (const message of messages) {
    if (!isParallel) await exportOne(message);
    else {
      group.push(message);
      groupBytes += message.sizeBytes;
      if (group.length >= messagesAtOnce || groupBytes >= bytesAtOnce) await flush();
    }
  }
  await flush();
}
