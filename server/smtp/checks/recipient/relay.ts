// The wall against being an open relay: mail for other domains is taken from signed-in users and from
// trusted networks, whose list is read anew at each recipient.
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

export const relay: Check<'rcpt'> = {
  name: 'relay',
  title: 'Nobody relays who may not',
  async run({ client, resolution, isTrusted }) {
    if (resolution.status !== 'not-local') return pass;
    if (client.account !== null) return pass;
    // RFC 2033 §1: LMTP hands mail over to its mailbox, never on.
    if (!client.isSubmission && !client.isLocal && (await isTrusted())) return pass;
    return refuse('relay-denied', 'Relaying denied');
  },
};
