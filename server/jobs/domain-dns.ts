// The timed job that asks the DNS for the records of each domain here, once a day.
//
// Spread: a domain is due a day after its last look, whoever looked, so they stay apart as they came. Bounded: few domains
// a run, one after the other, and no more once the run has taken its time or the DNS does not answer; the other jobs wait
// meanwhile. One node asks at a time.
import { requireDomain } from '#lib/accounts/domain.ts';
import { keepDomainDns, listDueDomains, removeLostDns } from '#lib/accounts/domain-dns/kept.ts';
import { isRefusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { endLease, takeLease } from '#lib/lease.ts';
import { logOf } from '#lib/log.ts';
import { checkDomain } from '../control/domain-check.ts';

/** 2,880 a day. */
const domainsPerRun = 10;
const runMs = 5000;
const domainMs = 3000;
const lease = { id: 'domain-dns', holder: newId(), ms: 4 * (runMs + domainMs) };
const log = logOf('jobs');

/** Looks at those that are due, unless another node does. */
export async function lookAtDomains(
  signal: AbortSignal,
  look: (domain: string) => Promise<unknown> = checkDomain,
): Promise<{ domains: number; forgotten: number }> {
  if (!(await takeLease(lease.id, lease.holder, lease.ms))) return { domains: 0, forgotten: 0 };
  try {
    return await lookAtDue(signal, look);
  } finally {
    await endLease(lease.id, lease.holder);
  }
}

async function lookAtDue(
  signal: AbortSignal,
  look: (domain: string) => Promise<unknown>,
): Promise<{ domains: number; forgotten: number }> {
  const forgotten = await removeLostDns();
  const until = performance.now() + runMs;
  let domains = 0;
  for (const name of await listDueDomains(domainsPerRun)) {
    if (signal.aborted || performance.now() > until) break;
    if (!(await lookInTime(name, look))) break;
    domains++;
  }
  return { domains, forgotten };
}

/** False where it takes too long: it goes on behind, and nobody is asked more in this run. */
async function lookInTime(
  name: string,
  look: (domain: string) => Promise<unknown>,
): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), domainMs);
  });
  const looked = look(name).then(
    () => true,
    async (error: unknown) => {
      // Removed in this moment.
      if (isRefusal(error, 'not-found')) return true;
      log.error({ err: error, domain: name }, 'a look at the records of a domain failed');
      // The first of those that are due would be so in every run, and no other would be looked at.
      await keepDomainDns(await requireDomain(name), null);
      return true;
    },
  );
  looked.catch(() => undefined);
  return Promise.race([looked, late]).finally(() => clearTimeout(timer));
}
