// What changes how one signs in. Factors and passwords ask for the account's password once more, or for a fresh sign-in
// where another service keeps it.
'use server';
import type { RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Account } from '#lib/accounts/account.ts';
import { addAppPassword, programProtocols, removeAppPassword } from '#lib/accounts/app-password.ts';
import { requireSelf } from '#lib/accounts/own-password.ts';
import {
  beginAuthenticator,
  confirmAuthenticator,
  removeAuthenticator,
} from '#lib/accounts/second-factor/authenticator.ts';
import { makeRecoveryCodes } from '#lib/accounts/second-factor/factor.ts';
import { addPasskey, beginPasskey, removePasskey } from '#lib/accounts/second-factor/passkey.ts';
import { endOtherWebSessions, endWebSession, readSessionStart } from '#lib/accounts/web-session.ts';
import { Refusal } from '#lib/errors.ts';
import { readDevice } from '../../../device.ts';
import { answerButton } from '../../../form-answer.ts';
import { currentRemote, readClaims, requireOwnUser } from '../../../session.ts';
import { readSite } from '../../../site.ts';
import { type Answer, answerWith } from './answer.ts';

const shortText = z.string().max(200);
/** Empty where a fresh sign-in is the proof. */
const present = z.string().max(1024);

async function prove(account: Account, text: unknown): Promise<void> {
  const read = present.safeParse(text);
  if (!read.success || (read.data === '' && account.hasPassword))
    throw new Refusal('invalid', 'Give the present password.', 'present');
  const [remote, device] = [await currentRemote(), await readDevice()];
  const claims = await readClaims();
  const session = claims && (await readSessionStart(claims));
  await requireSelf({ account, present: read.data, remote, device, session });
}

export async function beginAuthenticatorAction(
  password: string,
): Promise<Answer<{ secret: string; uri: string }>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    await prove(account, password);
    return beginAuthenticator(account);
  });
}

/** The recovery codes, where they are new. */
export async function confirmAuthenticatorAction(
  code: string,
): Promise<Answer<{ codes: string[] | null }>> {
  const account = await requireOwnUser();
  return answerWith(async () => ({
    codes: await confirmAuthenticator(account, shortText.parse(code), {
      remote: await currentRemote(),
      device: await readDevice(),
    }),
  }));
}

export async function removeAuthenticatorAction(password: string): Promise<Answer<object>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    await prove(account, password);
    await removeAuthenticator(account, account.address);
    return {};
  });
}

export async function newRecoveryCodesAction(
  password: string,
): Promise<Answer<{ codes: string[] }>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    await prove(account, password);
    return { codes: await makeRecoveryCodes(account) };
  });
}

export async function beginPasskeyAction(
  password: string,
): Promise<Answer<{ options: Awaited<ReturnType<typeof beginPasskey>> }>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    await prove(account, password);
    return { options: await beginPasskey(account, await readSite()) };
  });
}

export async function addPasskeyAction(
  name: string,
  response: RegistrationResponseJSON,
): Promise<Answer<{ codes: string[] | null }>> {
  const account = await requireOwnUser();
  return answerWith(async () => ({
    codes: await addPasskey(account, await readSite(), { name: shortText.parse(name), response }),
  }));
}

export async function removePasskeyAction(id: string, password: string): Promise<Answer<object>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    await prove(account, password);
    await removePasskey(account, z.string().max(2000).parse(id), account.address);
    return {};
  });
}

const newAppPassword = z.object({
  present,
  name: shortText,
  protocols: z.array(z.enum(programProtocols)).max(programProtocols.length),
  networks: z.array(z.string().max(60)).max(50),
  /** "YYYY-MM-DD", or empty */
  until: z.union([z.literal(''), z.iso.date()]),
});
type NewAppPasswordForm = z.input<typeof newAppPassword>;

export async function addAppPasswordAction(
  form: NewAppPasswordForm,
): Promise<Answer<{ password: string }>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    const read = newAppPassword.safeParse(form);
    if (!read.success) throw new Refusal('invalid', 'Look at the form again.');
    const { until, present: own, ...input } = read.data;
    await prove(account, own);
    // The whole of its last day, wherever on earth.
    const expiresAt = until === '' ? null : new Date(`${until}T23:59:59-12:00`);
    const made = await addAppPassword(account.id, { ...input, expiresAt }, account.address);
    return { password: made.password };
  });
}

export async function removeAppPasswordAction(id: string): Promise<string | undefined> {
  const account = await requireOwnUser();
  return answerButton(() => removeAppPassword(account.id, shortText.parse(id), account.address));
}

export async function endSessionAction(id: string): Promise<string | undefined> {
  const account = await requireOwnUser();
  return answerButton(() => endWebSession(account.id, shortText.parse(id)));
}

export async function endOtherSessionsAction(): Promise<Answer<{ count: number }>> {
  const account = await requireOwnUser();
  return answerWith(async () => {
    const claims = await readClaims();
    return { count: await endOtherWebSessions(account.id, claims?.sessionId ?? '') };
  });
}
