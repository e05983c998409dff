// mbox files as a source: one file, or a tree of them as UW-IMAP and SquirrelMail (mail/), Thunderbird
// (Folder and Folder.sbd/) and Apple Mail (Folder.mbox/mbox) keep them.
import { dirname } from 'node:path';
import { parseFolderName } from './maildir-name.ts';
import { readFields, readMboxFacts } from './mbox-fields.ts';
import { openMboxMessage, type Quoting } from './mbox-message.ts';
import { scanMbox } from './mbox-scan.ts';
import {
  baseName,
  codeOf,
  lookAt,
  type Problem,
  type ProblemLog,
  type RawEntry,
  type RawFiles,
  type RawPath,
  readFolder,
  toText,
} from './raw-path.ts';
import type { OpenFolder, SourceFolder, SourceMessage } from './source.ts';

const maxDepth = 100;
const maxFolders = 20_000;
const smallLimitBytes = 1024 * 1024;
const sniffBytes = 64 * 1024;
/** What lies beside mbox files and is none. */
const besides =
  /^\.|\.(?:msf|dat|html|json|jsonl|sqlite|db|lock|index|cache|log|plist)$|^dovecot|^subscriptions$/i;

/** True where the file begins as an mbox file does. */
export async function isMboxFile(files: RawFiles, path: RawPath): Promise<boolean> {
  return (await sniff(files, path))?.text.startsWith('From ') ?? false;
}

async function sniff(
  files: RawFiles,
  path: RawPath,
): Promise<{ text: string; sizeBytes: number } | null> {
  try {
    const { file, sizeBytes } = await files.open(path);
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(8), 0, 8, 0);
      return { text: buffer.toString('latin1', 0, bytesRead), sizeBytes };
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}

/** The one mbox file at the root of `files`. */
export async function findMboxFile(files: RawFiles, quoting: Quoting): Promise<SourceFolder[]> {
  const path = files.root;
  const name = toText(baseName(path));
  const isInbox = /^(?:inbox|mbox)$/i.test(name) || /(?:^|\/)mail$/.test(dirname(path));
  const { file, sizeBytes } = await files.open(path);
  await file.close();
  return [makeFolder(files, path, isInbox ? [] : nameLevels(name), '', sizeBytes, quoting)];
}

/** All mbox files below the root of `files`. */
export async function findMboxFolders(
  files: RawFiles,
  quoting: Quoting,
  problems: ProblemLog,
): Promise<{ folders: SourceFolder[]; hasSubscriptions: boolean }> {
  const folders: SourceFolder[] = [];
  const takeFile = async (path: RawPath, levels: string[]) => {
    const found = await sniff(files, path);
    const name = baseName(path);
    const isMbox =
      found?.text.startsWith('From ') || (found?.sizeBytes === 0 && !name.includes('.'));
    if (found && isMbox) {
      const id = toText(path.slice(files.root.length + 1));
      folders.push(makeFolder(files, path, levels, id, found.sizeBytes, quoting));
    } else if (!besides.test(name)) {
      const said = found ? 'is no mbox file' : 'cannot be read';
      problems[found ? 'add' : 'lose']({ where: toText(path), text: said });
    }
  };
  const walk = async (path: RawPath, levels: string[]): Promise<void> => {
    if (levels.length >= maxDepth) {
      problems.lose({ where: toText(path), text: `more than ${maxDepth} levels: not looked into` });
      return;
    }
    for (const { name, kind } of await readFolder(path, problems)) {
      if (folders.length >= maxFolders) return;
      const child = `${path}/${name}`;
      if (kind === 'file') await takeFile(child, [...levels, ...nameLevels(toText(name))]);
      else if (kind === 'folder') await takeFolder(child, name, levels);
      else problems.add(leftOut(child, kind));
    }
  };
  const takeFolder = async (path: RawPath, name: string, levels: string[]) => {
    if (name.startsWith('.')) return;
    const own = [...levels, ...nameLevels(toText(name))];
    const isApple = name.endsWith('.mbox') && (await lookAt(`${path}/mbox`)) === 'file';
    if (isApple) await takeFile(`${path}/mbox`, own);
    else await walk(path, own);
  };
  await walk(files.root, []);
  for (const folder of folders) {
    if (folder.levels.length === 1 && /^(?:inbox|mbox)$/i.test(folder.levels[0] ?? ''))
      folder.levels = [];
  }
  return { folders, hasSubscriptions: await markSubscribed(files, folders) };
}

function leftOut(path: RawPath, kind: RawEntry['kind']): Problem {
  const text = kind === 'link' ? 'is a link: not followed' : 'is no regular file: left out';
  return { where: toText(path), text };
}

function nameLevels(name: string): string[] {
  return parseFolderName(name.replace(/\.(?:mbox|mbx|sbd)$/i, '') || name, '/');
}

async function markSubscribed(files: RawFiles, folders: SourceFolder[]): Promise<boolean> {
  const texts: string[] = [];
  for (const name of ['.subscriptions', 'subscriptions', '.mailboxlist']) {
    const text = await files.readSmall(`${files.root}/${name}`, smallLimitBytes);
    if (text !== null) texts.push(toText(text));
  }
  if (texts.length === 0) return false;
  const keyOf = (levels: string[]) => levels.join('\u0000').normalize('NFC');
  const keys = new Set<string>();
  for (const line of texts.join('\n').split('\n')) {
    // UW-IMAP names files from the home folder on.
    const name = line.trim().replace(/^(?:~\/)?mail\//, '');
    if (name !== '') keys.add(keyOf(parseFolderName(name, '/')));
  }
  for (const folder of folders) {
    folder.isSubscribed = folder.levels.length === 0 || keys.has(keyOf(folder.levels));
  }
  return true;
}

function makeFolder(
  files: RawFiles,
  path: RawPath,
  levels: string[],
  id: string,
  sizeBytes: number,
  quoting: Quoting,
): SourceFolder {
  const open = () => openMbox(files, path, quoting);
  return { id, levels, isSubscribed: true, messages: null, sizeBytes, open };
}

async function openMbox(files: RawFiles, path: RawPath, quoting: Quoting): Promise<OpenFolder> {
  const { file, sizeBytes, changedAt } = await files.open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(sniffBytes), 0, sniffBytes, 0);
    const header = buffer.subarray(0, bytesRead);
    // X-IMAPbase stands in the first message only.
    const facts = readMboxFacts(readFields(skipLine(header)), header);
    const mayCount = quoting === 'detect' || quoting === 'mboxcl' || quoting === 'mboxcl2';
    return {
      uidValidity: facts.uidValidity,
      uidNext: facts.lastUid === null ? null : facts.lastUid + 1,
      messages: (async function* (): AsyncGenerator<SourceMessage> {
        for await (const span of scanMbox(file, sizeBytes, mayCount)) {
          yield {
            key: null,
            where: `${toText(path)}:${span.start}`,
            sizeBytes: span.end - span.start,
            open: () => openMboxMessage(file, span, quoting, changedAt),
          };
        }
      })(),
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw new Error(codeOf(error));
  }
}

function skipLine(bytes: Buffer): Buffer {
  return bytes.subarray(bytes.indexOf(0x0a) + 1);
}
