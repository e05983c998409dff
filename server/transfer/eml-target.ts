// Export as files of one message each, exact bytes, in folders named like the mailboxes; beside them an index
// with what such files cannot say. A second export adds what is new.
import { open, readFile, rename, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHeaderFields, readFieldText, splitHeader } from '#lib/mail/header.ts';
import { encodeFileName, subjectName } from './file-name.ts';
import { type IndexEntry, indexName, parseIndex } from './marker.ts';
import { type ExportFolder, makeFolder, type Target, type TargetFolder } from './target.ts';

/** A tree of folders with .eml files at `root`. */
export function openEmlTarget(root: string): Target {
  return {
    isParallel: true,
    pathOf: (levels) => levels.map((level) => encodeFileName(level, false)).join('/'),
    openFolder: (folder) => openFolder(join(root, folder.path), folder),
    writeSubscriptions: async () => undefined,
  };
}

async function openFolder(path: string, folder: ExportFolder): Promise<TargetFolder> {
  await makeFolder(path);
  const indexPath = join(path, indexName);
  const text = await readFile(indexPath, 'utf8').catch(() => '');
  const known = new Set([...parseIndex(text).values()].map(({ uid }) => uid));
  const index = await open(indexPath, 'a', 0o600);
  // The last line may have been cut short.
  if (text !== '' && !text.endsWith('\n')) await index.appendFile('\n');
  const end = () => index.close();
  return {
    isKnown: ({ uid }) => known.has(uid),
    add: async (message, bytes) => {
      const { uid, flags, keywords, internalDate } = message;
      const fields = parseHeaderFields(splitHeader(bytes).header);
      const subject = subjectName(readFieldText(fields, 'subject'));
      const name = `${String(uid).padStart(10, '0')}${subject === '' ? '' : ` ${subject}`}.eml`;
      const temporary = join(path, `.${name}.tmp`);
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(bytes);
      } finally {
        await file.close();
      }
      await utimes(temporary, internalDate, internalDate);
      await rename(temporary, join(path, name));
      const popUid = folder.popUids.get(uid);
      const entry: IndexEntry = {
        ...{ file: name, isExact: true, uid, flags, keywords },
        ...{ internalDate: internalDate.toISOString(), ...(popUid ? { popUid } : {}) },
      };
      await index.appendFile(`${JSON.stringify(entry)}\n`);
    },
    finish: end,
    abort: end,
  };
}
