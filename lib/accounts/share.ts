// How much of a domain's room a domain admin may give one user: no more than a super admin has given the domain, or else
// than every user has by the settings. Together the users of a domain never get more than its own limit in any case.
import { Refusal } from '../errors.ts';
import { readSettings } from '../settings/index.ts';
import type { Domain } from './domain.ts';
import type { Staff } from './staff.ts';

type Limits = { quotaBytes?: number | null; quotaMessages?: number | null };

/** Refusal 'forbidden' for more than the share; what the user has already may stay. */
export async function requireShare(
  staff: Staff,
  domain: Domain,
  limits: Limits,
  before: Limits = {},
): Promise<void> {
  if (staff.role === 'admin') return;
  const settings = await readSettings();
  const most = {
    quotaBytes: domain.quotaBytes || settings['storage.defaultQuotaBytes'],
    quotaMessages: domain.quotaMessages || settings['storage.defaultQuotaMessages'],
  };
  for (const field of ['quotaBytes', 'quotaMessages'] as const) {
    const limit = limits[field];
    if (limit === undefined || limit === null || limit === before[field]) continue;
    // 0 stands for no limit.
    if (most[field] > 0 && (limit === 0 || limit > most[field])) {
      const control = field === 'quotaBytes' ? 'quota' : 'messages';
      throw new Refusal('forbidden', 'This is more than the domain has to give.', control);
    }
  }
}
