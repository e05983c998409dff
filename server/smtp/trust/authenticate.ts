// Asks SPF (RFC 7208), DKIM (RFC 6376, 8301, 8463), ARC (RFC 8617) and DMARC (RFC 9989) about one message. The
// checking is mailauth's; the order, the bounds and what is left out are ours. Runs in the thread of
// trust-thread.ts: nothing here touches the database.
//
// Invariants: a signature that cannot be looked up takes no time from the author's own domain, or it would be a
// way around DMARC; and what the DNS does not say now is "temperror", never "fail".
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { arc } from 'mailauth/lib/arc/index.js';
import {
  type ArcSet,
  DkimVerifier,
  type HeaderRow,
  type Signature,
  type SignatureResult,
} from 'mailauth/lib/dkim/dkim-verifier.js';
import { evaluateDmarc } from 'mailauth/lib/dmarc/index.js';
import { spf } from 'mailauth/lib/spf/index.js';
import { parseAddressList, toAsciiDomain } from '#lib/mail/address.ts';
import { readRawText } from '#lib/mail/header.ts';
import { BodyHash } from './body-hash.ts';
import type { ArcFinding, Findings, SignatureFinding } from './findings.ts';
import { splitRows } from './header-rows.ts';

export type Claim = { remote: string; helo: string; sender: string; hostname: string };

export type Message = {
  header: Buffer;
  bodyBytes: number;
  readBody(): AsyncIterable<Buffer> | Iterable<Buffer>;
};

/** Rejects with code ENODATA (surely none) or another (not known now). */
export type Resolve = (name: string, type: string) => Promise<unknown>;

export type Bounds = {
  /** For SPF, keys and seals together; then again for DMARC. */
  phaseMs: number;
};

/** Each signature costs a question to the DNS and a computation. */
const maxSignatures = 20;
/** Names that a signature may cover; each is searched for in the header. */
const maxSignedFields = 300;
/** Octets to hash for one message: each way to take a body apart is a run over it. */
const maxHashedBytes = 256 * 1024 * 1024;
/** SPF 10 and what they lead to, 20 keys, 50 seals, tree walks of 8. */
const maxQuestions = 250;
const maxRows = 25;
const maxRowLength = 600;

/** The findings. Rejects only where the body cannot be read. */
export async function authenticate(
  message: Message,
  claim: Claim,
  resolve: Resolve,
  { phaseMs }: Bounds,
): Promise<Findings> {
  const first = boundResolver(resolve, phaseMs);
  const verifier = new Verifier(message, first.resolve);
  const spfAsked = askSpf(claim, first.resolve);
  const rows = splitRows(message.header);
  await verifier.messageHeaders({ parsed: rows, original: message.header });
  verifier.choose(claim.sender);
  verifier.askForKeys();
  await verifier.hash(message);
  const [spfResult] = await Promise.all([spfAsked, verifier.finalChunk()]);
  const arcResult = await arc(verifier.arc as never, { resolver: first.resolve as never });
  first.end();
  const second = boundResolver(resolve, phaseMs);
  const dmarc = await askDmarc(verifier, spfResult, second.resolve, rows);
  second.end();
  const signatures = verifier.results.filter(({ signingDomain }) => signingDomain);
  return {
    // The most wanted first, the same signature once.
    rows: [
      ...new Set([
        dmarc.row,
        spfResult.info,
        shortenArc(arcResult),
        ...verifier.results.map(({ info }) => info),
      ]),
    ]
      .filter((row) => row !== '' && row.length <= maxRowLength)
      .slice(0, maxRows),
    spf: spfResult,
    signatures: signatures.map(toFinding),
    arc: toArcFinding(arcResult, verifier.arc.chain),
    dmarc: dmarc.finding,
  };
}

type SpfAnswer = { result: string; domain: string; info: string };

async function askSpf(claim: Claim, resolver: Resolve): Promise<SpfAnswer> {
  try {
    // RFC 7208 §2.3: a HELO that is no name cannot be checked; mailauth wants the literal then.
    const answer = await spf({
      ip: claim.remote,
      helo: claim.helo || `[${claim.remote}]`,
      sender: claim.sender,
      mta: claim.hostname,
      resolver: resolver as never,
    });
    const { result } = answer.status;
    return { result, domain: String(answer.domain ?? ''), info: answer.info };
  } catch {
    const result = 'temperror';
    return { result, domain: '', info: 'spf=temperror' };
  }
}

