// A Maildir as a source: the root is INBOX, folders are ".Folder.Sub" beside it (Maildir++, Courier, Dovecot)
// or folders below it (Dovecot's LAYOUT=fs). INTERNALDATE is the time of the file, as Dovecot has it.
import { openChunks } from './chunks.ts';
import { parseDovecotKeywords, parseFolderName, parseMaildirName } from './maildir-name.ts';
import { type IndexEntry, indexLimitBytes, indexName, parseIndex } from './marker.ts';
import { restoreNewlines } from './newlines.ts';
import {
  baseName,
  codeOf,
  listEntries,
  lookAt,
  type ProblemLog,
  type RawFiles,
  type RawPath,
  readFolder,
  toText,
} from './raw-path.ts';
import type { OpenFolder, SourceFolder, SourceMessage } from './source.ts';
import { parseCourierPop3List, parseUidList, type UidList } from './uidlist.ts';

/** Deeper trees are nobody's mail. */
const maxDepth = 100;
const maxFolders = 20_000;
const listLimitBytes = 256 * 1024 * 1024;
const smallLimitBytes = 1024 * 1024;
const parts = ['cur', 'new'] as const;

/** True where the folder is a Maildir. */
export async function isMaildir(path: RawPath): Promise<boolean> {
  return (await lookAt(`${path}/cur`)) === 'folder' || (await lookAt(`${path}/new`)) === 'folder';
}

/** All folders of the Maildir at the root of `files`. */
export async function findMaildirFolders(
  files: RawFiles,
  problems: ProblemLog,
): Promise<{ folders: SourceFolder[]; hasSubscriptions: boolean }> {
  const found: { path: RawPath; levels: string[] }[] = [];
  const walk = async (path: RawPath, levels: string[]): Promise<void> => {
    if (found.length >= maxFolders) return;
    if (await isMaildir(path)) found.push({ path, levels });
    if (levels.length >= maxDepth) {
      problems.lose({ where: toText(path), text: `more than ${maxDepth} levels: not looked into` });
      return;
    }
    for (const { name, kind } of await readFolder(path, problems)) {
      if (name === 'tmp' || parts.some((part) => part === name)) continue;
      const child = `${path}/${name}`;
      if (kind === 'link') problems.add({ where: toText(child), text: 'is a link: not followed' });
      if (kind !== 'folder') continue;
      if (!name.startsWith('.'))
        await walk(child, [...levels, ...parseFolderName(toText(name), '/')]);
      else if (await isMaildir(child)) {
        found.push({
          path: child,
          levels: [...levels, ...parseFolderName(toText(name.slice(1)), '.')],
        });
      }
    }
  };
  await walk(files.root, []);
  const subscribed = await readSubscriptions(files);
  const folders: SourceFolder[] = [];
  for (const { path, levels } of found) {
    folders.push({
      id: toText(path.slice(files.root.length + 1)),
      levels,
      isSubscribed: levels.length === 0 || (subscribed?.has(nameKey(levels)) ?? true),
      messages: await countFiles(path),
      sizeBytes: null,
      open: (into) => openMaildirFolder(files, path, into),
    });
  }
  return { folders, hasSubscriptions: subscribed !== null };
}

function nameKey(levels: string[]): string {
  const name = levels.join('\u0000').normalize('NFC');
  return name === '' || name.toLowerCase() === 'inbox' ? 'INBOX' : name;
}

/** What `subscriptions` (Dovecot) or `courierimapsubscribed` name; null where there is neither. */
async function readSubscriptions(files: RawFiles): Promise<Set<string> | null> {
  const dovecot = await files.readSmall(`${files.root}/subscriptions`, smallLimitBytes);
  const courier = await files.readSmall(`${files.root}/courierimapsubscribed`, smallLimitBytes);
  if (dovecot === null && courier === null) return null;
  const keys = new Set<string>();
  for (const line of `${dovecot ?? ''}\n${courier ?? ''}`.split('\n')) {
    const text = toText(line.trim());
    if (text === '' || /^V\t/.test(text)) continue;
    // Version 2 has a tab between levels, version 1 the separator of the name space, which may have a prefix.
    const spellings = text.includes('\t')
      ? [parseFolderName(text.replaceAll('\t', '/'), '/')]
      : [parseFolderName(text, '.'), parseFolderName(text, '/')];
    for (const levels of spellings) {
      keys.add(nameKey(levels));
      if (levels[0]?.toUpperCase() === 'INBOX') keys.add(nameKey(levels.slice(1)));
    }
  }
  return keys;
}

