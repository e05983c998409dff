// Files of one message each (.eml) as a source: one file, or a tree whose folders are mailboxes. They carry
// neither flags nor UIDs, unless Drey's export put its index beside them.
import { clampDate, findArrivalDate, openChunks } from './chunks.ts';
import { parseFolderName } from './maildir-name.ts';
import { type IndexEntry, indexLimitBytes, indexName, parseIndex } from './marker.ts';
import { restoreNewlines } from './newlines.ts';
import {
  baseName,
  type ProblemLog,
  type RawFiles,
  type RawPath,
  readFolder,
  toText,
} from './raw-path.ts';
import type { Reading, SourceFolder, SourceMessage } from './source.ts';

const maxDepth = 100;
const maxFolders = 20_000;

/** True for a name that is taken: "hello.eml", and the numbers of MH ("12") and Cyrus ("12."). */
export function isEmlName(name: string): boolean {
  return /\.eml$|^\d{1,10}\.?$/i.test(name);
}

/** The one file at the root of `files`. */
export function findEmlFile(files: RawFiles): SourceFolder[] {
  return [makeFolder(files, files.root, [], '', [files.root])];
}

/** All folders with such files below the root of `files`. */
export async function findEmlFolders(
  files: RawFiles,
  problems: ProblemLog,
): Promise<SourceFolder[]> {
  const folders: SourceFolder[] = [];
  const walk = async (path: RawPath, levels: string[]): Promise<void> => {
    if (folders.length >= maxFolders) return;
    if (levels.length >= maxDepth) {
      problems.lose({ where: toText(path), text: `more than ${maxDepth} levels: not looked into` });
      return;
    }
    const entries = await readFolder(path, problems);
    const names = entries.filter(({ name, kind }) => kind === 'file' && isEmlName(name));
    const isOwn = entries.some(({ name, kind }) => kind === 'file' && name === indexName);
    if (names.length > 0 || isOwn) {
      const id = toText(path.slice(files.root.length + 1));
      const paths = names.map(({ name }) => `${path}/${name}`);
      folders.push(makeFolder(files, path, levels, id, paths));
    }
    for (const { name, kind } of entries) {
      const child = `${path}/${name}`;
      if (kind === 'folder') await walk(child, [...levels, ...parseFolderName(toText(name), '/')]);
      else if (kind !== 'file' && isEmlName(name)) {
        problems.add({ where: toText(child), text: 'is no regular file: left out' });
      }
    }
  };
  await walk(files.root, []);
  return folders;
}

function makeFolder(
  files: RawFiles,
  path: RawPath,
  levels: string[],
  id: string,
  paths: RawPath[],
): SourceFolder {
  return {
    id,
    levels,
    isSubscribed: true,
    messages: paths.length,
    sizeBytes: null,
    open: async () => {
      const text = path === files.root && paths[0] === path ? null : await readIndex(files, path);
      const index = parseIndex(text);
      const entryOf = (name: RawPath) => index.get(toText(baseName(name))) ?? null;
      const uidOf = (name: RawPath) => entryOf(name)?.uid ?? Number.MAX_SAFE_INTEGER;
      // Names with numbers in them come in their order.
      const sorted = paths
        .map((name) => ({ name, uid: uidOf(name), text: toText(baseName(name)) }))
        .sort((one, other) => one.uid - other.uid || collator.compare(one.text, other.text));
      return {
        uidValidity: null,
        uidNext: null,
        messages: (async function* (): AsyncGenerator<SourceMessage> {
          for (const { name } of sorted) {
            const open = () => openMessage(files, name, entryOf(name));
            yield { key: null, where: toText(name), sizeBytes: 0, open };
          }
        })(),
        close: async () => undefined,
      };
    },
  };
}

const collator = new Intl.Collator('en', { numeric: true });

async function readIndex(files: RawFiles, path: RawPath): Promise<string | null> {
  const raw = await files.readSmall(`${path}/${indexName}`, indexLimitBytes);
  return raw === null ? null : toText(raw);
}

async function openMessage(
  files: RawFiles,
  path: RawPath,
  entry: IndexEntry | null,
): Promise<Reading> {
  const { first, chunks, changedAt, close } = await openChunks(files, path);
  const date = entry?.internalDate ? new Date(entry.internalDate) : findArrivalDate(first);
  return {
    flags: entry?.flags ?? 0,
    keywords: entry?.keywords ?? [],
    internalDate: clampDate(date ?? changedAt),
    uid: entry?.uid ?? null,
    popUid: entry?.popUid ?? null,
    chunks: restoreNewlines(chunks, entry ? 'exact' : 'detect'),
    close,
  };
}
