// `drey setup`, `domain …`, `user …`, `setup-link`.
import {
  type Account,
  type AccountChange,
  addAccount,
  listAccounts,
  removeAccount,
  updateAccount,
} from '#lib/accounts/account.ts';
import { addDomain, listDomains, removeDomain, updateDomain } from '#lib/accounts/domain.ts';
import { createSetupToken, setUpWithoutToken } from '#lib/accounts/setup.ts';
import { requireShare } from '#lib/accounts/share.ts';
import { idsOf, requireDomainOfAddress, requireUserAt } from '#lib/accounts/staff.ts';
import { portOf } from '#lib/env.ts';
import { Refusal } from '#lib/errors.ts';
import { parseBytes } from '#lib/settings/index.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { mustChangeOption, passwordOption, readPassword } from './password.ts';
import { staffOf } from './staff.ts';

const commentOption = { flags: '--comment <text>', help: 'a note for other administrators' };
const quotaOption = { flags: '--quota <size>', help: 'such as 5G; 0 for no limit' };
const messagesOption = { flags: '--messages <number>', help: 'how many; 0 for no limit' };
/** What gives a user back to the settings storage.defaultQuotaBytes and storage.defaultQuotaMessages. */
const defaultWord = 'default';
/** What a user may send a day; null on the account stands for the settings of the group "sending". */
const dailyOptions = [
  { flags: '--daily-messages <number>', help: 'that may be sent a day; 0 for no limit; "default"' },
  { flags: '--daily-recipients <number>', help: 'new ones a day; 0 for no limit; "default"' },
];
const nameOption = { flags: '--name <text>', help: "the person's name" };

function showAccount({ epoch: _epoch, domainId: _domain, ...account }: Account) {
  return account;
}

function requireOptions({ options }: Input): void {
  const known = ['name', 'comment', 'quota', 'messages', 'dailyMessages', 'dailyRecipients'];
  const names = [...known, 'aliasOf', 'archive', 'elsewhere', 'mustChange'];
  if (!names.some((name) => options[name] !== undefined)) {
    throw new Refusal('invalid', 'Say what to change: see --help.');
  }
}

/** The two limits, as far as they are given. Refusal 'invalid'. */
function readLimits(input: Input): { quotaBytes?: number; quotaMessages?: number } {
  const [quota, messages] = [optionText(input, 'quota'), optionText(input, 'messages')];
  const limits: { quotaBytes?: number; quotaMessages?: number } = {};
  if (quota !== undefined) limits.quotaBytes = readBytes(quota);
  if (messages !== undefined) limits.quotaMessages = readCount(messages);
  return limits;
}

function readBytes(text: string): number {
  const bytes = parseBytes(text);
  if (Number.isNaN(bytes)) throw new Refusal('invalid', `"${text}" is not a size such as 5G.`);
  return bytes;
}

function readCount(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new Refusal('invalid', `"${text}" is not a whole number.`);
  return Number(text);
}

/** The same for a user who exists, where "default" stands for the setting. */
function readOwnLimits(input: Input): Pick<AccountChange, 'quotaBytes' | 'quotaMessages'> {
  const isDefault = (name: string) => optionText(input, name) === defaultWord;
  const names = ['quota', 'messages'].filter((name) => !isDefault(name));
  const options = Object.fromEntries(names.map((name) => [name, input.options[name]]));
  return {
    ...readLimits({ ...input, options }),
    ...(isDefault('quota') ? { quotaBytes: null } : {}),
    ...(isDefault('messages') ? { quotaMessages: null } : {}),
  };
}

/** Undefined where it is not given. Refusal 'invalid'. */
function readYes(input: Input, name: string): boolean | undefined {
  const text = optionText(input, name);
  if (text === undefined || text === 'yes' || text === 'no')
    return text === undefined ? text : text === 'yes';
  throw new Refusal('invalid', `Say yes or no, not "${text}".`);
}

function readDaily(input: Input, name: string): number | null | undefined {
  const text = optionText(input, name);
  if (text === undefined) return undefined;
  return text === defaultWord ? null : readCount(text);
}

