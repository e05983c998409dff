// `drey completion bash|zsh`: a script that completes commands, and asks `drey` itself for names.
import { listAccounts } from '#lib/accounts/account-list.ts';
import { listAliases } from '#lib/accounts/alias-list.ts';
import { listApiTokens } from '#lib/accounts/api-token.ts';
import { listDomainNames } from '#lib/accounts/domain-list.ts';
import { listNetworks } from '#lib/accounts/network.ts';
import { listSharedMailboxes } from '#lib/accounts/shared.ts';
import { Refusal } from '#lib/errors.ts';
import { listQueue } from '#lib/queue/entries.ts';
import { listRelayRules } from '#lib/queue/relay-rule.ts';
import { settings } from '#lib/settings/index.ts';
import { listWebhooks } from '#lib/webhooks/webhook.ts';
import { type CommandDefinition, textAt } from './command.ts';

/** The names a command's first argument may have, by the command's first word. */
const namesOf: Record<string, () => Promise<string[]>> = {
  domain: () => listDomainNames(),
  user: async () =>
    (await listAccounts({ kind: 'person', pageSize: 1000 })).rows.map((user) => user.address),
  deleted: async () => (await listAccounts({ pageSize: 1000 })).rows.map((user) => user.address),
  alias: async () => (await listAliases()).map((alias) => alias.address),
  shared: async () => (await listSharedMailboxes()).map((mailbox) => mailbox.address),
  network: async () => (await listNetworks()).map((network) => network.cidr),
  settings: async () => settings.map((setting) => setting.key),
  route: async () => (await listRelayRules()).map((rule) => rule.id),
  tokens: async () => (await listApiTokens()).map((token) => token.id),
  webhooks: async () => (await listWebhooks()).map((hook) => hook.id),
  queue: async () => (await listQueue({ pageSize: 1000 })).rows.map((entry) => entry.id),
};

/** The words that may stand after `words`. */
export async function complete(commands: CommandDefinition[], words: string[]): Promise<string[]> {
  const names = commands.map((command) => command.name.split(' '));
  if (words.length === 0) return [...new Set(names.map((name) => name[0] as string))];
  const [first = ''] = words;
  if (words.length === 1)
    return names.filter((name) => name[0] === first && name[1]).map((name) => name[1] as string);
  if (words.length === 2 && words[1] !== 'add') return (await namesOf[first]?.()) ?? [];
  return [];
}

const bash = `_drey() {
  local words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  COMPREPLY=($(compgen -W "$(npx --no-install drey complete -- "\${words[@]}" 2>/dev/null)" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _drey drey`;

const zsh = `autoload -U +X bashcompinit && bashcompinit\n${bash}`;

/** `completion` prints the script, `complete` is what the script calls. */
export function completionCommands(
  loadAll: () => Promise<CommandDefinition[]>,
): CommandDefinition[] {
  return [
    {
      name: 'completion',
      arguments: ['<shell>'],
      options: [],
      help: 'print a completion script for bash or zsh',
      run: async (input) => {
        const script = { bash, zsh }[textAt(input, 0)];
        if (!script) throw new Refusal('invalid', 'Completions exist for bash and zsh.');
        return { text: script };
      },
    },
    {
      name: 'complete',
      arguments: ['[words...]'],
      options: [],
      help: 'the words that may follow (used by the completion script)',
      run: async (input) => {
        const words = input.arguments[0];
        const all = await loadAll();
        return { text: (await complete(all, Array.isArray(words) ? words : [])).join('\n') };
      },
    },
  ];
}
