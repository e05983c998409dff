// A mark of this browser that it may keep unfinished messages (local-drafts.ts): without it nobody looks for them.

const name = 'drey.unfinished';

export function markUnfinished(isLeft: boolean): void {
  try {
    if (isLeft) localStorage.setItem(name, '1');
    else localStorage.removeItem(name);
  } catch {
    // Without storage there are no copies either.
  }
}

export function mayBeUnfinished(): boolean {
  try {
    return localStorage.getItem(name) !== null;
  } catch {
    return false;
  }
}
