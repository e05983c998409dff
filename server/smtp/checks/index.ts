// The checks of each stage in the order they run; the first refusal ends the stage. A new check is one
// file and one line here.
import { logOf } from '#lib/log.ts';
import { checkHits } from '#server/metrics/index.ts';
import { mark } from '../marks.ts';
import { type Refused, unavailable, type Verdict } from '../verdict.ts';
import { accessClient } from './client/access-client.ts';
import { accessHelo } from './client/access-helo.ts';
import { connections } from './client/connections.ts';
import { dnsLists } from './client/dns-lists.ts';
import { greylisting } from './client/greylisting.ts';
import { heloIsOurs, heloName, heloResolves } from './client/helo-identity.ts';
import { heloSyntax } from './client/helo-syntax.ts';
import { connectionRate, guessedRecipients, messageRate, recipientRate } from './client/rates.ts';
import { reverseName } from './client/reverse-name.ts';
import { attachments } from './message/attachments.ts';
import { authenticity } from './message/authenticity.ts';
import { bareNewline } from './message/bare-newline.ts';
import { bodyRules } from './message/body-rules.ts';
import { clamav } from './message/clamav.ts';
import { deliveredTo } from './message/delivered-to.ts';
import { dmarc } from './message/dmarc.ts';
import { fieldCount } from './message/field-count.ts';
import { headerRules } from './message/header-rules.ts';
import { eightBitHeader, headerShape } from './message/header-shape.ts';
import { hops } from './message/hops.ts';
import { milters } from './message/milters.ts';
import { mimeShape } from './message/mime-shape.ts';
import { ownFrom } from './message/own-from.ts';
import { rspamd } from './message/rspamd.ts';
import { spf } from './message/spf.ts';
import { accessRecipient } from './recipient/access-recipient.ts';
import { delayed } from './recipient/delayed.ts';
import { groupPosters } from './recipient/group-posters.ts';
import { quota, quotaAtEnd } from './recipient/quota.ts';
import { rcptParameters } from './recipient/rcpt-parameters.ts';
import { recipientCount } from './recipient/recipient-count.ts';
import { recipientExists } from './recipient/recipient-exists.ts';
import { recipientSyntax } from './recipient/recipient-syntax.ts';
import { relay } from './recipient/relay.ts';
import { sourceRoute } from './recipient/source-route.ts';
import { accessSender } from './sender/access-sender.ts';
import { activeAccount } from './sender/active-account.ts';
import { freeSpace } from './sender/free-space.ts';
import { mailParameters } from './sender/mail-parameters.ts';
import { nullSender } from './sender/null-sender.ts';
import { ownSender } from './sender/own-sender.ts';
import { senderDomain } from './sender/sender-domain.ts';
import { senderSyntax } from './sender/sender-syntax.ts';
import { sendingLimit, sendingLimitAtEnd } from './sender/sending-limit.ts';
import type { Audience, Check, Inputs, Stage } from './stages.ts';
import { isStranger } from './stranger.ts';

const log = logOf('smtp');

export const checks: { [S in Stage]: readonly Check<S>[] } = {
  connect: [connections, connectionRate, accessClient],
  helo: [heloSyntax, accessHelo],
  mail: [
    activeAccount,
    freeSpace,
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
    const { outcome } = verdict;
    if (outcome !== 'pass' && !input.client.isRehearsal)
      checkHits.inc({ check: check.name, outcome });
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
