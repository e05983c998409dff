// The account at an authority that speaks ACME (RFC 8555 §7.1.2): its key, sealed, and whether somebody agreed to the
// terms. The daemon registers it (server/tls/acme).
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { decryptSecret, encryptSecret } from '../accounts/secret.ts';
import { now } from '../clock.ts';
import { db, write } from '../db.ts';
import { Refusal } from '../errors.ts';
import { maskSecret, type Recorded, revise } from '../history/revise.ts';
import { poke } from '../poke.ts';
import { readSetting } from '../settings/index.ts';
import { recordChangeIn } from '../trail/change.ts';

export type AcmeAccount = {
  /** Address of the directory of the authority */
  directory: string;
  key: KeyObject;
  /** As the authority calls it; empty = not yet registered */
  url: string;
};

/** As people see it. */
export type AcmeAgreement = {
  directory: string;
  isRegistered: boolean;
  terms: string;
  agreedBy: string;
  agreedAt: Date;
};

/** Key: the address of the authority's directory. */
export const recordedAcmeAccount: Recorded = {
  kind: 'account at an authority',
  read: async (tx, directory) => {
    const row = await tx.acmeAccount.findUnique({ where: { id: directory } });
    if (!row) return null;
    const { terms, agreedBy, secret } = row;
    return { directory, terms, agreedBy, key: maskSecret(secret) };
  },
  describe: (directory) => `account at ${directory}`,
};

const makeKeyPair = promisify(generateKeyPair);

/** A new key for an account or an order (P-256). */
export async function makeKey(): Promise<KeyObject> {
  return (await makeKeyPair('ec', { namedCurve: 'P-256' })).privateKey;
}

export function sealKey(key: KeyObject): string {
  return encryptSecret(exportKey(key));
}

export function exportKey(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

/** The agreement with the authority of the settings, or null. */
export async function findAgreement(): Promise<AcmeAgreement | null> {
  const directory = await readSetting('tls.acmeDirectory');
  const row = await db.acmeAccount.findUnique({ where: { id: directory } });
  if (!row) return null;
  const { url, terms, agreedBy, createdAt: agreedAt } = row;
  return { directory, isRegistered: url !== '', terms, agreedBy, agreedAt };
}

/**
 * Somebody has agreed to `terms` of the authority of the settings: an account with a new key, which is registered with the
 * next order. An account that is there is thrown away.
 */
export async function agreeToTerms(terms: string, by: string): Promise<void> {
  const id = await readSetting('tls.acmeDirectory');
  const row = { secret: sealKey(await makeKey()), url: '', terms, agreedBy: by, createdAt: now() };
  await revise(by, recordedAcmeAccount, id, async (tx) => {
    await tx.acmeAccount.upsert({ where: { id }, create: { id, ...row }, update: row });
    // What could not be had without it is tried at once.
    const failed = { kind: 'acme', failures: { gt: 0 } };
    const data = { dueAt: now(), orderUrl: '', orderSecret: '' };
    await tx.certificate.updateMany({ where: failed, data });
    await recordChangeIn(tx, by, `account at ${id}`, `agreed to ${terms || 'its terms'}`);
  });
  poke('certificates');
}

/** The account for the next order. Refusal 'not-found' where nobody agreed to terms, 'invalid' where its key is lost. */
export async function requireAcmeAccount(): Promise<AcmeAccount> {
  const directory = await readSetting('tls.acmeDirectory');
  const row = await db.acmeAccount.findUnique({ where: { id: directory } });
  if (!row) {
    throw new Refusal(
      'not-found',
      'Nobody has agreed to the terms of the authority yet: do so on the page Certificates.',
    );
  }
  const pem = decryptSecret(row.secret);
  if (pem === null) {
    throw new Refusal(
      'invalid',
      'The key of the account cannot be decrypted: make a new account on the page Certificates.',
    );
  }
  return { directory, key: createPrivateKey(pem), url: row.url };
}

/** Keeps what the authority calls the account. */
export async function saveAccountUrl(directory: string, url: string): Promise<void> {
  await write((tx) => tx.acmeAccount.updateMany({ where: { id: directory }, data: { url } }));
}

/** Keeps the new key that the authority has taken. */
export async function saveAccountKey(directory: string, key: KeyObject, by: string): Promise<void> {
  const data = { secret: sealKey(key) };
  await revise(by, recordedAcmeAccount, directory, async (tx) => {
    await tx.acmeAccount.updateMany({ where: { id: directory }, data });
    await recordChangeIn(tx, by, `account at ${directory}`, 'has a new key');
  });
}
