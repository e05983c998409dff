// What the load of the crash test and its judge agree upon: random numbers that can be repeated, bodies that can
// be told from their name, and the reports of the load.
import { createHash } from 'node:crypto';

/** A small generator of numbers (mulberry32). */
export function makeRandom(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: <T>(list: T[]): T => list[below(list.length)]! };
}

/** The body of a name "…-bytes": at least the header, filled up to that size. */
export function makeBody(name: string): Buffer {
  const size = Number(name.split('-').at(-1));
  const header = `Message-ID: <${name}@crash.test>\r\nSubject: ${name}\r\n\r\n`;
  const line = `${createHash('sha256').update(name).digest('hex')}\r\n`;
  const fill = line.repeat(Math.ceil(Math.max(0, size - header.length) / line.length));
  return Buffer.from(header + fill.slice(0, Math.max(0, size - header.length)));
}

const hashes = new Map<string, string>();

/** sha-256 of that body. */
export function hashOfBody(name: string): string {
  const hash = hashes.get(name) ?? createHash('sha256').update(makeBody(name)).digest('hex');
  hashes.set(name, hash);
  return hash;
}

/** A message as the load saw it or wants it. */
export type Message = {
  uid: number;
  emailId: string;
  /** Its keyword, or the name of its body where it has none: nobody else's. */
  id: string;
  /** Name of the body (its subject). */
  body: string;
  flags: number;
};

type New = { id: string; body: string; flags: number };

/** What the load is about to do. Each message in it is touched by nobody else meanwhile. */
export type Begin =
  | { kind: 'append'; account: string; to: string; messages: New[] }
  | { kind: 'deliver'; inboxes: { account: string; to: string }[]; messages: New[]; remote: string }
  | { kind: 'flags'; account: string; from: string; messages: Message[]; after: number[] }
  | {
      kind: 'copy' | 'move' | 'restore';
      account: string;
      from: string;
      to: string;
      messages: Message[];
    }
  | { kind: 'expunge' | 'erase'; account: string; from: string; messages: Message[] }
  | { kind: 'create'; account: string; name: string }
  | { kind: 'rename'; account: string; from: string; name: string }
  | { kind: 'delete'; account: string; from: string; messages: Message[] };

/** What came of it. */
export type Done = {
  uidValidity?: number;
  /** append: in order; copy, move, restore: of the target, in the order of `messages`. */
  uids?: number[];
  emailIds?: string[];
  mailboxId?: string;
};

/** One line of the load's output. */
export type Report =
  | { ready: true }
  | { op: number; begin: Begin }
  | { op: number; done: Done }
  /** Refused: nothing may have changed. */
  | { op: number; refused: string }
  | { broken: string };
