// Reading a file that is named on the command line, or standard input.
import { readFile } from 'node:fs/promises';
import { Refusal } from '#lib/errors.ts';

const mostBytes = 64 * 1024 * 1024;

/** The text of the file; "-" is standard input. Refusal 'not-found', 'too-big'. */
export async function readText(path: string): Promise<string> {
  try {
    return path === '-' ? await readInput() : await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('not-found', `${path} cannot be read: ${(error as Error).message}`);
  }
}

// Not through /dev/stdin: that cannot be opened where it is a socket.
async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > mostBytes) throw new Refusal('too-big', 'Standard input is too long.');
  }
  return Buffer.concat(chunks).toString('utf8');
}
