// Keys of domains that sign and seal, for the tests: what they publish goes into a zone.
import { generateKeyPairSync } from 'node:crypto';
import { sealMessage } from 'mailauth/lib/arc/index.js';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import type { Zone } from '#tests/support/dns.ts';

export type Signer = {
  domain: string;
  /** The message with a DKIM-Signature on top; further tags such as l= by `options`. */
  sign(message: string, options?: { maxBodyLength?: number; algorithm?: string }): Promise<string>;
  /** The message with an ARC set on top; `results` are those the sealer claims to have found. */
  seal(message: string, results: string, cv?: 'none' | 'pass'): Promise<string>;
};

/** A domain with the selector s1, whose key stands in `zone`. */
export function makeSigner(zone: Zone, domain: string): Signer {
  // So short that the key fits into one string of a TXT record.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  zone[`s1._domainkey.${domain}`] = { TXT: [`v=DKIM1; k=rsa; p=${key}`] };
  const signature = {
    signingDomain: domain,
    selector: 's1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  return {
    domain,
    async sign(message, options = {}) {
      const own = { ...signature, ...options };
      const { signatures } = await dkimSign(message, { ...own, signatureData: [own] } as never);
      return signatures + message;
    },
    async seal(message, results, cv = 'none') {
      const authResults = `${domain}; ${results}`;
      const fields = await sealMessage(message, { ...signature, authResults, cv } as never);
      return fields.toString() + message;
    },
  };
}
