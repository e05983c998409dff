// RFC 5321 §4.1.1.11: a MAIL parameter that this server did not offer is refused, never passed over, and so is
// one that says what it cannot say.

import { pass } from '../../verdict.ts';
import { readMailParameters } from '../../wire/parameters.ts';
import type { Check } from '../stages.ts';

export const mailParameters: Check<'mail'> = {
  name: 'mail-parameters',
  title: 'Parameters of MAIL',
  run({ client, settings, parameters }) {
    const read = readMailParameters(client, settings, parameters);
    return 'outcome' in read ? read : pass;
  },
};
