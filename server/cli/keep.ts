// Risky changes on the command line: they go back by themselves, as in the panel, unless --keep says that they stay.
import { runFrom } from '#lib/history/origin.ts';
import { listPending } from '#lib/history/revision.ts';
import type { Input, Option } from './command.ts';

export const keepOption: Option = {
  flags: '--keep',
  help: 'a risky change stays without being confirmed',
};

/** Runs a change; without --keep a risky one waits to be confirmed. */
export function runWatched<T>(input: Input, change: () => Promise<T>): Promise<T> {
  return runFrom({ isWatched: input.options.keep !== true }, change);
}

/** ". It goes back at 12:01:00 unless …" where something waits to be confirmed; else empty. */
export async function sayPending(): Promise<string> {
  const until = (await listPending()).at(-1)?.pendingUntil;
  if (!until) return '';
  const time = until.toTimeString().slice(0, 8);
  return `.\nThis could lock administrators out, so it goes back at ${time} by itself. To keep it: drey config keep, or "Keep" in the panel.`;
}
