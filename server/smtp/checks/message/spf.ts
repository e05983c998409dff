// SPF by itself (RFC 7208 §8.4): off unless an administrator wants it, since it fails forwarded mail and DMARC
// takes it into account already.
import { readFindings } from '../../trust/known-findings.ts';
import { pass } from '../../verdict.ts';
import type { Check } from '../stages.ts';
import { blame } from '../strict.ts';

export const spf: Check<'data'> = {
  name: 'spf',
  title: 'SPF alone',
  audience: 'strangers',
  isOn: (settings) => settings['content.authenticity'] && settings['content.spfFail'] !== 'off',
  settings: ['content.spfFail'],
  run({ settings, transaction }) {
    const found = readFindings(transaction)?.spf;
    if (found?.result !== 'fail') return pass;
    const domain = found.domain.replace(/[^\w.-]/g, '').slice(0, 255);
    const text = `${domain} does not let your server send its mail (SPF)`;
    return blame(settings['content.spfFail'], 'spf', text, `SPF fail ${domain}`);
  },
};
