// What needs one's own password although one is signed in: changing it, and what else would let a stranger in who finds
// the page open.
import { now } from '../clock.ts';
import { Refusal } from '../errors.ts';
import { readAccount, setPassword } from './account.ts';
import { signIn } from './sessions.ts';

type Proof = {
  account: { id: string; address: string };
  present: string;
  remote: string;
  device?: string;
};

/** For whom a fresh sign-in is the proof: without a password here it is another service that asks for one. */
const freshMs = 10 * 60_000;

/** Whether a session has begun so lately that its sign-in proves who is there. */
export function isFreshSignIn({ startedAt }: { startedAt: Date }): boolean {
  return now().getTime() - startedAt.getTime() < freshMs;
}

/**
 * Whoever has a password here shows it; whoever signs in by another service (OpenID, a directory) has done so within the
 * last minutes, or shows the password of the directory. Refusals as of requireOwnPassword().
 */
export async function requireSelf(
  proof: Proof & { account: { hasPassword: boolean }; session: { startedAt: Date } | null },
): Promise<void> {
  const { account, present, session } = proof;
  if (account.hasPassword) return requireOwnPassword(proof);
  if (session && isFreshSignIn(session)) return;
  if (present !== '') return requireOwnPassword(proof);
  throw new Refusal('invalid', 'Sign out and in again first: your session is too old.', 'present');
}

/** Refusal 'invalid' with the field "present" for a wrong password, 'throttled', 'unavailable'. */
export async function requireOwnPassword(proof: Proof): Promise<void> {
  const { account, present, remote, device } = proof;
  const { address } = account;
  const attempt = { address, password: present, remote, device, protocol: 'web' } as const;
  const signedIn = await signIn({ ...attempt, factor: 'session' }).catch((error) => {
    if (!(error instanceof Refusal) || error.reason !== 'auth-failed') throw error;
    throw new Refusal('invalid', 'This is not the present password.', 'present');
  });
  if (signedIn.id !== account.id) throw new Refusal('forbidden', 'This is another account.');
}

/**
 * Sets it and ends all sessions, the asking one too. Refusal 'invalid' with the field "present" or "password",
 * 'throttled', 'unavailable'.
 */
export async function changeOwnPassword(change: Proof & { next: string }): Promise<void> {
  const { account, present, next } = change;
  await requireOwnPassword(change);
  if (!(await readAccount(account.id))?.hasPassword) {
    throw new Refusal(
      'forbidden',
      'Your password is kept by the directory server. Change it there.',
    );
  }
  if (next === present) {
    throw new Refusal('invalid', 'Take another password than the present one.', 'password');
  }
  await setPassword(account.id, next, account.address);
}
