// The checks of each stage in the order they run; the first refusal ends the stage. A new check is one
// file and one line here.
import { logOf } from '#lib/log.ts';
import { mark } from '../marks.ts';
import { type Refused, unavailable, type Verdict } from '../verdict.ts';
import { accessClient } from './access-client.ts';
import { accessHelo } from './access-helo.ts';
import { accessRecipient } from './access-recipient.ts';
import { accessSender } from './access-sender.ts';
import { activeAccount } from './active-account.ts';
import { attachments } from './attachments.ts';
import { authenticity } from './authenticity.ts';
import { bareNewline } from './bare-newline.ts';
import { bodyRules } from './body-rules.ts';
import { clamav } from './clamav.ts';
import { connections } from './connections.ts';
import { delayed } from './delayed.ts';
import { deliveredTo } from './delivered-to.ts';
import { dmarc } from './dmarc.ts';
import { dnsLists } from './dns-lists.ts';
import { fieldCount } from './field-count.ts';
import { greylisting } from './greylisting.ts';
import { groupPosters } from './group-posters.ts';
import { headerRules } from './header-rules.ts';
import { eightBitHeader, headerShape } from './header-shape.ts';
import { heloIsOurs, heloName, heloResolves } from './helo-identity.ts';
import { heloSyntax } from './helo-syntax.ts';
import { hops } from './hops.ts';
import { mailParameters } from './mail-parameters.ts';
import { milters } from './milters.ts';
import { mimeShape } from './mime-shape.ts';
import { nullSender } from './null-sender.ts';
import { ownFrom } from './own-from.ts';
import { ownSender } from './own-sender.ts';
import { quota, quotaAtEnd } from './quota.ts';
import { connectionRate, guessedRecipients, messageRate, recipientRate } from './rates.ts';
import { rcptParameters } from './rcpt-parameters.ts';
import { recipientCount } from './recipient-count.ts';
import { recipientExists } from './recipient-exists.ts';
import { recipientSyntax } from './recipient-syntax.ts';
import { relay } from './relay.ts';
import { reverseName } from './reverse-name.ts';
import { rspamd } from './rspamd.ts';
import { senderDomain } from './sender-domain.ts';
import { senderSyntax } from './sender-syntax.ts';
import { sendingLimit, sendingLimitAtEnd } from './sending-limit.ts';
import { sourceRoute } from './source-route.ts';
import { spf } from './spf.ts';
import type { Audience, Check, Inputs, Stage } from './stages.ts';
import { isStranger } from './stranger.ts';

const log = logOf('smtp');

export const checks: { [S in Stage]: readonly Check<S>[] } = {
  connect: [connections, connectionRate, accessClient],
  helo: [heloSyntax, accessHelo],
  mail: [
    activeAccount,
    mailParameters,
    senderSyntax,
    nullSender,
    ownSender,
    sendingLimit,
    messageRate,
    accessSender,
  ],
  rcpt: [
    rcptParameters,
    recipientCount,
    recipientSyntax,
    sourceRoute,
    relay,
    delayed,
    accessRecipient,
    recipientRate,
    guessedRecipients,
    recipientExists,
    groupPosters,
    dnsLists,
    heloIsOurs,
    heloName,
    heloResolves,
    reverseName,
    senderDomain,
    quota,
    greylisting,
  ],
  data: [
    activeAccount,
    fieldCount,
    bareNewline,
    headerShape,
    eightBitHeader,
    mimeShape,
    hops,
    deliveredTo,
    ownFrom,
    quotaAtEnd,
    sendingLimitAtEnd,
    headerRules,
    authenticity,
    spf,
    dmarc,
    bodyRules,
    attachments,
    clamav,
    rspamd,
    milters,
  ],
};

/** Runs the checks of `stage` and marks what they say; the refusal that ended it, or null. */
export async function runChecks<S extends Stage>(
  stage: S,
  input: Inputs[S],
): Promise<Refused | null> {
  for (const check of checks[stage]) {
    if (check.isOn && !check.isOn(input.settings)) continue;
    if (!(await isMeant(check.audience, input))) continue;
    const verdict = await runCheck(check, input);
    mark(input.marks, stage, check.name, verdict);
    if (verdict.outcome !== 'refuse') continue;
    if (!check.isDelayed) return verdict;
    input.marks.pending ??= verdict;
  }
  return null;
}

async function isMeant(audience: Audience = 'everyone', input: Inputs[Stage]): Promise<boolean> {
  if (audience === 'everyone') return true;
  const { client, marks } = input;
  if (audience === 'users') return client.isSubmission;
  return isStranger(client, marks);
}

/** A check that throws counts as a temporary refusal, never as a pass. */
async function runCheck<S extends Stage>(check: Check<S>, input: Inputs[S]): Promise<Verdict> {
  try {
    return await check.run(input);
  } catch (error) {
    log.error({ err: error, check: check.name }, 'a check failed');
    return unavailable;
  }
}
