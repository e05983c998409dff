// One thing done to many aliases: each by the function that does it to one.
import { isRefusal, Refusal } from '../errors.ts';
import { type Alias, removeAlias, updateAlias } from './alias.ts';
import { type AliasFilter, countAliases, listAliasesById, walkAliases } from './alias-list.ts';
import { type BulkReport, noteRefusal } from './bulk-report.ts';
import { idsOf, requireDomainOfAddress, type Staff } from './staff.ts';

/** Aliases of one call. */
const maxBulkAliases = 10_000;
/** Waiting together they share a commit (lib/db.ts). */
const atOnce = 32;

export const aliasActions = ['enable', 'disable', 'remove'] as const;
export type AliasAction = (typeof aliasActions)[number];

/** Does it to the aliases of `ids` or of the filter that are the staff's to change. Refusal 'limit' for more than 10,000. */
export async function changeAliases(
  staff: Staff,
  wanted: { ids: string[] } | { filter: AliasFilter },
  action: AliasAction,
): Promise<BulkReport> {
  const aliases = await readWanted(staff, wanted);
  const report: BulkReport = { done: 0, refused: 0, reasons: [] };
  for (let start = 0; start < aliases.length; start += atOnce) {
    const part = aliases.slice(start, start + atOnce);
    await Promise.all(part.map((alias) => changeOne(staff, alias, action, report)));
  }
  return report;
}

async function readWanted(
  staff: Staff,
  wanted: { ids: string[] } | { filter: AliasFilter },
): Promise<Alias[]> {
  if ('ids' in wanted) return listAliasesById(wanted.ids.slice(0, maxBulkAliases));
  const filter = { ...wanted.filter, domainIds: idsOf(staff.scope) };
  if ((await countAliases(filter)).total > maxBulkAliases) {
    throw new Refusal('limit', `At most ${maxBulkAliases} aliases at a time: narrow the filter.`);
  }
  const aliases: Alias[] = [];
  for await (const alias of walkAliases(filter)) aliases.push(alias);
  return aliases.slice(0, maxBulkAliases);
}

async function changeOne(
  staff: Staff,
  { address }: Alias,
  action: AliasAction,
  report: BulkReport,
): Promise<void> {
  const isKnown = await requireDomainOfAddress(staff, address).catch(() => null);
  // Of what is not the staff's to know nothing is told.
  if (!isKnown) return noteRefusal(report, '', 'There is no such alias.');
  try {
    if (action === 'remove') await removeAlias(address, staff.address);
    else await updateAlias(address, { isDisabled: action === 'disable' }, staff.address);
    report.done++;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    noteRefusal(report, address, error.message);
  }
}
