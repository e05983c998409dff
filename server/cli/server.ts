// `drey settings …`, `route …`; `queue …` stands in queue.ts.
import { readTypedSetting } from '#lib/accounts/secret-setting.ts';
import { Refusal } from '#lib/errors.ts';
import {
  addRelayRule,
  listRelayRules,
  type RelayMatch,
  type RelayTlsMode,
  removeRelayRule,
} from '#lib/queue/relay-rule.ts';
import { findSetting, listSettings, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { by, type CommandDefinition, optionText, type Row, textAt } from './command.ts';
import { passwordOption, readPassword } from './password.ts';
import { queueCommands } from './queue.ts';

async function listSettingRows(search: string): Promise<Row[]> {
  const wanted = search.toLowerCase();
  return (await listSettings())
    .filter(({ definition: { key, title, postfix, dovecot } }) =>
      [key, title, ...postfix, ...dovecot].some((name) => name.toLowerCase().includes(wanted)),
    )
    .map(({ definition, value, isDefault }) => ({
      key: definition.key,
      value: definition.control.kind === 'secret' && value !== '' ? '(set)' : value,
      isDefault,
      unit: definition.unit,
      title: definition.title,
      postfix: definition.postfix,
      dovecot: definition.dovecot,
      applies: definition.applies,
    }));
}

const settingsCommands: CommandDefinition[] = [
  {
    name: 'settings list',
    arguments: ['[search]'],
    options: [],
    help: 'list settings; the search knows Postfix and Dovecot names too',
    run: async (input) => ({
      rows: await listSettingRows(textAt(input, 0)),
      columns: ['key', 'value', 'unit', 'isDefault', 'title'],
    }),
  },
  {
    name: 'settings get',
    arguments: ['<key>'],
    options: [],
    help: 'print the value in force',
    run: async (input) => {
      const { key } = findSetting(textAt(input, 0));
      const row = (await listSettingRows(key)).find((setting) => setting.key === key);
      const { value } = row as Row;
      return { text: typeof value === 'string' ? value : JSON.stringify(value), row };
    },
  },
  {
    name: 'settings set',
    arguments: ['<key>', '<value...>'],
    options: [],
    help: 'set a value; in force without a restart',
    run: async (input) => {
      const key = textAt(input, 0);
      await writeSetting(key, readTypedSetting(key, textAt(input, 1)), by);
      const row = (await listSettingRows(key)).find((setting) => setting.key === key);
      return { text: `${key} = ${JSON.stringify(row?.value)}`, row };
    },
  },
  {
    name: 'settings reset',
    arguments: ['<key>'],
    options: [],
    help: 'back to the default',
    run: async (input) => {
      await resetSetting(textAt(input, 0), by);
      return { text: `${textAt(input, 0)} has its default again` };
    },
  },
];

/** "smtp.example.org:587" → host and port; "[2001:db8::1]:25" too. */
function splitHost(text: string): { host: string; port?: number } {
  if (text === 'direct') return { host: '' };
  const match = /^(\[[^\]]+\]|[^:]+)(?::(\d+))?$/.exec(text);
  if (!match?.[1])
    throw new Refusal('invalid', `"${text}" is not a host such as smtp.example.org:587.`);
  return { host: match[1].replace(/^\[|\]$/g, ''), port: match[2] ? Number(match[2]) : undefined };
}

const routeCommands: CommandDefinition[] = [
  {
    name: 'route add',
    arguments: ['<pattern>', '<host>'],
    options: [
      { flags: '--match <what>', help: '"recipient" (the default) or "sender"' },
      { flags: '--tls <mode>', help: '"none", "opportunistic", "required" or "implicit"' },
      {
        flags: '--username <name>',
        help: 'sign in at the host; the password comes with --password-stdin',
      },
      passwordOption,
      { flags: '--comment <text>', help: 'a note for other administrators' },
    ],
    help: 'send mail for a pattern (address, domain, .domain, or * for all) through a host[:port]; "direct" means MX',
    run: async (input) => {
      const pattern = textAt(input, 0);
      const username = optionText(input, 'username');
      const rule = await addRelayRule(
        {
          match:
            pattern === '*'
              ? 'default'
              : ((optionText(input, 'match') ?? 'recipient') as RelayMatch),
          pattern: pattern === '*' ? '' : pattern,
          ...splitHost(textAt(input, 1)),
          tlsMode: optionText(input, 'tls') as RelayTlsMode | undefined,
          username,
          password: username ? await readPassword(input) : undefined,
          comment: optionText(input, 'comment'),
        },
        by,
      );
      return { text: `Added route ${rule.id}`, row: rule };
    },
  },
  {
    name: 'route list',
    arguments: [],
    options: [],
    help: 'list relay rules in the order they are tried',
    run: async () => ({
      rows: await listRelayRules(),
      columns: ['id', 'match', 'pattern', 'host', 'port', 'tlsMode', 'username', 'comment'],
    }),
  },
  {
    name: 'route rm',
    arguments: ['<id>'],
    options: [],
    help: 'remove a relay rule by its id',
    run: async (input) => {
      await removeRelayRule(textAt(input, 0), by);
      return { text: `Removed route ${textAt(input, 0)}` };
    },
  },
];

export const serverCommands: CommandDefinition[] = [
  ...settingsCommands,
  ...routeCommands,
  ...queueCommands,
];
