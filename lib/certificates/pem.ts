// A certificate chain with its private key, as PEM text: what it says, and whether it can be used. Whatever is put in
// force or stored passes checkPems first.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { now } from '../clock.ts';
import { Refusal } from '../errors.ts';

export type Pems = { key: string; cert: string };

export type ChainFacts = {
  /** Such as "CN=mail.example.org" */
  subject: string;
  issuer: string;
  isSelfSigned: boolean;
  /** Host names and addresses, in lower case; a wildcard as "*.example.org" */
  names: string[];
  validFrom: Date;
  expiresAt: Date;
  /** Hexadecimal, for people who compare */
  fingerprint: string;
};

/** Names or paths for the sentences about what is wrong. */
type Words = { certificate: string; key: string };

const maxLength = 200_000;
const maxCertificates = 10;
const typed: Words = { certificate: 'the field', key: 'the field' };

/** What the first certificate of a chain says. Throws where there is none. */
export function readChainFacts(chain: string): ChainFacts {
  const leaf = new X509Certificate(chain);
  return {
    subject: leaf.subject ?? '',
    issuer: readAttribute(leaf.issuer, 'O') || readAttribute(leaf.issuer, 'CN') || leaf.issuer,
    isSelfSigned: leaf.issuer === leaf.subject,
    names: listNames(leaf),
    validFrom: leaf.validFromDate,
    expiresAt: leaf.validToDate,
    fingerprint: leaf.fingerprint256,
  };
}

function readAttribute(name: string, attribute: string): string {
  const line = name.split('\n').find((one) => one.startsWith(`${attribute}=`));
  return line?.slice(attribute.length + 1) ?? '';
}

function listNames(leaf: X509Certificate): string[] {
  return (leaf.subjectAltName ?? '')
    .split(', ')
    .map((name) => name.replace(/^(DNS|IP Address):/, '').toLowerCase())
    .filter((name) => name !== '');
}

/** Whether one of the names of a certificate is `host` (RFC 9525 §6.3: a wildcard is one whole first label). */
export function coversHost(names: string[], host: string): boolean {
  const parent = host.slice(host.indexOf('.') + 1);
  return names.includes(host) || (parent.includes('.') && names.includes(`*.${parent}`));
}

/** Reads both files. Throws an Error with one sentence for an administrator when they cannot be used. */
export async function readPems(certificateFile: string, keyFile: string): Promise<Pems> {
  const cert = await readText(certificateFile, 'certificate');
  const key = await readText(keyFile, 'key');
  checkPems({ key, cert }, { certificate: certificateFile, key: keyFile });
  return { key, cert };
}

async function readText(file: string, what: string): Promise<string> {
  try {
    return await readFile(/*turbopackIgnore: true*/ file, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code ?? 'error'})`;
    throw new Error(`The ${what} file ${file} ${why}.`);
  }
}

/** Typed or uploaded text, without what stands around it. Refusal 'invalid' with the field "chain" or "key". */
export function parsePems(chain: string, key: string): Pems {
  const cert = joinBlocks(chain, /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g);
  const privateKey = joinBlocks(
    key,
    /-----BEGIN (?:EC |RSA )?PRIVATE KEY-----[^-]+-----END (?:EC |RSA )?PRIVATE KEY-----/g,
  );
  if (cert === '') throw new Refusal('invalid', 'Give a certificate in PEM.', 'chain');
  if (privateKey === '') {
    throw new Refusal('invalid', 'Give a PEM private key without a passphrase.', 'key');
  }
  const pems = { cert, key: privateKey };
  try {
    checkPems(pems, typed);
  } catch (error) {
    const field = /key/i.test((error as Error).message) ? 'key' : 'chain';
    throw new Refusal('invalid', (error as Error).message, field);
  }
  return pems;
}

function joinBlocks(text: string, pattern: RegExp): string {
  const blocks = text.length > maxLength ? [] : (text.match(pattern) ?? []);
  return blocks
    .slice(0, maxCertificates)
    .map((block) => `${block.replaceAll('\r', '')}\n`)
    .join('');
}

/** Throws an Error with one sentence where the pair cannot be used now. */
export function checkPems({ key, cert }: Pems, words: Words = typed): void {
  const leaf = attempt(
    () => new X509Certificate(cert),
    `The certificate file ${words.certificate} does not begin with a PEM certificate.`,
  );
  const privateKey = attempt(
    () => createPrivateKey(key),
    `The key file ${words.key} holds no PEM private key without a passphrase.`,
  );
  if (!leaf.checkPrivateKey(privateKey)) {
    throw new Error(
      `The key in ${words.key} does not belong to the certificate in ${words.certificate}.`,
    );
  }
  if (leaf.validToDate.getTime() <= now().getTime()) {
    throw new Error(`The certificate in ${words.certificate} expired on ${leaf.validTo}.`);
  }
  attempt(
    () => createSecureContext({ key, cert }),
    `The certificate in ${words.certificate} cannot be used for TLS (too weak a key, or a broken chain).`,
  );
}

/**
 * Throws an Error with one sentence where a chain that an authority gave is not what was ordered: the key, every
 * name, its time, and each certificate signed by the next.
 */
export function checkOrdered(pems: Pems, names: string[]): void {
  checkPems(pems, { certificate: 'the answer of the authority', key: 'the order' });
  const facts = readChainFacts(pems.cert);
  const missing = names.filter((name) => !coversHost(facts.names, name));
  if (missing.length > 0) throw new Error(`The certificate is not for ${missing.join(', ')}.`);
  if (facts.validFrom.getTime() > now().getTime()) {
    throw new Error('The certificate is not yet valid: is the clock of this machine right?');
  }
  const chain = (pems.cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (block) => new X509Certificate(block),
  );
  const isBroken = chain.some((one, index) => {
    const next = chain[index + 1];
    return next !== undefined && !one.checkIssued(next);
  });
  if (isBroken) throw new Error('The chain of the certificate is not in order.');
}

function attempt<T>(step: () => T, text: string): T {
  try {
    return step();
  } catch (cause) {
    throw new Error(text, { cause });
  }
}
