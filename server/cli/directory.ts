// `drey directory …`: the entries of the directory beside users, shared mailboxes and groups.
import {
  addDirectoryEntry,
  removeDirectoryEntry,
  requireDirectoryEntry,
} from '#lib/contacts/directory-entry.ts';
import { walkEntries } from '#lib/contacts/directory-list.ts';
import { testLdap } from '#lib/contacts/ldap-search.ts';
import { Refusal } from '#lib/errors.ts';
import { by, type CommandDefinition, optionText, textAt } from './command.ts';

export const directoryCommands: CommandDefinition[] = [
  {
    name: 'directory add',
    arguments: ['<domain>', '<address>'],
    options: [
      { flags: '--name <text>', help: 'who it is' },
      { flags: '--organization <text>', help: 'where the person belongs' },
      { flags: '--phone <number>', help: 'a telephone number' },
      { flags: '--note <text>', help: 'a note that users see' },
    ],
    help: 'add an entry that the users of a domain find in their directory',
    run: async (input) => {
      const address = textAt(input, 1);
      const entry = {
        address,
        name: optionText(input, 'name') ?? '',
        organization: optionText(input, 'organization'),
        phone: optionText(input, 'phone'),
        note: optionText(input, 'note'),
      };
      await addDirectoryEntry(textAt(input, 0), entry, by);
      return { text: `Added ${address} to the directory of ${textAt(input, 0)}` };
    },
  },
  {
    name: 'directory list',
    arguments: ['[search]'],
    options: [{ flags: '--domain <name>', help: 'of one domain' }],
    help: 'list the entries (users, shared mailboxes and groups stand in their own lists)',
    run: async (input) => {
      const filter = { search: textAt(input, 0), domain: optionText(input, 'domain') };
      const rows = await Array.fromAsync(walkEntries(filter));
      return { rows, columns: ['domain', 'name', 'address', 'organization', 'phone', 'note'] };
    },
  },
  {
    name: 'directory remove',
    arguments: ['<domain>', '<address>'],
    options: [],
    help: 'remove an entry',
    run: async (input) => {
      const { id } = await requireDirectoryEntry(textAt(input, 0), textAt(input, 1));
      await removeDirectoryEntry(id, by);
      return { text: `Removed ${textAt(input, 1)}` };
    },
  },
  {
    name: 'directory ldap',
    arguments: ['[text]'],
    options: [],
    help: 'ask the LDAP server of the settings (directory.ldapUrl …) for somebody',
    run: async (input) => {
      const rows = await testLdap(textAt(input, 0)).catch((error: Error) => {
        throw new Refusal('unavailable', `The LDAP server: ${error.message}`);
      });
      return { rows, columns: ['name', 'address', 'organization', 'phone'] };
    },
  },
];
