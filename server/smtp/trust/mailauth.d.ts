// The parts of mailauth that it has no types for. Its version is pinned; tests/server/smtp/trust would notice
// when they change.
declare module 'mailauth/lib/dkim/dkim-verifier.js' {
  /** One header field: the octets of its line without the last newline. */
  export type HeaderRow = { key: string; casedKey: string; line: Buffer };

  export type Signature = {
    type: 'DKIM' | 'ARC';
    signingDomain: string;
    selector: string;
    bodyCanon: string;
    hashAlgo: string;
    maxBodyLength: number | '';
    bodyHashKey?: string;
    fallbackBodyHashKey?: string;
    skip?: string;
    invalid?: string;
    parsed?: Record<string, { value: unknown } | undefined>;
  };

  export type SignatureResult = {
    id?: string;
    signingDomain?: string;
    selector?: string;
    info: string;
    status: {
      result: string;
      comment?: string;
      aligned?: string | false;
      underSized?: number;
    };
  };

  export type ArcSet = {
    i: number;
    'arc-seal'?: Signature;
    'arc-authentication-results'?: { parsed?: Record<string, unknown> };
  };

  export class DkimVerifier {
    constructor(options: {
      resolver: (name: string, type: string) => Promise<unknown>;
      sender?: string;
      minBitLength?: number;
      rejectRsaSha1?: boolean;
    });
    headers: { parsed: HeaderRow[]; original: Buffer } | false;
    headerFrom: string[];
    fromFields: number;
    results: SignatureResult[];
    signatureHeaders: Signature[];
    bodyHashes: Map<string, unknown>;
    arc: { chain: ArcSet[] | false; error?: Error };
    addBodyHash(canonicalization: string, algorithm: string, maxLength: number | ''): string;
    prepareSignature(signature: Signature): void;
    messageHeaders(headers: { parsed: HeaderRow[]; original: Buffer }): Promise<void>;
    nextChunk(chunk: Buffer): Promise<void>;
    finalChunk(): Promise<void>;
  }
}

declare module 'mailauth/lib/dkim/body/index.js' {
  export function dkimBody(
    canonicalization: string,
    algorithm: string,
    maxLength: number | '',
  ): { update(chunk: Buffer): void; digest(encoding: 'base64'): string };
}
