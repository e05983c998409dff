// How sign-ins of the web app's process end, for whoever counts them there (server/web/child.ts): the daemon counts those of
// mail programs itself (server/auth/login.ts).
import { isRefusal } from '../errors.ts';

export const countedProtocols = ['web', 'api'] as const;
export type CountedProtocol = (typeof countedProtocols)[number];
export const signInResults = ['ok', 'failed', 'throttled', 'error'] as const;
export type SignInResult = (typeof signInResults)[number];
type Listener = (protocol: CountedProtocol, result: SignInResult) => void;

// One a process, also where a bundler loads this module twice (Next's routes and pages).
const shared = globalThis as typeof globalThis & { dreySignIns?: Set<Listener> };
shared.dreySignIns ??= new Set();
const listeners = shared.dreySignIns;

/** Calls `listener` after each sign-in of this process; returns how to end that. It must not throw. */
export function onSignIn(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What `work` comes to, told to whoever listens. */
export async function countSignIn<T>(
  protocol: CountedProtocol,
  work: () => Promise<T>,
): Promise<T> {
  const tell = (result: SignInResult) => {
    for (const listener of listeners) listener(protocol, result);
  };
  try {
    const done = await work();
    tell('ok');
    return done;
  } catch (error) {
    // A second factor is asked for: half a sign-in.
    if (!isRefusal(error) || error.field !== 'factor') tell(resultOf(error));
    throw error;
  }
}

/** What a sign-in that threw comes to. */
export function resultOf(error: unknown): Exclude<SignInResult, 'ok'> {
  if (isRefusal(error, 'throttled')) return 'throttled';
  return isRefusal(error) ? 'failed' : 'error';
}
