// The bodies that were read last, for a moment: clients fetch a large message in pieces (Thunderbird asks
// for some ten KB at a time), and a blob never changes. Bounded in bytes; empty when nobody asked for a while.
const maxBytes = 32 * 1024 * 1024;
const keptMs = 10_000;

const bodies = new Map<number, Buffer>();
let totalBytes = 0;
let timer: NodeJS.Timeout | null = null;

/** The body if it is still at hand. Never write into it. */
export function recallBody(blobId: number): Buffer | undefined {
  const body = bodies.get(blobId);
  if (body) {
    bodies.delete(blobId);
    bodies.set(blobId, body);
    keepAwhile();
  }
  return body;
}

/** Keeps a body at hand; the one that was asked for longest ago makes room. */
export function rememberBody(blobId: number, body: Buffer): void {
  if (body.length > maxBytes || bodies.has(blobId)) return;
  bodies.set(blobId, body);
  totalBytes += body.length;
  for (const [id, old] of bodies) {
    if (totalBytes <= maxBytes) break;
    bodies.delete(id);
    totalBytes -= old.length;
  }
  keepAwhile();
}

function keepAwhile(): void {
  if (timer) {
    timer.refresh();
    return;
  }
  timer = setTimeout(() => {
    bodies.clear();
    totalBytes = 0;
    timer = null;
  }, keptMs);
  timer.unref();
}
