// The thread of the text index on SQLite: it alone opens `search.db`, and reads the mail database on a
// connection of its own. Searches take turns and come before building; only the daemon's thread builds.
// It does not end the process and is not waited for: text-index.ts starts it anew where it failed.
import { existsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import {
  type Mail,
  openMail,
  openSearchFile,
  removeSearchFile,
  type SearchFile,
} from '#lib/dialect/search-file.ts';
import { improveIndex, type Wait } from './text-index-build.ts';
import { answer, type TextHits, type TextQuery } from './text-index-query.ts';
import { TERMS_VERSION } from './text-index-terms.ts';

export type WorkerSettings = {
  mailFile: string;
  searchFile: string;
  factsVersion: number;
  isWriter: boolean;
  minBodies: number;
};

export type ToWorker =
  | { kind: 'search'; id: number; query: TextQuery }
  | { kind: 'cancel'; id: number }
  /** New bodies may have come. */
  | { kind: 'look' }
  | { kind: 'rendered' }
  | { kind: 'stop' };

export type FromWorker =
  | { kind: 'found'; id: number; hits: TextHits }
  | { kind: 'failed'; id: number; reason: string }
  | { kind: 'render'; blobId: number }
  /** Nothing is left to do. */
  | { kind: 'idle'; covered: number; sizeBytes: number }
  | { kind: 'trouble'; reason: string };

/** After a failure (disk full) building rests. */
const restMs = 60_000;

const port = parentPort!;
const settings = workerData as WorkerSettings;
const version = `${TERMS_VERSION}.${settings.factsVersion}`;

let mail: Mail | null = null;
let file: SearchFile | null = null;
let building: Generator<Wait, boolean> | null = null;
let isRendering = false;
let mayImprove = settings.isWriter;
let restsUntil = 0;
let isHeld = false;
let isRunning = false;
let isStopped = false;
/** Searches take turns, but not too many at once: each holds what it has found so far. */
const searches = new Map<number, Generator<void, TextHits>>();
const waiting: { id: number; query: TextQuery }[] = [];
const searchesAtOnce = 8;

const tell = (message: FromWorker, buffers: ArrayBuffer[] = []) =>
  port.postMessage(message, buffers);
const codeOf = (error: unknown) => String((error as { code?: unknown }).code ?? error);
const isDamage = (error: unknown) => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error));

function open(): Mail {
  mail ??= openMail(settings.mailFile, settings.factsVersion);
  if (file || Date.now() < restsUntil) return mail;
  try {
    file = openFile(mail);
  } catch (error) {
    // No room, or no right to write: texts are looked through one by one, here and not in the event loop.
    rest(error);
  }
  return mail;
}

function rest(error: unknown): void {
  restsUntil = Date.now() + restMs;
  tell({ kind: 'trouble', reason: codeOf(error) });
}

/** Null where there is no index that this thread may use. */
function openFile(source: Mail): SearchFile | null {
  try {
    if (!settings.isWriter && !existsSync(settings.searchFile)) return null;
    const opened = openSearchFile(settings.searchFile, version, settings.isWriter);
    if (fits(opened, source)) {
      if (settings.isWriter) opened.transact(() => opened.removeUnfinished());
      return opened;
    }
    opened.close();
    if (!settings.isWriter) return null;
  } catch (error) {
    if (!settings.isWriter) return null;
    if (!isDamage(error)) throw error;
  }
  removeSearchFile(settings.searchFile);
  return openSearchFile(settings.searchFile, version, true);
}

/** An older copy of the mail database gives numbers again that the index knows as other bodies. */
function fits(opened: SearchFile, source: Mail): boolean {
  const segments = opened.segments();
  if ((segments.at(-1)?.high ?? 0) > source.lastNumber()) return false;
  let next = 1;
  for (const { low, high, anchor } of segments) {
    const hash = anchor === '' ? undefined : source.hashOf(high);
    if (low !== next || (hash !== undefined && hash !== anchor)) return false;
    next = high + 1;
  }
  return true;
}

/** Throws away what cannot be read; it is built again. */
function recover(error: unknown): void {
  building = null;
  const isMine = isDamage(error) && settings.isWriter;
  close();
  if (isMine) removeSearchFile(settings.searchFile);
}

function close(): void {
  for (const opened of [file, mail]) {
    try {
      opened?.close();
    } catch {
      // A damaged file cannot always be closed in order.
    }
  }
  file = null;
  mail = null;
  isHeld = false;
}

/** A little of each search, or of the building; false when there is nothing to do. */
function work(): boolean {
  while (searches.size < searchesAtOnce) {
    const next = waiting.shift();
    if (!next) break;
    begin(next.id, next.query);
  }
  if (searches.size > 0) {
    for (const [id, search] of [...searches]) advance(id, search);
    return true;
  }
  if (isHeld) {
    file?.release();
    isHeld = false;
  }
  if (!settings.isWriter || !mayImprove || isRendering || Date.now() < restsUntil) return false;
  try {
    return build();
  } catch (error) {
    recover(error);
    rest(error);
    return false;
  }
}

function advance(id: number, search: Generator<void, TextHits>): void {
  try {
    const { done, value } = search.next();
    if (!done) return;
    searches.delete(id);
    const buffers = [value.uids, ...value.verdicts].map((list) => list.buffer as ArrayBuffer);
    tell({ kind: 'found', id, hits: value }, buffers);
  } catch (error) {
    // The connections may be closed by this: whoever else searches is answered by a scan as well.
    for (const other of searches.keys()) tell({ kind: 'failed', id: other, reason: codeOf(error) });
    searches.clear();
    recover(error);
  }
}

function build(): boolean {
  const source = open();
  if (!file) return false;
  building ??= improveIndex({
    file,
    mail: source,
    minBodies: settings.minBodies,
    nowMs: () => Date.now(),
  });
  const { done, value } = building.next();
  if (done) {
    building = null;
    mayImprove = value;
  } else if (value.kind === 'render') {
    isRendering = true;
    tell({ kind: 'render', blobId: value.blobId });
  }
  return true;
}

function begin(id: number, query: TextQuery): void {
  try {
    const source = open();
    if (file && !settings.isWriter && !isHeld) {
      file.hold();
      isHeld = true;
    }
    searches.set(id, answer(source, file, query));
  } catch (error) {
    tell({ kind: 'failed', id, reason: codeOf(error) });
    recover(error);
  }
}

function cancel(id: number): void {
  searches.delete(id);
  const at = waiting.findIndex((one) => one.id === id);
  if (at >= 0) waiting.splice(at, 1);
}

async function run(): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  while (!isStopped && work()) await new Promise(setImmediate);
  isRunning = false;
  if (isStopped) {
    close();
    port.close();
  } else if (!isRendering) {
    const covered = file?.segments().at(-1)?.high ?? 0;
    tell({ kind: 'idle', covered, sizeBytes: file?.sizeBytes() ?? 0 });
  }
}

port.on('message', (message: ToWorker) => {
  if (message.kind === 'search') waiting.push(message);
  else if (message.kind === 'cancel') cancel(message.id);
  else if (message.kind === 'look') mayImprove = true;
  else if (message.kind === 'rendered') isRendering = false;
  else isStopped = true;
  void run();
});
