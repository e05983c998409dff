// What the daemon and the web app's process tell one another over their channel. The daemon keeps the listeners
// (server/net/listeners.ts); the process has the sockets.
import { z } from 'zod';
import { countedProtocols, signInResults } from '#lib/accounts/sign-in-count.ts';
import type { Address } from '../net/bind.ts';

/** The web app's two listeners. */
export type WebListener = 'web' | 'https';

export type Question =
  | { kind: 'open'; socket: number; name: WebListener; address: Address; isBeside: boolean }
  | { kind: 'close'; socket: number }
  | { kind: 'count'; name: WebListener };

export type Answer = { port?: number; count?: number; code?: string; error?: string };

/** For the counters, which are the daemon's. Read as what it is: the process has the world's requests, and labels stay few. */
export const signedIn = z.object({
  kind: z.literal('signed-in'),
  protocol: z.enum(countedProtocols),
  result: z.enum(signInResults),
});

export type ToChild = Question & { id: number };
export type ToParent =
  | { kind: 'prepared' }
  | ({ kind: 'answer'; id: number } & Answer)
  | z.infer<typeof signedIn>;
