// Where a search looks: the open folder, or what in: names. `in:all` is every own folder but Trash and Junk,
// `in:anywhere` these too and what others share, `in:here/*` the open folder with those below it, `in:"Projects/*"`
// a folder with those below it; a folder is named by its path, its last part or what it is for. Several are looked
// through together; a minus leaves one out. Pure.
import type { Folder, FolderRole } from '../list/mailboxes.ts';
import { parseQuery, type SearchNode } from './query.ts';

const roleNames: Record<string, FolderRole> = {
  inbox: 'inbox',
  drafts: 'drafts',
  sent: 'sent',
  archive: 'archive',
  junk: 'junk',
  spam: 'junk',
  trash: 'trash',
  snoozed: 'snoozed',
};

/**
 * Paths of the folders that a search in `here` looks through; null where it is `here` alone. A name that no folder
 * has finds nothing.
 */
export function findScope(
  query: string,
  here: string,
  folders: readonly Folder[],
): string[] | null {
  const { wanted, left } = readScope(query);
  if (wanted.length === 0 && left.length === 0) return null;
  const readable = folders.filter((folder) => folder.isSelectable && folder.role !== 'deleted');
  const meant =
    wanted.length > 0 ? wanted.flatMap((name) => findNamed(name, here, readable)) : [here];
  const gone = new Set(left.flatMap((name) => findNamed(name, here, readable)));
  const paths = [...new Set(meant)].filter((path) => !gone.has(path));
  return paths.length === 1 && paths[0] === here ? null : paths;
}

/** True where a search text says by itself where to look. */
export function hasScope(query: string): boolean {
  const { wanted, left } = readScope(query);
  return wanted.length + left.length > 0;
}

/** Values of in:, and of those with a minus; those within OR and parentheses count like the rest. */
export function readScope(query: string): { wanted: string[]; left: string[] } {
  const wanted: string[] = [];
  const left: string[] = [];
  const visit = (node: SearchNode, isNegated: boolean): void => {
    if (node.kind === 'not') visit(node.item, !isNegated);
    else if (node.kind !== 'term') for (const item of node.items) visit(item, isNegated);
    else if (node.field === 'in') (isNegated ? left : wanted).push(node.value);
  };
  for (const { node } of parseQuery(query)) visit(node, false);
  return { wanted, left };
}

function findNamed(name: string, here: string, folders: readonly Folder[]): string[] {
  const lower = name.toLowerCase();
  if (lower === 'anywhere') return folders.map(({ path }) => path);
  if (lower === 'all')
    return folders.filter((folder) => isKept(folder, folders)).map(({ path }) => path);
  const hasBelow = name.endsWith('/*');
  const bare = hasBelow ? name.slice(0, -2) : name;
  const top = bare.toLowerCase() === 'here' ? here : findOne(bare, folders);
  if (top === undefined) return [];
  if (!hasBelow) return folders.some(({ path }) => path === top) ? [top] : [];
  return folders
    .filter(({ path, delimiter }) => path === top || path.startsWith(`${top}${delimiter}`))
    .map(({ path }) => path);
}

function findOne(name: string, folders: readonly Folder[]): string | undefined {
  const lower = name.toLowerCase();
  const role = Object.hasOwn(roleNames, lower) ? roleNames[lower] : undefined;
  return (
    folders.find(({ path }) => path === name) ??
    (role && folders.find((folder) => folder.role === role)) ??
    folders.find(({ path }) => path.toLowerCase() === lower) ??
    folders.find((folder) => folder.name.toLowerCase() === lower)
  )?.path;
}

/** Own, and neither Trash nor Junk nor below them. */
function isKept(folder: Folder, folders: readonly Folder[]): boolean {
  if (folder.isShared) return false;
  const root = folder.path.split(folder.delimiter)[0];
  const role = folders.find(({ path }) => path === root)?.role ?? folder.role;
  return role !== 'trash' && role !== 'junk' && folder.role !== 'trash' && folder.role !== 'junk';
}