async function countFiles(path: RawPath): Promise<number> {
  let count = 0;
  for (const part of parts) {
    try {
      for await (const { name } of listEntries(`${path}/${part}`))
        if (!name.startsWith('.')) count++;
    } catch {
      // Said when it is read.
    }
  }
  return count;
}

async function openMaildirFolder(
  files: RawFiles,
  path: RawPath,
  problems: ProblemLog,
): Promise<OpenFolder> {
  const list = await readUidList(files, path);
  const keywordText = await files.readSmall(`${path}/dovecot-keywords`, smallLimitBytes);
  const context: FolderContext = {
    files,
    path,
    list,
    words: parseDovecotKeywords(toText(keywordText ?? '')),
    index: parseIndex(
      toText((await files.readSmall(`${path}/${indexName}`, indexLimitBytes)) ?? ''),
    ),
  };
  const listed = await listFiles(context, problems);
  return {
    uidValidity: list.uidValidity,
    uidNext: list.uidNext,
    messages: eachMessage(context, listed),
    close: async () => undefined,
  };
}

type FolderContext = {
  files: RawFiles;
  path: RawPath;
  list: UidList;
  words: string[];
  index: Map<string, IndexEntry>;
};

async function readUidList(files: RawFiles, path: RawPath): Promise<UidList> {
  for (const name of ['dovecot-uidlist', 'courierimapuiddb']) {
    const text = await files.readSmall(`${path}/${name}`, listLimitBytes);
    const list = text === null ? null : parseUidList(text);
    if (!list) continue;
    const pop3 = await files.readSmall(`${path}/courierpop3dsizelist`, listLimitBytes);
    if (pop3 !== null && name !== 'dovecot-uidlist') list.popUids = parseCourierPop3List(pop3);
    return list;
  }
  const pop3 = await files.readSmall(`${path}/courierpop3dsizelist`, listLimitBytes);
  const popUids = parseCourierPop3List(pop3 ?? '');
  return { uidValidity: null, uidNext: null, uids: new Map(), popUids };
}

/** A file of the folder: "cur/…" or "new/…". */
type Listed = { path: RawPath; uid: number; time: number };
const noUid = Number.MAX_SAFE_INTEGER;

/** Files of the folder, first those with a UID, by it, then as they came. */
async function listFiles(context: FolderContext, problems: ProblemLog): Promise<Listed[]> {
  const listed: Listed[] = [];
  for (const part of parts) {
    const folder = `${context.path}/${part}`;
    try {
      for await (const { name, kind } of listEntries(folder)) {
        if (name.startsWith('.')) continue;
        if (kind === 'file') {
          const uid = context.list.uids.get(uniqueOf(name)) ?? noUid;
          listed.push({ path: `${part}/${name}`, uid, time: Number.parseInt(name, 10) || 0 });
        } else {
          problems.add({
            where: toText(`${folder}/${name}`),
            text: 'is no regular file: left out',
          });
        }
      }
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') {
        problems.lose({ where: toText(folder), text: `cannot be read (${codeOf(error)})` });
      }
    }
  }
  return listed.sort(
    (one, other) =>
      one.uid - other.uid || one.time - other.time || (one.path < other.path ? -1 : 1),
  );
}

/** The name without its flags. */
function uniqueOf(name: RawPath): RawPath {
  const match = /[:;!]2,/.exec(name);
  return match ? name.slice(0, match.index) : name;
}

async function* eachMessage(
  context: FolderContext,
  files: Listed[],
): AsyncGenerator<SourceMessage> {
  for (const { path: name, uid } of files) {
    const unique = uniqueOf(baseName(name));
    const path = `${context.path}/${name}`;
    yield {
      key: toText(unique),
      where: toText(path),
      sizeBytes: Number(/,S=(\d{1,15})(?=[,:]|$)/.exec(name)?.[1] ?? 0),
      open: () => openMessage(context, path, unique, uid === noUid ? null : uid),
    };
  }
}

async function openMessage(
  context: FolderContext,
  path: RawPath,
  unique: string,
  uid: number | null,
) {
  const { flags, keywords } = parseMaildirName(baseName(path), context.words);
  const more = context.index.get(toText(unique));
  const opened = await openChunks(context.files, path);
  return {
    flags,
    keywords: [...(more?.keywords ?? []), ...keywords],
    internalDate: opened.changedAt,
    uid,
    popUid: context.list.popUids.get(unique) ?? null,
    chunks: restoreNewlines(opened.chunks, more?.isExact ? 'exact' : 'detect'),
    close: opened.close,
  };
}
