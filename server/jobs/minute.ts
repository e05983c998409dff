// Each minute: the numbers of the last one, the mail of the domains, the runs of the jobs and how this machine is, all
// in one small transaction.
//
// Invariant: what could not be stored is stored with the next minute; a crash loses a minute at most.

import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { recordDomainMailIn } from '#lib/numbers/domain-mail.ts';
import { recordJobRunsIn } from '#lib/numbers/job-run.ts';
import { nodeName } from '#lib/numbers/node.ts';
import { recordNodeReportIn } from '#lib/numbers/node-report.ts';
import { recordNumbersIn } from '#lib/numbers/record.ts';
import { addNumbers, emptyNumbers } from '#lib/numbers/roll-up.ts';
import { readOwnDomains, returnDomainMail, takeDomainMail } from '#server/metrics/domain-mail.ts';
import { readGauges } from '#server/metrics/gauges.ts';
import { createSampler } from '#server/metrics/sample.ts';
import type { Running } from '#server/net/running.ts';
import { lookAtNode } from './node-facts.ts';
import { returnRuns, takeRuns } from './runner.ts';

const minuteMs = 60_000;
const log = logOf('jobs');
/** Of this process: services may start again within it, and nothing counts twice. */
const sample = createSampler();

let storeCounted: (() => Promise<void>) | null = null;

/** Stores what was counted so far, where that is done here. Never throws. */
export async function storeNow(): Promise<void> {
  await storeCounted?.();
}

/** Starts to store; `stop` stores what there is. */
export async function startNumbers(): Promise<Running> {
  const store = createStore();
  let timer: NodeJS.Timeout;
  let storing = store(false);
  const plan = () => {
    // Just before the end of the minute, so that it is counted in its own row.
    const waitMs = minuteMs - (now().getTime() % minuteMs) - 500;
    timer = setTimeout(tick, waitMs > 0 ? waitMs : waitMs + minuteMs);
    timer.unref();
  };
  const tick = () => {
    storing = storing.then(() => store(true)).finally(plan);
  };
  plan();
  storeCounted = () => {
    storing = storing.then(() => store(false));
    return storing;
  };
  return {
    stop: async () => {
      storeCounted = null;
      clearTimeout(timer);
      await storing;
      clearTimeout(timer);
      await store(false);
    },
  };
}

/** A function that stores what happened since its last call; with `isLook` how things stand too. Never throws. */
export function createStore(): (isLook: boolean) => Promise<void> {
  const look = lookAtNode();
  let waiting = emptyNumbers();
  return async (isLook) => {
    const at = now();
    const node = nodeName();
    const mail = takeDomainMail();
    const runs = takeRuns();
    try {
      await readGauges();
      await readOwnDomains();
      const { counts, states } = await sample();
      waiting = addNumbers(waiting, { counts, states: isLook ? states : {} });
      const facts = await look();
      await write(async (tx) => {
        await recordNumbersIn(tx, node, at, waiting);
        await recordDomainMailIn(tx, mail);
        await recordJobRunsIn(tx, runs);
        await recordNodeReportIn(tx, node, at, facts);
      });
      waiting = emptyNumbers();
    } catch (error) {
      returnDomainMail(mail);
      returnRuns(runs);
      log.error({ err: error }, 'the numbers of a minute could not be stored yet');
    }
  };
}
