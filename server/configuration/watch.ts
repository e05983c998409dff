// What a daemon does about the configuration: it says which change it has read, within a second, and takes back risky
// changes that nobody has confirmed in time, also those of before its start.
import { now } from '#lib/clock.ts';
import { takeBackOverdue } from '#lib/configuration/pending.ts';
import { removeNode, reportNode } from '#lib/history/node.ts';
import { readRevisionNumber } from '#lib/history/revision.ts';
import { newId } from '#lib/id.ts';
import { logOf } from '#lib/log.ts';
import { nodeName } from '#lib/numbers/node.ts';
import { ownVersion } from '#lib/numbers/version.ts';
import { onPoke } from '#lib/poke.ts';
import { readSettings } from '#lib/settings/index.ts';
import type { Running } from '../net/running.ts';

const log = logOf('configuration');
/** Who says nothing for a minute counts as gone. */
const heartbeatMs = 20_000;
/** Where nobody is told of a change, it is found so late at most. */
const lookEveryMs = 1000;

/** Starts to follow the changes. */
export async function startConfiguration(): Promise<Running> {
  const node = {
    id: newId(),
    host: nodeName(),
    pid: process.pid,
    version: ownVersion(),
    startedAt: now(),
  };
  let reported = -1;
  let reportedAt = 0;
  let isEnding = false;
  let looking: Promise<void> | null = null;
  let isLookWanted = false;
  let timer: NodeJS.Timeout | null = null;

  const look = async () => {
    const revision = await readRevisionNumber();
    const isLate = performance.now() - reportedAt >= heartbeatMs;
    if (revision !== reported || isLate) {
      // What the next command, connection or attempt reads is at least this.
      await readSettings();
      await reportNode({ ...node, revision });
      reported = revision;
      reportedAt = performance.now();
    }
    return takeBackOverdue();
  };
  /** One after the other; what is wanted meanwhile is done once, afterwards. */
  const wake = () => {
    isLookWanted = true;
    if (isEnding) return;
    looking ??= (async () => {
      let due: Date | null = null;
      while (isLookWanted && !isEnding) {
        isLookWanted = false;
        due = await look().catch((error) => {
          log.error({ err: error }, 'the configuration could not be looked at');
          return null;
        });
      }
      looking = null;
      if (timer) clearTimeout(timer);
      const dueMs = due ? due.getTime() - now().getTime() : lookEveryMs;
      if (!isEnding) timer = setTimeout(wake, Math.min(Math.max(dueMs, 10), lookEveryMs));
    })();
  };
  const ends = (['settings', 'elsewhere'] as const).map((topic) => onPoke(topic, wake));
  wake();
  await looking;
  return {
    stop: async () => {
      isEnding = true;
      for (const end of ends) end();
      if (timer) clearTimeout(timer);
      await looking;
      await removeNode(node.id).catch(() => {});
    },
  };
}
