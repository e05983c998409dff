// What other servers report of their TLS connections to this one (RFC 8460), for panel and terminal. The daemon stores
// it (server/delivery/reports). Every text in it is hostile.
import { fromNow } from '#lib/clock.ts';
import { db } from '#lib/db.ts';

export type InboundTls = {
  domain: string;
  successes: number;
  failures: number;
  /** Kinds of policies that were applied: "tlsa", "sts", "no-policy-found". */
  policyTypes: string[];
  organizations: string[];
  /** What went wrong, most often first. */
  faults: { result: string; host: string; count: number }[];
};

const dayMs = 86_400_000;
const maxRows = 5000;
const maxFaults = 10;

/** By domain, those with failures first. */
export async function listInboundTls({ domain = '', days = 30 } = {}): Promise<InboundTls[]> {
  const rows = await db.tlsReport.findMany({
    where: { beginAt: { gte: fromNow(-days * dayMs) }, ...(domain ? { domain } : {}) },
    orderBy: { beginAt: 'desc' },
    take: maxRows,
  });
  return [...Map.groupBy(rows, (row) => row.domain)]
    .map(([name, reports]) => ({
      domain: name,
      successes: sum(reports.map(({ successes }) => successes)),
      failures: sum(reports.map(({ failures }) => failures)),
      policyTypes: [...new Set(reports.map(({ policyType }) => policyType))].sort(),
      organizations: [...new Set(reports.map(({ organization }) => organization))].sort(),
      faults: addUp(reports.map(({ details }) => details)),
    }))
    .sort((one, other) => other.failures - one.failures || (one.domain < other.domain ? -1 : 1));
}

function addUp(details: string[]): InboundTls['faults'] {
  const faults = new Map<string, InboundTls['faults'][number]>();
  for (const fault of details.flatMap((text) => JSON.parse(text) as InboundTls['faults'])) {
    const key = `${fault.result} ${fault.host}`;
    const known = faults.get(key);
    if (known) known.count += fault.count;
    else faults.set(key, { ...fault });
  }
  return [...faults.values()].sort((one, other) => other.count - one.count).slice(0, maxFaults);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
