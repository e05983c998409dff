// "Check": every test before an order, without ordering. What is wrong comes with what to do.
import { findAgreement } from '#lib/certificates/acme-account.ts';
import { parseNames } from '#lib/certificates/certificate.ts';
import type { CheckFinding } from '#lib/certificates/finding.ts';
import { listProposedNames } from '#lib/certificates/proposed.ts';
import { readSettings } from '#lib/settings/index.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { readDirectory } from './client.ts';
import { listenerProblems } from './listeners.ts';
import { checkLead, tryProof } from './reach.ts';

const mostAtOnce = 10;

/** The findings in the order of an order; good ones too. Refusal 'invalid' for what is no host name. */
export async function checkOrder(
  wanted: string[],
  signal: AbortSignal = AbortSignal.timeout(25_000),
): Promise<CheckFinding[]> {
  const names = parseNames(wanted.join(' '));
  forgetAnswers();
  const authority = await checkAuthority(signal);
  const agreement = await checkAgreement();
  const found: CheckFinding[] = [authority, agreement];
  for (let start = 0; start < names.length; start += mostAtOnce) {
    const some = names.slice(start, start + mostAtOnce);
    found.push(...(await Promise.all(some.map((name) => checkName(name)))));
  }
  return found;
}

async function checkAuthority(signal: AbortSignal): Promise<CheckFinding> {
  const { 'tls.acmeDirectory': url } = await readSettings();
  try {
    await readDirectory(url, signal);
    return { subject: 'Authority', isGood: true, text: `${new URL(url).host} answers.` };
  } catch (error) {
    const text = `${(error as Error).message} Is the address right, and may this server connect to others?`;
    return { subject: 'Authority', isGood: false, text };
  }
}

async function checkAgreement(): Promise<CheckFinding> {
  const agreement = await findAgreement();
  if (!agreement) {
    const text = 'Nobody has agreed to its terms yet: set up the account first.';
    return { subject: 'Account', isGood: false, text };
  }
  const text = `${agreement.agreedBy} agreed to the terms.`;
  return { subject: 'Account', isGood: true, text };
}

/** Whether the name leads here, and by which way it can be proven. */
async function checkName(name: string): Promise<CheckFinding> {
  const lead = await checkLead(name);
  if (!lead.isHere) return { subject: name, isGood: false, text: lead.text };
  const { 'tls.acmeChallenge': wanted } = await readSettings();
  const kinds = wanted === 'auto' ? (['http-01', 'tls-alpn-01'] as const) : [wanted];
  const reasons: string[] = [];
  for (const kind of kinds) {
    const reason = await tryProof(kind, name);
    if (reason === null) {
      return { subject: name, isGood: true, text: `It leads here; provable by ${kind}.` };
    }
    reasons.push(reason);
  }
  const ports = Object.values(listenerProblems()).filter((text) => text !== '');
  const help =
    'The authority has to reach port 80 or 443 of this server. If a router passes them on but not back in, it may work all the same.';
  const text = [`${reasons.join('; ')}.`, ...ports, help].join(' ');
  return { subject: name, isGood: false, text };
}

/** The names that are offered for a certificate, each with whether its DNS leads here. */
export async function checkProposedNames() {
  forgetAnswers();
  const proposed = await listProposedNames();
  return Promise.all(
    proposed.map(async ({ name, purpose }) => ({ name, purpose, ...(await checkLead(name)) })),
  );
}
