// `drey setup`, `setup-link`, `domain …`.
import { addDomain, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { listDomains } from '#lib/accounts/domain-list.ts';
import { createSetupToken, setUpWithoutToken } from '#lib/accounts/setup.ts';
import { idsOf } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { localWebUrl } from '#lib/settings/wanted.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import {
  commentOption,
  messagesOption,
  mostOptions,
  nameOption,
  quotaOption,
  readLimits,
  readMost,
  requireOptions,
} from './limits.ts';
import { passwordOption, readPassword } from './password.ts';
import { staffOf } from './staff.ts';
import { showAccount } from './users.ts';

const setup: CommandDefinition = {
  name: 'setup',
  arguments: [],
  options: [
    {
      flags: '--admin <address>',
      help: 'address of the first administrator; its domain becomes the first domain',
    },
    passwordOption,
    nameOption,
    { flags: '--hostname <name>', help: 'host name of this server' },
    { flags: '--bind <where>', help: '"loopback", "all" or an address' },
  ],
  help: 'make the first domain and administrator',
  run: async (input) => {
    const address = optionText(input, 'admin');
    if (!address) throw new Refusal('invalid', 'Give the administrator: --admin you@example.org');
    const account = await setUpWithoutToken({
      address,
      password: await readPassword(input),
      displayName: optionText(input, 'name'),
      hostname: optionText(input, 'hostname'),
      bind: optionText(input, 'bind'),
    });
    return { text: `Set up. Administrator: ${account.address}`, row: showAccount(account) };
  },
};

const setupLink: CommandDefinition = {
  name: 'setup-link',
  arguments: [],
  options: [],
  help: 'make a new one-time set-up link; earlier ones end',
  run: async () => {
    const url = `${await localWebUrl()}/setup?token=${await createSetupToken()}`;
    return { text: url, row: { url } };
  },
};

const policyOptions = [
  { flags: '--alias-of <domain>', help: 'a domain whose addresses it has as well; "" for none' },
  { flags: '--archive <address>', help: 'gets a copy of all its mail; "" for none' },
  {
    flags: '--elsewhere <which>',
    help: 'pass mail on to the server that a relay rule names: "all" addresses, "listed" ones (users and aliases), "others" than users; "" for mailboxes here',
  },
];

function readPolicy(input: Input) {
  const [aliasOf, archive, elsewhere] = ['aliasOf', 'archive', 'elsewhere'].map((name) =>
    optionText(input, name),
  );
  return { aliasOf, archive, elsewhere };
}

const domainCommands: CommandDefinition[] = [
  {
    name: 'domain add',
    arguments: ['<domain>'],
    options: [commentOption, quotaOption, messagesOption, ...mostOptions, ...policyOptions],
    help: 'receive mail for a domain',
    run: async (input) => {
      const comment = optionText(input, 'comment');
      const domain = await addDomain(
        {
          name: textAt(input, 0),
          comment,
          ...readLimits(input),
          ...readMost(input),
          ...readPolicy(input),
        },
        by,
      );
      return { text: `Added domain ${domain.name}`, row: domain };
    },
  },
  {
    name: 'domain set',
    arguments: ['<domain>'],
    options: [commentOption, quotaOption, messagesOption, ...mostOptions, ...policyOptions],
    help: 'change what the users of a domain may use together, how many there may be, or its comment',
    run: async (input) => {
      requireOptions(input);
      const comment = optionText(input, 'comment');
      const change = { comment, ...readLimits(input), ...readMost(input), ...readPolicy(input) };
      const domain = await updateDomain(textAt(input, 0), change, by);
      return { text: `Changed domain ${domain.name}`, row: domain };
    },
  },
  {
    name: 'domain list',
    permission: 'domains',
    arguments: [],
    options: [],
    help: 'list the domains',
    run: async (input) => ({
      rows: await listDomains(idsOf(staffOf(input).scope)),
      columns: [
        'name',
        'accounts',
        'aliases',
        'usedBytes',
        'quotaBytes',
        'usedMessages',
        'quotaMessages',
        'maxUsers',
        'maxAliases',
        'aliasOf',
        'archive',
        'isDisabled',
        'comment',
      ],
    }),
  },
  {
    name: 'domain rm',
    arguments: ['<domain>'],
    options: [],
    help: 'remove an empty domain',
    run: async (input) => {
      await removeDomain(textAt(input, 0), by);
      return { text: `Removed domain ${textAt(input, 0)}` };
    },
  },
];

export const accountCommands: CommandDefinition[] = [setup, setupLink, ...domainCommands];
