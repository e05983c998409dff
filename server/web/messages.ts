// What the daemon and the web app's process tell one another over their channel. The daemon keeps the listeners
// (server/net/listeners.ts); the process has the sockets.
import type { CountedProtocol, SignInResult } from '#lib/accounts/sign-in-count.ts';
import type { Address } from '../net/bind.ts';

/** The web app's two listeners. */
export type WebListener = 'web' | 'https';

export type Question =
  | { kind: 'open'; socket: number; name: WebListener; address: Address; isBeside: boolean }
  | { kind: 'close'; socket: number }
  | { kind: 'count'; name: WebListener };

export type Answer = { port?: number; count?: number; code?: string; error?: string };

export type ToChild = Question & { id: number };
export type ToParent =
  | { kind: 'prepared' }
  | ({ kind: 'answer'; id: number } & Answer)
  /** For the counters, which are the daemon's */
  | { kind: 'signed-in'; protocol: CountedProtocol; result: SignInResult };
