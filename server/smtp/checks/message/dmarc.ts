// Does with mail that fails DMARC what the domain of its author asks for (RFC 9989 §5.4), as far as the
// administrator lets it, unless a trusted forwarder vouches for it (RFC 8617 §7.2.1).
import type { Settings } from '#lib/settings/index.ts';
import type { ArcFinding, Findings } from '../../trust/findings.ts';
import { readFindings } from '../../trust/known-findings.ts';
import { pass, passed, refuse, type Verdict } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { blame } from '../strict.ts';

export const dmarc: Check<'data'> = {
  name: 'dmarc',
  title: 'DMARC',
  audience: 'strangers',
  isOn: (settings) => settings['content.authenticity'],
  settings: [
    'content.authenticity',
    'content.dmarcReject',
    'content.dmarcQuarantine',
    'content.unclearAuthor',
    'content.trustedSealers',
  ],
  run({ settings, transaction }) {
    const findings = readFindings(transaction);
    return findings ? judgeDmarc(findings, settings) : pass;
  },
};

/** What follows from the findings. */
export function judgeDmarc({ dmarc: found, arc }: Findings, settings: Settings): Verdict {
  if (found.unclear) {
    const strictness = settings['content.unclearAuthor'];
    if (strictness === 'off') return passed(found.unclear);
    const text = 'It is not clear who wrote the message: give one From field with one domain';
    return blame(strictness, 'unclear-author', text, found.unclear);
  }
  if (found.result !== 'fail') return pass;
  if (found.policy === 'none') return passed('failed, policy none');
  if (isVouchedFor(arc, settings['content.trustedSealers']))
    return passed(`failed, but ${arc.sealer} vouches for it (ARC)`);
  const wanted =
    found.policy === 'reject'
      ? settings['content.dmarcReject']
      : settings['content.dmarcQuarantine'];
  const note = `failed, policy ${found.policy}`;
  if (wanted === 'tag') return passed(`${note}, only told`);
  const domain = found.domain.replace(/[^\w.-]/g, '').slice(0, 255);
  if (found.isInDoubt) {
    if (wanted === 'junk') return passed(`${note}, but the DNS did not answer`);
    const text = `It cannot be found out now whether ${domain} sent the message, try again later`;
    return refuse('dns-trouble', text, `${note}, but the DNS did not answer`);
  }
  if (wanted === 'junk') return { outcome: 'junk', reason: 'dmarc', note };
  const text = `${domain} asks to refuse mail that does not prove to come from it (DMARC)`;
  return refuse('dmarc', text, note);
}

/** The chain is whole, its newest seal is a trusted one's, and that one had found the message genuine. */
export function isVouchedFor({ result, sealer, claims }: ArcFinding, trusted: string[]): boolean {
  if (result !== 'pass' || !trusted.includes(sealer)) return false;
  if (claims.dmarc === 'pass' || claims.arc === 'pass') return true;
  // A sealer that does not look at DMARC may have looked at what it rests on.
  return claims.dmarc === '' && (claims.spf === 'pass' || claims.dkim.includes('pass'));
}
