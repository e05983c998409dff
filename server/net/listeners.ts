// The sockets of all listeners of this process, kept as environment and settings want them, live: new sockets open first,
// then those that nobody wants any more close; a socket that is still wanted is not touched, and no session ends.
//
// A socket that cannot be had is tried again every few seconds; until then what the listener had before stays.
import type { ListenerName } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import type { ListenerFailure, ListenerState } from '#lib/listener-state.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { findSetting, readSettings, type Settings } from '#lib/settings/index.ts';
import {
  type ListenerEnvironment,
  listWanted,
  readEnvironment,
  type Wanted,
} from '#lib/settings/wanted.ts';
import { type Address, findAddress, isOverlapping, localHost, writeAddress } from './bind.ts';
import type { Listener } from './listener.ts';
import { explain, type ListeningSocket, listenAt, probe, rivalCode } from './socket.ts';

/** What the sockets lead to. */
export type Protocol = {
  name: ListenerName;
  /** Opens a socket for it; as listenAt(). */
  open(address: Address, isBeside: boolean): Promise<ListeningSocket>;
  countSessions(): number | Promise<number>;
};

export type OpenListener = {
  /** Of the first socket; undefined while it has none, or a socket file */
  readonly port: number | undefined;
  /** Its sockets are gone (the process that had them ended): they are opened again. */
  reopen(): Promise<void>;
  /** Closes its sockets; sessions go on. */
  close(): Promise<void>;
};

type OpenSocket = ListeningSocket & {
  address: Address;
  since: Date;
  /** Places that were to follow it and could not be had: while one of them fails it stays */
  successors: string[];
};

type Entry = {
  protocol: Protocol;
  environment: ListenerEnvironment;
  /** What the system chose where the environment says 0 */
  chosenPort: number;
  wanted: Wanted['from'];
  /** By the text of its address */
  places: Map<string, Address>;
  sockets: Map<string, OpenSocket>;
  failures: Map<string, Failure>;
};

type Failure = ListenerFailure & { error: NodeJS.ErrnoException };

const log = logOf('net');
const retryMs = 3000;

const entries = new Set<Entry>();
/** By port: who has it only as long as no listener wants it, and how it gives it back. */
const guests = new Map<number, () => Promise<void>>();
const changeListeners = new Set<() => void>();
let endPokes: (() => void)[] = [];
let retryTimer: NodeJS.Timeout | null = null;
let settling: Promise<void> = Promise.resolve();
/** What was looked at last: settings that did not change ask for nothing. */
let settled: Settings | null = null;

/** A protocol whose connections end in this process. */
export function protocolOf(listener: Listener): Protocol {
  return {
    name: listener.name,
    open: (address, isBeside) => listenAt(address, listener, isBeside),
    countSessions: listener.countSessions,
  };
}

/** A port of its own on the loopback address for the web app, whatever the settings say. */
export function openInternal(listener: Omit<Listener, 'stop'>): Promise<ListeningSocket> {
  return listenAt({ host: '127.0.0.1', port: 0, isV6Alone: false }, listener);
}

/**
 * Opens the sockets of a listener and keeps them as the settings want them. Rejects with a sentence where a port of the
 * environment or a default one cannot be had; what an administrator has chosen is tried again and again.
 */
export async function openListener(protocol: Protocol): Promise<OpenListener> {
  const entry: Entry = {
    protocol,
    environment: readEnvironment(protocol.name),
    chosenPort: 0,
    wanted: 'default',
    places: new Map(),
    sockets: new Map(),
    failures: new Map(),
  };
  entries.add(entry);
  watch();
  await settle(true);
  const fatal = [...entry.failures.values()].find((failure) => isFatal(entry, failure));
  const listener = {
    get port() {
      return [...entry.sockets.values()].find(({ port }) => port > 0)?.port;
    },
    reopen: () => {
      entry.sockets.clear();
      return settle(true);
    },
    close: () => closeEntry(entry),
  };
  if (!fatal) return listener;
  await closeEntry(entry);
  throw new Error(fatal.text, { cause: fatal.error });
}

/** Who starts the server by hand is told at once, and can look after it. */
function isFatal(entry: Entry, { address: text, error }: Failure): boolean {
  const { protocol, wanted, environment, places } = entry;
  if (protocol.name === 'lmtp') return false;
  if (error.code !== 'EADDRNOTAVAIL') return wanted !== 'setting';
  const address = places.get(text);
  return address !== undefined && 'host' in address && address.host === environment.bind;
}

