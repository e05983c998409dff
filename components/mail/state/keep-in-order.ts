// Changes on their way to the server, one after another: sent side by side, the older of two values could be the one that the
// server keeps. Knows what it keeps by now, which is what a refused change goes back to.

export type Kept<T> = { isKept: true } | { isKept: false; error: unknown; undo: Partial<T> };
export type Keeper<T> = {
  /** Sends the change once those before it have been answered; `undo` leaves out what has been changed again meanwhile. */
  keep: (change: Partial<T>) => Promise<Kept<T>>;
  /** Sends at once what still waits: the page is being left. */
  hurry: () => void;
};

/** `start` is what the server has kept; `send` rejects where it refuses a change. */
export function keepInOrder<T extends object>(
  start: T,
  send: (change: Partial<T>) => Promise<unknown>,
): Keeper<T> {
  let kept = start;
  let last: Promise<unknown> = Promise.resolve();
  let hurried: Promise<unknown> = last;
  const waiting = new Set<Partial<T>>();
  const newest = new Map<string, Partial<T>>();

  const undoOf = (change: Partial<T>): Partial<T> => {
    const keys = Object.keys(change).filter((key) => newest.get(key) === change);
    return Object.fromEntries(keys.map((key) => [key, kept[key as keyof T]])) as Partial<T>;
  };
  const keep = (change: Partial<T>): Promise<Kept<T>> => {
    for (const key of Object.keys(change)) newest.set(key, change);
    waiting.add(change);
    const step = last
      .then(() => (waiting.delete(change) ? send(change) : hurried))
      .then<Kept<T>, Kept<T>>(
        () => {
          kept = { ...kept, ...change };
          return { isKept: true };
        },
        (error: unknown) => ({ isKept: false, error, undo: undoOf(change) }),
      );
    last = step;
    return step;
  };
  const hurry = () => {
    if (waiting.size === 0) return;
    // In one request, so that their order does not matter.
    hurried = send(Object.assign({}, ...waiting));
    // Who waits for it hears of a failure; nobody else may.
    hurried.catch(() => {});
    waiting.clear();
  };
  return { keep, hurry };
}
