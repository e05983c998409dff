// What needs one's own password although one is signed in: changing it, and what else would let a stranger in who finds
// the page open.
import { Refusal } from '../errors.ts';
import { readAccount, setPassword } from './account.ts';
import { signIn } from './sessions.ts';

type Proof = {
  account: { id: string; address: string };
  present: string;
  remote: string;
  device?: string;
};

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
