// Values that may hold a secret and yet are shown in part, as the address of a webhook is: the history has what people see of one
// beside the whole, sealed, which Undo alone opens. How that is done the room says (`Recorded.hidden`).

/** What stands at a key, as JSON holds it. */
export type Fields = Record<string, unknown>;

/** What stands in a row of the history in the place of the value. */
type Hidden = { shown: string; sealed: string };

type Hiding = {
  /** What people see of it */
  show(value: string): string;
  seal(value: string): string;
  /** null = it was sealed with another key */
  open(sealed: string): string | null;
};

/** By the name of the field. */
export type HiddenFields = Record<string, Hiding>;

/** Stands for a value that is not known any more; a masked secret to everybody else (isMasked). */
export const lostSecret = 'secret 00000000';

/** Both sides of a change as they are stored: a value that stayed is sealed once. */
export function hideFields(
  hidden: HiddenFields | undefined,
  sides: (Fields | null)[],
): (Fields | null)[] {
  const known = new Map<string, Hidden>();
  const hide = (name: string, value: string, { show, seal }: Hiding): Hidden => {
    const id = JSON.stringify([name, value]);
    const made = known.get(id) ?? { shown: show(value), sealed: seal(value) };
    known.set(id, made);
    return made;
  };
  return sides.map((fields) =>
    mapFields(fields, (name, value) => {
      const hiding = hidden?.[name];
      return hiding && typeof value === 'string' ? hide(name, value, hiding) : value;
    }),
  );
}

/** Both sides of a stored change as people see them. */
export function showSides(before: Fields | null, after: Fields | null): (Fields | null)[] {
  const see = (other: Fields | null, isLater: boolean) => (name: string, value: unknown) => {
    if (!isHidden(value)) return value;
    const twin = other?.[name];
    const isOther = isHidden(twin) && twin.shown === value.shown && twin.sealed !== value.sealed;
    return isLater && isOther ? `${value.shown} (another one)` : value.shown;
  };
  return [mapFields(before, see(after, false)), mapFields(after, see(before, true))];
}

/** Values as people see them. */
export function showFields(hidden: HiddenFields | undefined, fields: Fields): Fields {
  return showSides(hideFields(hidden, [fields])[0] ?? null, null)[0] ?? {};
}

/** One side of a stored change with the whole values; what cannot be opened is lostSecret. */
export function openFields(hidden: HiddenFields | undefined, fields: Fields | null): Fields | null {
  return mapFields(fields, (name, value) =>
    isHidden(value) ? (hidden?.[name]?.open(value.sealed) ?? lostSecret) : value,
  );
}

function isHidden(value: unknown): value is Hidden {
  return typeof value === 'object' && value !== null && 'shown' in value && 'sealed' in value;
}

function mapFields(
  fields: Fields | null,
  change: (name: string, value: unknown) => unknown,
): Fields | null {
  if (!fields) return null;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, change(name, value)]),
  );
}
