// `drey user defaults`: what new users get where nothing else is said.
import { requireDefaultsOf } from '#lib/accounts/staff-defaults.ts';
import {
  everyDomain,
  readUserDefaults,
  type UserDefaults,
  writeUserDefaults,
} from '#lib/accounts/user-defaults.ts';
import { Refusal } from '#lib/errors.ts';
import { type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { defaultWord, readClosedOption, readOwnLimits, readYes } from './limits.ts';
import { readText } from './read-text.ts';
import { staffOf } from './staff.ts';

/** What is given; "default" says nothing any more. Refusal 'invalid'. */
async function readChange(input: Input): Promise<Partial<UserDefaults>> {
  const isDefault = (name: string) => optionText(input, name) === defaultWord;
  const word = (name: string) => (isDefault(name) ? '' : optionText(input, name));
  return {
    ...readOwnLimits(input),
    mustChange: isDefault('mustChange') ? null : readYes(input, 'mustChange'),
    closedProtocols: isDefault('protocols') ? null : readClosedOption(input),
    language: word('language'),
    timeZone: word('timeZone'),
    welcomeSubject: word('welcomeSubject'),
    welcomeText: await readLetter(optionText(input, 'welcomeText')),
  };
}

async function readLetter(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  return file === defaultWord ? '' : readText(file);
}

export const userDefaultsCommands: CommandDefinition[] = [
  {
    name: 'user defaults',
    permission: 'users',
    arguments: ['[domain]'],
    options: [
      { flags: '--quota <size>', help: 'such as 5G; 0 for no limit; "default" says nothing' },
      { flags: '--messages <number>', help: 'how many; likewise' },
      { flags: '--must-change <yes|no>', help: 'whether the web asks for another password first' },
      { flags: '--protocols <names>', help: 'imap,pop3,submission; "none"; "default"' },
      { flags: '--language <code>', help: 'of the webmail, such as de' },
      { flags: '--time-zone <name>', help: 'such as Europe/Berlin' },
      { flags: '--welcome-subject <text>', help: 'of a mail into the new mailbox' },
      { flags: '--welcome-text <file>', help: 'its text, with {name} and {address}' },
    ],
    help: 'show or change what new users get, of a domain or of every one',
    run: async (input) => {
      const staff = staffOf(input);
      const wanted = textAt(input, 0);
      if (wanted === '' && staff.role !== 'admin') {
        throw new Refusal(
          'forbidden',
          'Give a domain: those of every domain are for super admins.',
        );
      }
      const change = await readChange(input);
      const domain = await requireDefaultsOf(staff, wanted || everyDomain, change);
      const isChange = Object.values(change).some((value) => value !== undefined);
      const row = isChange
        ? await writeUserDefaults(domain, change, staff.address)
        : await readUserDefaults(domain);
      return { rows: [{ domain, ...row }], columns: ['domain', ...Object.keys(row)] };
    },
  },
];
