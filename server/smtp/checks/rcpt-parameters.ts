// RFC 5321 §4.1.1.11 for RCPT: no extension offered here has a parameter for it.
import { pass, refuse } from '../verdict.ts';
import type { Check } from './stages.ts';

export const rcptParameters: Check<'rcpt'> = {
  name: 'rcpt-parameters',
  run({ parameters }) {
    return Object.keys(parameters).length === 0
      ? pass
      : refuse('unknown-parameter', 'This RCPT parameter is not known here');
  },
};
