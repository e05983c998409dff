// A certificate chain with its private key, as PEM text, and the reading of both from files.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { now } from '#lib/clock.ts';

export type Pems = { key: string; cert: string };

/** Reads both files. Throws an Error with one sentence for an administrator when they cannot be used. */
export async function readPems(certificateFile: string, keyFile: string): Promise<Pems> {
  const cert = await readText(certificateFile, 'certificate');
  const key = await readText(keyFile, 'key');
  checkPems({ key, cert }, certificateFile, keyFile);
  return { key, cert };
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'error'})`;
    throw new Error(`The ${what} file ${file} ${why}.`);
  }
}

function checkPems({ key, cert }: Pems, certificateFile: string, keyFile: string): void {
  const leaf = attempt(
    () => new X509Certificate(cert),
    `The certificate file ${certificateFile} does not begin with a PEM certificate.`,
  );
  const privateKey = attempt(
    () => createPrivateKey(key),
    `The key file ${keyFile} holds no PEM private key without a passphrase.`,
  );
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new Error(
      `The key in ${keyFile} does not belong to the certificate in ${certificateFile}.`,
    );
  }
  if (leaf.validToDate.getTime() <= now().getTime()) {
    throw new Error(`The certificate in ${certificateFile} expired on ${leaf.validTo}.`);
  }
  attempt(
    () => createSecureContext({ key, cert }),
    `The certificate in ${certificateFile} cannot be used for TLS (too weak a key, or a broken chain).`,
  );
}

function attempt<T>(step: () => T, text: string): T {
  try {
    return step();
  } catch (cause) {
    throw new Error(text, { cause });
  }
}
