// What SPF, DKIM, DMARC and ARC found about one message, as plain values that cross threads.

export type SignatureFinding = {
  /** RFC 8601 §2.7.1: pass, fail, policy, neutral, temperror, permerror */
  result: string;
  domain: string;
  selector: string;
  comment: string;
};

/** What the last one who sealed the message says that it found itself (RFC 8617 §4.1.1). */
export type ArcFinding = {
  /** RFC 8617 §4.4: none, pass, fail */
  result: string;
  /** d= of the newest seal, or empty */
  sealer: string;
  /** Its own results of arc, dmarc, spf and the signatures; empty where it says nothing */
  claims: { arc: string; dmarc: string; spf: string; dkim: string[] };
};

export type Findings = {
  /** Finished results for Authentication-Results (RFC 8601 §2.2), without the name of this server */
  rows: string[];
  /** RFC 7208 §2.6 */
  spf: { result: string; domain: string };
  signatures: SignatureFinding[];
  arc: ArcFinding;
  dmarc: {
    /** RFC 9989: none, pass, fail, temperror; empty where there is no one author domain */
    result: string;
    /** Of the author */
    domain: string;
    /** To be applied when it fails, with np, sp and t taken into account */
    policy: 'none' | 'quarantine' | 'reject';
    /** Why there is no author domain: "multiple-from-fields", … */
    unclear: string;
    /** It failed, but might have passed had the DNS answered about an identifier of the same domain. */
    isInDoubt: boolean;
    /** Where the domain asks for reports (RFC 9990): what one says of this message */
    reported?: {
      /** Where the policy stands */
      policyDomain: string;
      isDkimAligned: boolean;
      isSpfAligned: boolean;
      isTest: boolean;
    };
  };
};

const maxNamed = 3;

/** In few words: "SPF pass, DKIM pass example.org, DMARC pass". */
export function describeFindings({ spf, signatures, arc, dmarc }: Findings): string {
  const first = signatures.slice(0, maxNamed);
  const signed = first.map(({ result, domain }) => `DKIM ${result} ${domain}`);
  const more = signatures.length > maxNamed ? [`${signatures.length - maxNamed} more`] : [];
  const words = [
    `SPF ${spf.result}`,
    ...(signed.length > 0 ? [...signed, ...more] : ['no DKIM']),
    ...(arc.result === 'none' ? [] : [`ARC ${arc.result} ${arc.sealer}`.trim()]),
    dmarc.unclear ? `no DMARC (${dmarc.unclear})` : `DMARC ${dmarc.result}`,
  ];
  if (dmarc.result === 'fail') words.push(`policy ${dmarc.policy}`);
  return words.join(', ');
}
