// RFC 5321 §4.1.1.11 for RCPT: NOTIFY and ORCPT (RFC 3461), and no other.

import { pass } from '../../verdict.ts';
import { readRcptParameters } from '../../wire/parameters.ts';
import type { Check } from '../stages.ts';

export const rcptParameters: Check<'rcpt'> = {
  name: 'rcpt-parameters',
  title: 'Parameters of RCPT',
  run({ client, parameters }) {
    const read = readRcptParameters(client, parameters);
    return 'outcome' in read ? read : pass;
  },
};
