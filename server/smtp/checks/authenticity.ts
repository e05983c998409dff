// Stamps mail from other servers with what SPF, DKIM and DMARC say. Only told, never judged here: filters and
// readers decide. Trusted networks and users have proven more than these can.
import { isTrustedAddress } from '#lib/accounts/network.ts';
import { makeStamp } from '../trust/stamp.ts';
import { pass } from '../verdict.ts';
import type { Check } from './stages.ts';

export const authenticity: Check<'data'> = {
  name: 'authenticity',
  async run({ client, transaction, body }) {
    if (client.isSubmission || (await isTrustedAddress(client.remote))) return pass;
    const { remote, helo, hostname } = client;
    const { sender } = transaction;
    const field = await makeStamp(body, { remote, helo, sender, hostname });
    return field === null ? pass : { outcome: 'tag', reason: 'authenticity', field };
  },
};
