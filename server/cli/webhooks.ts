// `drey webhooks …`: programs elsewhere that are told of events (docs/api.md).
import { Refusal } from '#lib/errors.ts';
import { hookEventNames } from '#lib/trail/outbox.ts';
import { testWebhook } from '#lib/webhooks/send.ts';
import {
  addWebhook,
  countWaiting,
  listWebhooks,
  removeWebhook,
  renewHookSecret,
  updateWebhook,
  type Webhook,
} from '#lib/webhooks/webhook.ts';
import { type CommandDefinition, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';
import { optionTexts } from './tokens.ts';

/** By id or name. Refusal 'not-found', 'invalid'. */
async function find(wanted: string): Promise<Webhook> {
  const known = (await listWebhooks()).filter(({ id, name }) => id === wanted || name === wanted);
  const [hook, other] = known;
  if (!hook) throw new Refusal('not-found', `There is no webhook ${wanted}.`);
  if (other) throw new Refusal('invalid', `Several have the name ${wanted}: give the id.`);
  return hook;
}

const options = [
  { flags: '--event <events...>', help: hookEventNames.join(', ') },
  { flags: '--domain <domains...>', help: 'only what concerns these; default all' },
];

export const webhookCommands: CommandDefinition[] = [
  {
    name: 'webhooks list',
    arguments: [],
    options: [],
    help: 'list webhooks with what waits for them and their last answer',
    run: async () => {
      const waiting = await countWaiting();
      const rows = (await listWebhooks()).map(({ answers, ...hook }) => {
        const last = answers[0];
        const state = last ? last.problem || `taken (${last.status})` : '';
        return { ...hook, waiting: waiting.get(hook.id) ?? 0, last: state };
      });
      const columns = 'id name url events domains isDisabled failures waiting last'.split(' ');
      return { rows, columns };
    },
  },
  {
    name: 'webhooks add',
    arguments: ['<name>', '<url>'],
    options,
    help: 'add a webhook; the secret that signs is printed this once',
    run: async (input) => {
      const events = optionTexts(input.options.event);
      const domains = optionTexts(input.options.domain);
      const fields = { name: textAt(input, 0), url: textAt(input, 1), events, domains };
      const { webhook, secret } = await addWebhook(fields, staffOf(input).address);
      return { text: secret, row: { id: webhook.id, secret } };
    },
  },
  {
    name: 'webhooks set',
    arguments: ['<id>'],
    options: [
      ...options,
      { flags: '--url <url>', help: 'another address' },
      { flags: '--enabled <yes|no>', help: '"no" drops what waits' },
    ],
    help: 'change a webhook, by its id or its name',
    run: async (input) => {
      const { id, name } = await find(textAt(input, 0));
      const enabled = optionText(input, 'enabled');
      if (enabled !== undefined && !['yes', 'no'].includes(enabled)) {
        throw new Refusal('invalid', 'Say --enabled yes or no.');
      }
      const { event, domain } = input.options;
      const change = {
        url: optionText(input, 'url'),
        events: event === undefined ? undefined : optionTexts(event),
        domains: domain === undefined ? undefined : optionTexts(domain),
        isDisabled: enabled === undefined ? undefined : enabled === 'no',
      };
      await updateWebhook(id, change, staffOf(input).address);
      return { text: `${name} saved`, row: { id, name } };
    },
  },
  {
    name: 'webhooks secret',
    arguments: ['<id>'],
    options: [],
    help: 'make another secret; it is printed this once',
    run: async (input) => {
      const { id } = await find(textAt(input, 0));
      const secret = await renewHookSecret(id, staffOf(input).address);
      return { text: secret, row: { id, secret } };
    },
  },
  {
    name: 'webhooks test',
    arguments: ['<id>'],
    options: [],
    help: 'send a test now; exit code 1 where it was not taken',
    run: async (input) => {
      const { id, name } = await find(textAt(input, 0));
      const answer = await testWebhook(id);
      if (answer.problem !== '') process.exitCode = 1;
      const said = answer.problem || `taken (${answer.status})`;
      return { text: `${name}: ${said}, ${answer.tookMs} ms`, row: { ...answer } };
    },
  },
  {
    name: 'webhooks remove',
    arguments: ['<id>'],
    options: [],
    help: 'remove a webhook with what waits for it',
    run: async (input) => {
      const { id, name } = await find(textAt(input, 0));
      await removeWebhook(id, staffOf(input).address);
      return { text: `Removed ${name}`, row: { id, name } };
    },
  },
];
