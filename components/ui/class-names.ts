// Joins class names, leaving out what is not set.

export type ClassName = string | false | null | undefined;

/** "a b" of ['a', false, 'b']. */
export function joinClasses(...names: ClassName[]): string {
  return names.filter(Boolean).join(' ');
}
