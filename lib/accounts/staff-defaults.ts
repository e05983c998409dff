// The defaults of new users for those who look after domains: of own domains within their share; those of every domain are for
// super admins alone, and for others there is no such domain.
import { requireShare } from './share.ts';
import { requireDomainOf, type Staff } from './staff.ts';
import { everyDomain, readUserDefaults, type UserDefaults } from './user-defaults.ts';

/**
 * The name of the domain whose defaults the staff may read, and change so, or "*". Refusal 'not-found', 'forbidden' (more than
 * the domain has to give, and than is said already).
 */
export async function requireDefaultsOf(
  staff: Staff,
  wanted: string,
  change: Partial<UserDefaults> = {},
): Promise<string> {
  if (wanted === everyDomain && staff.role === 'admin') return wanted;
  const domain = await requireDomainOf(staff, wanted);
  await requireShare(staff, domain, change, await readUserDefaults(domain.name));
  return domain.name;
}
