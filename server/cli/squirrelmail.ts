// `drey squirrelmail import`: address books, names, reply addresses and signatures of all users out of SquirrelMail's
// data folder, or out of an export of its database. Mail itself comes by `drey import`.
import { opendir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Account, findAccount } from '#lib/accounts/account.ts';
import type { ReadContact } from '#lib/contacts/card.ts';
import { importContacts, maxFileBytes } from '#lib/contacts/import-file.ts';
import {
  readAbook,
  readAddressTable,
  readIdentities,
  readPreferenceTable,
  type SquirrelIdentity,
} from '#lib/contacts/squirrelmail.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { guessText } from '#lib/mail/charset.ts';
import {
  type IdentityFile,
  importIdentities,
  readIdentityFiles,
} from '#lib/webmail/squirrelmail/identities.ts';
import {
  type CommandDefinition,
  type Input,
  optionText,
  type Result,
  type Row,
  textAt,
} from './command.ts';

/** What one user has, by the name of the sign-in. */
type Owned = { contacts: ReadContact[]; identities: SquirrelIdentity[] };

const maxFiles = 200_000;
const maxDepth = 8;
const maxSqlBytes = 512 * 1024 * 1024;
const known = /^(.+)\.(abook|pref|sig|si\d{1,2})$/;

async function runImport(input: Input): Promise<Result> {
  const path = textAt(input, 0);
  const domain = optionText(input, 'domain');
  const isDryRun = input.options.dryRun === true;
  const found = await stat(path).catch(() => {
    throw new Refusal('not-found', `${path} cannot be read.`);
  });
  const owners = found.isDirectory() ? await readFolder(path) : await readSql(path, found.size);
  const rows: Row[] = [];
  for (const [owner, owned] of [...owners].sort(([one], [other]) => (one < other ? -1 : 1))) {
    rows.push({ owner, ...(await importOwner(owner, owned, domain, isDryRun)) });
  }
  if (rows.length === 0)
    throw new Refusal('not-found', `There is nothing of SquirrelMail in ${path}.`);
  return { rows, columns: ['owner', 'user', 'contacts', 'known', 'identities', 'problem'] };
}

async function importOwner(
  owner: string,
  { contacts, identities }: Owned,
  domain: string | undefined,
  isDryRun: boolean,
): Promise<Row> {
  const nothing = { user: '', contacts: 0, known: 0, identities: 0, problem: '' };
  const account = await findOwner(owner, domain);
  if (!account) return { ...nothing, problem: 'no such user here' };
  const user = account.address;
  if (isDryRun)
    return { ...nothing, user, contacts: contacts.length, identities: identities.length };
  try {
    const file = { format: 'squirrelmail' as const, contacts, groups: [], unreadable: 0 };
    const book = await importContacts(account.id, file, 'skip');
    const own = await importIdentities(account, identities);
    const problem = own.foreign > 0 ? `${own.foreign} identities of other addresses left out` : '';
    return { user, contacts: book.added, known: book.known, identities: own.added, problem };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return { ...nothing, user, problem: error.message };
  }
}

async function findOwner(owner: string, domain: string | undefined): Promise<Account | null> {
  const name = owner.includes('@') || !domain ? owner : `${owner}@${domain}`;
  return findAccount(name);
}

/** Files of the data folder, which may be spread over folders of its hash. */
async function readFolder(path: string): Promise<Map<string, Owned>> {
  const files = new Map<string, string[]>();
  let count = 0;
  const walk = async (folder: string, depth: number): Promise<void> => {
    for await (const entry of await opendir(folder)) {
      const whole = join(folder, entry.name);
      if (entry.isDirectory() && depth < maxDepth) await walk(whole, depth + 1);
      const owner = known.exec(entry.name)?.[1];
      if (!entry.isFile() || owner === undefined || ++count > maxFiles) continue;
      files.set(owner, [...(files.get(owner) ?? []), whole]);
    }
  };
  await walk(path, 0);
  const owners = new Map<string, Owned>();
  for (const [owner, paths] of files) owners.set(owner, await readOwner(paths));
  return owners;
}

async function readOwner(paths: readonly string[]): Promise<Owned> {
  const owned: Owned = { contacts: [], identities: [] };
  const files: IdentityFile[] = [];
  for (const path of paths) {
    if ((await stat(path)).size > maxFileBytes) continue;
    const bytes = await readFile(path);
    if (path.endsWith('.abook')) owned.contacts.push(...readAbook(guessText(bytes)).contacts);
    else files.push({ name: basename(path), bytes });
  }
  if (files.length > 0) owned.identities = readIdentityFiles(files);
  return owned;
}

async function readSql(path: string, sizeBytes: number): Promise<Map<string, Owned>> {
  if (sizeBytes > maxSqlBytes) throw new Refusal('too-big', 'The export is larger than 512 MB.');
  const text = guessText(await readFile(path));
  const owners = new Map<string, Owned>();
  for (const [owner, { contacts }] of readAddressTable(text)) {
    owners.set(owner, { contacts, identities: [] });
  }
  for (const [owner, preferences] of readPreferenceTable(text)) {
    const contacts = owners.get(owner)?.contacts ?? [];
    owners.set(owner, { contacts, identities: readIdentities(preferences) });
  }
  return owners;
}

export const squirrelmailCommands: CommandDefinition[] = [
  {
    name: 'squirrelmail import',
    arguments: ['<path>'],
    options: [
      { flags: '--domain <name>', help: 'of users whose SquirrelMail name is no whole address' },
      { flags: '--dry-run', help: 'only say what would come' },
    ],
    help: 'bring in address books and identities of all users from SquirrelMail: its data folder, or an SQL export of its tables "address" and "userprefs"',
    run: runImport,
  },
];
