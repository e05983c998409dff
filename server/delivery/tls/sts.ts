// The MTA-STS policy of a domain (RFC 8461): announced in the DNS, fetched over HTTPS, kept for its max_age. Invariant:
// a kept policy outlives whatever happens to record and file; only a new policy or its age ends it, or the one
// who can take the DNS away could take the policy away.
import { now } from '#lib/clock.ts';
import { db, isUniqueViolation, write } from '#lib/db.ts';
import { readSetting } from '#lib/settings/index.ts';
import { onForget } from '#server/dns/forget.ts';
import { resolveTxt } from '#server/dns/resolver.ts';
import { cleanText } from '../outbound/reply.ts';
import { askHttps } from './outside-https.ts';
import { readStsId, readStsPolicy, type StsMode } from './sts-policy.ts';

/** Failure types of RFC 8460 §4.3.2.2. */
export type StsFault = 'sts-policy-fetch-error' | 'sts-policy-invalid' | 'sts-webpki-invalid';

export type Sts = {
  policy: { mode: StsMode; mx: string[]; fetchedAt: Date; expiresAt: Date } | null;
  /** In words: where the policy comes from, or why there is none. */
  why: string;
  /** A policy is announced, but could not be had. */
  fault: StsFault | null;
};

/** A failed fetch is not tried again sooner (RFC 8461 §3.3: at most once a day to five minutes). */
const failedFetchMs = 5 * 60_000;
const knownMs = 60_000;
const maxKnown = 2000;
/** Fetches under way at one time: each domain in the queue may have a slow policy host. */
const maxFetches = 20;

const known = new Map<string, { sts: Promise<Sts>; until: number }>();
const failedFetches = new Map<string, { until: number; text: string; fault: StsFault }>();
let fetches = 0;
onForget(() => {
  known.clear();
  failedFetches.clear();
});

/** What applies to `domain` now; asked at most once a minute. */
export async function findSts(domain: string): Promise<Sts> {
  if (!(await readSetting('delivery.mtaSts'))) {
    return { policy: null, why: 'MTA-STS is switched off', fault: null };
  }
  const found = known.get(domain);
  if (found && found.until > performance.now()) return found.sts;
  const sts = lookUp(domain);
  remember(known, domain, { sts, until: performance.now() + knownMs });
  sts.catch(() => known.delete(domain));
  return sts;
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  if (map.size >= maxKnown) map.delete(map.keys().next().value as string);
  map.set(key, value);
}

async function lookUp(domain: string): Promise<Sts> {
  const [answer, row] = await Promise.all([
    resolveTxt(`_mta-sts.${domain}`),
    db.stsPolicy.findUnique({ where: { id: domain } }),
  ]);
  const kept = row && row.expiresAt > now() ? row : null;
  const id = answer.status === 'ok' ? readStsId(answer.records) : null;
  if (id === null) {
    const why =
      answer.status === 'failed' ? `the DNS does not say: ${answer.text}` : 'none is announced';
    return kept ? toSts(kept, `kept, although ${why}`) : { policy: null, why, fault: null };
  }
  if (kept?.version === id) return toSts(kept, 'kept');
  const fetched = await fetchPolicy(domain, id);
  if (!('fault' in fetched)) return toSts(fetched, 'just fetched');
  const { fault, text } = fetched;
  if (kept) return { ...toSts(kept, `kept, although the new one cannot be had: ${text}`), fault };
  // RFC 8461 §3.3: as if the domain had none.
  return { policy: null, why: `it is announced, but cannot be had: ${text}`, fault };
}

type Row = NonNullable<Awaited<ReturnType<typeof db.stsPolicy.findUnique>>>;

function toSts({ mode, mx, fetchedAt, expiresAt }: Row, why: string): Sts {
  const policy = { mode: mode as StsMode, mx: mx.split(' ').filter(Boolean), fetchedAt, expiresAt };
  return { policy, why, fault: null };
}

