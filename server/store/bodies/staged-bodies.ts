// Bodies that were staged and are still in somebody's hands, on their way to the transaction of their rows. As
// long as one is, its file stays, however long that takes and whatever the clock says.
type Held = { hash: string };

const held = new Map<string, Set<WeakRef<Held>>>();
const gone = new FinalizationRegistry<{ hash: string; ref: WeakRef<Held> }>(({ hash, ref }) => {
  const refs = held.get(hash);
  refs?.delete(ref);
  if (refs?.size === 0) held.delete(hash);
});

/** Holds the body's file until nobody has `body` any more. */
export function holdStaged(body: Held): void {
  const ref = new WeakRef(body);
  const refs = held.get(body.hash) ?? new Set();
  held.set(body.hash, refs.add(ref));
  gone.register(body, { hash: body.hash, ref });
}

/** True while somebody in this process has a staged body of that hash. */
export function isStaged(hash: string): boolean {
  for (const ref of held.get(hash) ?? []) if (ref.deref()) return true;
  return false;
}

/** Tests: as if nobody had it any more. */
export function letGoStaged(hash: string): void {
  held.delete(hash);
}
