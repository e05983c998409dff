// Contacts out of tables (CSV), by their headings; a table without headings we know counts by what its cells look
// like. Pure.
import { canonicalAddress } from '../mail/address.ts';
import type { ReadContact } from './card.ts';
import { checkContact } from './contact-fields.ts';
import { type Column, readHeading } from './csv-headings.ts';
import { guessDelimiter, readRows } from './delimited.ts';

export type ReadTable = { contacts: ReadContact[]; unreadable: number };

/** The contacts of a table; `unreadable` counts rows without a name and an address. */
export function readTable(text: string, delimiter = guessDelimiter(text)): ReadTable {
  const rows = readRows(text.replace(/^\ufeff/, ''), delimiter);
  const named = (rows[0] ?? []).map(readHeading);
  // Whatever its language: addresses below it and none in it.
  const isBare = !rows[0]?.some(isAddress);
  const hasHeadings =
    isBare && (named.some((column) => column !== null) || !!rows[1]?.some(isAddress));
  const columns = hasHeadings ? completeColumns(named, rows) : guessColumns(rows);
  const read: ReadTable = { contacts: [], unreadable: 0 };
  for (const row of hasHeadings ? rows.slice(1) : rows) {
    const contact = readContact(row, columns);
    if (contact) read.contacts.push(contact);
    else read.unreadable++;
  }
  return read;
}

function isAddress(cell: string | undefined): boolean {
  return !!cell?.includes('@') && canonicalAddress(cell.trim()) !== null;
}

/** Headings in another language: a column full of addresses is one of addresses. */
function completeColumns(named: (Column | null)[], rows: string[][]): (Column | null)[] {
  if (named.some((column) => column?.field === 'address')) return named;
  const guessed = guessColumns(rows.slice(1));
  const isUnknown = named.every((column) => column === null);
  return named.map((column, i) => {
    const guess = guessed[i] ?? null;
    return column ?? (isUnknown || guess?.field === 'address' ? guess : null);
  });
}

/** Without headings: addresses by their look; before them a name, or a first and a last name. */
function guessColumns(rows: string[][]): (Column | null)[] {
  const sample = rows.slice(0, 50);
  const width = Math.max(0, ...sample.map((row) => row.length));
  const columns: (Column | null)[] = [];
  for (let i = 0, found = 0; i < width; i++) {
    const cells = sample.map((row) => row[i] ?? '').filter((cell) => cell.trim() !== '');
    const isColumn = cells.length > 0 && cells.filter(isAddress).length * 2 > cells.length;
    columns.push(isColumn ? { field: 'address', index: ++found, kind: '' } : null);
  }
  const firstAddress = columns.findIndex((column) => column !== null);
  if (firstAddress === 2 || firstAddress > 2) {
    columns[0] = { field: 'firstName' };
    columns[1] = { field: 'lastName' };
  } else if (width > 1) columns[firstAddress === 0 ? 1 : 0] ??= { field: 'name' };
  return columns;
}

type Gathered = {
  texts: Map<string, string>;
  addresses: Map<number, { address: string; kind: string }>;
  phones: Map<number, { number: string; kind: string }>;
  postal: Map<number, Record<string, string>>;
};

function readContact(row: string[], columns: (Column | null)[]): ReadContact | null {
  const gathered: Gathered = {
    texts: new Map(),
    addresses: new Map(),
    phones: new Map(),
    postal: new Map(),
  };
  for (const [i, column] of columns.entries()) {
    const cell = uncover(row[i]?.trim() ?? '');
    if (column && cell !== '') putCell(gathered, column, cell);
  }
  const text = (key: string) => gathered.texts.get(key) ?? '';
  const inOrder = <T>(items: Map<number, T>): T[] =>
    [...items].sort(([one], [other]) => one - other).map(([, item]) => item);
  const middle = text('middle');
  const first = [text('firstName'), middle].filter(Boolean).join(' ');
  try {
    const fields = checkContact({
      ...Object.fromEntries(gathered.texts),
      firstName: first,
      addresses: inOrder(gathered.addresses).flatMap(splitCell),
      phones: inOrder(gathered.phones),
      postal: inOrder(gathered.postal),
      birthday: readBirthday(text),
    });
    return { fields, uid: '', groups: readGroups(text('groups')) };
  } catch {
    return null;
  }
}

function putCell({ texts, addresses, phones, postal }: Gathered, column: Column, cell: string) {
  switch (column.field) {
    case 'address':
      addresses.set(column.index, {
        kind: column.kind,
        ...addresses.get(column.index),
        address: cell,
      });
      break;
    case 'addressKind':
      addresses.set(column.index, {
        address: '',
        ...addresses.get(column.index),
        kind: kindOf(cell),
      });
      break;
    case 'phone':
      phones.set(column.index, { kind: column.kind, ...phones.get(column.index), number: cell });
      break;
    case 'phoneKind':
      phones.set(column.index, { number: '', ...phones.get(column.index), kind: kindOf(cell) });
      break;
    case 'postal': {
      const known = postal.get(column.index) ?? { kind: column.kind };
      const before = known[column.part];
      postal.set(column.index, { ...known, [column.part]: before ? `${before}\n${cell}` : cell });
      break;
    }
    case 'postalKind':
      postal.set(column.index, { ...postal.get(column.index), kind: kindOf(cell) });
      break;
    default:
      if (!texts.has(column.field)) texts.set(column.field, cell);
  }
}

/** A sign that keeps a spreadsheet from calculating (csv-text.ts). */
function uncover(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

/** Google puts several values of one kind into a cell: "a@x ::: b@x"; others part them by commas. */
function splitCell({ address, kind }: { address: string; kind: string }): object[] {
  return address
    .split(/\s*:::\s*|\s*[,;]\s*/)
    .slice(0, 20)
    .map((each) => ({ address: each.replace(/^.*<([^<>]*)>\s*$/, '$1'), kind }));
}

function kindOf(cell: string): string {
  const kind = cell.toLowerCase().replace(/^\*\s*/, '');
  if (/mobile|cell/.test(kind)) return 'mobile';
  if (kind.includes('fax')) return 'fax';
  if (/work|business/.test(kind)) return 'work';
  return kind.includes('home') ? 'home' : '';
}

function readBirthday(text: (key: string) => string): string {
  const whole = text('birthday');
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(whole);
  const [year, month, day] = american
    ? [american[3], american[1], american[2]]
    : [text('birthYear'), text('birthMonth'), text('birthDay')];
  if (whole !== '' && !american) return whole.replace(/^(\d{4})\.(\d\d)\.(\d\d)/, '$1-$2-$3');
  if (!month || !day) return '';
  return `${year ? year.padStart(4, '0') : '-'}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
}

function readGroups(cell: string): string[] {
  return cell
    .split(/\s*:::\s*|\s*;\s*/)
    .map((name) => name.replace(/^\*\s*/, '').trim())
    .filter((name) => name !== '' && !/^my ?contacts$/i.test(name))
    .slice(0, 20);
}