/** Says that something else of this process has `port`, and gives it back when a listener wants it. */
export function lendPort(port: number, giveBack: () => Promise<void>): void {
  guests.set(port, giveBack);
}

/** The port is not needed any more. */
export function returnPort(port: number): void {
  guests.delete(port);
}

/** Calls `listener` after sockets were opened, closed, or could not be had; returns the end of that. */
export function onListenersChange(listener: () => void): () => void {
  changeListeners.add(listener);
  return () => changeListeners.delete(listener);
}

/** Where this process reaches itself at `name`; null while it has no socket. */
export function findOwnEndpoint(name: ListenerName): { host: string; port: number } | null {
  for (const { protocol, sockets } of entries) {
    if (protocol.name !== name) continue;
    for (const { address, port } of sockets.values()) {
      if ('host' in address) return { host: localHost(address.host), port };
    }
  }
  return null;
}

/** Every listener of this process as it is now. */
export async function listListeners(): Promise<ListenerState[]> {
  return Promise.all(
    [...entries].map(async ({ protocol, wanted, sockets, failures }) => ({
      name: protocol.name,
      from: wanted,
      sockets: [...sockets.values()].map(({ address, port, since }) => ({
        address: writeAddress('path' in address ? address : { ...address, port }),
        host: 'path' in address ? '' : address.host,
        port,
        since: since.toISOString(),
      })),
      failures: [...failures.values()].map(({ address, text, since }) => ({
        address,
        text,
        since,
      })),
      sessions: await protocol.countSessions(),
    })),
  );
}

/**
 * Tries whether this process could have what settings with `changes` ask for. Refusal 'invalid' on the key that cannot be,
 * with what would be right; nothing is opened for longer than that takes.
 */
export async function tryListeners(changes: Record<string, unknown>): Promise<void> {
  await settling.catch(() => {});
  const settings: Record<string, unknown> = { ...(await readSettings()) };
  for (const [key, value] of Object.entries(changes)) {
    const parsed = findSetting(key).schema.safeParse(value);
    // What does not fit its declaration is refused where it is written.
    if (parsed.success) settings[key] = parsed.data;
  }
  const plans = await Promise.all(
    [...entries].map(async (entry) => ({
      entry,
      places: await findPlaces(entry, settings as Settings),
    })),
  );
  for (const { entry, places } of plans) {
    const rivals = plans.filter((plan) => plan.entry !== entry);
    const own = `listeners.${entry.protocol.name}`;
    const key = own in changes ? own : Object.keys(changes)[0];
    for (const [text, address] of places) {
      // What is wanted already is no fault of this change.
      if (entry.places.has(text)) continue;
      await tryAddress(address, rivals).catch((error) => {
        throw new Refusal('invalid', explainFailure(entry, address, error), key);
      });
    }
  }
}

async function tryAddress(
  address: Address,
  rivals: { entry: Entry; places: Map<string, Address> }[],
): Promise<void> {
  const rival = rivals.find(({ places }) =>
    [...places.values()].some((other) => isOverlapping(address, other)),
  );
  if (rival) throw takenBy(rival.entry);
  if (!isOurs(address)) await probe(address);
}

/** Whether this process has it, and would not stand in its own way. */
function isOurs(address: Address): boolean {
  if ('port' in address && guests.has(address.port)) return true;
  return [...entries].some(({ sockets }) =>
    [...sockets.values()].some((socket) => isOverlapping(socket.address, address)),
  );
}

function takenBy({ protocol }: Entry): NodeJS.ErrnoException {
  return Object.assign(new Error(protocol.name), { code: rivalCode });
}

function explainFailure(entry: Entry, address: Address, error: NodeJS.ErrnoException): string {
  return explain(error, entry.protocol.name, address, entry.environment.port !== null);
}

function watch(): void {
  if (endPokes.length > 0) return;
  const look = () => void settle();
  endPokes = [onPoke('settings', look), onPoke('elsewhere', look)];
}

async function closeEntry(entry: Entry): Promise<void> {
  entries.delete(entry);
  if (entries.size === 0) {
    for (const end of endPokes.splice(0)) end();
    if (retryTimer) clearTimeout(retryTimer);
    retryTimer = null;
    settled = null;
  }
  await settling.catch(() => {});
  await Promise.all([...entry.sockets.values()].map((socket) => socket.close()));
  entry.sockets.clear();
}

