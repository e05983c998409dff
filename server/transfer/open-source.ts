// Finds out what kind of mail store a path is, and opens it as a source.
import { resolve } from 'node:path';
import { Refusal } from '#lib/errors.ts';
import { findEmlFile, findEmlFolders, isEmlName } from './eml-source.ts';
import { findMaildirFolders, isMaildir } from './maildir-source.ts';
import { type Marker, markerLimitBytes, markerName, parseMarker } from './marker.ts';
import type { Quoting } from './mbox-message.ts';
import { findMboxFile, findMboxFolders, isMboxFile } from './mbox-source.ts';
import {
  baseName,
  codeOf,
  listEntries,
  openRawFiles,
  ProblemLog,
  type RawFiles,
  type RawPath,
  toRaw,
  toText,
} from './raw-path.ts';
import type { Format, Source, SourceFolder } from './source.ts';

/** Entries that are looked at to find out what it is. */
const maxLooks = 5000;
const quotings: readonly string[] = ['mboxrd', 'mboxo', 'mboxcl', 'mboxcl2'];

/** What `--format` may say. */
export const formatNames = ['maildir', 'mbox', ...quotings, 'eml'];

/**
 * Opens a mail store of the format, or of the one that it shows. Refusal 'not-found' where nothing is there,
 * 'invalid' where it is no mail or the format is unknown, 'forbidden' where it cannot be read.
 */
export async function openSource(path: string, formatName: string | null): Promise<Source> {
  if (formatName !== null && !formatNames.includes(formatName)) {
    throw new Refusal('invalid', `There is no format "${formatName}": ${formatNames.join(', ')}.`);
  }
  const files = await openRoot(toRaw(resolve(path)), path);
  const isFolder = await isListable(files.root, path);
  const raw = isFolder
    ? await files.readSmall(`${files.root}/${markerName}`, markerLimitBytes)
    : null;
  const marker = raw === null ? null : parseMarker(toText(raw));
  const problems = new ProblemLog();
  const isQuoting = formatName !== null && quotings.includes(formatName);
  const quoting = isQuoting ? (formatName as Quoting) : 'detect';
  const forced = isQuoting ? 'mbox' : (formatName as Format | null);
  const format = forced ?? marker?.format ?? (await detect(files, isFolder));
  if (!format) {
    throw new Refusal(
      'invalid',
      `${path} holds neither a Maildir nor mbox files nor .eml files. --format says what it is.`,
    );
  }
  const found = await findFolders(files, format, isFolder, quoting, problems);
  const source: Source = { format, isOwn: false, problems, ...found };
  return marker && marker.format === format ? applyMarker(source, marker) : source;
}

async function openRoot(root: RawPath, path: string): Promise<RawFiles> {
  try {
    return await openRawFiles(root);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw new Refusal('not-found', `There is nothing at ${path}.`);
    throw new Refusal('forbidden', `${path} cannot be read (${codeOf(error)}).`);
  }
}

async function isListable(root: RawPath, path: string): Promise<boolean> {
  try {
    for await (const _entry of listEntries(root)) break;
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return false;
    throw new Refusal('forbidden', `${path} cannot be read (${codeOf(error)}).`);
  }
}

async function findFolders(
  files: RawFiles,
  format: Format,
  isFolder: boolean,
  quoting: Quoting,
  problems: ProblemLog,
): Promise<{ folders: SourceFolder[]; hasSubscriptions: boolean }> {
  if (format === 'maildir') return findMaildirFolders(files, problems);
  if (format === 'mbox') {
    if (isFolder) return findMboxFolders(files, quoting, problems);
    return { folders: await findMboxFile(files, quoting), hasSubscriptions: false };
  }
  const folders = isFolder ? await findEmlFolders(files, problems) : findEmlFile(files);
  return { folders, hasSubscriptions: false };
}

/** The first thing that shows what it is, widest first. */
async function detect(files: RawFiles, isFolder: boolean): Promise<Format | null> {
  if (!isFolder) {
    if (await isMboxFile(files, files.root)) return 'mbox';
    return isEmlName(toText(baseName(files.root))) ? 'eml' : null;
  }
  if (await isMaildir(files.root)) return 'maildir';
  const folders = [files.root];
  let looks = 0;
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    try {
      for await (const { name, kind } of listEntries(folder)) {
        if (looks++ > maxLooks) return null;
        const child = `${folder}/${name}`;
        if (kind === 'folder') {
          if (await isMaildir(child)) return 'maildir';
          if (!name.startsWith('.')) folders.push(child);
        } else if (kind === 'file') {
          if (name.toLowerCase().endsWith('.eml')) return 'eml';
          if (await isMboxFile(files, child)) return 'mbox';
        }
      }
    } catch {
      // Said when it is read.
    }
  }
  return null;
}

/** What Drey's own export says beyond its format. */
function applyMarker(source: Source, marker: Marker): Source {
  const subscribed = new Set(marker.subscriptions);
  const marked = new Map(Object.entries(marker.folders));
  const folders = source.folders.map((folder): SourceFolder => {
    const own = marked.get(folder.id);
    if (!own) return folder;
    return {
      ...folder,
      levels: own.name.split('/'),
      isSubscribed: subscribed.has(own.name),
      open: async (problems) => {
        const opened = await folder.open(problems);
        const isSame = opened.uidValidity === null || opened.uidValidity === own.uidValidity;
        const uidNext = isSame ? Math.max(own.uidNext, opened.uidNext ?? 1) : opened.uidNext;
        return { ...opened, uidValidity: opened.uidValidity ?? own.uidValidity, uidNext };
      },
    };
  });
  return { ...source, isOwn: true, hasSubscriptions: true, folders };
}
