// The folders as a tree, in the parts of the pane. Pure.
import type { Folder } from '#lib/webmail/list/mailboxes.ts';
import { folderCount } from './folder-names.ts';

export type FolderNode = {
  folder: Folder;
  children: FolderNode[];
};

export type FolderParts = {
  special: FolderNode[];
  own: FolderNode[];
  shared: FolderNode[];
  deleted: Folder[];
};

/** The name above the folders of others (RFC 2342), which is none of theirs. */
const sharedRoot = 'Shared';

/** Parts of the pane; with `isSubscribedOnly` what is not subscribed is left out, the way to the rest is not. */
export function splitFolders(
  folders: readonly Folder[],
  {
    isSpecialFirst,
    isSubscribedOnly,
    open,
  }: { isSpecialFirst: boolean; isSubscribedOnly: boolean; open: string },
): FolderParts {
  const wanted = isSubscribedOnly ? keepSubscribed(folders, open) : folders;
  const mail = wanted.filter((each) => each.role !== 'deleted' && each.path !== sharedRoot);
  const own = makeTree(mail.filter((each) => !each.isShared));
  const isSpecial = ({ folder }: FolderNode) =>
    folder.role !== 'none' && (isSpecialFirst || folder.role === 'inbox');
  const rest = own.filter((each) => !isSpecial(each));
  return {
    special: own.filter(isSpecial),
    own: isSpecialFirst ? rest : sortByName(rest),
    shared: makeTree(mail.filter((each) => each.isShared)),
    deleted: wanted.filter(
      (each) => each.role === 'deleted' && (each.messages > 0 || each.path === open),
    ),
  };
}

function keepSubscribed(folders: readonly Folder[], open: string): Folder[] {
  const kept = folders.filter(
    (each) => each.isSubscribed || each.role !== 'none' || each.path === open,
  );
  return folders.filter((each) =>
    kept.some(
      ({ path, delimiter }) => path === each.path || path.startsWith(each.path + delimiter),
    ),
  );
}

/** Each folder below the nearest one above it that is there. */
export function makeTree(folders: readonly Folder[]): FolderNode[] {
  const nodes = new Map(
    folders.map((folder) => [folder.path, { folder, children: [] as FolderNode[] }]),
  );
  const roots: FolderNode[] = [];
  for (const node of nodes.values()) {
    const parts = node.folder.path.split(node.folder.delimiter);
    let parent: FolderNode | undefined;
    while (!parent && parts.length > 1) {
      parts.pop();
      parent = nodes.get(parts.join(node.folder.delimiter));
    }
    (parent?.children ?? roots).push(node);
  }
  return roots;
}

function sortByName(nodes: FolderNode[]): FolderNode[] {
  const { compare } = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });
  return [...nodes].sort((a, b) => compare(a.folder.name, b.folder.name));
}

export type Counts = { unread: number; total: number };

/** What stands beside a folder; of a collapsed one with those below it, where that is wanted. */
export function countNode(node: FolderNode, isSummed: boolean): Counts {
  const own = { unread: folderCount(node.folder), total: node.folder.messages };
  if (!isSummed) return own;
  return node.children.reduce((sum, child) => {
    const below = countNode(child, true);
    return { unread: sum.unread + below.unread, total: sum.total + below.total };
  }, own);
}

/** Paths above a folder: they are opened so that it can be seen. */
export function listAbove(path: string, delimiter: string): string[] {
  const parts = path.split(delimiter);
  return parts.slice(0, -1).map((_, at) => parts.slice(0, at + 1).join(delimiter));
}

/** The path of a folder moved below another one, or to the top (''); null where that is no change or not possible. */
export function pathBelow(folder: Folder, parent: string): string | null {
  const { delimiter, path, name } = folder;
  if (folder.role !== 'none' || folder.isShared) return null;
  if (parent === path || parent.startsWith(path + delimiter)) return null;
  const next = parent === '' ? name : `${parent}${delimiter}${name}`;
  return next === path ? null : next;
}

/** Trash, Junk and what was deleted. */
export function isThrownAway({ role }: Pick<Folder, 'role'>): boolean {
  return role === 'trash' || role === 'junk' || role === 'deleted';
}
