// Stamps mail from other servers with what SPF, DKIM and DMARC say. Only told, never judged here: filters and
// readers decide. Trusted networks and users have proven more than these can.
import { makeStamp } from '../trust/stamp.ts';
import { pass } from '../verdict.ts';
import type { Check } from './stages.ts';

/** Each signature costs a question to the DNS and a computation; a message with more is up to something. */
const maxSignatures = 20;
const signatureFields = new Set(['dkim-signature', 'arc-seal', 'arc-message-signature']);

export const authenticity: Check<'data'> = {
  name: 'authenticity',
  audience: 'strangers',
  async run({ client, transaction, fields, body }) {
    if (fields.filter((field) => signatureFields.has(field.key)).length > maxSignatures)
      return pass;
    const { remote, helo, hostname } = client;
    const { sender } = transaction;
    const field = await makeStamp(body, { remote, helo, sender, hostname });
    return field === null ? pass : { outcome: 'tag', reason: 'authenticity', field };
  },
};