/** Refusal 'forbidden'. */
function refuseForStaff(what: string): never {
  throw new Refusal('forbidden', `${what} are for super admins to give.`);
}

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
    const url = `http://localhost:${portOf('web')}/setup?token=${await createSetupToken()}`;
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
    options: [commentOption, quotaOption, messagesOption, ...policyOptions],
    help: 'receive mail for a domain',
    run: async (input) => {
      const comment = optionText(input, 'comment');
      const domain = await addDomain(
        { name: textAt(input, 0), comment, ...readLimits(input), ...readPolicy(input) },
        by,
      );
      return { text: `Added domain ${domain.name}`, row: domain };
    },
  },
  {
    name: 'domain set',
    arguments: ['<domain>'],
    options: [commentOption, quotaOption, messagesOption, ...policyOptions],
    help: 'change what the users of a domain may use together, or its comment',
    run: async (input) => {
      requireOptions(input);
      const comment = optionText(input, 'comment');
      const change = { comment, ...readLimits(input), ...readPolicy(input) };
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

const userCommands: CommandDefinition[] = [
  {
    name: 'user add',
    permission: 'users',
    arguments: ['<address>'],
    options: [
      passwordOption,
      mustChangeOption,
      nameOption,
      quotaOption,
      messagesOption,
      { flags: '--admin', help: 'may use the admin panel' },
    ],
    help: 'add a user',
    run: async (input) => {
      const staff = staffOf(input);
      const domain = await requireDomainOfAddress(staff, textAt(input, 0));
      const limits = readLimits(input);
      await requireShare(staff, domain, limits);
      if (input.options.admin && staff.role !== 'admin') refuseForStaff('Roles');
      const account = await addAccount(
        {
          address: textAt(input, 0),
          password: await readPassword(input),
          mustChange: input.options.mustChange === true,
          displayName: optionText(input, 'name'),
          ...limits,
          role: input.options.admin ? 'admin' : 'user',
        },
        staff.address,
      );
      return { text: `Added user ${account.address}`, row: showAccount(account) };
    },
  },
  {
    name: 'user list',
    permission: 'people',
    arguments: ['[search]'],
    options: [],
    help: 'list users, all or those with a text in address or name',
    run: async (input) => {
      const { rows } = await listAccounts({
        kind: 'person',
        search: textAt(input, 0),
        domainIds: idsOf(staffOf(input).scope),
        pageSize: 100_000,
      });
      return {
        rows: rows.map(showAccount),
        columns: [
          'address',
          'displayName',
          'role',
          'isDisabled',
          'usedBytes',
          'quotaBytes',
          'usedMessages',
          'quotaMessages',
          'lastLoginAt',
        ],
      };
    },
  },
  {
    name: 'user set',
    permission: 'users',
    arguments: ['<address>'],
    options: [
      nameOption,
      { ...quotaOption, help: `${quotaOption.help}; "${defaultWord}" for that of the settings` },
      { ...messagesOption, help: `${messagesOption.help}; "${defaultWord}" likewise` },
      ...dailyOptions,
      { flags: '--must-change <yes|no>', help: 'whether the web asks for another password' },
    ],
    help: "change a user's limits or name, or ask for another password",
    run: async (input) => {
      requireOptions(input);
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      const change = {
        displayName: optionText(input, 'name'),
        ...readOwnLimits(input),
        dailyMessages: readDaily(input, 'dailyMessages'),
        dailyRecipients: readDaily(input, 'dailyRecipients'),
        mustChange: readYes(input, 'mustChange'),
      };
      const staff = staffOf(input);
      const domain = await requireDomainOfAddress(staff, account.address);
      await requireShare(staff, domain, change, account);
      const isDaily = [change.dailyMessages, change.dailyRecipients].some(
        (one) => one !== undefined,
      );
      if (isDaily && staff.role !== 'admin') refuseForStaff('Limits of a day');
      const changed = await updateAccount(account.id, change, staff.address);
      return { text: `Changed ${account.address}`, row: showAccount(changed) };
    },
  },
  ...(['disable', 'enable'] as const).map(
    (verb): CommandDefinition => ({
      name: `user ${verb}`,
      permission: 'users',
      arguments: ['<address>'],
      options: [],
      help: verb === 'disable' ? 'no sign-in and no mail until enabled again' : 'undo disable',
      run: async (input) => {
        const account = await requireUserAt(staffOf(input), textAt(input, 0));
        const changed = await updateAccount(
          account.id,
          { isDisabled: verb === 'disable' },
          staffOf(input).address,
        );
        return {
          text: `${verb === 'disable' ? 'Disabled' : 'Enabled'} ${account.address}`,
          row: showAccount(changed),
        };
      },
    }),
  ),
  {
    name: 'user rm',
    permission: 'users',
    arguments: ['<address>'],
    options: [],
    help: 'remove a user and the mail for good',
    run: async (input) => {
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      await removeAccount(account.id, staffOf(input).address);
      return { text: `Removed user ${account.address}` };
    },
  },
];

export const accountCommands: CommandDefinition[] = [
  setup,
  setupLink,
  ...domainCommands,
  ...userCommands,
];
