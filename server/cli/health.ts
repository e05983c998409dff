// `drey health`: the same parts that the overview of the panel shows. Runs beside the server.
import { readHealth, worstOf } from '#lib/numbers/health/index.ts';
import type { CommandDefinition, Input, Result } from './command.ts';

async function run(input: Input): Promise<Result> {
  const parts = await readHealth();
  const worst = worstOf(parts);
  if (input.options.json === true) {
    process.stdout.write(`${JSON.stringify({ health: worst, parts })}\n`);
  } else {
    const width = Math.max(...parts.map(({ title }) => title.length));
    for (const { title, colour, text, todo } of parts) {
      process.stdout.write(`${colour.padEnd(6)}  ${title.padEnd(width)}  ${text}\n`);
      if (todo) process.stdout.write(`${' '.repeat(width + 10)}→ ${todo}\n`);
    }
  }
  return { code: worst === 'red' ? 1 : 0 };
}

export const healthCommands: CommandDefinition[] = [
  {
    name: 'health',
    arguments: [],
    options: [],
    help: 'show how each part of the server is and what to do; ends with 1 where one is red',
    run,
  },
];