/** Fetches and keeps the policy. */
export async function fetchPolicy(
  domain: string,
  version: string,
): Promise<Row | { fault: StsFault; text: string }> {
  const key = `${domain} ${version}`;
  const failed = failedFetches.get(key);
  if (failed && failed.until > performance.now()) return failed;
  if (fetches >= maxFetches) {
    return { fault: 'sts-policy-fetch-error', text: 'too many policies are being fetched' };
  }
  fetches++;
  const fetched = await readFile(domain).finally(() => fetches--);
  if ('fault' in fetched) {
    const text = cleanText(fetched.text);
    remember(failedFetches, key, {
      ...fetched,
      text,
      until: performance.now() + failedFetchMs,
    });
    return { ...fetched, text };
  }
  const at = now();
  const row: Row = {
    id: domain,
    version,
    mode: fetched.mode,
    mx: fetched.mx.join(' '),
    fetchedAt: at,
    expiresAt: new Date(at.getTime() + fetched.maxAgeSeconds * 1000),
  };
  await keep(row);
  return row;
}

/** Another process may keep the same one at the same time. */
async function keep(row: Row): Promise<void> {
  const store = () =>
    write((tx) => tx.stsPolicy.upsert({ where: { id: row.id }, create: row, update: row }));
  await store().catch((error) => {
    if (isUniqueViolation(error)) return store();
    throw error;
  });
}

/** RFC 8461 §3.3: 200 alone, text/plain alone, no redirect. */
async function readFile(domain: string) {
  const host = `mta-sts.${domain}`;
  const answer = await askHttps(host, '/.well-known/mta-sts.txt');
  if ('text' in answer) {
    const fault: StsFault = answer.isCertificate ? 'sts-webpki-invalid' : 'sts-policy-fetch-error';
    return { fault, text: answer.text };
  }
  const { status, contentType, body } = answer;
  if (status !== 200) {
    const fault: StsFault = 'sts-policy-fetch-error';
    const hint = status >= 300 && status < 400 ? ', a redirect, which is not followed' : '';
    return { fault, text: `${host} answers ${status}${hint}` };
  }
  const fault: StsFault = 'sts-policy-invalid';
  if (!/^text\/plain\s*(;|$)/i.test(contentType)) return { fault, text: `${host}: it is no text` };
  const policy = readStsPolicy(body.toString('utf8'));
  return typeof policy === 'string' ? { fault, text: `${host}: ${policy}` } : policy;
}

/** Policies are looked at so long before they end, so that none ends for want of mail (RFC 8461 §5.1). */
const refreshAheadMs = 36 * 3_600_000;
const refreshBatch = 200;

/** The timed job: removes what has ended, fetches anew what is about to. */
export async function refreshPolicies(signal: AbortSignal): Promise<Record<string, number>> {
  const at = now();
  const ended = { expiresAt: { lte: at } };
  let removed = 0;
  if ((await db.stsPolicy.count({ where: ended })) > 0) {
    removed = (await write((tx) => tx.stsPolicy.deleteMany({ where: ended }))).count;
  }
  if (!(await readSetting('delivery.mtaSts'))) return { removed };
  const rows = await db.stsPolicy.findMany({
    where: {
      expiresAt: { lt: new Date(at.getTime() + refreshAheadMs) },
      // Whose age is short is fetched with the mail that needs it.
      fetchedAt: { lt: new Date(at.getTime() - refreshAheadMs / 2) },
    },
    orderBy: { expiresAt: 'asc' },
    take: refreshBatch,
  });
  let refreshed = 0;
  for (const row of rows) {
    if (signal.aborted) break;
    const answer = await resolveTxt(`_mta-sts.${row.id}`);
    const id = answer.status === 'ok' ? readStsId(answer.records) : null;
    if (id !== null && !('fault' in (await fetchPolicy(row.id, id)))) refreshed++;
  }
  return { removed, refreshed };
}
