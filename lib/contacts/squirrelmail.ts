// Address books of SquirrelMail: files (.abook, one contact a line: nickname|first|last|address|info) and what a
// database export holds of its tables (INSERT statements, or COPY of PostgreSQL). Pure.
import type { ReadContact } from './card.ts';
import { checkContact } from './contact-fields.ts';
import type { ReadTable } from './csv.ts';
import { readRows } from './delimited.ts';
import { readSqlRows } from './sql-rows.ts';

/** The contacts of an .abook file. A cell with "|" or a line break in it stands in quotes. */
export function readAbook(text: string): ReadTable {
  const read: ReadTable = { contacts: [], unreadable: 0 };
  for (const row of readRows(text, '|')) {
    if (row[0]?.startsWith('#') && row.length < 4) continue;
    const contact = readAbookRow(row);
    if (contact) read.contacts.push(contact);
    else read.unreadable++;
  }
  return read;
}

/** Whether a text looks like an .abook file: lines of five cells, an address in the fourth. */
export function isAbook(text: string): boolean {
  const rows = readRows(text.slice(0, 50_000), '|').slice(0, 20);
  const fitting = rows.filter((row) => row.length >= 4 && row.length <= 6 && row[3]?.includes('@'));
  return rows.length > 0 && fitting.length * 2 > rows.length;
}

function readAbookRow(row: readonly string[]): ReadContact | null {
  const [nickname = '', firstName = '', lastName = '', address = '', note = ''] = row.map((cell) =>
    cell.trim(),
  );
  try {
    const addresses = address.split(/[,;\s]+/);
    const name = [firstName, lastName].filter(Boolean).join(' ') || nickname;
    const fields = checkContact({ name, nickname, firstName, lastName, addresses, note });
    return { fields, uid: '', groups: [] };
  } catch {
    return null;
  }
}

/** Columns of SquirrelMail's table "address", in the order it is made with. */
const addressColumns = ['owner', 'nickname', 'firstname', 'lastname', 'email', 'label'];

/** The books of a database export by the name of their owner. */
export function readAddressTable(text: string): Map<string, ReadTable> {
  const books = new Map<string, ReadTable>();
  for (const row of readSqlRows(text, 'address', addressColumns)) {
    const owner = row.get('owner')?.trim() ?? '';
    if (owner === '') continue;
    const book = books.get(owner) ?? { contacts: [], unreadable: 0 };
    books.set(owner, book);
    const cells = addressColumns.slice(1).map((column) => row.get(column) ?? '');
    const contact = readAbookRow(cells);
    if (contact) book.contacts.push(contact);
    else book.unreadable++;
  }
  return books;
}

/** Preferences by the name of their owner out of the table "userprefs". */
export function readPreferenceTable(text: string): Map<string, Map<string, string>> {
  const owners = new Map<string, Map<string, string>>();
  for (const row of readSqlRows(text, 'userprefs', ['user', 'prefkey', 'prefval'])) {
    const owner = row.get('user')?.trim() ?? '';
    const preferences = owners.get(owner) ?? new Map<string, string>();
    owners.set(owner, preferences);
    if (preferences.size < 2000)
      preferences.set(row.get('prefkey') ?? '', row.get('prefval') ?? '');
  }
  return owners;
}

export type SquirrelIdentity = {
  name: string;
  address: string;
  replyTo: string;
  signature: string;
};

const maxIdentities = 30;

/** The pairs of a .pref file: "key=value" lines. */
export function readPreferenceFile(text: string): Map<string, string> {
  const preferences = new Map<string, string>();
  for (const line of text.split(/\r?\n/).slice(0, 5000)) {
    const at = line.indexOf('=');
    if (at > 0) preferences.set(line.slice(0, at).trim(), line.slice(at + 1).slice(0, 20_000));
  }
  return preferences;
}

/**
 * The identities of preferences: the first without a number, the others full_name1, email_address1, …. Signatures
 * stand in files of their own (.sig, .si1, …), by number in `signatures` (0 the first), or in a database beside them.
 */
export function readIdentities(
  preferences: ReadonlyMap<string, string>,
  signatures: ReadonlyMap<number, string> = new Map(),
): SquirrelIdentity[] {
  const count = Math.min(maxIdentities, Math.max(1, Number(preferences.get('identities')) || 1));
  return Array.from({ length: count }, (_, i) => {
    const suffix = i === 0 ? '' : String(i);
    const text = (key: string) => preferences.get(`${key}${suffix}`)?.trim() ?? '';
    const inDatabase = preferences.get(i === 0 ? '___signature___' : `___sig${i}___`);
    const signature = (signatures.get(i) ?? inDatabase ?? '').trimEnd();
    return {
      name: text('full_name'),
      address: text('email_address'),
      replyTo: text('reply_to'),
      signature: isOn(preferences.get('use_signature')) ? signature : '',
    };
  });
}

/** Unset counts as on where there is a signature: older versions have no switch. */
function isOn(value: string | undefined): boolean {
  return value !== '0' && value !== 'false';
}
