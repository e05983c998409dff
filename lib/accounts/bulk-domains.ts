// One thing done to many domains: each by the function that does it to one.
import { type BulkReport, changeEach, readWantedRows, type WantedRows } from './bulk-report.ts';
import { updateDomain } from './domain.ts';
import { type DomainFilter, listDomainsById, walkPlainDomains } from './domain-list.ts';

export const domainActions = ['enable', 'disable'] as const;
export type DomainAction = (typeof domainActions)[number];

/** Does it to the domains of `ids` or of the filter. Refusal 'limit'. */
export async function changeDomains(
  wanted: WantedRows<DomainFilter>,
  action: DomainAction,
  by: string,
): Promise<BulkReport> {
  const domains = await readWantedRows(wanted, listDomainsById, walkPlainDomains);
  return changeEach(
    domains,
    ({ name }) => name,
    ({ name }) => updateDomain(name, { isDisabled: action === 'disable' }, by),
  );
}
