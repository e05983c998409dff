// Which mailbox a folder of the source becomes.
//
// The rule for special folders (docs/moving.md): a first level that is one of the usual names for sent mail,
// drafts, junk, trash or archive means the account's mailbox with that special use (RFC 6154), whatever its
// name here; what is below goes below it. Names that Drey cannot have are changed, never left out.
import { createHash } from 'node:crypto';
import { canonicalName, findCanonicalName, isRecoverable } from '#server/store/mailbox-name.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';
import type { Source, SourceFolder } from './source.ts';

const maxLevels = 20;
const maxLevelBytes = 255;

const usualNames: Record<string, string[]> = {
  '\\Sent': [
    ...['sent', 'sent items', 'sent messages', 'sent mail', 'sent-mail', 'sent objects'],
    ...['gesendet', 'gesendete objekte', 'gesendete elemente', 'gesendete nachrichten'],
    ...['envoyés', 'éléments envoyés', 'messages envoyés', 'enviados', 'elementos enviados'],
    ...['posta inviata', 'inviati', 'verzonden', 'verzonden items', 'wysłane', 'skickat'],
  ],
  '\\Drafts': [
    ...['drafts', 'draft', 'entwürfe', 'brouillons', 'borradores', 'bozze', 'concepten'],
    ...['rascunhos', 'szkice', 'utkast'],
  ],
  '\\Junk': [
    ...['junk', 'spam', 'junk e-mail', 'junk email', 'junk mail', 'bulk mail', 'bulk'],
    ...['spamverdacht', 'courrier indésirable', 'indésirables', 'correo no deseado'],
    ...['posta indesiderata', 'ongewenste e-mail'],
  ],
  '\\Trash': [
    ...['trash', 'deleted', 'deleted items', 'deleted messages', 'bin'],
    ...['papierkorb', 'gelöschte objekte', 'gelöschte elemente', 'gelöscht'],
    ...['corbeille', 'éléments supprimés', 'papelera', 'elementos eliminados', 'cestino'],
    ...['posta eliminata', 'prullenbak', 'verwijderde items', 'lixeira', 'kosz'],
  ],
  '\\Archive': ['archive', 'archives', 'archiv', 'archivo', 'archivio', 'archief'],
};

export type FolderPlan = {
  folder: SourceFolder;
  /** Name of the source as people read it. */
  sourceName: string;
  /** Canonical name of the mailbox. */
  target: string;
  /** The name had to be changed since no mailbox can have it. */
  isChanged: boolean;
};

export type PlanOptions = {
  /** Mailbox below which everything goes. */
  into: string | null;
  /** The rule for special folders does not apply. */
  keepNames: boolean;
};

/** The folders of the source in the order in which they are read, each with its mailbox. Refusal 'invalid' for `into`. */
export function planFolders(
  source: Source,
  mailboxes: Mailbox[],
  { into, keepNames }: PlanOptions,
): FolderPlan[] {
  const root = into === null ? null : canonicalName(into).split('/');
  const plans = source.folders.map((folder): FolderPlan & { isSpecial: boolean } => {
    const wanted = root ? [...root, ...folder.levels] : folder.levels;
    const isFree = !keepNames && !source.isOwn && !root;
    const special = isFree ? findSpecial(wanted[0] ?? '', mailboxes) : null;
    const levels = special ? [...special.split('/'), ...wanted.slice(1)] : wanted;
    const plain = levels.length === 0 ? 'INBOX' : levels.join('/');
    const target = makeName(levels.length === 0 ? ['INBOX'] : levels);
    const sourceName = folder.levels.join('/') || 'INBOX';
    const isChanged = target !== findCanonicalName(plain);
    return {
      folder,
      sourceName,
      target,
      isChanged,
      isSpecial: special !== null && target !== sourceName,
    };
  });
  // Of two that become one mailbox, the one of that very name comes first: its UIDs can be kept.
  const sorted = plans.sort((one, other) => Number(one.isSpecial) - Number(other.isSpecial));
  return sorted.map(({ isSpecial: _order, ...plan }) => plan);
}

function findSpecial(level: string, mailboxes: Mailbox[]): string | null {
  const name = level.normalize('NFC').toLowerCase();
  const use = Object.keys(usualNames).find((key) => usualNames[key]?.includes(name));
  if (!use) return null;
  return mailboxes.find((mailbox) => mailbox.specialUse === use)?.name ?? null;
}

/** A name that a mailbox can have: as it is, else with what is forbidden changed into "_". */
export function makeName(levels: string[]): string {
  const name = levels.some((level) => level === '' || level.includes('/'))
    ? null
    : findCanonicalName(levels.join('/'));
  if (name !== null && !isRecoverable(name)) return name;
  const clean = levels.map(cleanLevel);
  if (/^#deleted$/i.test(clean[0] ?? '')) clean[0] = `_${clean[0]}`;
  const kept = clean.slice(0, maxLevels - 1);
  if (clean.length > kept.length) kept.push(cutLevel(clean.slice(maxLevels - 1).join('_')));
  const repaired = findCanonicalName(kept.join('/'));
  if (repaired !== null) return repaired;
  return `Imported/${createHash('sha256').update(levels.join('\u0000')).digest('hex').slice(0, 16)}`;
}

function cleanLevel(level: string): string {
  const clean = level
    .toWellFormed()
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff/]/gu, '_');
  return cutLevel(clean === '' ? '_' : clean);
}

/** A level of at most 255 bytes; what was cut off is told by a hash, so that two stay two. */
function cutLevel(level: string): string {
  if (Buffer.byteLength(level) <= maxLevelBytes) return level;
  const mark = createHash('sha256').update(level).digest('hex').slice(0, 8);
  let cut = '';
  let bytes = 0;
  for (const character of level) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxLevelBytes - mark.length - 1) break;
    cut += character;
  }
  return `${cut}-${mark}`;
}
