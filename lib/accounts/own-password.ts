// Changing one's own password: the present one opens the door, even in a session.
import { Refusal } from '../errors.ts';
import { setPassword } from './account.ts';
import { signIn } from './sessions.ts';

type Change = {
  account: { id: string; address: string };
  present: string;
  next: string;
  remote: string;
  device?: string;
};

/**
 * Sets it and ends all sessions, the asking one too. Refusal 'invalid' with the field "present" or "password",
 * 'throttled', 'unavailable'.
 */
export async function changeOwnPassword(change: Change): Promise<void> {
  const { account, present, next, remote, device } = change;
  const { address } = account;
  const signedIn = await signIn({
    address,
    password: present,
    remote,
    device,
    protocol: 'web',
    factor: 'session',
  }).catch((error) => {
    if (!(error instanceof Refusal) || error.reason !== 'auth-failed') throw error;
    throw new Refusal('invalid', 'This is not the present password.', 'present');
  });
  if (signedIn.id !== account.id) throw new Refusal('forbidden', 'This is another account.');
  if (next === present) {
    throw new Refusal('invalid', 'Take another password than the present one.', 'password');
  }
  await setPassword(account.id, next, address);
}
