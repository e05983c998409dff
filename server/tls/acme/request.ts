// What is written for an order: the request for a certificate (PKCS #10, RFC 2986) and the certificate that answers a
// proof by TLS (RFC 8737 §3).
import { createHash, type KeyObject } from 'node:crypto';
import { exportKey, makeKey } from '#lib/certificates/acme-account.ts';
import type { Pems } from '#lib/certificates/pem.ts';
import { now } from '#lib/clock.ts';
import { loadX509 } from '../x509.ts';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
/** id-pe-acmeIdentifier */
const acmeIdentifier = '1.3.6.1.5.5.7.1.31';
const hourMs = 3_600_000;

/** The request as RFC 8555 §7.4 wants it: DER in base64url. */
export async function makeRequest(names: string[], key: KeyObject): Promise<string> {
  const x509 = await loadX509();
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    keys: await importPair(key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: 'dns' as const, value })),
      ),
    ],
  });
  return Buffer.from(request.rawData).toString('base64url');
}

/** A certificate that proves `name` to whoever asked for `answer`. */
export async function makeProof(name: string, answer: string): Promise<Pems> {
  const x509 = await loadX509();
  const key = await makeKey();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: ['ACME proof'] }],
    notBefore: new Date(now().getTime() - hourMs),
    notAfter: new Date(now().getTime() + 24 * hourMs),
    keys: await importPair(key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
      new x509.Extension(acmeIdentifier, true, new Uint8Array(hashAnswer(answer))),
    ],
  });
  return { key: exportKey(key), cert: `${certificate.toString('pem').trimEnd()}\n` };
}

/** RFC 8737 §3: an OCTET STRING with the hash of the key authorization. */
export function hashAnswer(answer: string): Buffer {
  const hash = createHash('sha256').update(answer).digest();
  return Buffer.concat([Buffer.from([0x04, hash.length]), hash]);
}

async function importPair(key: KeyObject): Promise<CryptoKeyPair> {
  const der = new Uint8Array(key.export({ type: 'pkcs8', format: 'der' }));
  const jwk = key.export({ format: 'jwk' });
  const publicJwk = { kty: jwk.kty, crv: jwk.crv, x: jwk.x, y: jwk.y } as JsonWebKey;
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', der, algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('jwk', publicJwk, algorithm, true, ['verify']),
  };
}
