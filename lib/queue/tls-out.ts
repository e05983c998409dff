// TLS to other servers, for panel and terminal: the MTA-STS policies that are kept and how sessions went lately. The
// daemon writes both (server/delivery).

import { now } from '#lib/clock.ts';
import { db } from '#lib/db.ts';

export type OutboundTls = {
  domain: string;
  /** Of MTA-STS; null where none is kept. */
  sts: { mode: string; mx: string[]; fetchedAt: Date; expiresAt: Date } | null;
  successes: number;
  failures: number;
  /** What went wrong, most often first. */
  faults: { policyType: string; mx: string; result: string; count: number }[];
  /** Kinds of policies that were applied: "tlsa", "sts", "no-policy-found". */
  policyTypes: string[];
};

const dayMs = 86_400_000;
const maxRows = 5000;
const maxFaults = 5;

/** Domains with a kept policy or sessions within `days`; those with failures first. `search`: a part of the name. */
export async function listOutboundTls({
  days = 7,
  search = '',
  limit = 200,
}: {
  days?: number;
  search?: string;
  limit?: number;
} = {}): Promise<OutboundTls[]> {
  const since = Math.floor(now().getTime() / dayMs) - days + 1;
  const name = search.trim().toLowerCase();
  const [policies, rows] = await Promise.all([
    db.stsPolicy.findMany({
      where: { expiresAt: { gt: now() }, ...(name ? { id: { contains: name } } : {}) },
      take: maxRows,
      orderBy: { id: 'asc' },
    }),
    db.tlsResult.findMany({
      where: {
        day: { gte: since },
        policyType: { not: '' },
        ...(name ? { domain: { contains: name } } : {}),
      },
      orderBy: [{ day: 'desc' }, { count: 'desc' }],
      take: maxRows,
    }),
  ]);
  const byDomain = Map.groupBy(rows, (row) => row.domain);
  const kept = new Map(policies.map((row) => [row.id, row]));
  const domains = [...new Set([...kept.keys(), ...byDomain.keys()])];
  return domains
    .map((domain) => summarize(domain, kept.get(domain) ?? null, byDomain.get(domain) ?? []))
    .sort((a, b) => b.failures - a.failures || (a.domain < b.domain ? -1 : 1))
    .slice(0, limit);
}

type Policy = { mode: string; mx: string; fetchedAt: Date; expiresAt: Date };
type Row = { policyType: string; mx: string; result: string; count: number };

function summarize(domain: string, policy: Policy | null, rows: Row[]): OutboundTls {
  const faults = new Map<string, Row>();
  let successes = 0;
  let failures = 0;
  for (const { policyType, mx, result, count } of rows) {
    if (result === 'success') {
      successes += count;
      continue;
    }
    failures += count;
    const key = `${policyType} ${mx} ${result}`;
    const known = faults.get(key);
    if (known) known.count += count;
    else faults.set(key, { policyType, mx, result, count });
  }
  return {
    domain,
    sts: policy ? { ...policy, mx: policy.mx.split(' ').filter(Boolean) } : null,
    successes,
    failures,
    faults: [...faults.values()].sort((a, b) => b.count - a.count).slice(0, maxFaults),
    policyTypes: [...new Set(rows.map(({ policyType }) => policyType))].sort(),
  };
}
