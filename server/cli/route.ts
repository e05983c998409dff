// `drey route …`: relay rules in their order, and where a mail would go by them (Postfix: transport, relayhost).
import { Refusal } from '#lib/errors.ts';
import type { RelayAnswer } from '#lib/queue/relay-answer.ts';
import { addressFamilies, type RelayNumber, type relayNumbers } from '#lib/queue/relay-check.ts';
import {
  type AddressFamily,
  addRelayRule,
  listRelayRules,
  moveRelayRule,
  type RelayRuleInput,
  type RelayTarget,
  type RelayTlsMode,
  removeRelayRule,
  updateRelayRule,
} from '#lib/queue/relay-rule.ts';
import { describeConditions, describeTarget } from '#lib/queue/relay-words.ts';
import { explainRoute } from '../queue/explain-route.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { passwordOption, readPassword } from './password.ts';

const wayOptions = [
  {
    flags: '--to <patterns>',
    help: 'recipients: address, domain, .domain (with all below), "*"; several with commas',
  },
  { flags: '--from <patterns>', help: 'senders, the same; "<>" is the null sender' },
  { flags: '--user <patterns>', help: 'users who hand it in, the same; "*" is any user' },
  { flags: '--hosts <hosts>', help: 'host[:port], mx:domain or unix:/path, tried in their order' },
  { flags: '--fallback <hosts>', help: 'hosts to try instead after failed attempts; "" for none' },
  { flags: '--fallback-after <count>', help: 'after so many failed attempts (3)' },
  {
    flags: '--tls <mode>',
    help: 'none, opportunistic, required, verified, dane, implicit (TLS at once)',
  },
  {
    flags: '--username <name>',
    help: 'sign in at the hosts; the password comes with --password-stdin',
  },
  passwordOption,
  { flags: '--source <address>', help: 'address of this machine to send from' },
  { flags: '--source6 <address>', help: 'the same for IPv6' },
  { flags: '--helo <name>', help: 'name in EHLO' },
  { flags: '--family <which>', help: addressFamilies.join(', ') },
  {
    flags: '--first-retry <minutes>',
    help: 'wait after the first failure; "" as the settings say',
  },
  { flags: '--max-retry <minutes>', help: 'longest wait between tries' },
  { flags: '--delay-notice <hours>', help: 'tell the sender of a delay; 0 never' },
  { flags: '--lifetime <hours>', help: 'give up after' },
  { flags: '--concurrency <count>', help: 'deliveries at one time by this rule' },
  { flags: '--rate-delay <seconds>', help: 'pause between deliveries by this rule' },
  { flags: '--text <reason>', help: 'of returned mail; "5.1.1 gone" gives the status too' },
  { flags: '--comment <text>', help: 'a note for other administrators' },
];
const placeOption = { flags: '--position <number>', help: 'place in the list, 1 is first' };

const numbers: Record<string, RelayNumber> = {
  firstRetry: 'firstRetryMinutes',
  maxRetry: 'maxRetryMinutes',
  delayNotice: 'delayNoticeHours',
  lifetime: 'lifetimeHours',
  concurrency: 'concurrency',
  rateDelay: 'rateDelaySeconds',
};

function numberOf(input: Input, name: string): number | undefined {
  const text = optionText(input, name);
  if (text === undefined) return undefined;
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Refusal('invalid', `"${text}" is not a whole number.`);
}

async function readWay(input: Input): Promise<RelayRuleInput> {
  const username = optionText(input, 'username');
  const own = Object.entries(numbers).map(
    ([option, field]): [RelayNumber, number | null | undefined] => [
      field,
      optionText(input, option) === '' ? null : numberOf(input, option),
    ],
  );
  return {
    recipient: optionText(input, 'to'),
    sender: optionText(input, 'from'),
    user: optionText(input, 'user'),
    hosts: optionText(input, 'hosts'),
    fallbackHosts: optionText(input, 'fallback'),
    fallbackAfter: numberOf(input, 'fallbackAfter'),
    tlsMode: optionText(input, 'tls') as RelayTlsMode | undefined,
    username,
    password: username ? await readPassword(input) : undefined,
    sourceIpv4: optionText(input, 'source'),
    sourceIpv6: optionText(input, 'source6'),
    helo: optionText(input, 'helo'),
    family: optionText(input, 'family') as AddressFamily | undefined,
    text: optionText(input, 'text'),
    comment: optionText(input, 'comment'),
    ...(Object.fromEntries(own) as Record<keyof typeof relayNumbers, number | null | undefined>),
  } as RelayRuleInput;
}

