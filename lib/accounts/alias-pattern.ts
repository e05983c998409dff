// Aliases with "*" in the local part ("sales-*@example.org"). Asked only where no whole address fits, so that
// mail for users costs nothing of it. Of several the one with the most letters of its own fits.
import { db, readOnceACommit } from '../db.ts';
import { splitAddress } from '../mail/address.ts';

export type Pattern = {
  /** As it is stored: "sales-*@example.org" */
  address: string;
  targets: string[];
  posters: string;
};

/** More stars than anybody needs; each makes a comparison longer. */
export const maxStars = 5;

/** Whether `text` is `pattern` with something, or nothing, at each "*". Linear. */
export function fitsPattern(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts.shift() ?? '';
  const last = parts.pop();
  if (last === undefined) return text === pattern;
  if (text.length < first.length + last.length) return false;
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts) {
    const found = text.indexOf(part, at);
    if (found < 0 || found + part.length > text.length - last.length) return false;
    at = found + part.length;
  }
  return true;
}

/** "user%elsewhere", "elsewhere!user", "user@elsewhere": a star must not swallow a route. */
export function isRoute(local: string): boolean {
  return /[%!@:"\\\s]/.test(local);
}

const readPatterns = readOnceACommit(async () => {
  const rows = await db.alias.findMany({ where: { isPattern: true, isDisabled: false } });
  const ids = rows.map(({ id }) => id);
  const targets =
    ids.length === 0 ? [] : await db.aliasTarget.findMany({ where: { aliasId: { in: ids } } });
  const byAlias = Map.groupBy(targets, ({ aliasId }) => aliasId);
  const patterns = rows.map(
    ({ id, address, posters }): Pattern => ({
      address,
      posters,
      targets: (byAlias.get(id) ?? []).map((target) => target.address),
    }),
  );
  patterns.sort((a, b) => lengthOf(b) - lengthOf(a) || (a.address < b.address ? -1 : 1));
  return Map.groupBy(patterns, ({ address }) => splitAddress(address).domain);
});

function lengthOf({ address }: Pattern): number {
  return address.replaceAll('*', '').length;
}

/** The wildcard alias that takes a canonical address, or null. */
export async function findPattern(address: string): Promise<Pattern | null> {
  const { local, domain } = splitAddress(address);
  if (isRoute(local)) return null;
  const patterns = (await readPatterns()).get(domain) ?? [];
  return patterns.find((one) => fitsPattern(splitAddress(one.address).local, local)) ?? null;
}
