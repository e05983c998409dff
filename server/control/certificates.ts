// What the page Certificates asks of the daemon: names that are offered, checks before an order, the authority's terms and
// the account there. Refusals say what an administrator can do.
import { z } from 'zod';
import { agreeToTerms } from '#lib/certificates/acme-account.ts';
import type { CheckedName, CheckFinding } from '#lib/certificates/finding.ts';
import { Refusal } from '#lib/errors.ts';
import { readTerms, registerAccount, rollAccountKey, updateContact } from '../tls/acme/account.ts';
import { checkOrder, checkProposedNames } from '../tls/acme/check.ts';
import { AcmeProblem } from '../tls/acme/problem.ts';

const withinMs = 25_000;
const names = z.object({ names: z.array(z.string().max(255)).min(1).max(100) });
const change = z.object({ what: z.enum(['agree', 'roll', 'contact']), by: z.string().max(320) });

/** Refusal 'invalid'. */
export async function answerCertificateCheck(input: unknown): Promise<CheckFinding[]> {
  const asked = names.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say the names.');
  return checkOrder(asked.data.names);
}

export async function answerProposedNames(): Promise<CheckedName[]> {
  return checkProposedNames();
}

/** Where the terms of the authority stand. Refusal 'unavailable'. */
export async function answerAcmeTerms(): Promise<{ terms: string }> {
  return { terms: await refusing(readTerms) };
}

/** Refusal 'invalid', 'not-found', 'unavailable'. */
export async function answerAcmeChange(input: unknown): Promise<null> {
  const asked = change.safeParse(input);
  if (!asked.success) throw new Refusal('invalid', 'Say what is to be done.');
  await changeAcmeAccount(asked.data.what, asked.data.by);
  return null;
}

/** Agrees to the terms and registers, changes the key, or tells the contact. Refusal. */
export async function changeAcmeAccount(
  what: 'agree' | 'roll' | 'contact',
  by: string,
): Promise<void> {
  if (what === 'roll') return refusing((signal) => rollAccountKey(by, signal));
  if (what === 'contact') return refusing(updateContact);
  await agreeToTerms(await refusing(readTerms), by);
  await refusing(registerAccount);
}

async function refusing<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  try {
    return await ask(AbortSignal.timeout(withinMs));
  } catch (error) {
    if (error instanceof AcmeProblem) throw new Refusal('unavailable', error.message);
    if ((error as Error).name === 'TimeoutError') {
      throw new Refusal('unavailable', 'The authority does not answer in time.');
    }
    throw error;
  }
}
