// `drey user passwd`, `user reset-link`, `user import`: passwords of users.
import { type PasswdFormat, passwdFormats } from '#lib/accounts/import/passwd.ts';
import { createPasswordLink } from '#lib/accounts/password-link.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { setPasswordOf } from '#lib/accounts/staff-password.ts';
import { Refusal } from '#lib/errors.ts';
import { applyImport, planImport } from '#lib/queue/import-map.ts';
import { localWebUrl } from '#lib/settings/wanted.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { mustChangeOption, passwordOption, readPassword } from './password.ts';
import { readText } from './read-text.ts';
import { staffOf } from './staff.ts';

/** Where the web pages are. Refusal 'invalid'. */
async function readBase(input: Input): Promise<string> {
  const base = optionText(input, 'base') ?? (await localWebUrl());
  if (/^https?:$/.test(URL.parse(base)?.protocol ?? '')) return base;
  throw new Refusal('invalid', `"${base}" is not an address such as https://mail.example.org.`);
}

export const passwordCommands: CommandDefinition[] = [
  {
    name: 'user passwd',
    permission: 'passwords',
    arguments: ['<address>'],
    options: [passwordOption, mustChangeOption],
    help: "set a user's password and end the sessions",
    run: async (input) => {
      const staff = staffOf(input);
      const account = await requireUserAt(staff, textAt(input, 0));
      const mustChange = input.options.mustChange === true;
      await setPasswordOf(staff, account.id, await readPassword(input), { mustChange });
      return { text: `New password for ${account.address}` };
    },
  },
  {
    name: 'user import',
    arguments: ['<file>'],
    options: [
      { flags: '--format <format>', help: `one of ${passwdFormats.join(', ')} (a passwd-file)` },
      { flags: '--domain <domain>', help: 'domain of names without one' },
      { flags: '--dry-run', help: 'show what each line would do, and do nothing' },
    ],
    help: 'take over users with their passwords; "-" reads standard input',
    run: async (input) => {
      const format = optionText(input, 'format') as PasswdFormat | undefined;
      if (!format || !passwdFormats.includes(format)) {
        throw new Refusal('invalid', `Give --format, one of ${passwdFormats.join(', ')}.`);
      }
      const asked = {
        kind: format,
        text: await readText(textAt(input, 0)),
        domain: optionText(input, 'domain'),
      };
      const steps = input.options.dryRun ? await planImport(asked) : await applyImport(asked, by);
      return { rows: steps, columns: ['line', 'what', 'text'] };
    },
  },
  {
    name: 'user reset-link',
    permission: 'passwords',
    arguments: ['<address>'],
    options: [
      { flags: '--base <url>', help: 'address of the web pages, such as https://mail.example.org' },
    ],
    help: 'make a one-time link with which the user sets a password within a day',
    run: async (input) => {
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      const base = await readBase(input);
      const token = await createPasswordLink(account.id, staffOf(input).address);
      const url = new URL(`/password?token=${token}`, base).href;
      return { text: url, row: { url } };
    },
  },
];