async function askDmarc(
  { headerFrom, fromFields, results }: DkimVerifier,
  spfAnswer: SpfAnswer,
  resolver: Resolve,
  rows: HeaderRow[],
): Promise<{ row: string; finding: Findings['dmarc'] }> {
  const none = { result: '', domain: '', policy: 'none', unclear: '', isInDoubt: false } as const;
  const isFromHidden = rows.some(({ key }) => key === 'x-too-long-from');
  if (isFromHidden) return { row: '', finding: { ...none, unclear: 'from-too-long' } };
  if (fromFields === 0) return { row: '', finding: none };
  const { response, reason } = await evaluateDmarc({
    headerFrom,
    fromFields,
    spfDomains: spfAnswer.result === 'pass' ? [spfAnswer.domain] : [],
    dkimDomains: results
      .filter(({ status }) => status.result === 'pass')
      .map(({ id, signingDomain, status }) => ({
        id,
        domain: signingDomain,
        aligned: status.aligned,
        underSized: status.underSized,
      })),
    resolver,
  } as never);
  if (!response) return { row: '', finding: { ...none, unclear: reason ?? 'no-author-domain' } };
  const { result, header } = response.status as { result: string; header: { from: string } };
  const policy = (response as { policy?: 'none' | 'quarantine' | 'reject' }).policy ?? 'none';
  const domain = header.from;
  // What DMARC judged must be what is shown.
  if (listShownDomains(rows).some((shown) => shown !== domain.replace(/\.$/, '')))
    return { row: response.info, finding: { ...none, unclear: 'ambiguous-from' } };
  const unsure = [
    ...(spfAnswer.result === 'temperror' ? [spfAnswer.domain] : []),
    ...results.flatMap(({ signingDomain, status }) =>
      status.result === 'temperror' && signingDomain ? [signingDomain] : [],
    ),
  ];
  const isInDoubt = result === 'fail' && unsure.some((each) => isRelated(each, domain));
  const finding = { result, domain, policy, unclear: '', isInDoubt };
  const reported = readReported(response as never);
  return { row: response.info, finding: reported ? { ...finding, reported } : finding };
}

type Evaluated = {
  rr?: string;
  policyDomain?: string;
  testMode?: boolean;
  alignment?: { spf: { result?: string }; dkim: { result?: string } };
};

/** Null where no report is wanted. */
function readReported(evaluated: Evaluated): Findings['dmarc']['reported'] | null {
  const { rr = '', policyDomain, alignment, testMode = false } = evaluated;
  if (!policyDomain || !alignment || !/;\s*rua\s*=/i.test(rr)) return null;
  return {
    policyDomain: policyDomain.toLowerCase(),
    isDkimAligned: Boolean(alignment.dkim.result),
    isSpfAligned: Boolean(alignment.spf.result),
    isTest: testMode,
  };
}

/** The domains of the authors as readers here see them (lib/mail/address.ts). */
function listShownDomains(rows: HeaderRow[]): string[] {
  return rows
    .filter(({ key }) => key === 'from')
    .flatMap(({ line }) => {
      const field = line.toString('latin1');
      return parseAddressList(readRawText(field.slice(field.indexOf(':') + 1)));
    })
    .flatMap(({ domain }) => toAsciiDomain(domain) ?? []);
}

/** One is the other, or above it, or they share more than a top-level domain: it might align (RFC 9989 §4.10.2). */
export function isRelated(one: string, other: string): boolean {
  const a = one.toLowerCase().split('.').reverse();
  const b = other.toLowerCase().split('.').reverse();
  return a.length > 1 && b.length > 1 && a[0] === b[0] && a[1] === b[1];
}

/** mailauth's verifier with bounds, our hashing and the keys asked for at once. */
class Verifier extends DkimVerifier {
  private readonly ask: Resolve;
  private readonly bodyBytes: number;

  constructor({ bodyBytes }: Message, resolver: Resolve) {
    super({ resolver, rejectRsaSha1: true });
    this.ask = resolver;
    this.bodyBytes = bodyBytes;
  }

  override addBodyHash(canonicalization: string, algorithm: string, limit: number | ''): string {
    const key = [canonicalization, algorithm, limit].join(':');
    if (!this.bodyHashes.has(key)) {
      this.bodyHashes.set(key, new BodyHash(canonicalization, algorithm, limit));
    }
    return key;
  }

  override prepareSignature(signature: Signature): void {
    const covered = signature.parsed?.h?.value;
    if (typeof covered === 'string' && covered.split(':').length > maxSignedFields) {
      signature.skip = 'too many fields';
      return;
    }
    super.prepareSignature(signature);
  }

