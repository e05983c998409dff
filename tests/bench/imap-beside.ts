// How long a NOOP takes while another session of the same process has a long command answered: what nobody remembers
// yet, over the whole mailbox.
import type { BenchClient } from './imap-client.ts';

const slow = [
  'SEARCH HEADER X-None nothing',
  'SORT (CC) UTF-8 ALL',
  'THREAD REFS UTF-8 ALL',
  'FETCH 1:* (UID FLAGS ENVELOPE)',
];

/** Milliseconds of each NOOP; `busy` has the mailbox selected. */
export async function measureBeside(busy: BenchClient, other: BenchClient): Promise<number[]> {
  const values: number[] = [];
  for (const command of slow) {
    let isOver = false;
    const answered = busy.ask(command).finally(() => {
      isOver = true;
    });
    while (!isOver) values.push((await other.ask('NOOP')).ms);
    await answered;
  }
  return values;
}