const targetHelp =
  "mx (the recipient's own servers), hosts, lmtp, hold, discard, return (to the sender)";

/** "12 min", "5 days", "30 s" */
function describeTime(ms: number): string {
  if (ms >= 86_400_000 && ms % 86_400_000 === 0) return `${ms / 86_400_000} d`;
  if (ms >= 3_600_000 && ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1000} s`;
}

function describeAnswer(answer: RelayAnswer): string {
  const { schedule, limits } = answer;
  const lines = [answer.text];
  for (const { position, conditions, why } of answer.passed) {
    lines.push(`  not rule ${position} (${conditions}): ${why}`);
  }
  if (answer.kind !== 'sent') return lines.join('\n');
  if (answer.failure) lines.push(`No host: ${answer.failure}`);
  for (const { host, address, port, source, tls, why } of answer.hosts) {
    const from = source ? ` from ${source}` : '';
    const name = host === address ? host : `${host} [${address}]`;
    lines.push(`  ${name}${port ? `:${port}` : ''}${from}: ${tls}${why ? ` (${why})` : ''}`);
  }
  const login = answer.login ? `, login ${answer.login}` : '';
  lines.push(`${answer.protocol} as ${answer.helo}${login}`);
  const [first, longest, end] = [schedule.firstRetryMs, schedule.maxRetryMs, schedule.lifetimeMs];
  lines.push(
    `Tried again after ${describeTime(first)}, then later, at most ${describeTime(longest)}; given up after ${describeTime(end)}`,
  );
  const pause = limits.rateDelayMs > 0 ? `, one each ${describeTime(limits.rateDelayMs)}` : '';
  lines.push(`At most ${limits.max} at one time${pause}`);
  return lines.join('\n');
}

export const routeCommands: CommandDefinition[] = [
  {
    name: 'route add',
    arguments: ['<target>'],
    options: [...wayOptions, placeOption],
    help: `make a relay rule: ${targetHelp}; without --position before the rule for all mail, else last`,
    run: async (input) => {
      const way = await readWay(input);
      const target = textAt(input, 0) as RelayTarget;
      const rule = await addRelayRule({ ...way, target }, by, numberOf(input, 'position'));
      const text = `Added rule ${rule.position} (${rule.id}): ${describeConditions(rule)} ${describeTarget(rule)}`;
      return { text, row: rule };
    },
  },
  {
    name: 'route set',
    arguments: ['<id>'],
    options: [{ flags: '--target <target>', help: targetHelp }, ...wayOptions],
    help: 'change what is given of a relay rule; it applies to the next attempt',
    run: async (input) => {
      const target = optionText(input, 'target') as RelayTarget | undefined;
      const rule = await updateRelayRule(
        textAt(input, 0),
        { target, ...(await readWay(input)) },
        by,
      );
      const text = `Changed rule ${rule.position}: ${describeConditions(rule)} ${describeTarget(rule)}`;
      return { text, row: rule };
    },
  },
  {
    name: 'route list',
    arguments: [],
    options: [],
    help: 'list relay rules in the order they are tried',
    run: async () => ({
      rows: (await listRelayRules()).map((rule) => ({
        ...rule,
        mail: describeConditions(rule),
        way: describeTarget(rule),
      })),
      columns: ['position', 'id', 'mail', 'way', 'tlsMode', 'username', 'comment'],
    }),
  },
  {
    name: 'route move',
    arguments: ['<id>', '<position>'],
    options: [],
    help: 'put a relay rule at a place in the list, 1 is first',
    run: async (input) => {
      await moveRelayRule(textAt(input, 0), Number(textAt(input, 1)), by);
      return { text: `Moved rule ${textAt(input, 0)} to ${textAt(input, 1)}` };
    },
  },
  {
    name: 'route rm',
    arguments: ['<id>'],
    options: [],
    help: 'remove a relay rule by its id',
    run: async (input) => {
      await removeRelayRule(textAt(input, 0), by);
      return { text: `Removed rule ${textAt(input, 0)}` };
    },
  },
  {
    name: 'route test',
    arguments: ['<sender>', '<recipient>'],
    options: [
      { flags: '--user <address>', help: 'as if this user had handed it in' },
      { flags: '--attempts <count>', help: 'as if so many attempts had failed' },
    ],
    help: 'where a mail would go now and why: rule, hosts, TLS, times ("" is the null sender); sends nothing',
    run: async (input) => {
      const answer = await explainRoute({
        sender: textAt(input, 0),
        recipient: textAt(input, 1),
        user: optionText(input, 'user'),
        attempts: numberOf(input, 'attempts'),
      });
      return { text: describeAnswer(answer), row: answer };
    },
  },
];
