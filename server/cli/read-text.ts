// Reading a file that is named on the command line, or standard input.
import { readFile } from 'node:fs/promises';
import { Refusal } from '#lib/errors.ts';

/** The text of the file; "-" is standard input. Refusal 'not-found'. */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path === '-' ? '/dev/stdin' : path, 'utf8');
  } catch (error) {
    throw new Refusal('not-found', `${path} cannot be read: ${(error as Error).message}`);
  }
}
