// `drey tokens …`: what programs show to the REST API (docs/api.md).
import {
  addApiToken,
  listApiTokens,
  removeApiToken,
  type TokenRole,
  tokenRoles,
} from '#lib/accounts/api-token.ts';
import { isOverDomains } from '#lib/accounts/role.ts';
import { Refusal } from '#lib/errors.ts';
import { type CommandDefinition, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const overDomains = tokenRoles.filter(isOverDomains).join(' and ');

/** Of an option that may be given several times. */
export function optionTexts(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

export const tokenCommands: CommandDefinition[] = [
  {
    name: 'tokens list',
    arguments: [],
    options: [],
    help: 'list the tokens of the REST API',
    run: async () => ({
      rows: await listApiTokens(),
      columns: [
        'id',
        'name',
        'role',
        'domains',
        'networks',
        'isReadOnly',
        'isAlive',
        'expiresAt',
        'lastUsedAt',
        'lastRemote',
        'madeBy',
      ],
    }),
  },
  {
    name: 'tokens add',
    arguments: ['<name>'],
    options: [
      { flags: '--role <role>', help: `${tokenRoles.join(', ')}; default admin` },
      { flags: '--domain <domains...>', help: `which ones, for ${overDomains}` },
      { flags: '--from <networks...>', help: 'networks it may be used from; default anywhere' },
      { flags: '--until <time>', help: 'its end, such as 2027-01-31' },
      { flags: '--read-only', help: 'it reads and changes nothing' },
    ],
    help: 'make a token; it is printed this once',
    run: async (input) => {
      const until = optionText(input, 'until');
      const expiresAt = until === undefined ? null : new Date(until);
      const { id, token } = await addApiToken(
        {
          name: textAt(input, 0),
          role: (optionText(input, 'role') ?? 'admin') as TokenRole,
          domains: optionTexts(input.options.domain),
          networks: optionTexts(input.options.from),
          isReadOnly: input.options.readOnly === true,
          expiresAt,
        },
        staffOf(input),
      );
      return { text: token, row: { id, token } };
    },
  },
  {
    name: 'tokens remove',
    arguments: ['<id>'],
    options: [],
    help: 'take a token away, by its id or its name',
    run: async (input) => {
      const wanted = textAt(input, 0);
      const known = (await listApiTokens()).filter(
        ({ id, name }) => id === wanted || name === wanted,
      );
      const [token, other] = known;
      if (!token) throw new Refusal('not-found', `There is no token ${wanted}.`);
      if (other) throw new Refusal('invalid', `Several have the name ${wanted}: give the id.`);
      await removeApiToken(token.id, staffOf(input).address);
      return { text: `Removed ${token.name}`, row: { id: token.id, name: token.name } };
    },
  },
];
