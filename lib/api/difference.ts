// What differs between two JSON values, by JSON pointer (RFC 6901). Lists count as one value.

export type Change = { pointer: string; before: unknown; after: unknown };

/** The changes from `before` to `after`; a field that is not there is null. */
export function listChanges(before: unknown, after: unknown, pointer = ''): Change[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) {
    return [{ pointer, before: before ?? null, after: after ?? null }];
  }
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    return listChanges(before[name], after[name], at);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
