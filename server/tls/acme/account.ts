// What is done with the account at an authority beyond ordering: reading the terms, changing its key, closing it.
import { makeKey, saveAccountKey } from '#lib/certificates/acme-account.ts';
import { readSettings } from '#lib/settings/index.ts';
import { changeAccountKey, post, readDirectory } from './client.ts';
import { openAccount } from './order.ts';

/** The terms of the authority of the settings; empty where it has none. AcmeProblem. */
export async function readTerms(signal: AbortSignal): Promise<string> {
  return (await readDirectory((await readSettings())['tls.acmeDirectory'], signal)).terms;
}

/** Registers the account now, so that what is wrong is told at once. Refusal, AcmeProblem. */
export async function registerAccount(signal: AbortSignal): Promise<void> {
  await openAccount(signal);
}

/** A new key for the account (RFC 8555 §7.3.5). Refusal, AcmeProblem. */
export async function rollAccountKey(by: string, signal: AbortSignal): Promise<void> {
  const client = await openAccount(signal);
  const directory = (await readSettings())['tls.acmeDirectory'];
  const key = await makeKey();
  await changeAccountKey(client, key);
  await saveAccountKey(directory, key, by);
}

/** Tells the authority the contact of the settings. Refusal, AcmeProblem. */
export async function updateContact(signal: AbortSignal): Promise<void> {
  const client = await openAccount(signal);
  const contact = (await readSettings())['tls.acmeContact'];
  await post(client, client.accountUrl, { contact: contact ? [`mailto:${contact}`] : [] });
}
