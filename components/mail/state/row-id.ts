// A list over several folders holds messages whose UIDs may be alike: there a row has an id made of its folder and its
// UID. In the open folder the id is the UID. Ids live as long as the page. Pure but for the table of folders.

const uidSpan = 2 ** 32;
const mostFolders = 10_000;
const folders: string[] = [];

/** The id of a message in a list of `here`. */
export function rowId(folder: string | undefined, uid: number, here: string): number {
  if (folder === undefined || folder === here) return uid;
  let index = folders.indexOf(folder);
  if (index < 0) {
    // The server draws for everybody: there the table must not grow without end.
    if (folders.length >= mostFolders) folders.length = 0;
    index = folders.push(folder) - 1;
  }
  return (index + 1) * uidSpan + uid;
}

/** The UID of an id, in its folder. */
export function uidOf(id: number): number {
  return id % uidSpan;
}

/** The folder of an id; `here` for that of the open folder. */
export function folderOf(id: number, here: string): string {
  return folders[Math.floor(id / uidSpan) - 1] ?? here;
}

/** Ids by folder, each with its UIDs. */
export function groupByFolder(ids: Iterable<number>, here: string): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const id of ids) {
    const folder = folderOf(id, here);
    const uids = groups.get(folder) ?? [];
    uids.push(uidOf(id));
    groups.set(folder, uids);
  }
  return groups;
}
