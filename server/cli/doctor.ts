// `drey doctor`: every check of the server at any time, as on the page Doctor. What it finds stands there too.
import { runDoctor } from '../doctor/index.ts';
import { type CommandDefinition, type Input, optionText, type Result } from './command.ts';

async function run(input: Input): Promise<Result> {
  const ids = optionText(input, 'only')?.split(/[\s,]+/);
  const report = await runDoctor(ids);
  const outcomes = report.outcomes.filter(({ id }) => ids === undefined || ids.includes(id));
  const problems = outcomes.filter(({ verdict }) => verdict === 'problem').length;
  const warnings = outcomes.filter(({ verdict }) => verdict === 'warning').length;
  if (problems > 0) process.exitCode = 1;
  if (input.options.json === true) {
    return { rows: outcomes, columns: [] };
  }
  const width = Math.max(...outcomes.map(({ title }) => title.length));
  const lines = outcomes.map(({ verdict, title, found, fix }) => {
    const line = `${verdict.toUpperCase().padEnd(8)} ${title.padEnd(width)}  ${found}`;
    return fix ? `${line}\n${' '.repeat(width + 11)}→ ${fix}` : line;
  });
  const summary =
    problems + warnings === 0
      ? 'All is well.'
      : `${count(problems, 'problem')}, ${count(warnings, 'warning')}. What to do stands behind each arrow.`;
  // A terminal obeys control characters; answers of the DNS may hold them.
  return { text: [...lines, summary].join('\n').replace(/[^\P{C}\n]+/gu, ' ') };
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? '' : 's'}`;

export const doctorCommands: CommandDefinition[] = [
  {
    name: 'doctor',
    arguments: [],
    options: [{ flags: '--only <ids>', help: 'only these checks, commas between' }],
    help: 'check name, DNS, ports, certificate, disk and more; exit code 1 where there is a problem',
    run,
  },
];
