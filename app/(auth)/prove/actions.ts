// Takes the second factor of whoever is signed in, once more.
'use server';
import { z } from 'zod';
import { proveAgain } from '#lib/accounts/sessions.ts';
import { noteProof } from '#lib/accounts/web-session.ts';
import { isRefusal } from '#lib/errors.ts';
import { readDevice } from '../../device.ts';
import { currentRemote, readClaims, requireUserToChange } from '../../session.ts';
import { readShownFactor } from '../../sign-in-form.ts';
import type { SignInError } from '../sign-in.ts';

const shown = z.object({ code: z.string().max(40), passkey: z.string().max(20_000) });

/** What is wrong, or null. */
export async function proveAction(form: z.input<typeof shown>): Promise<SignInError | null> {
  const account = await requireUserToChange();
  const read = shown.safeParse(form);
  const factor = read.success ? readShownFactor(read.data) : null;
  const claims = await readClaims();
  if (!factor || !claims) return 'code';
  try {
    const [remote, device] = [await currentRemote(), await readDevice()];
    await proveAgain(account, { remote, device, protocol: 'web' }, factor);
    await noteProof(claims);
    return null;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.reason === 'throttled' ? 'throttled' : 'code';
  }
}
