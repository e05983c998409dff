// RFC 5321 §4.1.1.11: a parameter that this server did not offer is refused, never passed over.
import { pass, refuse } from '../verdict.ts';
import type { Check } from './stages.ts';

const offered = new Set(['SIZE', 'BODY', 'SMTPUTF8']);

export const mailParameters: Check<'mail'> = {
  name: 'mail-parameters',
  run({ client, parameters }) {
    for (const name of Object.keys(parameters)) {
      // RFC 4954 §5: with AUTH goes the MAIL parameter of that name; its value is not used.
      if (offered.has(name) || (name === 'AUTH' && client.isSubmission)) continue;
      return refuse('unknown-parameter', 'This MAIL parameter is not known here');
    }
    return pass;
  },
};
