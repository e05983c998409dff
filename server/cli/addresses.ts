// `drey alias …`, `drey network …`.
import { addAlias, type Posters, removeAlias, updateAlias } from '#lib/accounts/alias.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { addNetwork, listNetworks, removeNetwork, updateNetwork } from '#lib/accounts/network.ts';
import { idsOf, requireDomainOfAddress } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const commentOption = { flags: '--comment <text>', help: 'a note for other administrators' };

const postersOption = {
  flags: '--posters <who>',
  help: 'who may write to it: anyone, inside (users here) or members (its targets)',
};
const untilOption = {
  flags: '--until <time>',
  help: 'trusted until then, such as 2026-12-31T18:00Z; "never" for always',
};

/** Undefined where it is not given, null for "never". Refusal 'invalid'. */
function readUntil(input: Input): Date | null | undefined {
  const text = optionText(input, 'until');
  if (text === undefined) return undefined;
  if (text === 'never') return null;
  const until = new Date(text);
  if (!Number.isNaN(until.getTime())) return until;
  throw new Refusal('invalid', `"${text}" is not a time such as 2026-12-31T18:00Z.`);
}

const aliasCommands: CommandDefinition[] = [
  {
    name: 'alias add',
    permission: 'aliases',
    arguments: ['<address>', '<targets...>'],
    options: [commentOption, postersOption],
    help: 'let an address (or sales-*@domain, or @domain, the catch-all) stand for others',
    run: async (input) => {
      const targets = input.arguments[1];
      const address = textAt(input, 0);
      const comment = optionText(input, 'comment');
      const posters = optionText(input, 'posters') as Posters | undefined;
      const list = Array.isArray(targets) ? targets : [];
      await requireDomainOfAddress(staffOf(input), address);
      await addAlias({ address, targets: list, comment, posters }, staffOf(input).address);
      return { text: `Added alias ${address}` };
    },
  },
  {
    name: 'alias list',
    permission: 'aliases',
    arguments: ['[search]'],
    options: [],
    help: 'list aliases',
    run: async (input) => ({
      rows: await listAliases({
        search: textAt(input, 0),
        domainIds: idsOf(staffOf(input).scope),
      }),
      columns: ['address', 'targets', 'posters', 'isDisabled', 'comment'],
    }),
  },
  {
    name: 'alias set',
    permission: 'aliases',
    arguments: ['<address>', '[targets...]'],
    options: [commentOption, postersOption],
    help: 'change the targets of an alias, its comment, or who may write to it',
    run: async (input) => {
      const targets = input.arguments[1];
      const change = {
        targets: Array.isArray(targets) && targets.length > 0 ? targets : undefined,
        comment: optionText(input, 'comment'),
        posters: optionText(input, 'posters') as Posters | undefined,
      };
      await requireDomainOfAddress(staffOf(input), textAt(input, 0));
      await updateAlias(textAt(input, 0), change, staffOf(input).address);
      return { text: `Changed alias ${textAt(input, 0)}` };
    },
  },
  {
    name: 'alias rm',
    permission: 'aliases',
    arguments: ['<address>'],
    options: [],
    help: 'remove an alias',
    run: async (input) => {
      await requireDomainOfAddress(staffOf(input), textAt(input, 0));
      await removeAlias(textAt(input, 0), staffOf(input).address);
      return { text: `Removed alias ${textAt(input, 0)}` };
    },
  },
];

const networkCommands: CommandDefinition[] = [
  {
    name: 'network add',
    arguments: ['<cidr>'],
    options: [commentOption, untilOption],
    help: 'let a network send mail through this server without signing in (mynetworks)',
    run: async (input) => {
      const network = await addNetwork(
        {
          cidr: textAt(input, 0),
          comment: optionText(input, 'comment'),
          expiresAt: readUntil(input),
        },
        by,
      );
      return { text: `Added network ${network.cidr}`, row: network };
    },
  },
  {
    name: 'network list',
    arguments: [],
    options: [],
    help: 'list trusted networks (this machine itself is always trusted)',
    run: async () => ({
      rows: await listNetworks(),
      columns: ['cidr', 'expiresAt', 'comment', 'createdAt'],
    }),
  },
  {
    name: 'network set',
    arguments: ['<cidr>'],
    options: [commentOption, untilOption],
    help: 'change until when a network is trusted, or its comment',
    run: async (input) => {
      const change = { comment: optionText(input, 'comment'), expiresAt: readUntil(input) };
      const network = await updateNetwork(textAt(input, 0), change, by);
      return { text: `Changed network ${network.cidr}`, row: network };
    },
  },
  {
    name: 'network rm',
    arguments: ['<cidr>'],
    options: [],
    help: 'remove a trusted network',
    run: async (input) => {
      await removeNetwork(textAt(input, 0), by);
      return { text: `Removed network ${textAt(input, 0)}` };
    },
  },
];

export const addressCommands: CommandDefinition[] = [...aliasCommands, ...networkCommands];
