// Reading a password for a command: from standard input with --password-stdin, else asked for without echo.
import { createInterface } from 'node:readline';
import { Refusal } from '#lib/errors.ts';
import type { Input } from './command.ts';

const maxBytes = 4096;
export const passwordOption = {
  flags: '--password-stdin',
  help: 'read the password from standard input (its first line)',
};
export const mustChangeOption = {
  flags: '--must-change',
  help: 'another one must be chosen at the next sign-in to the web',
};

/** The password of a command. Refusal 'invalid' where none can be had. */
export async function readPassword(input: Input): Promise<string> {
  if (input.options.passwordStdin) return readFirstLine();
  if (!process.stdin.isTTY) {
    throw new Refusal(
      'invalid',
      'Give the password with --password-stdin, or run the command in a terminal.',
    );
  }
  const first = await ask('Password: ');
  if ((await ask('Again: ')) !== first) throw new Refusal('invalid', 'The two passwords differ.');
  return first;
}

async function readFirstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += chunk;
    if (text.length > maxBytes) throw new Refusal('invalid', 'The password is too long.');
  }
  return text.split(/\r?\n/)[0] ?? '';
}

function ask(question: string): Promise<string> {
  return new Promise((resolve) => {
    const terminal = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: true,
    });
    process.stdout.write(question);
    // readline echoes what is typed through this method; a password must not be seen.
    (terminal as unknown as { _writeToOutput(): void })._writeToOutput = () => {};
    terminal.question('', (answer) => {
      terminal.close();
      process.stdout.write('\n');
      resolve(answer);
    });
  });
}
