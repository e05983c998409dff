// What is dragged from the list to a folder: the contract between rows and the folder pane.

/** JSON of Dragged; other sites' drops have other types. */
export const draggedType = 'application/x-drey-uids';

/** `uids` are ids of rows as mail.move() takes them. */
export type Dragged = { folder: string; uids: number[] };

export function writeDrag(transfer: DataTransfer, dragged: Dragged): void {
  transfer.setData(draggedType, JSON.stringify(dragged));
  transfer.effectAllowed = 'copyMove';
}

/** What was dropped; null where it was none of our rows. */
export function readDrag(transfer: DataTransfer): Dragged | null {
  const text = transfer.getData(draggedType);
  if (text === '') return null;
  const value = JSON.parse(text) as Dragged;
  return Array.isArray(value.uids) ? value : null;
}
