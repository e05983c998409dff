// `drey explain`: what would happen to a mail, and why; `drey checks`: what is checked.
import { readFile } from 'node:fs/promises';
import { Refusal } from '#lib/errors.ts';
import type { Explanation } from '#lib/explanation.ts';
import { listChecks } from '../smtp/checks/listed.ts';
import { explainMail } from '../smtp/explain.ts';
import { type CommandDefinition, optionText } from './command.ts';

const stageNames = {
  connect: 'connection',
  helo: 'HELO',
  mail: 'MAIL',
  rcpt: 'RCPT',
  data: 'message',
};

/** A terminal obeys control characters; names in mail may hold them. */
const clean = (text: string) => text.replace(/[\p{Cc}\p{Cf}]+/gu, ' ');

/** One line a step, then where it ends. */
function describeExplanation({ steps, refusal, ends, isJunk }: Explanation): string {
  let last = '';
  const lines = steps.flatMap(
    ({ stage, check, outcome, reason, note, settings, recipient = '' }) => {
      const found = [reason && reason !== check ? `(${reason})` : '', note]
        .filter(Boolean)
        .join(' ');
      const where = settings.length > 0 ? `  [${settings[0]}]` : '';
      const line = `${stageNames[stage].padEnd(11)}${check.padEnd(21)}${outcome.padEnd(9)}${clean(found)}${where}`;
      const isNext = recipient !== '' && recipient !== last;
      last = recipient;
      return isNext ? [`RCPT       ${clean(recipient)}`, line] : [line];
    },
  );
  lines.push('');
  if (refusal) {
    const { stage, code, enhanced, text } = refusal;
    lines.push(`Refused at ${stageNames[stage]}: ${code} ${enhanced} ${clean(text)}`);
    return lines.join('\n');
  }
  lines.push(isJunk ? 'Taken, as junk:' : 'Taken:');
  for (const { recipient, text } of ends) lines.push(`  ${clean(recipient)}: ${clean(text)}`);
  return lines.join('\n');
}

async function readMessage(path: string): Promise<string> {
  try {
    return await readFile(path, 'base64');
  } catch (error) {
    throw new Refusal('not-found', `${path} cannot be read: ${(error as Error).message}`);
  }
}

export const explainCommands: CommandDefinition[] = [
  {
    name: 'explain',
    arguments: [],
    options: [
      { flags: '--client <address>', help: 'IP address of the client (default 192.0.2.1)' },
      { flags: '--helo <name>', help: 'what it says in EHLO' },
      { flags: '--from <address>', help: 'envelope sender; empty for a report' },
      { flags: '--to <addresses...>', help: 'recipients' },
      { flags: '--user <address>', help: 'who has signed in on the submission port' },
      { flags: '--message <file>', help: 'the message, an .eml file' },
    ],
    help: 'what would happen to a mail, and why: the real checks, without a trace',
    run: async (input) => {
      const file = optionText(input, 'message');
      const to = input.options.to as unknown as string[] | undefined;
      const explanation = await explainMail({
        client: optionText(input, 'client') ?? '192.0.2.1',
        helo: optionText(input, 'helo'),
        from: optionText(input, 'from'),
        to: (to ?? []).flatMap((text) => text.split(',')).filter((text) => text !== ''),
        user: optionText(input, 'user'),
        message: file === undefined ? undefined : await readMessage(file),
      });
      return { text: describeExplanation(explanation), row: explanation };
    },
  },
  {
    name: 'checks',
    arguments: [],
    options: [],
    help: 'every check of incoming mail, in order, with its settings',
    run: async () => ({
      rows: (await listChecks()).map(({ settings, ...check }) => ({ ...check, settings })),
      columns: ['stage', 'name', 'audience', 'isOn', 'settings'],
    }),
  },
];
