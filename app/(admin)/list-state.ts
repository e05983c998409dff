// What of a long list a page shows, in the parameters of its address: order ("sort", with "-" in front the other way round),
// filters, the cursor of the page ("after", "before") and the number of its first row ("n", which is a hint alone).
import { buildHref } from './parameters.ts';

export type ListState<O extends string> = {
  order: O;
  isDescending: boolean;
  after?: string;
  before?: string;
  /** Number of the first row, from 1 */
  first: number;
  /** The page with other parameters; the order stays, and what else is not named begins anew. */
  hrefOf(changed: Record<string, string | number>): string;
};

/** Of the page at `path` with `filters`; `initial` is the order without a parameter ("-added": falling). */
export function readListState<O extends string>(
  path: string,
  parameters: Record<string, string>,
  {
    orders,
    initial,
    filters,
  }: { orders: readonly O[]; initial: O | `-${O}`; filters: readonly string[] },
): ListState<O> {
  const { sort: asked = '', after = '', before = '', n = '' } = parameters;
  const orderOf = (sort: string) => orders.find((one) => one === sort.replace(/^-/, ''));
  const sort = orderOf(asked) ? asked : initial;
  const first = /^\d{1,9}$/.test(n) ? Math.max(1, Number(n)) : 1;
  const kept = Object.fromEntries(filters.map((filter) => [filter, parameters[filter] ?? '']));
  const written = sort === initial ? '' : sort;
  return {
    order: orderOf(sort) as O,
    isDescending: sort.startsWith('-'),
    after: after || undefined,
    before: before || undefined,
    first: after || before ? first : 1,
    hrefOf: (changed) => buildHref(path, { ...kept, sort: written, ...changed }),
  };
}
