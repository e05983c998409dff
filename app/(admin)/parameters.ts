// Reading and writing the parameters of list pages (search, page, filter) in the address.

/** Cursors of long lists hold a value of a row. */
const mostLength = 1000;

export type Parameters = Promise<Record<string, string | string[] | undefined>>;

/** The parameters as texts, limited in length; of repeated ones the first. */
export async function readParameters(parameters: Parameters): Promise<Record<string, string>> {
  const entries = Object.entries(await parameters).map(([name, value]) => [
    name,
    (Array.isArray(value) ? (value[0] ?? '') : (value ?? '')).slice(0, mostLength),
  ]);
  return Object.fromEntries(entries);
}

/** A page number from 1; nonsense is 1. */
export function readPage(text: string | undefined): number {
  const page = Number(text);
  return Number.isInteger(page) && page >= 1 && page < 1_000_000 ? page : 1;
}

/** "/admin/users?q=a&page=2", leaving out what is empty. */
export function buildHref(path: string, parameters: Record<string, string | number>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== '' && !(name === 'page' && value === 1)) query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
