// Export as Maildir++: INBOX in the root, ".Folder.Sub" beside it, with the files in which Dovecot keeps UIDs,
// keywords and subscriptions. A second export adds what is new and leaves the rest alone.
import { lstat, open, readFile, rename, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import {
  formatDovecotKeywords,
  formatFolderName,
  formatMaildirInfo,
  maxLetters,
  parseDovecotKeywords,
  parseMaildirName,
} from './maildir-name.ts';
import { type IndexEntry, indexName } from './marker.ts';
import { dropCarriageReturns } from './newlines.ts';
import {
  type ExportFolder,
  type ExportMessage,
  listNames,
  makeFolder,
  replaceFile,
  type Target,
  type TargetFolder,
} from './target.ts';
import { formatUidEntry, formatUidListHeader, type UidEntry } from './uidlist.ts';

/** Longest name of a file that file systems take. */
const maxNameBytes = 255;

/** A Maildir++ at `root`. */
export function openMaildirTarget(root: string): Target {
  return {
    isParallel: true,
    pathOf: (levels) => {
      const isInbox = levels.length === 1 && levels[0] === 'INBOX';
      const name = isInbox ? '' : formatFolderName(levels);
      return Buffer.byteLength(name) <= maxNameBytes ? name : '';
    },
    openFolder: (folder) => openFolder(join(root, folder.path), folder),
    writeSubscriptions: (paths) =>
      replaceFile(
        join(root, 'subscriptions'),
        paths.map((path) => `${path === '' ? 'INBOX' : path.slice(1)}\n`).join(''),
      ),
  };
}

async function openFolder(path: string, folder: ExportFolder): Promise<TargetFolder> {
  for (const part of ['tmp', 'new', 'cur']) await makeFolder(join(path, part));
  // Left behind by an export that was killed.
  for (const name of await listNames(join(path, 'tmp'))) {
    if (isOwnName(name)) await rm(join(path, 'tmp', name), { force: true });
  }
  if (folder.path !== '') await replaceFile(join(path, 'maildirfolder'), '');
  const words = await writeKeywords(path, folder.words);
  const known = await listKnown(path, folder);
  const index = await open(join(path, indexName), 'a', 0o600);
  let isIndexUsed = (await index.stat()).size > 0;
  const end = async () => {
    await index.close();
    if (!isIndexUsed) await rm(join(path, indexName), { force: true });
  };

  const add = async (message: ExportMessage, bytes: Buffer) => {
    const short = dropCarriageReturns(bytes);
    const content = short ?? bytes;
    const virtualBytes = short ? bytes.length : bytes.length + countBareLf(bytes);
    const name = `${stemOf(message, folder)},S=${content.length},W=${virtualBytes}`;
    const more = describeRest(name, message, words, short === null && !looksExact(bytes));
    if (more) {
      isIndexUsed = true;
      await index.appendFile(`${JSON.stringify(more)}\n`);
    }
    const temporary = join(path, 'tmp', name);
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await utimes(temporary, message.internalDate, message.internalDate);
    const info = formatMaildirInfo(message.flags, message.keywords, words);
    await rename(temporary, join(path, 'cur', name + info));
    known.set(message.uid, { uid: message.uid, popUid: null, virtualBytes, name });
  };

  const finish = async () => {
    await end();
    await writeUidList(path, folder, known);
  };
  return { isKnown: ({ uid }) => known.has(uid), add, finish, abort: end };
}

/** The name up to its sizes: the same whenever the message is exported. */
function stemOf({ uid, internalDate }: ExportMessage, { uidValidity }: ExportFolder): string {
  const seconds = Math.max(0, Math.floor(internalDate.getTime() / 1000));
  return `${seconds}.V${uidValidity}U${uid}.drey`;
}

const ownName = /^\d+\.V(\d+)U(\d+)\.drey,S=(\d+),W=(\d+)(?=$|[:;!,])/;

function isOwnName(name: string): boolean {
  return ownName.test(name);
}

/** What earlier exports have brought, by UID; a file that is not whole goes. */
async function listKnown(path: string, folder: ExportFolder): Promise<Map<number, UidEntry>> {
  const known = new Map<number, UidEntry>();
  for (const part of ['cur', 'new']) {
    for (const name of await listNames(join(path, part))) {
      const match = ownName.exec(name);
      if (!match || Number(match[1]) !== folder.uidValidity) continue;
      const { size } = await lstat(join(path, part, name));
      // Power went away before the bytes were on the disk.
      if (size !== Number(match[3])) await rm(join(path, part, name), { force: true });
      else {
        const uid = Number(match[2]);
        const unique = parseMaildirName(name, []).unique;
        known.set(uid, { uid, popUid: null, virtualBytes: Number(match[4]), name: unique });
      }
    }
  }
  return known;
}

/** Brings the folder's keywords into `dovecot-keywords`; those that are there keep their letters. */
async function writeKeywords(path: string, wanted: string[]): Promise<string[]> {
  const file = join(path, 'dovecot-keywords');
  const text = await readFile(file, 'utf8').catch(() => '');
  const words = Array.from(parseDovecotKeywords(text), (word) => word ?? '-');
  const count = words.length;
  for (const word of wanted) {
    if (words.length < maxLetters && !words.includes(word)) words.push(word);
  }
  if (words.length > count) await replaceFile(file, formatDovecotKeywords(words));
  return words;
}

/** What the name cannot say. */
function describeRest(
  file: string,
  { keywords }: ExportMessage,
  words: string[],
  isExact: boolean,
): IndexEntry | null {
  const rest = keywords.filter((word) => !words.includes(word));
  if (rest.length === 0 && !isExact) return null;
  return { file, ...(isExact ? { isExact } : {}), ...(rest.length > 0 ? { keywords: rest } : {}) };
}

/** True where an import leaves the bytes alone without being told: the first line ends with CRLF, or none ends. */
function looksExact(bytes: Buffer): boolean {
  const first = bytes.indexOf(0x0a);
  return first < 0 || bytes[first - 1] === 0x0d;
}

function countBareLf(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (at === 0 || bytes[at - 1] !== 0x0d) count++;
  }
  return count;
}

async function writeUidList(
  path: string,
  folder: ExportFolder,
  known: Map<number, UidEntry>,
): Promise<void> {
  const { uidValidity, guid, popUids } = folder;
  const entries = [...known.values()].sort((one, other) => one.uid - other.uid);
  const uidNext = Math.max(folder.uidNext, (entries.at(-1)?.uid ?? 0) + 1);
  const lines = entries.map((entry) =>
    formatUidEntry({ ...entry, popUid: popUids.get(entry.uid) ?? null }),
  );
  const text = formatUidListHeader(uidValidity, uidNext, guid) + lines.join('');
  await replaceFile(join(path, 'dovecot-uidlist'), text);
}
