// The checks of each stage in the order they run; the first refusal ends the stage. A new check is one
// file and one line here.
import { logOf } from '#lib/log.ts';
import { pass, unavailable, type Verdict } from '../verdict.ts';
import { activeAccount } from './active-account.ts';
import { authenticity } from './authenticity.ts';
import { bareNewline } from './bare-newline.ts';
import { connections } from './connections.ts';
import { deliveredTo } from './delivered-to.ts';
import { fieldCount } from './field-count.ts';
import { heloSyntax } from './helo-syntax.ts';
import { hops } from './hops.ts';
import { mailParameters } from './mail-parameters.ts';
import { nullSender } from './null-sender.ts';
import { ownFrom } from './own-from.ts';
import { ownSender } from './own-sender.ts';
import { quota, quotaAtEnd } from './quota.ts';
import { rcptParameters } from './rcpt-parameters.ts';
import { recipientCount } from './recipient-count.ts';
import { recipientExists } from './recipient-exists.ts';
import { recipientSyntax } from './recipient-syntax.ts';
import { relay } from './relay.ts';
import { senderSyntax } from './sender-syntax.ts';
import { sourceRoute } from './source-route.ts';
import type { Check, Inputs, Stage } from './stages.ts';

const log = logOf('smtp');

export const checks: { [S in Stage]: readonly Check<S>[] } = {
  connect: [connections],
  helo: [heloSyntax],
  mail: [activeAccount, mailParameters, senderSyntax, nullSender, ownSender],
  rcpt: [
    rcptParameters,
    recipientCount,
    recipientSyntax,
    sourceRoute,
    relay,
    recipientExists,
    quota,
  ],
  data: [
    activeAccount,
    fieldCount,
    bareNewline,
    hops,
    deliveredTo,
    ownFrom,
    quotaAtEnd,
    authenticity,
  ],
};

/** What a stage came to: the refusal that ended it, or what its checks want to be done. */
export type Outcome = { verdict: Verdict; fields: string[]; isJunk: boolean };

/** Runs the checks of `stage`. A check that throws counts as a temporary refusal, never as a pass. */
export async function runChecks<S extends Stage>(stage: S, input: Inputs[S]): Promise<Outcome> {
  const outcome: Outcome = { verdict: pass, fields: [], isJunk: false };
  for (const check of checks[stage]) {
    const verdict = await runCheck(check, input);
    if (verdict.outcome === 'refuse') return { ...outcome, verdict };
    if (verdict.outcome === 'tag') outcome.fields.push(verdict.field);
    if (verdict.outcome === 'junk') outcome.isJunk = true;
  }
  return outcome;
}

async function runCheck<S extends Stage>(check: Check<S>, input: Inputs[S]): Promise<Verdict> {
  try {
    return await check.run(input);
  } catch (error) {
    log.error({ err: error, check: check.name }, 'a check failed');
    return unavailable;
  }
}