/** Brings every socket to where it is wanted. One pass after the other. */
function settle(isForced = false): Promise<void> {
  const pass = settling.then(() => settleNow(isForced));
  settling = pass.catch((error) => {
    if (entries.size > 0) log.error({ err: error }, 'the listeners could not be looked after');
  });
  return pass.catch((error) => {
    if (isForced) throw error;
  });
}

async function settleNow(isForced: boolean): Promise<void> {
  const settings = await readSettings();
  if (settings === settled && !isForced) return;
  settled = settings;
  const before = describe();
  const former = new Map([...entries].map((entry) => [entry, entry.places]));
  for (const entry of entries) {
    entry.wanted = listWanted(entry.protocol.name, settings, entry.environment).from;
    entry.places = await findPlaces(entry, settings);
  }
  for (const entry of entries) await openWanted(entry);
  for (const entry of entries) await closeUnwanted(entry, former.get(entry) ?? new Map());
  retrySoon();
  if (describe() === before) return;
  for (const listener of changeListeners) listener();
}

/** By their texts. */
async function findPlaces(entry: Entry, settings: Settings): Promise<Map<string, Address>> {
  const { name } = entry.protocol;
  const { places } = listWanted(name, settings, entry.environment);
  const found = new Map<string, Address>();
  for (const place of places) {
    const isOpen = 'port' in place && place.port === 0 && entry.chosenPort > 0;
    const chosen = isOpen ? { ...place, port: entry.chosenPort } : place;
    const address = await findAddress(chosen, settings['listeners.family']);
    if (address) found.set(writeAddress(address), address);
  }
  return found;
}

async function openWanted(entry: Entry): Promise<void> {
  const { protocol, places, sockets, failures } = entry;
  for (const text of failures.keys()) if (!places.has(text)) failures.delete(text);
  for (const [text, address] of [...places]) {
    if (sockets.has(text)) continue;
    try {
      await makeRoom(entry, address);
      const isBeside = [...sockets.values()].some((one) => isOverlapping(one.address, address));
      const socket = await protocol.open(address, isBeside);
      const bound = 'path' in address ? address : { ...address, port: socket.port };
      if ('port' in address && address.port === 0) {
        entry.chosenPort = socket.port;
        places.delete(text);
        places.set(writeAddress(bound), bound);
      }
      sockets.set(writeAddress(bound), {
        ...socket,
        address: bound,
        since: new Date(),
        successors: [],
      });
      failures.delete(text);
      log.info({ listener: protocol.name, address: writeAddress(bound) }, 'listening');
    } catch (caught) {
      const error = caught as NodeJS.ErrnoException;
      const failed = failures.get(text);
      const why = explainFailure(entry, address, error);
      if (failed?.text !== why) log.error({ listener: protocol.name }, why);
      failures.set(text, {
        address: text,
        text: why,
        since: failed?.since ?? new Date().toISOString(),
        error,
      });
    }
  }
}

/** Where two listeners change their ports with one another, neither could open before the other closes. */
async function makeRoom(entry: Entry, address: Address): Promise<void> {
  if ('port' in address) await guests.get(address.port)?.();
  for (const other of entries) {
    if (other === entry) continue;
    for (const [text, socket] of other.sockets) {
      if (!isOverlapping(socket.address, address)) continue;
      if (other.places.has(text)) throw takenBy(other);
      await closeSocket(other, text, socket);
    }
  }
}

async function closeUnwanted(entry: Entry, former: Entry['places']): Promise<void> {
  const { places, sockets, failures } = entry;
  const failing = [...failures.keys()].filter((text) => !former.has(text));
  for (const [text, socket] of [...sockets]) {
    if (places.has(text)) continue;
    if (former.has(text)) socket.successors = failing;
    if (socket.successors.some((successor) => failures.has(successor))) continue;
    await closeSocket(entry, text, socket);
  }
}

async function closeSocket(entry: Entry, text: string, socket: OpenSocket): Promise<void> {
  entry.sockets.delete(text);
  await socket.close();
  log.info({ listener: entry.protocol.name, address: text }, 'no longer listening');
}

function retrySoon(): void {
  const hasFailures = [...entries].some(({ failures }) => failures.size > 0);
  if (!hasFailures || retryTimer) return;
  retryTimer = setTimeout(() => {
    retryTimer = null;
    void settle(true).catch(() => {});
  }, retryMs);
  retryTimer.unref();
}

function describe(): string {
  return JSON.stringify(
    [...entries].map(({ protocol, wanted, sockets, failures }) => [
      protocol.name,
      wanted,
      [...sockets.keys()],
      [...failures.values()].map(({ text }) => text),
    ]),
  );
}