  /** Keeps so many signatures as may be checked: those that can speak for the author first. */
  choose(sender: string): void {
    const domains = [...this.headerFrom, sender].map((address) => address.split('@').pop() ?? '');
    const mayAlign = ({ signingDomain = '' }: Signature) =>
      domains.some((domain) => isRelated(signingDomain, domain));
    const rank = (signature: Signature) =>
      signature.type === 'ARC' ? 0 : mayAlign(signature) ? 1 : 2;
    const able = this.signatureHeaders.filter(({ skip }) => !skip);
    const ranked = able.sort((one, other) => rank(one) - rank(other));
    const maxHashes = Math.max(1, Math.floor(maxHashedBytes / Math.max(1, this.bodyBytes)));
    const hashes = new Set<string>();
    this.signatureHeaders = ranked.slice(0, maxSignatures).filter((signature) => {
      const keys = [signature.bodyHashKey, signature.fallbackBodyHashKey].filter(
        (key) => key !== undefined,
      );
      const wanted = keys.filter((key) => !hashes.has(key));
      if (hashes.size + wanted.length > maxHashes) return false;
      for (const key of wanted) hashes.add(key);
      return true;
    });
    for (const key of [...this.bodyHashes.keys()]) {
      if (!hashes.has(key)) this.bodyHashes.delete(key);
    }
  }

  /** All at once; mailauth asks for one after the other and finds the answers there. */
  askForKeys(): void {
    for (const { selector, signingDomain } of this.signatureHeaders) {
      if (!selector || !signingDomain) continue;
      this.ask(`${selector}._domainkey.${signingDomain}`, 'TXT').catch(() => {});
    }
  }

  /** Other messages get their turn between two chunks. */
  async hash({ readBody }: Message): Promise<void> {
    if (this.bodyHashes.size === 0) return;
    for await (const chunk of readBody()) {
      for (let at = 0; at < chunk.length; at += chunkBytes) {
        if (at > 0) await nextTurn();
        await this.nextChunk(chunk.subarray(at, at + chunkBytes));
      }
    }
  }
}

const chunkBytes = 64 * 1024;

/** Each question once; after `phaseMs`, and beyond so many questions, nothing is known any more. */
function boundResolver(resolve: Resolve, phaseMs: number): { resolve: Resolve; end(): void } {
  const ending = new AbortController();
  const fail = () => Object.assign(new Error('DNS: ETIMEOUT'), { code: 'ETIMEOUT' });
  const late = sleep(phaseMs, null, { signal: ending.signal }).then(
    () => Promise.reject(fail()),
    () => Promise.reject(fail()),
  );
  late.catch(() => {});
  const asked = new Map<string, Promise<unknown>>();
  return {
    resolve: (name, type) => {
      const key = `${type} ${name.toLowerCase()}`;
      const known = asked.get(key);
      if (known) return known;
      if (asked.size >= maxQuestions) return Promise.reject(fail());
      const answer = Promise.race([resolve(name, type), late]);
      asked.set(key, answer);
      return answer;
    },
    end: () => ending.abort(),
  };
}

function toFinding({ status, signingDomain, selector }: SignatureResult): SignatureFinding {
  return {
    result: status.result,
    domain: signingDomain ?? '',
    selector: selector ?? '',
    comment: status.comment ?? '',
  };
}

/** Whoever passes the message on has to know the result, however much the last sealer had to say. */
function shortenArc({ info = '', status }: { info?: string; status: { result: string } }): string {
  return info.length <= maxRowLength ? info : `arc=${status.result} (long)`;
}

function toArcFinding(answer: unknown, chain: ArcSet[] | false): ArcFinding {
  const { status, authenticationResults } = answer as {
    status: { result: string };
    authenticationResults?: Record<string, { result?: unknown } & { result?: unknown }[]>;
  };
  const last = chain === false ? undefined : chain.at(-1);
  const sealer = String(last?.['arc-seal']?.parsed?.d?.value ?? '').toLowerCase();
  const read = (value: { result?: unknown } | undefined) =>
    typeof value?.result === 'string' ? value.result.toLowerCase() : '';
  const claims = authenticationResults ?? {};
  return {
    result: status.result,
    sealer,
    claims: {
      arc: read(claims.arc),
      dmarc: read(claims.dmarc),
      spf: read(claims.spf),
      dkim: Array.isArray(claims.dkim) ? claims.dkim.map(read) : [],
    },
  };
}
