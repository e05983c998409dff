// Asks SPF, DKIM, DMARC and ARC about mail of strangers and writes the answer into the message. What follows
// from it is for spf.ts and dmarc.ts. Trusted networks and users have proven more than these can.
import { describeFindings } from '../../trust/findings.ts';
import { keepFindings } from '../../trust/known-findings.ts';
import { makeStamp } from '../../trust/stamp.ts';
import { findTrust } from '../../trust/trust-worker.ts';
import { unavailable } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const authenticity: Check<'data'> = {
  name: 'authenticity',
  title: 'SPF, DKIM, DMARC and ARC',
  audience: 'strangers',
  isOn: (settings) => settings['content.authenticity'],
  settings: ['content.authenticity'],
  async run({ client, transaction, body }) {
    const { remote, helo, hostname } = client;
    const { sender } = transaction;
    const findings = await findTrust(body, { remote, helo, sender, hostname });
    if (!findings) return { ...unavailable, note: 'the message took too long to check' };
    keepFindings(transaction, findings);
    const field = makeStamp(findings, hostname);
    return { outcome: 'tag', reason: 'authenticity', field, note: describeFindings(findings) };
  },
};
