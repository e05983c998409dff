// How long commands and stages took. A labelled child of a histogram is found once, so that a command costs no look-up
// of labels.
import { watchWriteTimes } from '#lib/write-times.ts';
import { commandSeconds, type DeliveryStage, databaseSeconds, deliverySeconds } from './index.ts';

type Child = { observe(seconds: number): void };
type Protocol = 'imap' | 'pop3' | 'smtp';

const commands = new Map<string, Child>();
const stages = new Map<string, Child>();

/** `command`: one that the protocol has, in capitals; `startedMs` of performance.now(). */
export function observeCommand(protocol: Protocol, command: string, startedMs: number): void {
  const child = find(commands, `${protocol} ${command}`, () =>
    commandSeconds.labels(protocol, command),
  );
  child.observe((performance.now() - startedMs) / 1000);
}

/** A stage of a message has taken so long. */
export function observeStage(stage: DeliveryStage, tookMs: number): void {
  const child = find(stages, stage, () => deliverySeconds.labels(stage));
  child.observe(Math.max(0, tookMs) / 1000);
}

function find(known: Map<string, Child>, key: string, make: () => Child): Child {
  const child = known.get(key) ?? make();
  known.set(key, child);
  return child;
}

let isTiming = false;

/** From now on the writes of this process are timed, once. */
export function timeWrites(): void {
  if (isTiming) return;
  isTiming = true;
  const wait = databaseSeconds.labels('wait');
  const commit = databaseSeconds.labels('commit');
  watchWriteTimes((waitedMs, tookMs) => {
    wait.observe(waitedMs / 1000);
    commit.observe(tookMs / 1000);
  });
}
