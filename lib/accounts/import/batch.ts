// Users to be made, changed or deleted, a line each, in whichever of these shapes a line has. Pure.
//
//   name:password:quota          the password a word or a hash, or empty: one is made up; the quota may be left out
//   create:name:password:uid:gid:real name:…           as Webmin's batch files have it
//   modify:name:new name:password:uid:gid:real name:…  what is empty stays
//   delete:name
//   student[001-120]             so many users, with passwords that are made up
//   address,name,quota,password  a table (CSV) whose first line names its columns; users who are there are changed
import { canonicalAddress } from '../../mail/address.ts';
import { parseBytes } from '../../settings/index.ts';
import type { ImportedPassword } from '../account.ts';
import { importHash } from '../hash/read.ts';
import { type Parsed, type Problem, qualify, Reason } from './lines.ts';

export type BatchEntry = {
  /** "keep": made where it is not there, else changed */
  do: 'create' | 'modify' | 'delete' | 'keep';
  address: string;
  displayName?: string;
  /** A text is a password that the policy is asked about; undefined with "create": one is made up. */
  password?: string | ImportedPassword;
  /** null = the default of the settings */
  quotaBytes?: number | null;
};

export const maxBatchLines = 5000;
const maxTextLength = 2_000_000;
const maxLineLength = 4000;

/** Names without a domain get `domain`. */
export function parseBatch(text: string, domain: string): Parsed<BatchEntry> {
  const entries: (BatchEntry & { line: number })[] = [];
  const problems: Problem[] = [];
  const rows = text
    .slice(0, maxTextLength)
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/);
  let columns: string[] | null = null;
  for (const [index, row] of rows.entries()) {
    const line = index + 1;
    if (row.trim() === '' || row.startsWith('#')) continue;
    if (columns === null && entries.length === 0 && isHeading(row)) {
      columns = readCells(row).map((cell) => cell.trim().toLowerCase());
      continue;
    }
    const read = row.length > maxLineLength ? new Reason('This line is too long.') : readLine(row);
    for (const one of Array.isArray(read) ? read : [read]) {
      // A pattern without a domain is as many problems as it stands for.
      if (entries.length >= maxBatchLines || problems.length >= maxBatchLines) {
        problems.push({ line, reason: `At most ${maxBatchLines} users at a time.` });
        return { entries, problems };
      }
      if (one instanceof Reason) problems.push({ line, reason: one.text });
      else entries.push({ line, ...one });
    }
  }
  return { entries, problems };

  function readLine(row: string): BatchEntry | Reason | (BatchEntry | Reason)[] {
    if (columns) return readRow(columns, readCells(row), domain);
    const [word = '', ...rest] = row.split(':');
    if (word === 'create') return readCreate(rest, domain);
    if (word === 'modify') return readModify(rest, domain);
    if (word === 'delete')
      return readName(rest[0], domain, (address) => ({ do: 'delete', address }));
    const names = expandPattern(word.trim());
    if (names instanceof Reason) return names;
    return names.map((name) => readShort(name, rest, domain));
  }
}

/** "s[08-11]" → s08 s09 s10 s11. */
function expandPattern(word: string): string[] | Reason {
  const [, before = '', from = '', to = '', after = ''] =
    /^([^[\]]*)\[(\d{1,6})-(\d{1,6})\]([^[\]]*)$/.exec(word) ?? [];
  if (from === '') return [word];
  const count = Number(to) - Number(from) + 1;
  if (count < 1 || count > maxBatchLines) {
    return new Reason(`${word.slice(0, 60)} stands for no number of users up to ${maxBatchLines}.`);
  }
  return Array.from(
    { length: count },
    (_, step) => before + String(Number(from) + step).padStart(from.length, '0') + after,
  );
}

function readName(
  name: string | undefined,
  domain: string,
  make: (address: string) => BatchEntry | Reason,
): BatchEntry | Reason {
  const text = name?.trim() ?? '';
  if (text === '') return new Reason('The name is missing.');
  const whole = qualify(text, domain);
  if (whole === null) return new Reason(`${text} has no domain; say which one to add.`);
  const address = canonicalAddress(whole);
  return address ? make(address) : new Reason(`${whole.slice(0, 100)} is not an address.`);
}

