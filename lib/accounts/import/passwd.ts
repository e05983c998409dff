// Users of another server, a line each: passwd(5), shadow(5) and Dovecot's passwd-file, which all have colons between
// their fields. Pure.
import { canonicalAddress } from '../../mail/address.ts';
import { parseBytes } from '../../settings/index.ts';
import type { ImportedPassword } from '../account.ts';
import { importHash } from '../hash/read.ts';
import { maxImportLength, type Parsed, type Problem, qualify, Reason } from './lines.ts';

export const passwdFormats = ['passwd', 'shadow', 'dovecot'] as const;
export type PasswdFormat = (typeof passwdFormats)[number];

export type UserEntry = {
  address: string;
  displayName: string;
  password: ImportedPassword;
  /** The other server wanted a new password at the next sign-in. */
  mustChange: boolean;
  quotaBytes?: number;
  /** What of the line is left out */
  notes: string[];
};

const maxLineLength = 4000;
/** Below are the accounts of the system itself (login.defs(5) UID_MIN); far above is nobody. */
const firstUid = 1000;
const lastUid = 60_000;

/** Names without a domain get `domain`. */
export function parsePasswd(text: string, format: PasswdFormat, domain: string): Parsed<UserEntry> {
  const entries: (UserEntry & { line: number })[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, row] of text.slice(0, maxImportLength).split(/\r?\n/).entries()) {
    const line = index + 1;
    if (row.trim() === '' || row.startsWith('#')) continue;
    const read = row.length > maxLineLength ? new Reason('This line is too long.') : readLine(row);
    if (read instanceof Reason) problems.push({ line, reason: read.text });
    else if (seen.has(read.address)) {
      problems.push({
        line,
        reason: `${read.address} stands above already; the first one counts.`,
      });
    } else {
      seen.add(read.address);
      entries.push({ line, ...read });
    }
  }
  return { entries, problems };

  function readLine(row: string): UserEntry | Reason {
    const fields = row.split(':');
    const least = { passwd: 7, shadow: 3, dovecot: 2 }[format];
    if (fields.length < least)
      return new Reason(`This is no line of ${format}: fields are missing.`);
    const whole = qualify((fields[0] ?? '').trim(), domain);
    if (whole === null) return new Reason(`${fields[0]} has no domain; say which one to add.`);
    const address = canonicalAddress(whole);
    if (!address) return new Reason(`${whole.slice(0, 100)} is not an address.`);
    return readers[format](fields, address);
  }
}

const readers: Record<PasswdFormat, (fields: string[], address: string) => UserEntry | Reason> = {
  passwd: readPasswd,
  shadow: readShadow,
  dovecot: readDovecot,
};

const bare = { displayName: '', mustChange: false, notes: [] as string[] };

/** name:password:uid:gid:comment:home:shell */
function readPasswd(fields: string[], address: string): UserEntry | Reason {
  const [, hash = '', uidText = '', , comment = ''] = fields;
  const uid = /^\d{1,10}$/.test(uidText) ? Number(uidText) : -1;
  if (uid < firstUid || uid > lastUid) {
    return new Reason(
      `This is an account of the system (uid ${uidText.slice(0, 12)}), not of a person.`,
    );
  }
  const displayName = nameOf(comment);
  const isElsewhere = hash === 'x';
  if (!isElsewhere) return withHash({ ...bare, address, displayName }, hash);
  const notes = ['without a password until its line of the shadow file is imported'];
  return { ...bare, address, displayName, password: { stored: null }, notes };
}

/** name:password:last change:…; a last change of 0 asks for a new password (shadow(5)). */
function readShadow(fields: string[], address: string): UserEntry | Reason {
  const [, hash = '', changed] = fields;
  if (/^[!*]*$/.test(hash) || hash === 'x') {
    return new Reason('This account has no password: it is of the system, or was never let in.');
  }
  return withHash({ ...bare, address, mustChange: changed === '0' }, hash);
}

/** user:password:uid:gid:comment:home:shell:extra fields (doc.dovecot.org, passwd-file) */
function readDovecot(fields: string[], address: string): UserEntry | Reason {
  const [, hash = '', , , comment = '', , , ...rest] = fields;
  const entry = withHash({ ...bare, address, displayName: nameOf(comment) }, hash);
  if (entry instanceof Reason) return entry;
  const notes: string[] = [];
  for (const extra of rest
    .join(':')
    .split(/\s+/)
    .filter((one) => one !== '')) {
    const storage = /^(?:userdb_)?quota_(?:rule|storage_size)=(?:\*:storage=)?(\d+[A-Za-z]*)$/.exec(
      extra,
    );
    const bytes = storage ? readQuota(storage[1] ?? '', extra) : Number.NaN;
    if (/^(?:userdb_)?quota_/.test(extra) && !Number.isNaN(bytes)) entry.quotaBytes = bytes;
    else if (/^(nologin|nopassword)\b/.test(extra)) {
      return new Reason(`${extra.slice(0, 40)}: this account lets nobody in, or everybody.`);
    } else notes.push(`${extra.slice(0, 40)} is left out`);
  }
  return { ...entry, notes: [...entry.notes, ...notes] };
}

/** quota_rule counts in KiB where there is no unit (Dovecot 2.3), quota_storage_size in bytes (2.4). */
function readQuota(text: string, extra: string): number {
  const isPlain = /^\d+$/.test(text);
  return parseBytes(isPlain && extra.includes('quota_rule') ? `${text}k` : text);
}

/** The first part of the comment field is the name (passwd(5)). */
function nameOf(comment: string): string {
  return (comment.split(',')[0] ?? '').trim().slice(0, 200);
}

function withHash(entry: Omit<UserEntry, 'password'>, hash: string): UserEntry | Reason {
  const isLocked = /^[!*]/.test(hash);
  if (isLocked) {
    const notes = [...entry.notes, 'locked there, so without a password here'];
    return { ...entry, password: { stored: null }, notes };
  }
  if (hash === '') return new Reason('The password is empty: everybody would be let in.');
  const read = importHash(hash);
  if (read.kind === 'refused') return new Reason(read.reason);
  const password = read.kind === 'plain' ? { plain: read.password } : { stored: read.stored };
  return { ...entry, password };
}