/** name:password:quota. A quota is what stands last and reads as a size, so that a password may have colons. */
function readShort(name: string, rest: string[], domain: string): BatchEntry | Reason {
  return readName(name, domain, (address) => {
    const last = rest.length > 1 ? (rest.at(-1) ?? '').trim() : '';
    const quotaBytes = last === '' ? undefined : parseBytes(last);
    const hasQuota = rest.length > 1 && (last === '' || !Number.isNaN(quotaBytes));
    const password = readPassword((hasQuota ? rest.slice(0, -1) : rest).join(':'));
    if (password instanceof Reason) return password;
    return { do: 'create', address, password, quotaBytes: hasQuota ? quotaBytes : undefined };
  });
}

function readCreate([name, secret = '', , , real]: string[], domain: string): BatchEntry | Reason {
  return readName(name, domain, (address) => {
    const password = readPassword(secret);
    if (password instanceof Reason) return password;
    return { do: 'create', address, password, displayName: nameOf(real) };
  });
}

function readModify(
  [name = '', next = '', secret = '', , , real]: string[],
  domain: string,
): BatchEntry | Reason {
  if (next.trim() !== '' && next.trim() !== name.trim()) {
    return new Reason('A user keeps the address: make another one, and an alias for the old one.');
  }
  return readName(name, domain, (address) => {
    const password = readPassword(secret);
    if (password instanceof Reason) return password;
    const isLocked = typeof password === 'object' && 'stored' in password && !password.stored;
    if (isLocked) return new Reason('A password that locks is not taken over: lock the user here.');
    return { do: 'modify', address, password, displayName: nameOf(real) };
  });
}

/** Undefined for nothing. */
function readPassword(text: string): string | ImportedPassword | undefined | Reason {
  if (text === '' || text === 'x') return undefined;
  if (/^[!*]/.test(text)) return { stored: null };
  // Only what is marked as a hash is one: anybody's password may look like the bare kinds.
  if (!/^(\{[\w.-]+\}|\$\w+\$)/.test(text)) return text;
  const read = importHash(text);
  if (read.kind === 'refused') return new Reason(read.reason);
  // The policy is asked about it as about any other.
  return read.kind === 'plain' ? read.password : { stored: read.stored };
}

/** The first part of the field is the name (passwd(5)); undefined for nothing. */
function nameOf(real: string | undefined): string | undefined {
  return (real?.split(',')[0] ?? '').trim().slice(0, 200) || undefined;
}

const headings: Record<string, 'address' | 'name' | 'quota' | 'password'> = {
  address: 'address',
  'e-mail': 'address',
  email: 'address',
  user: 'address',
  name: 'name',
  'real name': 'name',
  quota: 'quota',
  'quota bytes': 'quota',
  password: 'password',
};

function isHeading(row: string): boolean {
  const cells = readCells(row).map((cell) => headings[cell.trim().toLowerCase()]);
  return cells.includes('address') && row.includes(',');
}

function readRow(columns: string[], cells: string[], domain: string): BatchEntry | Reason {
  const fields: Partial<Record<'address' | 'name' | 'quota' | 'password', string>> = {};
  for (const [index, column] of columns.entries()) {
    const field = headings[column];
    // The apostrophe that keeps spreadsheets from calculating (lib/csv-cell.ts).
    if (field) fields[field] = (cells[index] ?? '').trim().replace(/^'(?=[=+\-@])/, '');
  }
  return readName(fields.address, domain, (address) => {
    const password = readPassword(fields.password ?? '');
    if (password instanceof Reason) return password;
    const quota = fields.quota ?? '';
    const quotaBytes = quota === '' ? undefined : quota === 'default' ? null : parseBytes(quota);
    if (Number.isNaN(quotaBytes)) return new Reason(`"${quota.slice(0, 40)}" is not a size.`);
    return { do: 'keep', address, displayName: fields.name || undefined, password, quotaBytes };
  });
}

/** The cells of a line of CSV (RFC 4180), which may stand in quotes. */
function readCells(row: string): string[] {
  const cells: string[] = [];
  for (const [, quoted, plain] of `,${row}`.matchAll(/,(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(quoted === undefined ? (plain ?? '') : quoted.replaceAll('""', '"'));
  }
  return cells;
}
